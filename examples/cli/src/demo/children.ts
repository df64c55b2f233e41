/** The processes of the demo. None outlives it, however it ends. */

import { type ChildProcess, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

export interface ChildOptions {
  /** Below what is built of this program ('main.js' is the command line itself), or absolute. */
  readonly script: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly onLine?: (line: Readonly<Record<string, unknown>>) => void
}

export interface Ended {
  readonly code: number | null
  readonly lines: readonly Readonly<Record<string, unknown>>[]
  readonly stderr: string
}

export interface Child {
  readonly ended: Promise<Ended>
  /** What it said on stderr so far. */
  readonly stderr: string
  interrupt(): void
}

/** Where the built programs lie: beside this one. */
const BUILT = join(import.meta.dirname, '..')

export class Children {
  readonly #running = new Set<ChildProcess>()
  #isOver = false

  constructor() {
    // A second Ctrl-C, or too slow an end, leaves no time to wait for anybody.
    process.once('exit', () => this.#killAll())
  }

  /** A Node process that says JSON lines on stdout. */
  start({ script, args, env, onLine }: ChildOptions): Child {
    if (this.#isOver) throw new Error('the demo is over')
    const child = spawn(process.execPath, [resolve(BUILT, script), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...env },
    })
    this.#running.add(child)
    const lines: Readonly<Record<string, unknown>>[] = []
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = `${stderr}${text}`.slice(-10_000)
    })
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Readonly<Record<string, unknown>>
      lines.push(line)
      onLine?.(line)
    })
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => {
        this.#running.delete(child)
        resolve({ code, lines, stderr })
      })
    })
    ended.catch(() => undefined)
    return {
      ended,
      get stderr() {
        return stderr
      },
      interrupt: () => void child.kill('SIGINT'),
    }
  }

  /** Runs to its end, which has to be a good one. */
  async run(options: ChildOptions): Promise<Readonly<Record<string, unknown>>> {
    const { code, lines, stderr } = await this.start(options).ended
    const last = lines.at(-1) ?? {}
    if (code === 0) return last
    throw new Error(`${options.script} ${options.args.join(' ')} ended with ${code}: ${JSON.stringify(last)} ${stderr}`)
  }

  /** Everything that runs is killed, and gone when this resolves: what they wrote is thrown away. */
  async endAll(): Promise<void> {
    this.#isOver = true
    const gone = [...this.#running].map((child) => new Promise((resolve) => child.once('close', resolve)))
    this.#killAll()
    await Promise.all(gone)
  }

  #killAll(): void {
    for (const child of this.#running) child.kill('SIGKILL')
  }
}
