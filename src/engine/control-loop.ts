/**
 * The one control loop (DESIGN 3): owns the session, runs one cycle at a time, waits for marks in between. Hints,
 * watcher and timers only mark; all time comes from the injected clock.
 */

import { checkAborted, TidemarkError } from '../errors.js'
import type { Plan } from '../model/plan.js'
import type { CarriedPlan } from './apply-plan.js'
import type { AppliedChange } from './apply-run.js'
import { type Asked, Asking } from './asking.js'
import { BackOff } from './back-off.js'
import type { ControlEvents, ControlOptions } from './control-events.js'
import { type DirectoryItem, directoryItems } from './directory-items.js'
import type { ResetReason } from './feed.js'
import { confirmGuard, declineGuard } from './guard-answers.js'
import { awayOf, needsPerson } from './healing.js'
import type { IssuedPlans } from './issued-plans.js'
import { codeOf, knownError } from './known-error.js'
import { Marks } from './marks.js'
import { PauseSwitch, paused } from './pause-switch.js'
import { type PathStatus, pathStatus } from './path-status.js'
import { type PathedPlan, withPaths } from './plan-paths.js'
import type { ProgressCounts } from './progress.js'
import { type Reason, reasonsFor } from './reasons.js'
import { Session } from './session.js'
import { causeOf, type Status } from './status.js'
import { StatusKeeper } from './status-keeper.js'
import { type ApplyReport, reportOf, type SyncReport, type Tally } from './sync-report.js'
import { SyncedWaiters } from './synced-waiters.js'
import { until } from './timers.js'

export class ControlLoop {
  readonly #events: ControlEvents
  readonly #abort = new AbortController()
  readonly #session: Session
  readonly #conflicts: { path: string; copy: string }[] = []
  readonly #keeper: StatusKeeper
  readonly #pauses = new PauseSwitch(this.#abort.signal)
  readonly #marks: Marks
  readonly #waiters = new SyncedWaiters()
  readonly #asking: Asking
  readonly #backOff: BackOff
  #reset: ResetReason | null = null
  #uploaded = 0
  #last: Promise<unknown> = Promise.resolve()
  #live: Promise<void> | null = null

  private constructor(options: ControlOptions, events: ControlEvents, session: Session) {
    this.#events = events
    this.#session = session
    this.#keeper = new StatusKeeper(session, events)
    this.#marks = new Marks(options, session)
    this.#asking = new Asking(session, this.#keeper)
    this.#backOff = new BackOff(options)
  }

