/**
 * The one control loop (DESIGN 3): owns the session, runs one cycle at a time, waits for marks in between. Hints,
 * watcher and timers only mark; all time comes from the injected clock.
 */

import { checkAborted, type ErrorCode, isTidemarkError, TidemarkError } from '../errors.js'
import type { Hint, Subscription } from '../interfaces/transport.js'
import type { Watcher } from '../interfaces/watcher.js'
import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import type { AppliedChange } from './apply-run.js'
import type { ResetReason } from './feed.js'
import { below } from './paths.js'
import type { ProgressCounts } from './progress.js'
import { Session, type SessionOptions } from './session.js'
import { type Status, type StatusState, sameStatus } from './status.js'

export interface ControlOptions extends SessionOptions {
  readonly watcher: Watcher | null
  readonly scanEveryMs: number
  readonly pollEveryMs: number
  readonly retryEveryMs: number
}

/** What a run did, for `sync()`. */
export interface SyncReport {
  readonly uploaded: number
  readonly downloaded: number
  readonly bytesUp: number
  readonly bytesDown: number
  readonly requests: number
  readonly conflicts: readonly { readonly path: string; readonly copy: string }[]
  readonly problems: readonly Problem[]
  readonly guards: Plan['guards']
  readonly cursor: Status['known']
}

export interface ControlEvents {
  onStatus(status: Status): void
  onProgress(counts: ProgressCounts): void
  onChange(change: AppliedChange): void
  onConflict(conflict: { readonly path: string; readonly copy: string }): void
  onProblem(problem: Problem): void
  onGuard(guard: Plan['guards'][number]): void
  onReset(reset: { readonly reason: ResetReason; readonly plan: Plan }): void
  onError(error: TidemarkError): void
}

/** Problems that a row itself says, for as long as it says so. */
const STANDING_PROBLEMS = {
  held: { code: 'unwritable-name', message: 'This disk cannot hold it beside what is there: rename one of the two on another device.' },
  remnant: {
    code: 'remnant',
    message: 'The directory was deleted elsewhere and stays here because it holds content that is not synced: remove it by hand, or add a file to sync it again.',
  },
} as const

const FIRST_WAIT_MS = 500
const LAST_WAIT_MS = 60_000
/** Failures that the next try may heal, with the status that names them. */
const AWAY: Partial<Record<ErrorCode, StatusState>> = {
  offline: 'offline',
  busy: 'offline',
  'rate-limited': 'offline',
  'malformed-frame': 'offline',
  unauthorized: 'unauthorized',
  'root-missing': 'paused',
  'root-unreadable': 'paused',
  'root-not-a-directory': 'paused',
  'root-replaced': 'paused',
}
const STOPPED: Status = { state: 'stopped', known: null, applied: 0, pending: 0, problems: [], guards: [] }

export class ControlLoop {
  readonly #options: ControlOptions
  readonly #events: ControlEvents
  readonly #abort = new AbortController()
  readonly #session: Session
  readonly #conflicts: { path: string; copy: string }[] = []
  #status: Status = STOPPED
  #reset: ResetReason | null = null
  #last: Promise<unknown> = Promise.resolve()
  #live: Promise<void> | null = null
  #broken = false

  private constructor(options: ControlOptions, events: ControlEvents, session: Session) {
    this.#options = options
    this.#events = events
    this.#session = session
  }

  static async open(options: ControlOptions, events: ControlEvents, signal: AbortSignal): Promise<ControlLoop> {
    const told: { loop: ControlLoop | null } = { loop: null }
    const session = await Session.open(
      options,
      {
        onProgress: (counts) => events.onProgress(counts),
        onChange: (change) => told.loop?.changed(change),
        onReset: (reason) => told.loop?.wasReset(reason),
        onTrouble: (error) => options.log(() => ({ level: 'warn', event: 'engine.trouble', detail: { code: error.code, message: error.message } })),
      },
      signal,
    )
    const loop = new ControlLoop(options, events, session)
    told.loop = loop
    loop.#tell('syncing')
    return loop
  }

  get status(): Status {
    return this.#status
  }

  changed(change: AppliedChange): void {
    this.#events.onChange(change)
    if (change.type !== 'aside') return
    const conflict = { path: change.from ?? '', copy: change.path }
    this.#conflicts.push(conflict)
    this.#events.onConflict(conflict)
  }

