/** The engine that an app embeds. A thin face over the control loop: names, events, lifecycle. It decides nothing. */

import { createNanoEvents } from 'nanoevents'
import type { AppliedChange } from './engine/apply-run.js'
import type { Asked } from './engine/asking.js'
import { askHere, askHistory, askHydrate, askRelease, askRestore, askRevision, askThere } from './engine/asks.js'
import { type Conflicts, conflictsOf } from './engine/conflict-calls.js'
import type { ControlEvents } from './engine/control-events.js'
import { ControlLoop } from './engine/control-loop.js'
import type { DirectoryItem } from './engine/directory-items.js'
import type { ResetReason } from './engine/feed.js'
import type { HistoryEntry } from './engine/history.js'
import type { Hydrated } from './engine/hydrate.js'
import { IssuedPlans } from './engine/issued-plans.js'
import { paused } from './engine/pause-switch.js'
import type { PathedPlan } from './engine/plan-paths.js'
import type { ProgressCounts } from './engine/progress.js'
import { checkPath } from './engine/node-paths.js'
import { type PathStatus, unknownStatus } from './engine/path-status.js'
import { NOT_STARTED, PAUSED, type Reason } from './engine/reasons.js'
import type { Released } from './engine/release.js'
import type { Restored } from './engine/restore.js'
import { StatusStreams } from './engine/status-streams.js'
import { type Status, STOPPED } from './engine/status.js'
import type { ApplyReport, SyncReport } from './engine/sync-report.js'
import { checkAborted, TidemarkError } from './errors.js'
import type { Sequence } from './model/ids.js'
import type { Guard, Plan } from './model/plan.js'
import type { Problem } from './model/problem.js'
import { type CheckedOptions, checkOptions, type SyncEngineOptions } from './options.js'

/** Listeners by event. They are called in the order of their registration, after the state they tell of is in place. */
export interface SyncEvents {
  /** The status is another one; also in `engine.status`. */
  status: (status: Status) => void
  /** Bytes moved or items were done. Counts grow as long as the engine is open. */
  progress: (counts: ProgressCounts) => void
  /** The engine changed something on this disk. */
  change: (change: AppliedChange) => void
  /** Both contents were kept: the losing one is now `copy`. */
  conflict: (conflict: { readonly path: string; readonly copy: string }) => void
  /** A path cannot be synced for now. Told when it comes up; `status.problems` lists those that stand. */
  problem: (problem: Problem) => void
  /** A stop that asks a person: see `confirm`. */
  guard: (guard: Guard) => void
  /** The server's history is another one, or forgot what this device missed: what will be done, before it is done. */
  reset: (reset: { readonly reason: ResetReason; readonly plan: Plan }) => void
  /** A failure that the status does not name. The engine goes on and tries again. */
  error: (error: TidemarkError) => void
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call early: it then fails with `aborted`. */
  readonly signal?: AbortSignal
}

/** Tries of a request before `sync()` gives up; live, the loop itself tries again for ever. */
const TRIES_ONCE = 4

/** How much of a history is asked for. */
export interface HistoryOptions extends CallOptions {
  /** Entries, 1 to 10,000. Default 100. */
  readonly limit?: number
}

/** Which state of a path is meant. */
export interface RevisionOptions extends CallOptions {
  /** Which revision: `history` names them. */
  readonly sequence?: Sequence
}

/** Keeps one folder of this device in step with one workspace of a server. Errors are `TidemarkError`s. */
export class SyncEngine {
  /** The conflict copies of the workspace: to list, to read, to resolve. */
  readonly conflicts: Conflicts
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
  readonly #streams = new StatusStreams()
  #lastStatus: Status = STOPPED
  /** By the app. Lasts as long as this object, also over stop and start. */
  #paused = false

