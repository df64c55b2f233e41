/** Every node of a disk that a program sees, or that a power loss may bring back. Reads only. */

import { DirectoryNode, type DiskNode } from './disk-nodes.js'
import type { DiskState } from './disk-state.js'

/** All nodes on either side and in the journal, each once. */
export function allNodes({ root, journal }: DiskState): ReadonlySet<DiskNode> {
  const found = new Set<DiskNode>([root])
  for (const { node, source, target, replaced } of journal.changes) {
    for (const one of [node, source?.directory, target?.directory, replaced]) if (one != null) found.add(one)
  }
  // A set hands out what is added to it on the way.
  for (const node of found) {
    if (!(node instanceof DirectoryNode)) continue
    for (const side of [node.now, node.kept]) for (const entry of side.entries.values()) found.add(entry.node)
  }
  return found
}

/** The nodes that programs see, each once. */
export function nodesNow(root: DirectoryNode): ReadonlySet<DiskNode> {
  const found = new Set<DiskNode>([root])
  for (const node of found) {
    if (node instanceof DirectoryNode) for (const entry of node.now.entries.values()) found.add(entry.node)
  }
  return found
}
