/** A program of ours in a process of its own, as its users start it: its JSON lines are heard, and it ends when it is told to. */

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export type Line = Readonly<Record<string, unknown>> & { readonly event?: string }

export interface PartyOptions {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** On its standard input. */
  readonly input?: string | undefined
  readonly onLine?: (line: Line) => void
}

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** What it said to people. */
  readonly stderr: string
}

export class Party {
  readonly ended: Promise<Ending>
  /** Resolves at its line `ready`; with false when it ended before. */
  readonly ready: Promise<boolean>
  readonly #child: ChildProcess
  isReady = false
  /** Somebody here told it to end. */
  isTold = false
  /** What it said last. */
  last: Line | null = null

  constructor({ program, args, env = {}, input = '', onLine }: PartyOptions) {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#child = child
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4_000)))
    this.ended = new Promise((done, failed) => {
      child.once('error', failed)
      child.once('close', (code, signal) => done({ code, signal, stderr }))
    })
    this.ready = new Promise((done) => {
      createInterface(child.stdout).on('line', (text) => {
        const line = parsed(text)
        if (line === null) return
        this.last = line
        onLine?.(line)
        if (line.event !== 'ready') return
        this.isReady = true
        done(true)
      })
      void this.ended.then(() => done(false))
    })
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** SIGKILL. False when it was gone already. */
  kill(): boolean {
    this.isTold = true
    return this.isAlive && this.#child.kill('SIGKILL')
  }

  /** In good order; whoever does not end within the time is killed, which the ending shows. */
  async stop(patienceMs: number): Promise<Ending> {
    this.isTold = true
    this.#child.kill('SIGTERM')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs)
    try {
      return await this.ended
    } finally {
      clearTimeout(late)
    }
  }
}

/** A line that a kill cut in two says nothing. */
function parsed(text: string): Line | null {
  try {
    return JSON.parse(text) as Line
  } catch {
    return null
  }
}
