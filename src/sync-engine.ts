/** The engine that an app embeds. A thin face over the control loop: names, events, lifecycle. It decides nothing. */

import { createNanoEvents } from 'nanoevents'
import type { AppliedChange } from './engine/apply-run.js'
import { type ControlEvents, ControlLoop, type SyncReport } from './engine/control-loop.js'
import type { ResetReason } from './engine/feed.js'
import type { PathedPlan } from './engine/plan-paths.js'
import type { ProgressCounts } from './engine/progress.js'
import { type Status, STOPPED } from './engine/status.js'
import { TidemarkError } from './errors.js'
import type { Guard, Plan } from './model/plan.js'
import type { Problem } from './model/problem.js'
import { type CheckedOptions, checkOptions, type SyncEngineOptions } from './options.js'

/** Listeners by event. They are called in the order of their registration, after the state they tell of is in place. */
export interface SyncEvents {
  status: (status: Status) => void
  progress: (counts: ProgressCounts) => void
  /** The engine changed something on this disk. */
  change: (change: AppliedChange) => void
  /** Both contents were kept: the losing one is now `copy`. */
  conflict: (conflict: { readonly path: string; readonly copy: string }) => void
  problem: (problem: Problem) => void
  /** A stop that asks a person: see `confirm`. */
  guard: (guard: Guard) => void
  /** The server's history is another one, or forgot what this device missed: what will be done, before it is done. */
  reset: (reset: { readonly reason: ResetReason; readonly plan: Plan }) => void
  error: (error: TidemarkError) => void
}

export interface CallOptions {
  readonly signal?: AbortSignal
}

/** Tries of a request before `sync()` gives up; live, the loop itself tries again for ever. */
const TRIES_ONCE = 4

export class SyncEngine {
  readonly #options: CheckedOptions
  readonly #emitter = createNanoEvents<SyncEvents>()
  #loop: ControlLoop | null = null
  #opening: Promise<ControlLoop> | null = null
  #lastStatus: Status = STOPPED

  /** Throws `unknown-option` or `invalid-option`. Does no I/O. */
  constructor(options: SyncEngineOptions) {
    this.#options = checkOptions(options)
  }

  get status(): Status {
    return this.#loop?.status ?? this.#lastStatus
  }

  /** Returns the function that ends the registration. */
  on<E extends keyof SyncEvents>(event: E, listener: SyncEvents[E]): () => void {
    return this.#emitter.on(event, listener)
  }

  /**
   * Opens folder and state and keeps both sides in step until `stop`. Resolves once it runs; being offline is no
   * error. Fails with `locked`, `newer-version` or a `root-…` code when the folder cannot be opened. Twice is once.
   */
  async start({ signal }: CallOptions = {}): Promise<void> {
    if (this.#loop !== null) return
    const loop = await this.#open(1, signal)
    loop.goLive()
  }

  /** Ends at the next safe point and closes everything; the state is valid wherever it was. Twice is once. */
  async stop(): Promise<void> {
    const loop = this.#loop ?? (await this.#opening?.catch(() => null)) ?? null
    if (loop === null || this.#loop === null) return
    this.#loop = null
    await loop.close()
    this.#lastStatus = loop.status
  }

  /** Brings both sides to rest once and reports. Without a running engine it opens, syncs and closes. */
  async sync({ signal = new AbortController().signal }: CallOptions = {}): Promise<SyncReport> {
    return this.#with(signal, (loop) => loop.syncOnce(signal))
  }

  /** What would be done now. Neither side is changed. */
  async plan({ signal = new AbortController().signal }: CallOptions = {}): Promise<PathedPlan> {
    return this.#with(signal, (loop) => loop.plan(signal))
  }

  /** A person's yes to a guard of `status.guards`. Fails with `not-found` when it does not wait (any more). */
  async confirm(guard: string | Pick<Guard, 'id'>): Promise<void> {
    const loop = this.#loop
    if (loop === null) throw new TidemarkError('closed', 'the engine is not running', { next: 'Call start() first.' })
    await loop.confirm(typeof guard === 'string' ? guard : guard.id)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #with<T>(signal: AbortSignal, run: (loop: ControlLoop) => Promise<T>): Promise<T> {
    const running = this.#loop ?? (await this.#opening)
    if (running != null) return run(running)
    const loop = await this.#open(TRIES_ONCE, signal)
    try {
      return await run(loop)
    } finally {
      await this.stop()
    }
  }

  async #open(tries: number, signal: AbortSignal | undefined): Promise<ControlLoop> {
    if (this.#opening !== null) return this.#opening
    this.#opening = ControlLoop.open(
      { ...this.#options, tries },
      this.#events(),
      signal ?? new AbortController().signal,
    )
    try {
      this.#loop = await this.#opening
      return this.#loop
    } finally {
      this.#opening = null
    }
  }

  #events(): ControlEvents {
    const emitter = this.#emitter
    return {
      onStatus: (status) => emitter.emit('status', status),
      onProgress: (counts) => emitter.emit('progress', counts),
      onChange: (change) => emitter.emit('change', change),
      onConflict: (conflict) => emitter.emit('conflict', conflict),
      onProblem: (problem) => emitter.emit('problem', problem),
      onGuard: (guard) => emitter.emit('guard', guard),
      onReset: (reset) => emitter.emit('reset', reset),
      onError: (error) => emitter.emit('error', error),
    }
  }
}
