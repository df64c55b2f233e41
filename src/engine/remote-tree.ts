/** Where things stand on the server, as far as this device was told. Looks at the trees, changes nothing. */

import { TidemarkError } from '../errors.js'
import { type NodeId, ROOT_ID } from '../model/ids.js'
import { nameTrouble } from '../model/name.js'
import { type Node, samePlacement } from '../model/node.js'
import { below } from './paths.js'
import type { Trees } from './trees.js'

/** Deeper than any tree the protocol allows: a bound against rows that form a circle. */
const MAX_DEPTH = 4096

/** The components of a path below the root. Fails with `invalid` for what no node can be called (SEC-10). */
export function componentsOf(path: string): readonly string[] {
  const names = path.split('/')
  for (const name of names) {
    const trouble = nameTrouble(name)
    if (trouble === null) continue
    throw new TidemarkError('invalid', `'${path}' is no path of a node: the name '${name}' ${trouble}`, {
      subject: path,
      next: "Give the path below the root, its components joined by '/'.",
    })
  }
  return names
}

/** The live node of the server; null when it is deleted or unknown. */
export function remoteNode(trees: Trees, id: NodeId): Node | null {
  return trees.remoteRevision(id)?.node ?? null
}

/** The live node of the server at the place. */
export function remoteHolder(trees: Trees, parentId: NodeId, name: string): Node | null {
  for (const id of trees.holders(parentId, name)) {
    const node = remoteNode(trees, id)
    if (node !== null && samePlacement(node, { parentId, name })) return node
  }
  return null
}

/** The live node of the server at the path. */
export function remoteAt(trees: Trees, path: string): Node | null {
  let found: Node | null = null
  for (const name of componentsOf(path)) {
    found = remoteHolder(trees, found?.id ?? ROOT_ID, name)
    if (found === null) return null
  }
  return found
}

/** Null when the node, or a directory above it, is not live on the server. */
export function remotePath(trees: Trees, id: NodeId): string | null {
  const names: string[] = []
  for (let at = id; at !== ROOT_ID; ) {
    const node = remoteNode(trees, at)
    if (node === null || names.length > MAX_DEPTH) return null
    names.push(node.name)
    at = node.parentId
  }
  return names.reverse().reduce(below, '')
}
