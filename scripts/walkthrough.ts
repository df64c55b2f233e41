/**
 * `npm run walkthrough`: README's walk, run as it stands. Each `<!-- walk: … -->` names a terminal and what it has to say;
 * the block below it is typed there line by line. Terminals are pseudo-terminals by `script` of util-linux, else pipes.
 *   --pipes   pipes in any case
 */

import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Step, stepsOf } from './walkthrough/steps.js'
import { hasPseudoTerminals, Terminal } from './walkthrough/terminal.js'

const ROOT = resolve(import.meta.dirname, '..')
/** What the walk makes. */
const PLACE = join(ROOT, 'try')
const PATIENCE_MS = 90_000
const RETRY_MS = 500

const { values } = parseArgs({ options: { pipes: { type: 'boolean', default: false } } })
const pseudo = !values.pipes && hasPseudoTerminals()
const terminals = new Map<string, Terminal>()

process.once('SIGINT', () => {
  void end().then(() => process.exit(130))
})

if (existsSync(PLACE)) throw new Error(`${PLACE} is there already: remove it first, the walk begins without it`)
console.log(`The walk of README.md in ${pseudo ? 'pseudo-terminals' : 'pipes: no pseudo-terminals, or none wanted'}`)
try {
  for (const step of stepsOf(readFileSync(join(ROOT, 'README.md'), 'utf8'))) {
    await take(step)
    console.log(`✔ ${step.terminal.padEnd(7)} ${step.key ?? step.lines.join('\n          ')}`)
  }
  console.log('The walk went as README says.')
} catch (error) {
  console.log(`✘ ${error instanceof Error ? error.message : String(error)}`)
  for (const [name, terminal] of terminals) console.log(`--- ${name}\n${terminal.text.slice(-3_000)}`)
  process.exitCode = 1
} finally {
  await end()
}

async function take(step: Step): Promise<void> {
  const terminal = await terminalOf(step.terminal)
  const marks = new Map([...terminals].map(([name, other]) => [name, other.mark()]))
  if (step.key !== null) await interrupt(terminal, step)
  else if (step.staysOpen) await openUp(terminal, step)
  else await runThrough(terminal, step)
  for (const { terminal: name, says } of step.others) {
    const other = terminals.get(name)
    if (other === undefined) throw new Error(`README speaks of a terminal '${name}' that is not open`)
    await until(`'${name}' says '${says}'`, () => other.since(marks.get(name) ?? 0).includes(says))
  }
}

async function terminalOf(name: string): Promise<Terminal> {
  const known = terminals.get(name)
  if (known !== undefined) return known
  const terminal = new Terminal({ pseudo, directory: ROOT })
  terminals.set(name, terminal)
  await until(`a shell in '${name}'`, () => terminal.isBack())
  return terminal
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

async function end(): Promise<void> {
  await Promise.all([...terminals.values()].map((terminal) => terminal.close()))
  rmSync(PLACE, { recursive: true, force: true, maxRetries: 5 })
}
