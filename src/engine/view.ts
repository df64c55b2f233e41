/**
 * Builds the view a plan looks at and fetches what it names in `need`, until nothing is missing (DESIGN 3.3).
 * The work follows the change: it starts from the rows that differ.
 */

import { TidemarkError } from '../errors.js'
import type { NodeId } from '../model/ids.js'
import { keyOf, type Placement } from '../model/node.js'
import type { Plan } from '../model/plan.js'
import { placeKey } from '../model/tree.js'
import type { View, ViewRow } from '../model/view.js'
import { plan } from '../reconcile/plan.js'
import type { PlanPolicy } from '../reconcile/policy.js'
import type { Dirty } from './dirty.js'
import { portionOf } from './portion.js'
import type { Trees } from './trees.js'
import type { Troubles } from './troubles.js'

/** More rounds than any chain of directories: a planner that still needs rows then is broken. */
const MAX_ROUNDS = 10_000

export interface ViewParts {
  readonly trees: Trees
  readonly troubles: Troubles
  readonly dirty: Dirty
  /** Nodes for which nothing may be planned in this round. */
  readonly withheld: ReadonlySet<NodeId>
}

/** A plan over all that differs. */
export function planFrom(parts: ViewParts, policy: PlanPolicy): Plan {
  return planOver(parts, policy, parts.trees.differing(), false)
}

/**
 * A plan that does something, over no more than so many nodes that were never agreed if it can; else over all that
 * differs, so that a plan that does nothing says that there is nothing to do.
 */
export function planNext(parts: ViewParts, policy: PlanPolicy, most: number): { plan: Plan; isPart: boolean } {
  const portion = portionOf(parts.trees, most)
  const plan = portion === null ? null : planOver(parts, policy, portion, true)
  if (plan !== null && plan.operations.length > 0) return { plan, isPart: true }
  return { plan: planFrom(parts, policy), isPart: false }
}

function planOver(parts: ViewParts, policy: PlanPolicy, start: ReadonlySet<NodeId>, isPart: boolean): Plan {
  const rows = new Map<NodeId, ViewRow>()
  const whole = new Set<NodeId>()
  const places = new Set<string>()
  const { occupied, mayHide, heals } = parts.troubles
  const view: View = { rows, whole, places, occupied, isPart }
  const isOpen = heals || parts.dirty.any
  const add = (id: NodeId): void => {
    if (!rows.has(id)) rows.set(id, rowOf(parts, id, mayHide, isOpen))
  }
  const look = ({ parentId, name }: Placement): void => {
    for (const id of parts.trees.holders(parentId, name)) add(id)
    places.add(placeKey(parentId, keyOf(name)))
  }
  for (const id of [...start].sort()) add(id)
  // It would be asked for: who is new arrives somewhere.
  if (isPart)
    for (const { local, remote } of [...rows.values()])
      for (const node of [local?.node, remote?.node]) if (node) look(node)
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const result = plan(view, policy)
    const { nodes, childrenOf, places: wanted } = result.need
    if (nodes.length + childrenOf.length + wanted.length === 0) return result
    for (const id of nodes) add(id)
    for (const parentId of childrenOf) {
      for (const id of parts.trees.children(parentId)) add(id)
      whole.add(parentId)
    }
    for (const place of wanted) look(place)
  }
  throw new TidemarkError('internal', 'a plan never had its rows')
}

/**
 * What is gone may have been moved to where nobody looked yet, and would be taken for something new once it is seen there
 * (INV-03): on both sides, it is kept until every place was looked at; only here, it is not deleted elsewhere yet.
 */
function rowOf({ trees, troubles, withheld }: ViewParts, id: NodeId, mayHide: boolean, isOpen: boolean): ViewRow {
  const row = trees.row(id)
  const isGone = row.local === null && row.remote?.node === null
  const waits = (isGone && isOpen) || (mayHide && trees.local(id) === 'deleted')
  return {
    ...row,
    ...(troubles.frozen.has(id) ? { frozen: true } : {}),
    ...(withheld.has(id) || waits ? { withheld: true } : {}),
  }
}