  /** Throws `unknown-option` or `invalid-option`. Does no I/O. */
  constructor(options: SyncEngineOptions) {
    this.#options = checkOptions(options)
    this.conflicts = conflictsOf((asked, signal) => this.#ask(asked, signal), this.#options.readLimitBytes)
  }

  /** The status of this moment; a new object whenever it changes. `stopped` before the first start. */
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
    if (loop !== null && this.#loop !== null) {
      this.#loop = null
      this.#closing = this.#close(loop)
    }
    await this.#closing.finally(() => this.#streams.end())
  }

  async #close(loop: ControlLoop): Promise<void> {
    try {
      await loop.close()
    } finally {
      this.#lastStatus = loop.status
    }
  }

  /**
   * Ends what runs at its next safe point and resolves once neither side is touched any more: nothing is read, sent,
   * asked or changed until `resume`. What the watcher sees meanwhile is noted. Also before `start`, which then only
   * opens the folder. Twice is once; remembered by this object, not by the folder.
   */
  async pause(): Promise<void> {
    this.#paused = true
    await this.#loop?.pause()
  }

  /** Goes on at once with what was noted. Without a pause it does nothing. */
  async resume(): Promise<void> {
    this.#paused = false
    this.#loop?.resume()
  }

  /**
   * Resolves when both sides are in step for everything that was on this disk when it was called: it takes a new look
   * first. Waits over whatever ends by itself (a server that is away, a disk that is full, a root that is unmounted).
   * Fails with `aborted`; with `closed` when the engine does not run or is stopped; with `paused`; with `blocked` when a
   * guard or a lasting problem waits for a person; with the server's code when a login or a right is missing.
   */
  async whenSynced({ signal = new AbortController().signal }: CallOptions = {}): Promise<void> {
    checkAborted(signal)
    const loop = this.#loop ?? (this.#wanted ? await this.#open(1, undefined) : null)
    if (loop === null || !this.#wanted) throw notRunning()
    await loop.whenSynced(signal)
  }

  /**
   * How one path stands right now, and for a directory everything below it; '' is the root. From memory: no I/O, and a
   * cost that follows what differs. `unknown` while the engine does not run. Fails with `invalid` for what is no path.
   */
  statusOf(path: string): PathStatus {
    checkPath(path)
    return this.#loop?.statusOf(path) ?? unknownStatus(path)
  }

  /**
   * Follows `statusOf`: the present state first, then each new one. A slow reader skips states in between, never the
   * last. Ends when the engine is stopped, after the state that leaves, or when the signal fires. A directory is told of
   * by each plan and batch, a single path by each step.
   */
  statuses(path: string, { signal = new AbortController().signal }: CallOptions = {}): AsyncIterable<PathStatus> {
    checkPath(path)
    return this.#streams.follow(path, () => this.statusOf(path), signal)
  }

  /**
   * Why a path is not in step: all that stands in the way, in the order a person should look at it; `synced` alone when
   * nothing does. A running engine answers from memory; else it opens, looks and closes, and changes neither side.
   */
  async why(path: string, { signal = new AbortController().signal }: CallOptions = {}): Promise<readonly Reason[]> {
    checkPath(path)
    if (this.#wanted && this.#loop !== null) return this.#loop.why(path)
    if (this.#paused) return [NOT_STARTED, PAUSED]
    const reasons = await this.#with(signal, (loop) => loop.whyNow(path, signal))
    return reasons.every(({ code }) => code === 'synced' || code === 'no-such-path')
      ? reasons
      : [NOT_STARTED, ...reasons]
  }

  /**
   * Brings both sides to rest once and reports. Without a running engine it opens, syncs and closes. On a running one
   * that is `offline` or `unauthorized` it means "try now": what waits for the next try goes on with it. Fails with
   * `paused` while the engine is paused.
   */
  async sync({ signal = new AbortController().signal }: CallOptions = {}): Promise<SyncReport> {
    this.#checkPaused()
    return this.#with(signal, (loop) => loop.syncOnce(signal))
  }

  /** What would be done now. Neither side is changed. Fails with `paused` while the engine is paused. */
  async plan({ signal = new AbortController().signal }: CallOptions = {}): Promise<PathedPlan> {
    this.#checkPaused()
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
    this.#checkPaused()
    this.#issued.check(plan)
    return this.#with(signal, (loop) => loop.apply(plan, this.#issued, signal))
  }

  /** A person's yes to a guard of `status.guards`. Fails with `not-found` when it does not wait (any more). */
  async confirm(guard: string | Pick<Guard, 'id'>): Promise<void> {
    const loop = this.#loop
    if (loop === null) throw notRunning()
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
    if (this.#loop === null) throw notRunning()
    await this.#with(signal, (loop) => loop.decline(typeof guard === 'string' ? guard : guard.id, signal))
  }

  #checkPaused(): void {
    if (this.#paused) throw paused()
  }

  /**
   * Retained revisions of every node that stood at the path (below the root, with `/`), newest first, at most `limit`
   * (default 100, at most 10,000). Empty when nobody stood there, or all of it is forgotten. Asks the server: `offline`.
   */
  async history(path: string, { signal, limit }: HistoryOptions = {}): Promise<readonly HistoryEntry[]> {
    return this.#ask(askHistory(path, limit), signal)
  }

  /**
   * The bytes of a file as it is here (where it is not on this disk: as the server has it), or as the revision with this
   * sequence says. With `hydrate: 'on-demand'` a content that is read is on this disk from then on, until `release`. Fails with `not-found`, with `too-large` above the option `readLimitBytes`, with `busy` while somebody
   * writes to it, with `corrupt` when the server does not hold what it names.
   */
  async readFile(path: string, { signal, sequence }: RevisionOptions = {}): Promise<Uint8Array> {
    const limit = this.#options.readLimitBytes
    if (sequence !== undefined) return this.#ask(askRevision(path, sequence, limit), signal)
    return (await this.#ask(askHere(path, limit), signal)) ?? this.#ask(askThere(path, limit), signal)
  }

  /**
   * What a directory holds, here or on the server, by name; '' is the root. From memory: no I/O. Fails with `closed` while
   * the engine does not run, with `not-found` where no directory is known, with `invalid` for what is no path.
   */
  list(path: string): readonly DirectoryItem[] {
    checkPath(path)
    if (this.#loop === null) throw notRunning()
    return this.#loop.list(path)
  }

  /**
   * Brings the contents at the path, and of everything below it, to this disk now, before whatever else waits; '' is the
   * root. What could not come is in `left`. Asks the server: `offline`. Fails with `not-found`.
   */
  async hydrate(path: string, { signal }: CallOptions = {}): Promise<Hydrated> {
    return this.#ask(askHydrate(path), signal)
  }

  /**
   * Lets the contents at the path, and of everything below it, go from this disk; '' is the root. Only what the server has
   * and nobody works on goes, and nothing is deleted elsewhere; it comes again with `readFile` or `hydrate`. For a single
   * file that is not in step it fails with `stale`, without `hydrate: 'on-demand'` with `invalid`; else as `hydrate`.
   */
  async release(path: string, { signal }: CallOptions = {}): Promise<Released> {
    return this.#ask(askRelease(path), signal)
  }

  /**
   * Brings back what was deleted at the path, a directory with what was in it; or, with a sequence, an earlier state.
   * An ordinary commit: resolves when the server accepted it, and the next cycle brings it to this disk. Twice is once.
   * Fails with `stale` when this disk has an edit that is not synced, or the server another revision by now.
   */
  async restore(path: string, { signal, sequence }: RevisionOptions = {}): Promise<Restored> {
    return this.#ask(askRestore(path, sequence), signal)
  }

  /** For `await using`: the same as `stop`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #ask<T>(asked: Asked<T>, signal = new AbortController().signal): Promise<T> {
    return this.#with(signal, (loop) => loop.ask(asked, signal))
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
      if (this.#paused) await this.#loop.pause()
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
      onMoved: (path) => this.#streams.moved(path),
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

function notRunning(): TidemarkError {
  return new TidemarkError('closed', 'the engine is not running', { next: 'Call start() first.' })
}
