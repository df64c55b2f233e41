/**
 * Takes the steps of README's walk, one after the other, in terminals of its own: types what stands there and waits for
 * what has to be said. It ends every terminal it opened, whatever happens.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Step } from './steps.js'
import { Terminal, type TerminalOptions } from './terminal.js'

const PATIENCE_MS = 90_000
const RETRY_MS = 500

export class Walk {
  readonly #options: TerminalOptions
  readonly #terminals = new Map<string, Terminal>()

  constructor(options: TerminalOptions) {
    this.#options = options
  }

  /** What each terminal said last. */
  get said(): readonly string[] {
    return [...this.#terminals].map(([name, terminal]) => `--- ${name}\n${terminal.text.slice(-3_000)}`)
  }

  /** Fails with what did not happen. */
  async take(step: Step): Promise<void> {
    const terminal = await this.#terminalOf(step.terminal)
    const marks = new Map([...this.#terminals].map(([name, other]) => [name, other.mark()]))
    if (step.key !== null) await interrupt(terminal, step)
    else if (step.staysOpen) await openUp(terminal, step)
    else await runThrough(terminal, step)
    for (const { terminal: name, says } of step.others) {
      const other = this.#terminals.get(name)
      if (other === undefined) throw new Error(`README speaks of a terminal '${name}' that is not open`)
      await until(`'${name}' says '${says}'`, () => other.since(marks.get(name) ?? 0).includes(says))
    }
  }

  async end(): Promise<void> {
    await Promise.all([...this.#terminals.values()].map((terminal) => terminal.close()))
  }

  async #terminalOf(name: string): Promise<Terminal> {
    const known = this.#terminals.get(name)
    if (known !== undefined) return known
    const terminal = new Terminal(this.#options)
    this.#terminals.set(name, terminal)
    await until(`a shell in '${name}'`, () => terminal.isBack())
    return terminal
  }
}

async function interrupt(terminal: Terminal, step: Step): Promise<void> {
  terminal.interrupt()
  await until(`the shell of '${step.terminal}' is back`, () => terminal.isBack())
}

/** The last line goes on: it counts as done when it says what README says. */
async function openUp(terminal: Terminal, step: Step): Promise<void> {
  const mark = terminal.mark()
  for (const line of step.lines.slice(0, -1)) await typed(terminal, line)
  terminal.type(step.lines.at(-1) ?? '')
  await until(`'${step.lines.at(-1)}' says '${step.until}'`, () => terminal.since(mark).includes(step.until ?? ''))
}

/** Run to its end; where it does not say yet what README says, it is run again, as a person would. */
async function runThrough(terminal: Terminal, step: Step): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const mark = terminal.mark()
    for (const line of step.lines) await typed(terminal, line)
    const said = terminal.since(mark)
    if (step.never !== null && said.includes(step.never)) throw new Error(`'${step.never}' was said`)
    if (step.until === null || said.includes(step.until)) return
    if (performance.now() > end) throw new Error(`'${step.lines.at(-1)}' never said '${step.until}'`)
    await sleep(RETRY_MS)
  }
}

async function typed(terminal: Terminal, line: string): Promise<void> {
  terminal.type(line)
  await until(`'${line}' ends`, () => terminal.isBack())
}

async function until(what: string, isTrue: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`it did not happen within ${PATIENCE_MS / 1000} s: ${what}`)
    await sleep(50)
  }
}
