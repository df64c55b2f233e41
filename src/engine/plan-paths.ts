/** Where the nodes of a plan stand and will stand, for people who read plans. Looks at the trees, changes nothing. */

import { type NodeId, ROOT_ID } from '../model/ids.js'
import type { Placement } from '../model/node.js'
import type { Operation, Plan } from '../model/plan.js'
import { below } from './paths.js'
import type { Trees } from './trees.js'

/** Paths below the root. Null: not there. */
export interface PlannedPath {
  /** Where the node stood when both sides agreed last, or stands here. */
  readonly from: string | null
  /** Where it stands once the plan is done. */
  readonly to: string | null
}

/** A plan for people: with the paths of every node that its operations name. */
export interface PathedPlan extends Plan {
  /** By node id, for every node that an operation names. */
  readonly paths: ReadonlyMap<NodeId, PlannedPath>
}

/** `from` is where a node stood when both sides agreed last, or stands here; `to` where it stands once the plan is done. */
export function withPaths(plan: Plan, trees: Trees): PathedPlan {
  const planned = new Map<NodeId, Placement>()
  for (const operation of plan.operations)
    for (const [id, placement] of placementsOf(operation)) planned.set(id, placement)
  const before = (id: NodeId): Placement | null => trees.synced(id)?.node ?? trees.localNode(id)?.node ?? null
  const after = (id: NodeId): Placement | null =>
    planned.get(id) ?? trees.localNode(id)?.node ?? trees.remoteRevision(id)?.node ?? null
  const paths = new Map<NodeId, PlannedPath>()
  for (const operation of plan.operations) {
    for (const id of idsOf(operation)) paths.set(id, { from: pathOf(id, before), to: pathOf(id, after) })
  }
  return { ...plan, paths }
}

function pathOf(id: NodeId, placementOf: (id: NodeId) => Placement | null): string | null {
  const names: string[] = []
  const seen = new Set<NodeId>()
  for (let at = id; at !== ROOT_ID; ) {
    const placement = placementOf(at)
    if (placement === null || seen.has(at)) return null
    seen.add(at)
    names.push(placement.name)
    at = placement.parentId
  }
  return names.reverse().reduce(below, '')
}

/** Every node that an operation names. */
export function idsOf(operation: Operation): readonly NodeId[] {
  switch (operation.type) {
    case 'commit':
      return operation.changes.map((change) => change.id)
    case 'rekey':
      return [operation.from, operation.to]
    case 'aside':
      return [operation.id, operation.copyId]
    case 'adopt':
    case 'create':
    case 'replace':
    case 'hold':
      return [operation.node.id]
    case 'forget':
    case 'move':
    case 'detach':
    case 'attach':
    case 'remove':
    case 'executable':
      return [operation.id]
  }
}

function placementsOf(operation: Operation): readonly (readonly [NodeId, Placement])[] {
  switch (operation.type) {
    case 'commit':
      return operation.changes.flatMap((change) => {
        if (change.type === 'create') return [[change.id, change] as const]
        return change.type === 'update' && change.placement !== undefined
          ? [[change.id, change.placement] as const]
          : []
      })
    case 'create':
    case 'replace':
    case 'adopt':
    case 'hold':
      return [[operation.node.id, operation.node]]
    case 'move':
    case 'detach':
    case 'attach':
      return [[operation.id, operation.to]]
    case 'aside':
      return [[operation.copyId, operation.to]]
    case 'forget':
    case 'rekey':
    case 'remove':
    case 'executable':
      return []
  }
}
