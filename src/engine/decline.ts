/**
 * A person's no to a guard (DESIGN 4.8): the synced rows in question are forgotten, so that the union brings back what
 * one side lacks. Nothing is deleted by it, on either side.
 */

import type { NodeId } from '../model/ids.js'
import type { Guard } from '../model/plan.js'
import type { Trees } from './trees.js'

export function declineDeletes(trees: Trees, guard: Pick<Guard, 'direction' | 'nodes'>): void {
  const isWaiting = guard.direction === 'up' ? deletedHere : deletedThere
  // Directories with a file in question come back with it; the empty ones have nobody else to speak for them.
  const bare = [...trees.differing()].filter((id) => isWaiting(trees, id) && isBareDirectory(trees, id))
  for (const id of [...guard.nodes.filter((node) => isWaiting(trees, node)), ...bare]) trees.forget(id)
}

function deletedHere(trees: Trees, id: NodeId): boolean {
  return trees.local(id) === 'deleted' && trees.remoteRevision(id)?.node != null
}

function deletedThere(trees: Trees, id: NodeId): boolean {
  const remote = trees.remoteRevision(id)
  return trees.synced(id) !== null && remote !== null && remote.node === null && trees.localNode(id) !== null
}

function isBareDirectory(trees: Trees, id: NodeId): boolean {
  return trees.synced(id)?.node.kind === 'directory' && trees.syncedChildren(id).length === 0
}
