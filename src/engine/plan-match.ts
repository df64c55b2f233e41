/**
 * Which operations of an earlier plan are still what is to be done (DESIGN 3.3). The earlier plan says what may be done,
 * the present one what is right: only what stands in both is taken. A pure function; it looks at nothing but the two.
 */

import type { NodeId } from '../model/ids.js'
import type { CommitOperation, Operation, OperationId, Plan } from '../model/plan.js'

/** Why an operation of a plan was not done. */
export type DropReason =
  /** One of the sides is not what the plan saw. */
  | 'moved'
  /** It is one of too many deletes by now: see `guards`. */
  | 'guarded'
  /** It needs another operation that was not done. */
  | 'depends'
  /** The commit was not made: the server judged otherwise, or the file changed while it was read. */
  | 'refused'
  /** The disk refused: see `problems`. */
  | 'failed'

export interface PlanMatch {
  /** Of the present plan, in its order. */
  readonly operations: readonly Operation[]
  /** Operation of the present plan → the same one in the earlier plan. */
  readonly asPlanned: ReadonlyMap<OperationId, OperationId>
  /** Of the earlier plan. */
  readonly dropped: ReadonlyMap<OperationId, DropReason>
}

export function matchPlans(earlier: Plan, present: Plan): PlanMatch {
  const byMeaning = new Map(earlier.operations.map((operation) => [meaningOf(operation), operation.operation]))
  const asPlanned = new Map<OperationId, OperationId>()
  const operations: Operation[] = []
  const dropped = new Map<OperationId, DropReason>()
  for (const operation of present.operations) {
    const planned = byMeaning.get(meaningOf(operation))
    if (planned === undefined) continue
    // What it needs comes before it: something that is not in the earlier plan, or depends on such.
    if (operation.dependsOn.some((id) => !asPlanned.has(id))) dropped.set(planned, 'depends')
    else {
      asPlanned.set(operation.operation, planned)
      operations.push(operation)
    }
  }
  const taken = new Set(asPlanned.values())
  const guarded = new Set(present.guards.flatMap(({ nodes }) => nodes))
  for (const operation of earlier.operations) {
    if (taken.has(operation.operation) || dropped.has(operation.operation)) continue
    dropped.set(operation.operation, isGuarded(operation, guarded) ? 'guarded' : 'moved')
  }
  return { operations, asPlanned, dropped }
}

/** The copy ids that a plan drew, by the node whose content is set aside: planned again, it shall draw the same ones. */
export function drawnIds(plan: Plan): ReadonlyMap<NodeId, NodeId> {
  const drawn = new Map<NodeId, NodeId>()
  for (const operation of plan.operations) if (operation.type === 'aside') drawn.set(operation.id, operation.copyId)
  return drawn
}

/** Everything an operation says but its number, and whether a stamp was still young when it was taken. */
function meaningOf({ operation: _operation, dependsOn: _dependsOn, ...rest }: Operation): string {
  return JSON.stringify(rest, (key: string, value: unknown) => (key === 'racy' ? undefined : inOrder(value)))
}

/** Equal values are spelled alike, in whatever order their fields were set. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isGuarded(operation: Operation, guarded: ReadonlySet<NodeId>): boolean {
  if (operation.type === 'remove') return guarded.has(operation.id)
  return isCommit(operation) && operation.changes.some(({ type, id }) => type === 'delete' && guarded.has(id))
}

function isCommit(operation: Operation): operation is CommitOperation {
  return operation.type === 'commit'
}