  wasReset(reason: ResetReason): void {
    this.#reset = reason
  }

  // ---- one run

  /** Looks at everything and brings it to rest. Fails with the first thing that stands in the way. */
  async syncOnce(signal: AbortSignal): Promise<SyncReport> {
    this.#session.dirty.everything()
    if (this.#session.cycle.greeted) this.#session.dirty.remote()
    this.#session.withheld.clear()
    const before = { counts: this.#session.progress.counts, traffic: { ...this.#session.link.traffic }, conflicts: this.#conflicts.length }
    await this.#exclusive((joint) => this.#cycle(joint), signal)
    const { counts } = this.#session.progress
    const { traffic } = this.#session.link
    const { problems, guards, known } = this.#status
    return {
      uploaded: counts.uploaded - before.counts.uploaded,
      downloaded: counts.downloaded - before.counts.downloaded,
      bytesUp: traffic.bytesUp - before.traffic.bytesUp,
      bytesDown: traffic.bytesDown - before.traffic.bytesDown,
      requests: traffic.requests - before.traffic.requests,
      conflicts: this.#conflicts.slice(before.conflicts),
      problems,
      guards,
      cursor: known,
    }
  }

  /** What would be done; neither side is changed. */
  async plan(signal: AbortSignal): Promise<Plan> {
    this.#session.dirty.everything()
    if (this.#session.cycle.greeted) this.#session.dirty.remote()
    return this.#exclusive((joint) => this.#session.cycle.look(joint), signal)
  }

  async confirm(id: string): Promise<void> {
    const { state, cycle, dirty } = this.#session
    const guard = cycle.lastPlan?.guards.find((open) => open.id === id)
    if (guard === undefined) throw new TidemarkError('not-found', `no guard '${id}' waits`, { subject: id, next: 'Look at status.guards.' })
    state.set('confirmed', { ids: [...(state.get('confirmed')?.ids ?? []), id] })
    await state.save()
    dirty.remote()
  }

  // ---- live

  /** Runs until closed. */
  goLive(): void {
    this.#live ??= this.#runLive(this.#abort.signal)
  }

  async #runLive(signal: AbortSignal): Promise<void> {
    const { clock, retryEveryMs, scanEveryMs, pollEveryMs, transport } = this.#options
    const { dirty } = this.#session
    const subscription: Subscription = transport.subscribe({
      onHint: (hint) => this.#hinted(hint),
      onState: (state) => this.#channel(state),
    })
    const timers = [
      every(clock, scanEveryMs, signal, () => dirty.everything()),
      every(clock, pollEveryMs, signal, () => (this.#broken ? dirty.remote() : undefined)),
      every(clock, retryEveryMs, signal, () => this.#tryWithheld()),
    ]
    await this.#watch(signal)
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#exclusive((joint) => this.#cycle(joint), signal)
        failures = 0
        await until(dirty.marked(), signal)
      } catch (error) {
        if (signal.aborted) break
        this.#failed(error)
        await this.#pauseAfter(failures++, signal)
        dirty.remote()
      }
    }
    await subscription.close()
    await this.#options.watcher?.stop()
    await Promise.all(timers)
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { watcher, log } = this.#options
    const { dirty } = this.#session
    if (watcher === null) return
    try {
      await watcher.start({ onPaths: (paths) => dirty.paths(paths), onUnknown: () => dirty.everything() }, { signal })
    } catch (error) {
      log(() => ({ level: 'warn', event: 'engine.watcher.none', detail: { cause: String(error) } }))
    }
    dirty.everything()
  }

  /** The own commit's hint says nothing new. */
  #hinted(hint: Hint): void {
    const known = this.#session.state.get('cursor')
    if (hint.sequence === null || known === null || hint.sequence > known.sequence) this.#session.dirty.remote()
  }

  #channel(state: 'open' | 'broken'): void {
    const back = this.#broken && state === 'open'
    this.#broken = state === 'broken'
    if (back) this.#session.dirty.remote()
  }

  #tryWithheld(): void {
    const { withheld, dirty, troubles } = this.#session
    if (withheld.size === 0 && troubles.problems.size === 0) return
    withheld.clear()
    dirty.everything()
  }

