/** The engine that an app embeds. A thin face over the control loop: names, events, lifecycle. It decides nothing. */

import { createNanoEvents } from 'nanoevents'
import type { AppliedChange } from './engine/apply-run.js'
import { type ControlEvents, ControlLoop } from './engine/control-loop.js'
import type { ResetReason } from './engine/feed.js'
import { IssuedPlans } from './engine/issued-plans.js'
import type { PathedPlan } from './engine/plan-paths.js'
import type { ProgressCounts } from './engine/progress.js'
import { type Status, STOPPED } from './engine/status.js'
import type { ApplyReport, SyncReport } from './engine/sync-report.js'
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
  readonly #issued = new IssuedPlans()
  #loop: ControlLoop | null = null
  #opening: Promise<ControlLoop> | null = null
  /** The close that runs, or the last one: nothing is opened before it ended. */
  #closing: Promise<void> = Promise.resolve()
  /** Started and not stopped: calls that come and go do not end it. */
  #wanted = false
  /** Calls that work on the loop right now; without `start` the last one closes it. */
  #callers = 0
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
    this.#wanted = true
    try {
      const loop = this.#loop ?? (await this.#open(1, signal))
      if (this.#wanted) loop.goLive()
    } catch (error) {
      this.#wanted = false
      throw error
    }
  }

  /** Ends at the next safe point and closes everything; the state is valid wherever it was. Twice is once. */
  async stop(): Promise<void> {
    this.#wanted = false
    const loop = this.#loop ?? (await this.#opening?.catch(() => null)) ?? null
    if (loop === null || this.#loop === null) return this.#closing
    this.#loop = null
    this.#closing = this.#close(loop)
    await this.#closing
  }

  async #close(loop: ControlLoop): Promise<void> {
    try {
      await loop.close()
    } finally {
      this.#lastStatus = loop.status
    }
  }

  /**
   * Brings both sides to rest once and reports. Without a running engine it opens, syncs and closes. On a running one
   * that is `offline` or `unauthorized` it means "try now": what waits for the next try goes on with it.
   */
  async sync({ signal = new AbortController().signal }: CallOptions = {}): Promise<SyncReport> {
    return this.#with(signal, (loop) => loop.syncOnce(signal))
  }

  /** What would be done now. Neither side is changed. */
  async plan({ signal = new AbortController().signal }: CallOptions = {}): Promise<PathedPlan> {
    return this.#with(signal, async (loop) => this.#issued.issue(await loop.plan(signal)))
  }

  /**
   * Does what a plan of this engine says: exactly its operations, each once. Both sides are looked at again first: an
   * operation that is not what is to be done any more (something moved, a guard asks) is dropped, with what depends on
   * it, and told in the report; nothing is overwritten. A plan is one round: `plan()` again, or `sync()`, does what is
   * left. Fails with `stale-plan` for a plan that another engine made (or this one in an earlier process), or that was
   * applied before. Without a running engine it opens, applies and closes; a running one goes on by itself afterwards.
   */
  async apply(plan: PathedPlan, { signal = new AbortController().signal }: CallOptions = {}): Promise<ApplyReport> {
    this.#issued.check(plan)
    return this.#with(signal, (loop) => loop.apply(plan, this.#issued, signal))
  }

  /** A person's yes to a guard of `status.guards`. Fails with `not-found` when it does not wait (any more). */
  async confirm(guard: string | Pick<Guard, 'id'>): Promise<void> {
    const loop = this.#loop
    if (loop === null) throw new TidemarkError('closed', 'the engine is not running', { next: 'Call start() first.' })
    await loop.confirm(typeof guard === 'string' ? guard : guard.id)
  }

  /**
   * A person's no: the deletes are taken back, and what is missing on one side comes back from the other. Takes effect
   * between two cycles. Fails with `not-found` when the guard does not wait (any more).
   */
  async decline(
    guard: string | Pick<Guard, 'id'>,
    { signal = new AbortController().signal }: CallOptions = {},
  ): Promise<void> {
    if (this.#loop === null)
      throw new TidemarkError('closed', 'the engine is not running', { next: 'Call start() first.' })
    await this.#with(signal, (loop) => loop.decline(typeof guard === 'string' ? guard : guard.id, signal))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #with<T>(signal: AbortSignal, run: (loop: ControlLoop) => Promise<T>): Promise<T> {
    this.#callers += 1
    try {
      return await run(this.#loop ?? (await this.#open(TRIES_ONCE, signal)))
    } finally {
      this.#callers -= 1
      if (this.#callers === 0 && !this.#wanted) await this.stop()
    }
  }

  async #open(tries: number, signal: AbortSignal | undefined): Promise<ControlLoop> {
    if (this.#opening !== null) return this.#opening
    await this.#closing.catch(() => undefined)
    if (this.#loop !== null) return this.#loop
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
      onStatus: (status) => this.#tell(() => emitter.emit('status', status)),
      onProgress: (counts) => this.#tell(() => emitter.emit('progress', counts)),
      onChange: (change) => this.#tell(() => emitter.emit('change', change)),
      onConflict: (conflict) => this.#tell(() => emitter.emit('conflict', conflict)),
      onProblem: (problem) => this.#tell(() => emitter.emit('problem', problem)),
      onGuard: (guard) => this.#tell(() => emitter.emit('guard', guard)),
      onReset: (reset) => this.#tell(() => emitter.emit('reset', reset)),
      onError: (error) => this.#tell(() => emitter.emit('error', error)),
    }
  }

  /** A listener that throws must not stop a step half-way: its error is the app's, and goes to the log. */
  #tell(emit: () => void): void {
    try {
      emit()
    } catch (error) {
      this.#options.log(() => ({ level: 'error', event: 'engine.listener', detail: { cause: String(error) } }))
    }
  }
}
