/**
 * Where a restored node is to stand: its directories put back where they are gone, its name or one beside it. Nothing is
 * ever put over what stands there, on the server or on this disk. Plans only: it sends nothing.
 */

import { TidemarkError } from '../errors.js'
import type { LocalStore } from '../interfaces/local-store.js'
import type { CreateChange } from '../model/change.js'
import type { HistoryRow } from '../model/history.js'
import { type NodeId, ROOT_ID } from '../model/ids.js'
import { keyOf, type Node, samePlacement } from '../model/node.js'
import { placeKey } from '../model/tree.js'
import { foldName, foldsNames } from '../reconcile/names.js'
import { restoredName } from '../reconcile/restored-name.js'
import { LIMITS } from '../protocol/limits.js'
import type { PastParts, Whereabouts } from './past.js'
import { remoteHolder, remoteNode } from './remote-tree.js'
import type { Troubles } from './troubles.js'

export interface PlaceParts extends PastParts {
  readonly local: LocalStore
  readonly troubles: Troubles
}

export interface RestoredParent {
  readonly parentId: NodeId
  /** Directories that have to be put back before, parents first. */
  readonly revived: readonly CreateChange[]
}

/** A deleted node under its old id, with the sequence of its tombstone. */
export function revival(node: Node, tombstone: HistoryRow): CreateChange {
  return { ...node, type: 'create', base: tombstone.sequence }
}

/**
 * The directory, where it lives; the one that took its place, where it does not; else it is put back, upwards.
 * Fails with `not-found` when nothing is kept of it.
 */
export async function parentFor(
  parts: PlaceParts,
  whereabouts: Whereabouts,
  parentId: NodeId,
  depth = 0,
): Promise<RestoredParent> {
  const { trees } = parts.state
  if (parentId === ROOT_ID || remoteNode(trees, parentId)?.kind === 'directory') return { parentId, revived: [] }
  const last = await whereabouts.lastOf(parentId)
  if (last === null || !last.deleted || depth > LIMITS.depth) {
    throw new TidemarkError('not-found', 'the directory it stood in is not kept any more', {
      subject: parentId,
      next: 'Read it with readFile and its sequence, and write it where it shall stand.',
    })
  }
  const above = await parentFor(parts, whereabouts, last.node.parentId, depth + 1)
  const holder = above.revived.length > 0 ? null : remoteHolder(trees, above.parentId, last.node.name)
  if (holder?.kind === 'directory') return { parentId: holder.id, revived: [] }
  const node = { ...last.node, parentId: above.parentId }
  const named = above.revived.length > 0 ? node : freelyNamed(parts, node)
  return { parentId, revived: [...above.revived, revival(named, last)] }
}

/** The node under its name, or under one beside it that says so. */
export function freelyNamed(parts: PlaceParts, node: Node): Node {
  for (let attempt = 0; ; attempt++) {
    const name = restoredName({ name: node.name, kind: node.kind, limit: parts.local.traits.nameLimit }, attempt)
    if (!isTaken(parts, { ...node, name })) return { ...node, name, key: keyOf(name) }
  }
}

function isTaken({ state, troubles, local }: PlaceParts, node: Node): boolean {
  const { trees } = state
  const { traits } = local
  if (troubles.occupied.has(placeKey(node.parentId, node.name))) return true
  const folds = foldsNames(traits)
  const near = folds ? trees.children(node.parentId) : trees.holders(node.parentId, node.name)
  const wanted = foldName(node.name, traits)
  for (const id of near) {
    if (id === node.id) continue
    for (const other of [remoteNode(trees, id), trees.localNode(id)?.node ?? null]) {
      if (other === null || other.parentId !== node.parentId) continue
      if (samePlacement(other, node) || (folds && foldName(other.name, traits) === wanted)) return true
    }
  }
  return false
}
