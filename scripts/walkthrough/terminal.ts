/** One shell that is typed into: in a pseudo-terminal, or over pipes. It knows nothing of what is typed. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'

export interface TerminalOptions {
  readonly pseudo: boolean
  readonly directory: string
  /** Beside what this process has, from which nothing of Tidemark's is taken over. */
  readonly env?: Readonly<Record<string, string>>
}

const ESCAPES = /\u001b(?:\[[0-9;?]*[A-Za-z]|\][^\u0007]*\u0007|[=>])/g
const PROMPT = 'walk$ '
/** Whoever asks for a password is given this one, over pipes by the environment. */
const PASSWORD = randomBytes(18).toString('base64url')

/** Whether the `script` of util-linux is there, which gives a command a terminal of its own. */
export function hasPseudoTerminals(): boolean {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' })
  return typeof stdout === 'string' && stdout.includes('util-linux')
}

export class Terminal {
  readonly #options: TerminalOptions
  readonly #shell: ChildProcess
  #text = ''
  /** Up to where prompts were answered. */
  #answered = 0
  #typed = 0

  constructor(options: TerminalOptions) {
    this.#options = options
    this.#shell = this.#start()
  }

  /** All that was said so far, without escapes. */
  get text(): string {
    return this.#text
  }

  mark(): number {
    return this.#text.length
  }

  since(mark: number): string {
    return this.#text.slice(mark)
  }

  type(line: string): void {
    this.#typed += 1
    this.#shell.stdin?.write(`${line}\n`)
  }

  /** The shell waits for the next line: it has prompted once at its start and once after each line. */
  isBack(): boolean {
    return this.#text.split(PROMPT).length - 1 > this.#typed
  }

  interrupt(): void {
    if (this.#options.pseudo) this.#shell.stdin?.write('\u0003')
    else this.#kill('SIGINT')
  }

  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#shell
    if (exitCode !== null || signalCode !== null) return
    const ended = new Promise((resolve) => this.#shell.once('close', resolve))
    this.#kill('SIGTERM')
    const last = setTimeout(() => this.#kill('SIGKILL'), 3_000)
    await ended
    clearTimeout(last)
  }

  #start(): ChildProcess {
    const { pseudo, directory } = this.#options
    const known = Object.entries(process.env).filter(([name]) => !name.startsWith('TIDEMARK_'))
    const password = pseudo ? {} : { TIDEMARK_PASSWORD: PASSWORD }
    const env = { ...Object.fromEntries(known), ...this.#options.env, ...password }
    const [command, ...args] = pseudo ? ['script', '-qfec', 'sh -i', '/dev/null'] : ['sh', '-i']
    const shell = spawn(command ?? 'sh', args, { cwd: directory, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    for (const stream of [shell.stdout, shell.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#hear(text))
    }
    shell.stdin.on('error', () => undefined)
    if (pseudo) shell.stdin.write('stty cols 120 rows 40\n')
    // In two words, so that the echo of a terminal is not taken for the prompt.
    shell.stdin.write(`PS1="walk"'$ '\n`)
    return shell
  }

  #hear(text: string): void {
    this.#text += text.replace(ESCAPES, '')
    const asked = /◆ {2}(?:Password|The same again)/g
    asked.lastIndex = this.#answered
    if (!this.#options.pseudo || asked.exec(this.#text) === null) return
    this.#answered = asked.lastIndex
    this.#shell.stdin?.write(`${PASSWORD}\r`)
  }

  #kill(signal: NodeJS.Signals): void {
    try {
      process.kill(-(this.#shell.pid ?? 0), signal)
    } catch {
      // It has just ended.
    }
  }
}
