/**
 * One cycle, one direction (DESIGN 3): observe, snapshot, plan, transfer, commit, apply, advance — round by round until
 * a plan is empty. Never two at a time; a new plan starts only when every sent commit has its answer.
 */

import { isTidemarkError, TidemarkError } from '../errors.js'
import type { Hydration } from '../model/hydration.js'
import type { NodeId } from '../model/ids.js'
import type { CommitOperation, Operation, Plan } from '../model/plan.js'
import type { PlanPolicy } from '../reconcile/policy.js'
import { applyAll } from './apply.js'
import { type CarriedPlan, type Executed, toldOf } from './apply-plan.js'
import { type ApplyParts, flush } from './apply-run.js'
import { type CommitParts, commitAll, dropOutbox, resolveOutbox } from './commit.js'
import { Downloads } from './download.js'
import { type FeedParts, greet, pull } from './feed.js'
import { flushFirst } from './flush-first.js'
import { drawnIds, matchPlans } from './plan-match.js'
import { neededFor } from './plan-part.js'
import { directoryOf } from './paths.js'
import type { PathedPlan } from './plan-paths.js'
import type { Prefetch } from './prefetch.js'
import { recover } from './recover.js'
import { markRuled } from './rule-marks.js'
import { type ScanParts, scan } from './scan.js'
import { planFrom, planNext, type ViewParts } from './view.js'

export interface CycleParts extends FeedParts, ScanParts, CommitParts, ApplyParts {
  readonly prefetch: Prefetch
  readonly hydration: Hydration
  /** Lets a node that was withheld be planned again. */
  readonly admit: (id: NodeId) => void
  readonly drawId: () => NodeId
}

/** What a run tells, and is told. */
export interface RunListener {
  readonly onPlan: (plan: Plan) => void
  /** Somebody wants to see all that is to be done before anything of it is done. */
  readonly wantsWhole: () => boolean
}

interface NextPlan {
  readonly plan: Plan
  /** Of what differs, not all is in it. */
  readonly isPart: boolean
}

/** Rounds without a single result before what is left waits for a change or the next try. */
const IDLE_ROUNDS = 5
/** Times in one cycle that a commit finds another history than the page before it: an honest server has changed once by then. */
const MOST_DIVERGED = 3
/** Rounds of one cycle: whoever edits without a pause gets the loop back in between. */
const MAX_ROUNDS = 200
/** What must be settled before a plan that brings something is made takes a round or two. */
const BRING_ROUNDS = 5
/** Not shorter than the store keeps a content that was replaced while it was worked on (LOCAL-20), milliseconds. */
const LINGER_MS = 2_500

export class Cycle {
  readonly #parts: CycleParts
  readonly #withheld: Set<NodeId>
  #greeted = false
  #lastPlan: Plan | null = null
  #diverged = 0
  /** Something may lie in staging that no operation took; at first what the start kept for downloads that may not come. */
  #staged = true

  constructor(parts: CycleParts, withheld: Set<NodeId>) {
    this.#parts = parts
    this.#withheld = withheld
  }

  get greeted(): boolean {
    return this.#greeted
  }

  /** The last plan that was made; its guards wait for a person. */
  get lastPlan(): Plan | null {
    return this.#lastPlan
  }

  /** The server may have changed while it was away: it is asked again who it is. */
  lostServer(): void {
    this.#greeted = false
  }

  /** Looks at both sides: afterwards the trees say how they stand, and no commit is without its answer. */
  async refresh(signal: AbortSignal): Promise<void> {
    await this.#snapshot(signal)
  }

  /** Looks at both sides and says what would be done. Changes neither. */
  async look(signal: AbortSignal): Promise<Plan> {
    await this.#snapshot(signal)
    return this.#makePlan()
  }

