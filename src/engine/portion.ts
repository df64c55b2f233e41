/**
 * What one plan takes on of very much that is new: what a first sync holds in memory, and how long it holds up its host,
 * follows from that. What was agreed before and differs is always taken on whole, and so is everything when something goes:
 * deletes are counted together, and set against what appears (DESIGN 4.8).
 */

import type { NodeId } from '../model/ids.js'
import type { Trees } from './trees.js'

/** Null: all that differs. `most`: of the nodes that were never agreed. */
export function portionOf(trees: Trees, most: number): ReadonlySet<NodeId> | null {
  const { fresh, freshRules, changed } = trees
  if (fresh.size <= most || [...changed].some((id) => goes(trees, id))) return null
  // A rule comes before what it might leave out.
  const portion = new Set([...changed, ...freshRules])
  let left = most
  for (const id of fresh) {
    if (left-- === 0) break
    portion.add(id)
  }
  return portion
}

function goes(trees: Trees, id: NodeId): boolean {
  return trees.local(id) === 'deleted' || trees.remoteRevision(id)?.node === null
}
