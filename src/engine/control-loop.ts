/**
 * The one control loop (DESIGN 3): owns the session, runs one cycle at a time, waits for marks in between. Hints,
 * watcher and timers only mark; all time comes from the injected clock.
 */

import { checkAborted, isTidemarkError, TidemarkError } from '../errors.js'
import type { Hint, Subscription } from '../interfaces/transport.js'
import type { Watcher } from '../interfaces/watcher.js'
import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import type { CarriedPlan } from './apply-plan.js'
import type { AppliedChange } from './apply-run.js'
import { BackOff } from './back-off.js'
import { declineDeletes } from './decline.js'
import type { ResetReason } from './feed.js'
import { AWAY, HEALING } from './healing.js'
import type { IssuedPlans } from './issued-plans.js'
import { type PathedPlan, withPaths } from './plan-paths.js'
import type { ProgressCounts } from './progress.js'
import { Session, type SessionOptions } from './session.js'
import type { Status } from './status.js'
import { StatusKeeper } from './status-keeper.js'
import { type ApplyReport, reportOf, type SyncReport, type Tally } from './sync-report.js'
import { every, until } from './timers.js'

export interface ControlOptions extends SessionOptions {
  readonly watcher: Watcher | null
  readonly scanEveryMs: number
  readonly pollEveryMs: number
  readonly retryEveryMs: number
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

/** Longer than a stamp stays young. */
const FRESH_MS = 5_000

export class ControlLoop {
  readonly #options: ControlOptions
  readonly #events: ControlEvents
  readonly #abort = new AbortController()
  readonly #session: Session
  readonly #conflicts: { path: string; copy: string }[] = []
  readonly #keeper: StatusKeeper
  readonly #backOff: BackOff
  #reset: ResetReason | null = null
  #last: Promise<unknown> = Promise.resolve()
  #live: Promise<void> | null = null
  #broken = false

  private constructor(options: ControlOptions, events: ControlEvents, session: Session) {
    this.#options = options
    this.#events = events
    this.#session = session
    this.#keeper = new StatusKeeper(session, events)
    this.#backOff = new BackOff(options)
  }

  static async open(options: ControlOptions, events: ControlEvents, signal: AbortSignal): Promise<ControlLoop> {
    const told: { loop: ControlLoop | null } = { loop: null }
    const session = await Session.open(
      options,
      {
        onProgress: (counts) => events.onProgress(counts),
        onChange: (change) => told.loop?.changed(change),
        onReset: (reason) => told.loop?.wasReset(reason),
        onTrouble: (error) =>
          options.log(() => ({
            level: 'warn',
            event: 'engine.trouble',
            detail: { code: error.code, message: error.message },
          })),
      },
      signal,
    )
    const loop = new ControlLoop(options, events, session)
    told.loop = loop
    loop.#keeper.tell('syncing')
    return loop
  }

  get status(): Status {
    return this.#keeper.status
  }

  changed(change: AppliedChange): void {
    this.#events.onChange(change)
    if (change.type !== 'aside' && change.copyOf === undefined) return
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
    const before = this.#tally()
    await this.#exclusive((joint) => this.#cycle(joint), signal)
    this.#backOff.works()
    return reportOf(before, this.#tally(), this.#keeper.status)
  }

  #tally(): Tally {
    const { progress, link } = this.#session
    return { counts: progress.counts, traffic: { ...link.traffic }, conflicts: [...this.#conflicts] }
  }

  /** Those operations and no others; see `SyncEngine.apply`. */
  async apply(plan: PathedPlan, issued: IssuedPlans, signal: AbortSignal): Promise<ApplyReport> {
    const { dirty, cycle } = this.#session
    const before = this.#tally()
    const carried = await this.#exclusive(async (joint) => {
      issued.check(plan)
      dirty.everything()
      if (cycle.greeted) dirty.remote()
      const done: { carried: CarriedPlan | null } = { carried: null }
      try {
        await this.#telling(async () => {
          done.carried = await cycle.carryOut(plan, (present) => this.#begun(plan, present, issued), joint)
          this.#planned(await cycle.lookAfter(joint))
        })
      } catch (error) {
        // What was done is told, also when the server is away by now: that is what the status is for.
        if (done.carried === null || joint.aborted) throw error
      }
      return done.carried
    }, signal)
    if (carried === null) throw new TidemarkError('internal', 'a plan was carried out without a result')
    return { ...reportOf(before, this.#tally(), this.#keeper.status), ...carried }
  }

  #begun(plan: PathedPlan, present: Plan, issued: IssuedPlans): void {
    issued.spend(plan)
    this.#planned(present)
    this.#keeper.tell('syncing')
  }

