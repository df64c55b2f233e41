/** From nodes to the paths a person knows, and back. Looks at the trees, changes nothing; its cost is the depth of a path. */

import { type NodeId, ROOT_ID } from '../model/ids.js'
import type { Trees } from './trees.js'

/** Deeper than any tree the protocol allows: a bound against rows that form a circle. */
const MAX_DEPTH = 4096

/** Where a person looks for the node: on this disk, else where it stands or stood last. Null: nowhere that is known. */
export function knownPath(trees: Trees, id: NodeId): string | null {
  const names: string[] = []
  for (let at = id; at !== ROOT_ID; ) {
    const node = trees.localNode(at)?.node ?? trees.remoteRevision(at)?.node ?? trees.synced(at)?.node
    if (node == null || names.length > MAX_DEPTH) return null
    names.push(node.name)
    at = node.parentId
  }
  return names.reverse().join('/')
}
