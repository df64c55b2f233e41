/** From nodes to the paths a person knows, and back. Looks at the trees, changes nothing; its cost is the depth of a path. */

import { TidemarkError } from '../errors.js'
import { type NodeId, ROOT_ID } from '../model/ids.js'
import type { Trees } from './trees.js'

/** Deeper than any tree the protocol allows: a bound against rows that form a circle. */
const MAX_DEPTH = 4096

/** Fails with `invalid` for what cannot be a path below the root. */
export function checkPath(path: string): void {
  const isPath =
    typeof path === 'string' && (path === '' || !path.split('/').some((name) => ['', '.', '..'].includes(name)))
  if (isPath) return
  throw new TidemarkError('invalid', `'${String(path)}' is no path below the root`, {
    subject: 'path',
    next: "Give names joined by '/', such as 'notes/list.txt'; '' is the root.",
  })
}

/** The node a person means by a path: the one on this disk, else the one on the server, else the one that stood there last. */
export function nodeAt(trees: Trees, path: string): NodeId | null {
  return walk(path, (at, name) => childAt(trees, at, name))
}

/** The same for one name in a directory. */
export function childAt(trees: Trees, parentId: NodeId, name: string): NodeId | null {
  return trees.localAt(parentId, name) ?? liveAt(trees, parentId, name) ?? trees.syncedAt(parentId, name)
}

/** The node that stood at this path of the disk when it was last observed. */
export function seenAt(trees: Trees, path: string): NodeId | null {
  return walk(path, (at, name) => trees.localAt(at, name))
}

function walk(path: string, step: (at: NodeId, name: string) => NodeId | null): NodeId | null {
  let at: NodeId | null = ROOT_ID
  for (const name of path === '' ? [] : path.split('/')) at = at && step(at, name)
  return at
}

/** One that was deleted here comes last: the server may have another there already. */
function liveAt(trees: Trees, parentId: NodeId, name: string): NodeId | null {
  const live = [...trees.holders(parentId, name)].filter((id) => {
    const node = trees.remoteRevision(id)?.node
    return node?.parentId === parentId && node.name === name
  })
  return live.find((id) => trees.local(id) !== 'deleted') ?? live[0] ?? null
}

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