  /** What would be done; neither side is changed. The status tells what was seen on the way, also when the server is away. */
  async plan(signal: AbortSignal): Promise<PathedPlan> {
    this.#session.dirty.everything()
    if (this.#session.cycle.greeted) this.#session.dirty.remote()
    return this.#exclusive((joint) => this.#look(joint), signal)
  }

  async #look(signal: AbortSignal): Promise<PathedPlan> {
    const { cycle, state } = this.#session
    try {
      return withPaths(await cycle.look(signal), state.trees)
    } finally {
      this.#keeper.tell(this.#keeper.status.state)
    }
  }

  async confirm(id: string): Promise<void> {
    const { state, dirty } = this.#session
    this.#waiting(id)
    state.set('confirmed', { ids: [...new Set([...(state.get('confirmed')?.ids ?? []), id])] })
    await state.saveOnly('confirmed')
    dirty.remote()
  }

  /** The deletes that wait are taken back: what is missing on one side comes back from the other. */
  async decline(id: string, signal: AbortSignal): Promise<void> {
    await this.#exclusive(async () => {
      const { state, dirty } = this.#session
      declineDeletes(state.trees, this.#waiting(id))
      await state.save()
      dirty.remote()
    }, signal)
  }

  #waiting(id: string): Plan['guards'][number] {
    const guard = this.#session.cycle.lastPlan?.guards.find((open) => open.id === id)
    if (guard !== undefined) return guard
    throw new TidemarkError('not-found', `no guard '${id}' waits`, { subject: id, next: 'Look at status.guards.' })
  }

  // ---- live

  /** Runs until closed. */
  goLive(): void {
    if (!this.#abort.signal.aborted) this.#live ??= this.#runLive(this.#abort.signal)
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
      every(clock, FRESH_MS, signal, () => this.#lookAgain()),
    ]
    await this.#watch(signal)
    while (!signal.aborted) {
      try {
        await this.#exclusive((joint) => this.#cycle(joint), signal)
        this.#backOff.works()
        await until(dirty.marked(), signal)
      } catch (error) {
        if (signal.aborted) break
        this.#failed(error)
        await this.#backOff.pause(isTidemarkError(error) ? (error.retryAfterMs ?? 0) : 0, signal)
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

  #hinted(hint: Hint): void {
    const { dirty, state } = this.#session
    const known = state.get('cursor')?.sequence ?? 0
    if (hint.sequence === null) dirty.remote()
    else if (hint.sequence > known) dirty.hinted(hint.sequence)
  }

  #channel(state: 'open' | 'broken'): void {
    const isBroken = state === 'broken'
    if (isBroken !== this.#broken) this.#session.dirty.remote()
    this.#broken = isBroken
  }

  /** Stamps that were too young to prove anything get old by themselves: one more look settles them. */
  #lookAgain(): void {
    const { fresh, dirty } = this.#session
    if (fresh.size === 0) return
    dirty.again([...fresh])
    fresh.clear()
  }

  #tryWithheld(): void {
    const { withheld, dirty, troubles } = this.#session
    const heals = [...troubles.problems.values()].some(({ code }) => HEALING.has(code))
    if (withheld.size === 0 && !heals) return
    withheld.clear()
    if (heals) dirty.everything()
    else dirty.remote()
  }

  // ---- both

  async #cycle(signal: AbortSignal): Promise<void> {
    const { cycle } = this.#session
    this.#keeper.tell(
      cycle.greeted
        ? this.#keeper.status.state === 'synced' && !this.#session.dirty.any
          ? 'synced'
          : 'syncing'
        : this.#keeper.status.state,
    )
    await this.#telling(() => cycle.run(signal, (plan) => this.#planned(plan)))
  }

  /** The status says what came of it: rest, or what stands in the way. */
  async #telling<T>(run: () => Promise<T>): Promise<T> {
    try {
      const result = await run()
      this.#keeper.tell(this.#keeper.resting())
      return result
    } catch (error) {
      const code = isTidemarkError(error) ? error.code : 'internal'
      if (code !== 'aborted') this.#session.cycle.lostServer()
      const before = this.#keeper.status.state
      this.#keeper.tell(AWAY[code] ?? (before === 'synced' ? 'syncing' : before))
      throw error
    }
  }

  #planned(plan: Plan): void {
    for (const guard of plan.guards) {
      if (!this.#keeper.status.guards.some((known) => known.id === guard.id)) this.#events.onGuard(guard)
    }
    if (this.#reset !== null) {
      const reason = this.#reset
      this.#reset = null
      this.#keeper.tell('reset')
      this.#events.onReset({ reason, plan })
    }
    if (plan.operations.length > 0) this.#keeper.tell('syncing')
  }

  #failed(error: unknown): void {
    const known = isTidemarkError(error) ? error : new TidemarkError('internal', String(error), { cause: error })
    if (AWAY[known.code] === undefined) this.#events.onError(known)
  }

  /** Cycles never overlap, whoever asked for them. */
  async #exclusive<T>(run: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const joint = signal === this.#abort.signal ? signal : AbortSignal.any([signal, this.#abort.signal])
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
    try {
      await this.#live
    } finally {
      await this.#last
      await this.#session.close()
      this.#keeper.stopped()
    }
  }
}
