/**
 * The one control loop (DESIGN 3): owns the session, runs one cycle at a time, waits for marks in between. Hints,
 * watcher and timers only mark; all time comes from the injected clock.
 */

import { checkAborted, isTidemarkError, TidemarkError } from '../errors.js'
import type { Watcher } from '../interfaces/watcher.js'
import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import type { CarriedPlan } from './apply-plan.js'
import type { AppliedChange } from './apply-run.js'
import { declineDeletes } from './decline.js'
import type { ResetReason } from './feed.js'
import { AWAY, needsPerson } from './healing.js'
import type { IssuedPlans } from './issued-plans.js'
import { Marks } from './marks.js'
import { PauseSwitch, paused } from './pause-switch.js'
import { type PathedPlan, withPaths } from './plan-paths.js'
import type { ProgressCounts } from './progress.js'
import { Session, type SessionOptions } from './session.js'
import { causeOf, type Status } from './status.js'
import { StatusKeeper } from './status-keeper.js'
import { type ApplyReport, reportOf, type SyncReport, type Tally } from './sync-report.js'
import { SyncedWaiters } from './synced-waiters.js'
import { until } from './timers.js'

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

const FIRST_WAIT_MS = 500
const LAST_WAIT_MS = 60_000
export class ControlLoop {
  readonly #options: ControlOptions
  readonly #events: ControlEvents
  readonly #abort = new AbortController()
  readonly #session: Session
  readonly #conflicts: { path: string; copy: string }[] = []
  readonly #keeper: StatusKeeper
  readonly #pauses = new PauseSwitch(this.#abort.signal)
  readonly #marks: Marks
  readonly #waiters = new SyncedWaiters()
  #reset: ResetReason | null = null
  #last: Promise<unknown> = Promise.resolve()
  #live: Promise<void> | null = null

  private constructor(options: ControlOptions, events: ControlEvents, session: Session) {
    this.#options = options
    this.#events = events
    this.#session = session
    this.#keeper = new StatusKeeper(session, events)
    this.#marks = new Marks(options, session)
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
    await this.#working((joint) => this.#cycle(joint), signal)
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
    const carried = await this.#working(async (joint) => {
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
    return this.#working((joint) => this.#look(joint), signal)
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
    await this.#exclusive(
      async () => {
        const { state, dirty } = this.#session
        declineDeletes(state.trees, this.#waiting(id))
        await state.save()
        dirty.remote()
      },
      AbortSignal.any([signal, this.#abort.signal]),
    )
  }

  #waiting(id: string): Plan['guards'][number] {
    const guard = this.#session.cycle.lastPlan?.guards.find((open) => open.id === id)
    if (guard !== undefined) return guard
    throw new TidemarkError('not-found', `no guard '${id}' waits`, { subject: id, next: 'Look at status.guards.' })
  }

  /** Resolves in `synced`, after a look at everything that begins now. */
  async whenSynced(signal: AbortSignal): Promise<void> {
    if (this.#pauses.isOn) throw paused()
    const synced = this.#waiters.wait(signal)
    this.#session.dirty.everything()
    await synced
  }

  // ---- paused

  /** Ends what runs at its next safe point. Resolves once neither side is touched any more. */
  async pause(): Promise<void> {
    this.#pauses.turnOn()
    this.#waiters.fails(paused())
    await this.#marks.deafen()
    await this.#last
    if (this.#pauses.isOn) this.#keeper.tell('paused', causeOf(paused()))
  }

  /** Goes on at once: with what was noted meanwhile, and with a question to the server. */
  resume(): void {
    if (!this.#pauses.isOn) return
    this.#pauses.turnOff()
    this.#keeper.tell('syncing')
    this.#session.dirty.remote()
    if (this.#live !== null && !this.#abort.signal.aborted) this.#marks.listen()
  }

  // ---- live

  /** Runs until closed. */
  goLive(): void {
    if (!this.#abort.signal.aborted) this.#live ??= this.#runLive(this.#abort.signal)
  }

  async #runLive(signal: AbortSignal): Promise<void> {
    const { dirty } = this.#session
    if (!this.#pauses.isOn) this.#marks.listen()
    await this.#marks.start(signal)
    for (let failures = 0; !signal.aborted; ) {
      await this.#pauses.off()
      try {
        await this.#working((joint) => this.#cycle(joint), signal)
        failures = 0
        await until(dirty.marked(), this.#pauses.signal)
      } catch (error) {
        if (signal.aborted) break
        if (isTidemarkError(error) && error.code === 'paused') continue
        this.#failed(error)
        await this.#waitAfter(failures++, isTidemarkError(error) ? (error.retryAfterMs ?? 0) : 0, this.#pauses.signal)
        dirty.remote()
      }
    }
    await this.#marks.stop()
  }

  async #waitAfter(failures: number, atLeast: number, signal: AbortSignal): Promise<void> {
    const bound = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10))
    const [chance = 0] = this.#options.random.bytes(1)
    try {
      await this.#options.clock.sleep(Math.max(atLeast, Math.floor(bound / 2 + (bound * chance) / 512)), { signal })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  // ---- both

  async #cycle(signal: AbortSignal): Promise<void> {
    const { cycle, dirty } = this.#session
    if (this.#waiters.unseen) dirty.everything()
    this.#waiters.begins()
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
      this.#rested()
      return result
    } catch (error) {
      const code = isTidemarkError(error) ? error.code : 'internal'
      if (code !== 'aborted') this.#session.cycle.lostServer()
      this.#tellFailed(error)
      if (code !== 'aborted' && needsPerson(error)) this.#waiters.fails(asKnown(error))
      throw error
    }
  }

  #tellFailed(error: unknown): void {
    const before = this.#keeper.status.state
    const away = isTidemarkError(error) ? AWAY[error.code] : undefined
    if (away !== undefined) this.#keeper.tell(away, causeOf(error))
    else this.#keeper.tell(before === 'synced' ? 'syncing' : before)
  }

  #rested(): void {
    const blockage = this.#keeper.blockage()
    if (this.#keeper.status.state === 'synced') this.#waiters.rests(null)
    else if (blockage !== null) this.#waiters.rests(blockage)
    if (this.#waiters.unseen) this.#session.dirty.everything()
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
    const known = asKnown(error)
    if (AWAY[known.code] === undefined) this.#events.onError(known)
  }

  /** What looks at either side or changes it: not while the engine is paused. Fails with `paused` when that ends it. */
  async #working<T>(run: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#pauses.isOn) throw paused()
    const pausing = this.#pauses.signal
    try {
      return await this.#exclusive(run, signal === this.#abort.signal ? pausing : AbortSignal.any([signal, pausing]))
    } catch (error) {
      const isPause = pausing.aborted && !signal.aborted && !this.#abort.signal.aborted
      throw isPause && isTidemarkError(error) && error.code === 'aborted' ? paused() : error
    }
  }

  /** Cycles never overlap, whoever asked for them. */
  async #exclusive<T>(run: (signal: AbortSignal) => Promise<T>, joint: AbortSignal): Promise<T> {
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
    this.#waiters.fails(new TidemarkError('closed', 'the engine was stopped', { next: 'Call start() first.' }))
    try {
      await this.#live
    } finally {
      await this.#last
      await this.#session.close()
      this.#keeper.stopped()
    }
  }
}

function asKnown(error: unknown): TidemarkError {
  return isTidemarkError(error) ? error : new TidemarkError('internal', String(error), { cause: error })
}
