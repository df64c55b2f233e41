/**
 * Views of a device's rows: the whole of them, and the one that starts with what differs and grows by what the plan asks for.
 * What is asked for twice, or a plan that goes on before it has what it needs, is an error.
 */

import { type NodeId, ROOT_ID } from '../../../src/model/ids.js'
import type { Node } from '../../../src/model/node.js'
import type { Plan } from '../../../src/model/plan.js'
import { placeKey } from '../../../src/model/tree.js'
import type { View, ViewRow } from '../../../src/model/view.js'
import { plan } from '../../../src/reconcile/plan.js'
import type { PlanPolicy } from '../../../src/reconcile/policy.js'

export interface RowSource {
  readonly rows: () => Iterable<ViewRow>
  readonly row: (id: NodeId) => ViewRow
}

export function wholeView(all: Iterable<ViewRow>): View {
  const rows = new Map<NodeId, ViewRow>()
  const whole = new Set<NodeId>([ROOT_ID])
  for (const row of all) {
    rows.set(row.id, row)
    whole.add(row.id)
  }
  return { rows, whole, places: new Set(), occupied: new Set() }
}

export function planFromChanges(source: RowSource, policy: PlanPolicy): Plan {
  return grow(source, policy, [...source.rows()].filter(differs), false)
}

/** One node that was never agreed at a time, with all that differs from what was, as long as nothing goes. */
export function planFromPart(source: RowSource, policy: PlanPolicy): { readonly plan: Plan; readonly isPart: boolean } {
  const differing = [...source.rows()].filter(differs)
  const fresh = differing.filter(({ synced }) => synced === null)
  const changed = differing.filter(({ synced }) => synced !== null)
  const goes = changed.some(({ local, remote }) => local === null || remote?.node === null)
  if (!goes && fresh.length > 1) {
    const plan = grow(source, policy, [...changed, ...fresh.slice(0, 1)], true)
    if (plan.operations.length > 0) return { plan, isPart: true }
  }
  return { plan: planFromChanges(source, policy), isPart: false }
}

function grow(source: RowSource, policy: PlanPolicy, start: readonly ViewRow[], isPart: boolean): Plan {
  const rows = new Map(start.map((row) => [row.id, row]))
  const whole = new Set<NodeId>()
  const places = new Set<string>()
  for (let round = 0; round < 100; round++) {
    const result = plan({ rows, whole, places, occupied: new Set(), isPart }, policy)
    const { nodes, childrenOf, places: wanted } = result.need
    if (nodes.length + childrenOf.length + wanted.length === 0) return result
    if (result.operations.length > 0) throw new Error('a plan that misses rows must plan nothing')
    for (const id of nodes) {
      if (rows.has(id)) throw new Error(`asked for ${id}, which it has`)
      rows.set(id, source.row(id))
    }
    for (const id of childrenOf) {
      if (whole.has(id)) throw new Error(`asked for the children of ${id}, which it has`)
      whole.add(id)
    }
    for (const { parentId, name } of wanted) {
      if (places.has(placeKey(parentId, name))) throw new Error(`asked for ${name}, which it has`)
      places.add(placeKey(parentId, name))
    }
    for (const row of source.rows()) if (touches(row, whole, places)) rows.set(row.id, row)
  }
  throw new Error('a plan that never has all its rows')
}

function differs({ synced, local, remote }: ViewRow): boolean {
  if (synced === null || synced.presence !== 'present' || local === null || remote === null || remote.node === null)
    return true
  return (
    remote.sequence !== synced.sequence || !sameNode(local.node, synced.node) || !sameNode(remote.node, synced.node)
  )
}

function sameNode(a: Node, b: Node): boolean {
  return a.parentId === b.parentId && a.name === b.name && a.content === b.content && a.executable === b.executable
}

function touches({ synced, local, remote }: ViewRow, whole: ReadonlySet<NodeId>, places: ReadonlySet<string>): boolean {
  for (const node of [synced?.node, local?.node, remote?.node]) {
    if (node && (whole.has(node.parentId) || places.has(placeKey(node.parentId, node.key)))) return true
  }
  return false
}
