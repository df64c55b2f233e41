/** A part of a plan that can be carried out by itself: what brings certain nodes here, with all that it depends on. */

import type { NodeId } from '../model/ids.js'
import type { Operation, OperationId } from '../model/plan.js'
import { idsOf } from './plan-paths.js'

/**
 * In the order of the plan. What has to be settled before any other plan can be made (a re-key, a row that is dropped so
 * that both sides unite) is a plan of its own, and is all of it needed.
 */
export function neededFor(ids: ReadonlySet<NodeId>, operations: readonly Operation[]): readonly Operation[] {
  if (operations.every(({ type }) => type === 'rekey' || type === 'forget')) return operations
  const needed = new Set<OperationId>()
  // What an operation depends on stands before it: from the last to the first, each is known in time.
  for (const operation of [...operations].reverse()) {
    const isOwn = operation.type !== 'commit' && idsOf(operation).some((id) => ids.has(id))
    if (!isOwn && !needed.has(operation.operation)) continue
    needed.add(operation.operation)
    for (const id of operation.dependsOn) needed.add(id)
  }
  return operations.filter(({ operation }) => needed.has(operation))
}