  async #pauseAfter(failures: number, signal: AbortSignal): Promise<void> {
    const bound = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10))
    const [chance = 0] = this.#options.random.bytes(1)
    try {
      await this.#options.clock.sleep(Math.floor(bound / 2 + (bound * chance) / 512), { signal })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  // ---- both

  async #cycle(signal: AbortSignal): Promise<void> {
    const { cycle } = this.#session
    this.#tell(cycle.greeted ? this.#status.state === 'synced' && !this.#session.dirty.any ? 'synced' : 'syncing' : this.#status.state)
    try {
      await cycle.run(signal, (plan) => this.#planned(plan))
      this.#tell(this.#resting())
    } catch (error) {
      const code = isTidemarkError(error) ? error.code : 'internal'
      if (code !== 'aborted') this.#session.cycle.lostServer()
      this.#tell(AWAY[code] ?? this.#status.state)
      throw error
    }
  }

  #planned(plan: Plan): void {
    for (const guard of plan.guards) {
      if (!this.#status.guards.some((known) => known.id === guard.id)) this.#events.onGuard(guard)
    }
    if (this.#reset !== null) {
      const reason = this.#reset
      this.#reset = null
      this.#tell('reset')
      this.#events.onReset({ reason, plan })
    }
    if (plan.operations.length > 0) this.#tell('syncing')
  }

  #resting(): StatusState {
    const { dirty, withheld, state } = this.#session
    if ((this.#session.cycle.lastPlan?.guards.length ?? 0) > 0) return 'guarded'
    const open = dirty.any || withheld.size > 0 || state.unsaved || state.outbox.length > 0
    return open || this.#problems().length > 0 || this.#pending() > 0 ? 'syncing' : 'synced'
  }

  #pending(): number {
    const { trees } = this.#session.state
    let pending = 0
    for (const id of trees.differing()) {
      const presence = trees.synced(id)?.presence
      if (presence === undefined || presence === 'present' || presence === 'pending') pending += 1
    }
    return pending
  }

  #problems(): readonly Problem[] {
    const { troubles, state } = this.#session
    const problems = [...troubles.problems.values()]
    for (const id of state.trees.differing()) {
      const row = state.trees.synced(id)
      if (row === null || (row.presence !== 'held' && row.presence !== 'remnant')) continue
      problems.push({ path: below(state.trees.localPath(row.node.parentId) ?? '', row.node.name), ...STANDING_PROBLEMS[row.presence] })
    }
    return problems.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  }

  #tell(state: StatusState): void {
    const known = this.#session.state.get('cursor')
    const pending = this.#pending()
    const problems = this.#problems()
    const status: Status = {
      state,
      known,
      applied: pending === 0 ? (known?.sequence ?? 0) : this.#status.applied,
      pending,
      problems,
      guards: this.#session.cycle.lastPlan?.guards ?? [],
    }
    if (sameStatus(status, this.#status)) return
    const before = new Set(this.#status.problems.map((problem) => `${problem.code} ${problem.path}`))
    this.#status = status
    this.#events.onStatus(status)
    for (const problem of problems) if (!before.has(`${problem.code} ${problem.path}`)) this.#events.onProblem(problem)
  }

  #failed(error: unknown): void {
    const known = isTidemarkError(error) ? error : new TidemarkError('internal', String(error), { cause: error })
    if (AWAY[known.code] === undefined) this.#events.onError(known)
  }

  /** Cycles never overlap, whoever asked for them. */
  async #exclusive<T>(run: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const joint = AbortSignal.any([signal, this.#abort.signal])
    const turn = this.#last.then(() => {
      checkAborted(joint)
      return run(joint)
    })
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** Ends what runs at its next safe point, then closes everything. */
  async close(): Promise<void> {
    this.#abort.abort()
    await this.#live
    await this.#last
    await this.#session.close()
    this.#status = { ...this.#status, state: 'stopped' }
    this.#events.onStatus(this.#status)
  }
}

/** Calls again and again until the signal fires. */
async function every(clock: SessionOptions['clock'], ms: number, signal: AbortSignal, run: () => void): Promise<void> {
  while (!signal.aborted) {
    try {
      await clock.sleep(ms, { signal })
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    run()
  }
}

/** Resolves with the promise, or when the signal fires. */
async function until(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  let leave = (): void => undefined
  const aborted = new Promise<void>((resolve) => {
    leave = resolve
  })
  signal.addEventListener('abort', leave, { once: true })
  await Promise.race([promise, aborted])
  signal.removeEventListener('abort', leave)
}