  /** Until there is nothing more to do, or nothing that can be done now. */
  async run(signal: AbortSignal, { onPlan, wantsWhole }: RunListener): Promise<void> {
    this.#diverged = 0
    await this.#snapshot(signal)
    const { trees } = this.#parts.state
    let isStuck = false
    for (let round = 0, idle = 0; round < MAX_ROUNDS; ) {
      const next: NextPlan = isStuck || wantsWhole() ? { plan: this.#makePlan(), isPart: false } : this.#nextPlan()
      const { plan, isPart } = next
      // As many parts as there are: a round is what somebody else's edits can cause.
      if (!isPart) round += 1
      onPlan(plan)
      if (plan.operations.length === 0) return this.#quiet(plan)
      const before = trees.fresh.size
      const { dropped } = await this.#execute(plan.operations, signal)
      // What one part leaves as it was, the next would plan again: only all of it together tells what stands in the way.
      isStuck = isPart && trees.fresh.size >= before
      idle = dropped.size === plan.operations.length ? idle + 1 : 0
      if (idle > 0 && (idle >= IDLE_ROUNDS || !this.#parts.dirty.any)) this.#withholdAll(plan.operations)
      await this.#snapshot(signal)
    }
    this.#parts.dirty.remote()
  }

  /**
   * Those operations of an earlier plan that are still what is to be done, and no others. `begin` is called with the
   * present plan when both sides were looked at: nothing was changed before. Fails with `diverged` when the server turns
   * out to be another one.
   */
  async carryOut(plan: PathedPlan, begin: (present: Plan) => void, signal: AbortSignal): Promise<CarriedPlan> {
    await this.#snapshot(signal)
    const present = this.#makePlan(drawnIds(plan))
    begin(present)
    const match = matchPlans(plan, present)
    const executed = await this.#execute(match.operations, signal)
    if (executed.diverged) {
      throw otherHistory('Plan again.')
    }
    return toldOf(plan, match, { ...executed, withheld: this.#withheld })
  }

  /** Of what is open, that which brings these nodes to this disk; after both sides were looked at. Else nothing is done. */
  async bring(ids: ReadonlySet<NodeId>, signal: AbortSignal): Promise<void> {
    for (let round = 0; round < BRING_ROUNDS; round++) {
      const operations = neededFor(ids, this.#makePlan().operations)
      if (operations.length === 0) return
      const { dropped, diverged } = await this.#execute(operations, signal)
      if (diverged) throw otherHistory('Ask again.')
      if (dropped.size > 0) return
    }
  }

  /** After `carryOut`: what is open now, and whether that is nothing. */
  async lookAfter(signal: AbortSignal): Promise<Plan> {
    await this.#snapshot(signal)
    const plan = this.#makePlan()
    if (plan.operations.length === 0) await this.#quiet(plan)
    return plan
  }

  /** Steps 1 and 2. The disk is looked at even when the server is away, so that the status stays honest. */
  async #snapshot(signal: AbortSignal): Promise<void> {
    const { state, dirty, prefetch } = this.#parts
    let away: unknown = null
    prefetch.looks()
    // A commit that was cut off on its way has no answer yet: nothing may be planned before it has (SPEC 5.9).
    if (state.outbox.length > 0) this.#greeted = false
    await this.#finishApplying(signal)
    if (!this.#greeted) {
      try {
        await this.#greet(signal)
      } catch (error) {
        if (!isTidemarkError(error) || error.code === 'aborted') throw error
        away = error
      }
    }
    const rule = state.get('rule')
    if (rule !== null) {
      await this.#scan(rule, signal)
      prefetch.looked()
    }
    if (away !== null) throw away
    if (dirty.takeRemote(state.get('cursor')?.sequence ?? 0)) {
      try {
        await pull(this.#parts, signal)
      } catch (error) {
        dirty.remote()
        throw error
      }
    }
  }

  /**
   * What a broken apply left: changes of ours that the disk did not confirm yet must be confirmed before anything is
   * saved (INV-08), and what lies in `moving` must be back before a scan could take it for deleted (INV-09).
   */
  async #finishApplying(signal: AbortSignal): Promise<void> {
    const { state, unflushed, lingering } = this.#parts
    if (unflushed.size + lingering.size > 0) {
      await flush(this.#parts, [...unflushed, ...lingering.keys()], { signal })
      this.#endLingering()
    }
    if (state.intents.size > 0) await recover({ ...this.#parts, rule: state.get('rule'), wasLost: false }, signal)
  }

  #endLingering(): void {
    const { lingering, fresh, monotonic } = this.#parts
    for (const [path, since] of lingering) {
      if (monotonic() - since > LINGER_MS) lingering.delete(path)
      else fresh.add(directoryOf(path))
    }
  }

  async #greet(signal: AbortSignal): Promise<void> {
    const { state, dirty, verify } = this.#parts
    dirty.takeRemote(0)
    const rule = state.get('rule')
    const { cloned } = await greet(this.#parts, signal)
    if (cloned) {
      for (const [id] of state.trees.syncedRows()) verify.add(id)
      dirty.everything()
    }
    if (rule !== null && state.get('rule') !== rule) dirty.everything()
    if (this.#parts.mode === 'read-only') await dropOutbox(this.#parts)
    else if ((await resolveOutbox(this.#parts, signal)) === 'diverged') {
      await greet(this.#parts, signal)
      if (state.outbox.length > 0) throw twoHistories()
    }
    this.#greeted = true
  }

  async #scan(rule: Parameters<typeof scan>[2], signal: AbortSignal): Promise<void> {
    const { dirty } = this.#parts
    const due = dirty.takeLocal()
    try {
      await scan(this.#parts, due, rule, signal)
    } catch (error) {
      dirty.putBack(due)
      throw error
    } finally {
      dirty.looked()
    }
  }

  /** `drawn`: ids of conflict copies by what they are copies of, from an earlier plan that was not carried out. */
  #makePlan(drawn: ReadonlyMap<NodeId, NodeId> = new Map()): Plan {
    this.#lastPlan = planFrom(this.#viewParts(), this.#policy(drawn))
    return this.#lastPlan
  }

  #nextPlan(): NextPlan {
    const next = planNext(this.#viewParts(), this.#policy(new Map()), this.#parts.newNodesAtOnce)
    this.#lastPlan = next.plan
    return next
  }

  #viewParts(): ViewParts {
    const { state, troubles, dirty, settling } = this.#parts
    return { trees: state.trees, troubles, dirty, withheld: settling.with(this.#withheld) }
  }

  #policy(drawn: ReadonlyMap<NodeId, NodeId>): PlanPolicy {
    const { state, local, drawId, deviceName, mode, hydration, rules } = this.#parts
    const quiet = state.quietMoment()
    const confirmed = new Set(state.get('confirmed')?.ids)
    return {
      device: deviceName,
      drawId: (loser) => drawn.get(loser) ?? drawId(),
      disk: local.traits,
      mode,
      hydrate: hydration,
      guard: { ...quiet, rootEmptied: quiet.presentFiles > 0 && state.trees.isEmptyHere, confirmed },
      rules: rules.forPlan(state.trees),
    }
  }

  async #execute(
    operations: readonly Operation[],
    signal: AbortSignal,
  ): Promise<Omit<Executed, 'withheld'> & { readonly diverged: boolean }> {
    const commits = operations.filter((operation): operation is CommitOperation => operation.type === 'commit')
    const dropped = new Set(await flushFirst(this.#parts, commits, signal))
    const durable = commits.filter(({ operation }) => !dropped.has(operation))
    const { refused, diverged } = await commitAll(this.#parts, durable, signal)
    if (diverged) {
      this.#greeted = false
      this.#diverged += 1
      if (this.#diverged > MOST_DIVERGED) throw twoHistories()
      return { dropped, refused, diverged }
    }
    for (const { operation, changes } of commits) {
      if (changes.some((change) => refused.has(change.id))) dropped.add(operation)
    }
    this.#staged = true
    try {
      await applyAll(this.#parts, new Downloads(this.#parts), operations, dropped, signal)
    } finally {
      markRuled(this.#parts, operations)
    }
    return { dropped, refused, diverged }
  }

  /** What could not be done stays as it is, until something about it changes or the next try. */
  #withholdAll(operations: readonly Operation[]): void {
    for (const operation of operations) {
      if (operation.type === 'commit') for (const change of operation.changes) this.#withheld.add(change.id)
      else if ('id' in operation) this.#withheld.add(operation.id)
      else if ('node' in operation) this.#withheld.add(operation.node.id)
      else this.#withheld.add(operation.from)
    }
  }

  async #quiet(plan: Plan): Promise<void> {
    const { state, prefetch } = this.#parts
    if (plan.guards.length > 0) return
    await prefetch.sweep(this.#staged)
    this.#staged = false
    const quiet = state.quietMoment()
    const presentFiles = state.trees.presentFiles
    if (quiet.presentFiles !== presentFiles || quiet.deletedUp + quiet.deletedDown > 0 || state.get('quiet') === null) {
      state.set('quiet', { presentFiles, deletedUp: 0, deletedDown: 0 })
    }
    if (state.get('confirmed') !== null) state.set('confirmed', null)
    await state.save()
  }
}

function otherHistory(next: string): TidemarkError {
  return new TidemarkError('diverged', 'the server has another history by now', { next, retryable: true })
}

function twoHistories(): TidemarkError {
  return new TidemarkError('busy', 'the server gives two answers about its history', { retryable: true })
}
