/** A deep copy of a disk's state. Contents are shared until one of the two is written to; handles stay with the original. */

import {
  DirectoryNode,
  type DiskNode,
  type DirectorySide,
  type Entry,
  FileNode,
  LinkNode,
  type NameChange,
  type Slot,
} from './disk-nodes.js'
import { type DiskParts, DiskState } from './disk-state.js'
import { allNodes, nodesNow } from './disk-walk.js'

/** `parts`: those of the copy. */
export function cloneState(original: DiskState, parts: DiskParts): DiskState {
  const copies = new Map<DiskNode, DiskNode>()
  for (const node of allNodes(original)) copies.set(node, copyOf(node))
  const copy = <Node extends DiskNode>(node: Node): Node => copies.get(node) as Node
  for (const node of copies.keys()) {
    if (!(node instanceof DirectoryNode)) continue
    copySide(node.now, copy(node).now, copy)
    copySide(node.kept, copy(node).kept, copy)
  }
  const state = new DiskState(parts, copy(original.root))
  const slot = (of: Slot | null): Slot | null => of && { ...of, directory: copy(of.directory) }
  const changes = new Map<NameChange, NameChange>()
  for (const change of original.journal.changes) {
    const { node, source, target, replaced, settled } = change
    const step = { node: copy(node), source: slot(source), target: slot(target), replaced: replaced && copy(replaced) }
    changes.set(change, state.journal.record(step, settled))
  }
  for (const [node, made] of copies) made.after = node.after && (changes.get(node.after) ?? null)
  state.recount([...nodesNow(state.root)])
  state.serial = original.serial
  return state
}

function copyOf(node: DiskNode): DiskNode {
  const made = bare(node)
  const { mtimeNs, ctimeNs, names } = node
  return Object.assign(made, { mtimeNs, ctimeNs, names })
}

function bare(node: DiskNode): DiskNode {
  if (node.kind === 'symlink') return new LinkNode(node, node.target)
  if (node.kind === 'directory') {
    const { flushed, subdirectories } = node
    return Object.assign(new DirectoryNode(node), { flushed, subdirectories })
  }
  const { flushed, dirtyFrom, dirtyTo } = node
  return Object.assign(new FileNode(node), { content: node.content.fork(), flushed, dirtyFrom, dirtyTo })
}

function copySide(from: DirectorySide, to: DirectorySide, copy: <Node extends DiskNode>(node: Node) => Node): void {
  const entries = [...from.entries].map(([key, { name, node }]): [string, Entry] => [key, { name, node: copy(node) }])
  to.entries = new Map(entries)
  to.parent = from.parent && copy(from.parent)
}
