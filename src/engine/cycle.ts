/**
 * One cycle, one direction (DESIGN 3): observe, snapshot, plan, transfer, commit, apply, advance — round by round until
 * a plan is empty. Never two at a time; a new plan starts only when every sent commit has its answer.
 */

import { isTidemarkError, TidemarkError } from '../errors.js'
import type { NodeId } from '../model/ids.js'
import type { CommitOperation, Operation, OperationId, Plan } from '../model/plan.js'
import type { SyncMode } from '../model/sync-mode.js'
import type { PlanPolicy } from '../reconcile/policy.js'
import { applyAll } from './apply.js'
import { type ApplyParts, keepBeside } from './apply-run.js'
import { type CommitParts, commitAll, dropOutbox, resolveOutbox } from './commit.js'
import { Downloads } from './download.js'
import { type FeedParts, greet, pull } from './feed.js'
import { recover } from './recover.js'
import { type ScanParts, scan } from './scan.js'
import { planFrom } from './view.js'

export interface CycleParts extends FeedParts, ScanParts, CommitParts, ApplyParts {
  readonly drawId: () => NodeId
  readonly mode: SyncMode
}

/** Rounds without a single result before what is left waits for a change or the next try. */
const IDLE_ROUNDS = 5
/** Rounds of one cycle: whoever edits without a pause gets the loop back in between. */
const MAX_ROUNDS = 200

export class Cycle {
  readonly #parts: CycleParts
  readonly #withheld: Set<NodeId>
  #greeted = false
  #lastPlan: Plan | null = null
  /** Something may lie in staging that no operation took. */
  #staged = false

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

  /** Looks at both sides and says what would be done. Changes neither. */
  async look(signal: AbortSignal): Promise<Plan> {
    await this.#snapshot(signal)
    return this.#makePlan()
  }

  /** Until there is nothing more to do, or nothing that can be done now. */
  async run(signal: AbortSignal, onPlan: (plan: Plan) => void): Promise<void> {
    await this.#snapshot(signal)
    for (let round = 0, idle = 0; round < MAX_ROUNDS; round++) {
      const plan = this.#makePlan()
      onPlan(plan)
      if (plan.operations.length === 0) return this.#quiet(plan)
      const results = await this.#execute(plan.operations, signal)
      idle = results === 0 ? idle + 1 : 0
      if (idle > 0 && (idle >= IDLE_ROUNDS || !this.#parts.dirty.any)) this.#withholdAll(plan.operations)
      await this.#snapshot(signal)
    }
    this.#parts.dirty.remote()
  }

  /** Steps 1 and 2. The disk is looked at even when the server is away, so that the status stays honest. */
  async #snapshot(signal: AbortSignal): Promise<void> {
    const { state, dirty } = this.#parts
    let away: unknown = null
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
    if (rule !== null) await this.#scan(rule, signal)
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
    const { state, local, unflushed } = this.#parts
    if (unflushed.size > 0) {
      const paths = [...unflushed].sort()
      const edited = await local.flush(paths, { signal })
      for (const path of paths) unflushed.delete(path)
      for (const { path, kept } of edited) await keepBeside(this.#parts, path, kept)
    }
    if (state.intents.size > 0) await recover({ ...this.#parts, rule: state.get('rule') }, signal)
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
      if (state.outbox.length > 0)
        throw new TidemarkError('busy', 'the server gives two answers about its history', { retryable: true })
    }
    this.#greeted = true
  }

  async #scan(rule: Parameters<typeof scan>[2], signal: AbortSignal): Promise<void> {
    const { dirty } = this.#parts
    const due = dirty.takeLocal()
    try {
      await scan(this.#parts, due, rule, signal)
    } catch (error) {
      if (due.everything) dirty.everything()
      else dirty.again(due.directories)
      throw error
    } finally {
      dirty.looked()
    }
  }

  #makePlan(): Plan {
    const { state, troubles } = this.#parts
    const plan = planFrom({ trees: state.trees, troubles, withheld: this.#withheld }, this.#policy())
    this.#lastPlan = plan
    return plan
  }

  #policy(): PlanPolicy {
    const { state, local, drawId, deviceName, mode } = this.#parts
    const quiet = state.quietMoment()
    const confirmed = new Set(state.get('confirmed')?.ids)
    return {
      device: deviceName,
      drawId,
      disk: local.traits,
      mode,
      guard: { ...quiet, rootEmptied: quiet.presentFiles > 0 && state.trees.isEmptyHere, confirmed },
    }
  }

  /** How many operations were done. */
  async #execute(operations: readonly Operation[], signal: AbortSignal): Promise<number> {
    const commits = operations.filter((operation): operation is CommitOperation => operation.type === 'commit')
    const { refused, diverged } = await commitAll(this.#parts, commits, signal)
    if (diverged) {
      this.#greeted = false
      return 1
    }
    const dropped = new Set<OperationId>()
    for (const { operation, changes } of commits) {
      if (changes.some((change) => refused.has(change.id))) dropped.add(operation)
    }
    this.#staged = true
    await applyAll(this.#parts, new Downloads(this.#parts), operations, dropped, signal)
    return operations.length - dropped.size
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
    const { state, local } = this.#parts
    if (plan.guards.length > 0) return
    if (this.#staged) await local.clearStaging([])
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
