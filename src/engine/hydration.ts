/**
 * What is here and what is not, where contents come on demand: which nodes wait to be asked for, and what asking makes of
 * their rows. Looks at the trees and changes rows; no disk, no network.
 */

import type { Hydration } from '../model/hydration.js'
import { type NodeId, ROOT_ID } from '../model/ids.js'
import type { Node } from '../model/node.js'
import { RULE_FILE } from '../reconcile/ignore-rules.js'
import { remoteNode } from './remote-tree.js'
import type { Trees } from './trees.js'

/** A root that is so much ahead of its state knows of a release that the state does not; a stop that failed makes it one. */
export const RELEASE_TICKS = 2

/** The content of this file is on the server alone, and nothing but a call keeps it from this disk. */
export function isAway(trees: Trees, id: NodeId): boolean {
  const row = trees.synced(id)
  if (trees.localNode(id) !== null || remoteNode(trees, id)?.kind !== 'file') return false
  return row === null || row.presence === 'placeholder' || row.presence === 'pending'
}

/** Live nodes of the server at and below this one, each directory before what it holds. */
export function* liveBelow(trees: Trees, id: NodeId): Generator<Node> {
  const node = id === ROOT_ID ? null : remoteNode(trees, id)
  if (node === null && id !== ROOT_ID) return
  if (node !== null) yield node
  if (node !== null && node.kind !== 'directory') return
  for (const child of trees.children(id)) if (remoteNode(trees, child)?.parentId === id) yield* liveBelow(trees, child)
}

/** From now on a plan brings it. */
export function askFor(trees: Trees, id: NodeId): void {
  const row = trees.synced(id)
  if (row !== null) return trees.setSynced(id, { ...row, presence: 'pending', stamp: null })
  const revision = trees.remoteRevision(id)
  if (revision === null || revision.node === null) return
  trees.setSynced(id, { node: revision.node, sequence: revision.sequence, presence: 'pending', stamp: null })
}

/** What was asked for and did not come is asked for no more. */
export function askNoMore(trees: Trees, id: NodeId): void {
  const row = trees.synced(id)
  if (row?.presence === 'pending' && isAway(trees, id)) trees.setSynced(id, { ...row, presence: 'placeholder' })
}

/** Rules hold from the copies of rule files on this disk: those are never let go. */
export function staysHere({ name }: Pick<Node, 'name'>): boolean {
  return name === RULE_FILE
}

/** A device that wants all contents wants those, too, that it once did without. */
export function wantAll(trees: Trees, hydration: Hydration): void {
  if (hydration !== 'all') return
  for (const [id, row] of [...trees.syncedRows()]) {
    if (row.presence === 'placeholder') trees.setSynced(id, { ...row, presence: 'pending' })
  }
}
