/**
 * What a command says: lines for people on a terminal or in a pipe, or JSON for programs. With `--json` nothing but
 * JSON comes out on stdout. Colours only on a terminal, never under NO_COLOR.
 */

import picocolors from 'picocolors'
import { explain } from './explain.js'
import type { ExitCode } from './exit-codes.js'
import { ProgressLine } from './progress-line.js'

export type Paint = ReturnType<typeof picocolors.createColors>

export interface OutputStreams {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: NodeJS.ProcessEnv
}

export class Output {
  readonly json: boolean
  readonly paint: Paint
  readonly progress: ProgressLine
  readonly #command: string
  readonly #streams: OutputStreams

  constructor(command: string, options: { readonly json: boolean }, streams: OutputStreams = process) {
    const { stdout, stderr, env } = streams
    this.#command = command
    this.#streams = streams
    this.json = options.json
    const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0'
    const plain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
    // A pipe has no isTTY at all, and picocolors asks the environment (a CI counts as a terminal) where it is told nothing.
    const onTerminal = Boolean(stdout.isTTY)
    this.paint = picocolors.createColors(!plain && !this.json && (forced || onTerminal))
    this.progress = new ProgressLine(stderr, { moving: stderr.isTTY && env['TERM'] !== 'dumb' && !this.json })
  }

  /** For people only. */
  line(text: string): void {
    if (this.json) return
    this.progress.clear()
    this.#streams.stdout.write(`${text}\n`)
  }

  /** One JSON line of a command that goes on. */
  event(event: string, data: Readonly<Record<string, unknown>>): void {
    if (this.json) this.#streams.stdout.write(`${JSON.stringify({ event, ...data })}\n`)
  }

  /** The one JSON document of a command that ends. */
  result(exit: ExitCode, data: Readonly<Record<string, unknown>>): ExitCode {
    this.progress.clear()
    if (this.json) this.#streams.stdout.write(`${JSON.stringify({ command: this.#command, exit, ...data })}\n`)
    return exit
  }

  /** A failure: what, which thing, what next. */
  failure(exit: ExitCode, error: unknown): ExitCode {
    const { code, message, subject, next } = explain(error)
    if (this.json) return this.result(exit, { error: { code, message, subject, next } })
    this.progress.clear()
    const { paint } = this
    const named = subject === null || message.includes(subject) ? '' : `: ${subject}`
    this.#streams.stderr.write(`${paint.red('✘')} ${message}${named} ${paint.dim(`(${code})`)}\n`)
    this.#streams.stderr.write(`  ${next}\n`)
    if (this.#streams.env['TIDEMARK_DEBUG'] === '1' && error instanceof Error) {
      this.#streams.stderr.write(`${error.stack ?? ''}\n`)
    }
    return exit
  }
}
