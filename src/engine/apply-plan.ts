/**
 * Carries out a plan that a person has seen: those operations and no others (DESIGN 3.3, 8). Both sides are looked at
 * again first, and what is not as the plan saw it is left alone and told. It executes nothing itself.
 */

import type { NodeId } from '../model/ids.js'
import type { CommitOperation, Operation, OperationId } from '../model/plan.js'
import type { DropReason, PlanMatch } from './plan-match.js'
import { idsOf, type PathedPlan } from './plan-paths.js'

/** An operation of the plan that was not done. Nothing of it was changed, on either side. */
export interface DroppedOperation {
  /** Its position in the plan. */
  readonly operation: OperationId
  /** What was to be done. */
  readonly type: Operation['type']
  /** Where the nodes stand, or were to stand, below the root. */
  readonly paths: readonly string[]
  /** Why nothing was done. */
  readonly reason: DropReason
}

/** What became of a plan that was carried out. */
export interface CarriedPlan {
  /** As they stand in the plan, in the order in which they were done. */
  readonly done: readonly Operation[]
  /** What was not done, each with the reason. */
  readonly dropped: readonly DroppedOperation[]
}

/** What became of the operations that were tried. Ids are those of the present plan. */
export interface Executed {
  readonly dropped: ReadonlySet<OperationId>
  /** Nodes whose change was not accepted. */
  readonly refused: ReadonlySet<NodeId>
  /** Nodes that the disk refused to change. */
  readonly withheld: ReadonlySet<NodeId>
}

export function toldOf(
  plan: PathedPlan,
  { operations, asPlanned, dropped }: PlanMatch,
  executed: Executed,
): CarriedPlan {
  const reasons = new Map(dropped)
  const done: OperationId[] = []
  for (const operation of operations) {
    const planned = asPlanned.get(operation.operation)
    if (planned === undefined) continue
    if (executed.dropped.has(operation.operation)) reasons.set(planned, reasonOf(operation, executed))
    else done.push(planned)
  }
  const byId = new Map(plan.operations.map((operation) => [operation.operation, operation]))
  return {
    done: done.flatMap((id) => byId.get(id) ?? []),
    dropped: plan.operations.flatMap(({ operation, type }) => {
      const reason = reasons.get(operation)
      return reason === undefined ? [] : [{ operation, type, paths: pathsOf(plan, byId.get(operation)), reason }]
    }),
  }
}

function reasonOf(operation: Operation, { dropped, refused, withheld }: Executed): DropReason {
  if (operation.dependsOn.some((id) => dropped.has(id))) return 'depends'
  if (isCommit(operation)) return operation.changes.some(({ id }) => refused.has(id)) ? 'refused' : 'moved'
  return idsOf(operation).some((id) => withheld.has(id)) ? 'failed' : 'moved'
}

function isCommit(operation: Operation): operation is CommitOperation {
  return operation.type === 'commit'
}

function pathsOf({ paths }: PathedPlan, operation: Operation | undefined): readonly string[] {
  const found = new Set<string>()
  for (const id of operation === undefined ? [] : idsOf(operation)) {
    const { from = null, to = null } = paths.get(id) ?? {}
    if (from !== null) found.add(from)
    if (to !== null) found.add(to)
  }
  return [...found]
}
