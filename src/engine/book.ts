/** Operations that only change what this device remembers: no disk, no network. */

import type { NodeId } from '../model/ids.js'
import type { AdoptOperation, BookOperation, HoldOperation, RekeyOperation } from '../model/plan.js'
import { stampOf } from './results.js'
import type { Trees } from './trees.js'

export function keepBook(trees: Trees, operation: BookOperation): void {
  switch (operation.type) {
    case 'adopt':
      return adopt(trees, operation)
    case 'forget':
      return trees.forget(operation.id)
    case 'rekey':
      return rekey(trees, operation)
    case 'hold':
      return hold(trees, operation)
  }
}

function adopt(trees: Trees, { node, sequence, presence, stamp }: AdoptOperation): void {
  const local = trees.localNode(node.id)
  trees.setSynced(node.id, { node, sequence, presence, stamp: stamp ?? stampOf(node, local, trees.synced(node.id)) })
  if (local !== null && presence === 'present') trees.setLocal(node.id, { ...local, provisional: false })
}

/** What stands on the disk under the id `from` is the node `to`, which nothing holds any more; what stands below it follows. */
function rekey(trees: Trees, { from, to }: RekeyOperation): void {
  const found = trees.localNode(from)
  if (found === null) return
  const known = trees.remoteRevision(to)?.node != null
  const children = trees.localChildren(from)
  // Where `from` was agreed once it must not go on standing on this disk: one entry, one node.
  trees.setLocal(from, trees.synced(from) === null ? null : 'deleted')
  trees.setLocal(to, { ...found, node: { ...found.node, id: to }, provisional: !known })
  // Whatever kept it away, it stands here now: a look that comes before it is adopted must know what stands there.
  const row = trees.synced(to)
  if (row !== null && row.presence !== 'present')
    trees.setSynced(to, { ...row, presence: 'present', stamp: stampOf(row.node, trees.localNode(to) ?? found, row) })
  for (const child of children) follow(trees, child, { from, to })
}

/** The directory is another, and the child was not moved: what was agreed of its place goes along where the server has it there no more. */
function follow(trees: Trees, child: NodeId, { from, to }: Pick<RekeyOperation, 'from' | 'to'>): void {
  const local = trees.localNode(child)
  const synced = trees.synced(child)
  if (local === null) return
  if (synced?.node.parentId === from && trees.remoteRevision(child)?.node?.parentId !== from)
    trees.setSynced(child, { ...synced, node: { ...synced.node, parentId: to } })
  trees.setLocal(child, { ...local, node: { ...local.node, parentId: to } })
}

function hold(trees: Trees, { node, sequence, presence }: HoldOperation): void {
  trees.setSynced(node.id, { node, sequence, presence, stamp: null })
  trees.setLocal(node.id, null)
}