  static async open(options: ControlOptions, events: ControlEvents, signal: AbortSignal): Promise<ControlLoop> {
    const told: { loop: ControlLoop | null } = { loop: null }
    const session = await Session.open(
      options,
      {
        onProgress: (counts) => told.loop?.progressed(counts),
        onMark: () => events.onMoved(),
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

  progressed(counts: ProgressCounts): void {
    this.#events.onProgress(counts)
    if (counts.uploaded !== this.#uploaded) this.#events.onMoved()
    this.#uploaded = counts.uploaded
  }

  changed(change: AppliedChange): void {
    this.#events.onChange(change)
    for (const path of [change.path, change.from]) if (path !== undefined) this.#events.onMoved(path)
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
    this.#marksAll()
    this.#session.withheld.clear()
    const before = this.#tally()
    await this.#working((joint) => this.#cycle(joint), signal)
    this.#backOff.works()
    return reportOf(before, this.#tally(), this.#keeper.status)
  }

  /** Both sides are looked at; a greeting, when one is due, asks the server anyway. */
  #marksAll(): void {
    const { dirty, cycle } = this.#session
    dirty.everything()
    if (cycle.greeted) dirty.remote()
  }

  #tally(): Tally {
    const { progress, link } = this.#session
    return { counts: progress.counts, traffic: { ...link.traffic }, conflicts: [...this.#conflicts] }
  }

  /** Those operations and no others; see `SyncEngine.apply`. */
  async apply(plan: PathedPlan, issued: IssuedPlans, signal: AbortSignal): Promise<ApplyReport> {
    const { cycle } = this.#session
    const before = this.#tally()
    const carried = await this.#working(async (joint) => {
      issued.check(plan)
      this.#marksAll()
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
    if (carried === null) throw new TidemarkError('internal', 'a plan had no result')
    return { ...reportOf(before, this.#tally(), this.#keeper.status), ...carried }
  }

  #begun(plan: PathedPlan, present: Plan, issued: IssuedPlans): void {
    issued.spend(plan)
    this.#planned(present)
    this.#keeper.tell('syncing')
  }

  /** What would be done; neither side is changed. The status tells what was seen on the way, also when the server is away. */
  async plan(signal: AbortSignal): Promise<PathedPlan> {
    this.#marksAll()
    return this.#working((joint) => this.#look(joint), signal)
  }

  async #look(signal: AbortSignal): Promise<PathedPlan> {
    const { cycle, state } = this.#session
    try {
      const plan = withPaths(await cycle.look(signal), state.trees)
      this.#keeper.tell(this.#keeper.status.state)
      return plan
    } catch (error) {
      this.#tellFailed(error)
      throw error
    }
  }

  // ---- one path

  statusOf(path: string): PathStatus {
    return pathStatus(this.#session, this.#keeper.status, path)
  }

  list(path: string): readonly DirectoryItem[] {
    return directoryItems(this.#session, this.#keeper.status, path)
  }

  why(path: string): readonly Reason[] {
    return reasonsFor(this.#session, this.#keeper.status, path)
  }

  /** Looks first, for an engine that does not run. A server that is away is one of the reasons. */
  async whyNow(path: string, signal: AbortSignal): Promise<readonly Reason[]> {
    try {
      await this.plan(signal)
    } catch (error) {
      if (awayOf(error) === undefined) throw error
    }
    return this.why(path)
  }

  confirm(id: string): Promise<void> {
    return confirmGuard(this.#session, id)
  }

  /** What a person asks for: in a turn of its own, or at once. */
  async ask<T>(asked: Asked<T>, signal: AbortSignal): Promise<T> {
    if (asked.look === 'both') return this.#working((joint) => this.#asking.looked(asked, joint), signal)
    return this.#asking.known(asked, AbortSignal.any([signal, this.#abort.signal]))
  }

  decline(id: string, signal: AbortSignal): Promise<void> {
    return this.#exclusive(() => declineGuard(this.#session, id), AbortSignal.any([signal, this.#abort.signal]))
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
    if (this.#pauses.isOn && !this.#abort.signal.aborted) this.#keeper.tell('paused', causeOf(paused()))
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
    while (!signal.aborted) {
      await this.#pauses.off()
      try {
        await this.#working((joint) => this.#cycle(joint), signal)
        this.#backOff.works()
        await until(dirty.marked(), this.#pauses.signal)
      } catch (error) {
        if (signal.aborted) break
        if (codeOf(error) === 'paused') continue
        this.#failed(error)
        await this.#backOff.pause(knownError(error).retryAfterMs ?? 0, this.#pauses.signal)
        dirty.remote()
      }
    }
    await this.#marks.stop()
  }

  // ---- both

  async #cycle(signal: AbortSignal): Promise<void> {
    const { cycle, dirty } = this.#session
    if (this.#waiters.unseen) dirty.everything()
    this.#waiters.begins()
    // Also where nothing is marked any more, because a turn of its own looked meanwhile: what comes now waits for the end.
    this.#keeper.tell(cycle.greeted ? 'syncing' : this.#keeper.status.state)
    const listener = { onPlan: (plan: Plan) => this.#planned(plan), wantsWhole: () => this.#reset !== null }
    await this.#telling(() => cycle.run(signal, listener))
  }

  /** The status says what came of it: rest, or what stands in the way. */
  async #telling<T>(run: () => Promise<T>): Promise<T> {
    try {
      const result = await run()
      await this.#marks.seesRoot()
      this.#keeper.tell(this.#keeper.resting())
      this.#rested()
      return result
    } catch (error) {
      const code = codeOf(error)
      if (code !== 'aborted') this.#session.cycle.lostServer()
      this.#tellFailed(error)
      if (code !== 'aborted' && needsPerson(error)) this.#waiters.fails(knownError(error))
      throw error
    }
  }

  #tellFailed(error: unknown): void {
    const { state } = this.#keeper.status
    const away = awayOf(error)
    if (away === 'paused') this.#marks.losesRoot()
    if (away === undefined) this.#keeper.tell(state === 'synced' ? 'syncing' : state)
    else this.#keeper.tell(away, causeOf(error))
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
    if (awayOf(error) === undefined) this.#events.onError(knownError(error))
  }

  /** What looks at either side or changes it: not while the engine is paused. Fails with `paused` when that ends it. */
  async #working<T>(run: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#pauses.isOn) throw paused()
    const pausing = this.#pauses.signal
    try {
      return await this.#exclusive(run, signal === this.#abort.signal ? pausing : AbortSignal.any([signal, pausing]))
    } catch (error) {
      const isPause = pausing.aborted && !signal.aborted && !this.#abort.signal.aborted
      throw isPause && codeOf(error) === 'aborted' ? paused() : error
    }
  }

  /** Cycles never overlap, whoever asked for them. */
  async #exclusive<T>(run: (signal: AbortSignal) => Promise<T>, joint: AbortSignal): Promise<T> {
    const turn = this.#last.then(() => {
      checkAborted(joint)
      return run(joint)
    })
    const rest = (): void => this.#marks.arm()
    this.#last = turn.then(rest, rest)
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
      await this.#asking.settled()
      await this.#session.close()
      this.#keeper.stopped()
    }
  }
}
