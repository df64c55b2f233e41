/**
 * What a directory holds, here or on the server, for an app that shows a tree of which not all contents are on this disk.
 * From memory; looks at the trees, changes nothing.
 */

import { TidemarkError } from '../errors.js'
import { type Digest, type NodeId, ROOT_ID } from '../model/ids.js'
import type { Node } from '../model/node.js'
import { childAt, nodeAt } from './node-paths.js'
import { type PathParts, type PathState, stateAt } from './path-status.js'
import { below } from './paths.js'
import type { Status } from './status.js'
import type { Trees } from './trees.js'

/** One entry of a directory, as this device knows it. */
export interface DirectoryItem {
  /** Of the node: the same on every device once it is synced, whatever it is called. */
  readonly id: NodeId
  /** Below the root, with `/`. */
  readonly path: string
  /** Its last component. */
  readonly name: string
  /** 'file' or 'directory'. */
  readonly kind: string
  /** Bytes; 0 for a directory. */
  readonly size: number
  /** Of its content, milliseconds since 1970. */
  readonly modifiedAt: number
  /** Digest of the content; null for a directory. Equal digests, equal bytes. */
  readonly content: Digest | null
  /** The executable bit of a file. */
  readonly executable: boolean
  /** It stands on this disk, with its content. */
  readonly isHere: boolean
  /** Of the entry itself; `statusOf` tells of a directory with all that is below. */
  readonly state: PathState
}

/** By name. Fails with `not-found` where no directory is known. */
export function directoryItems(parts: PathParts, status: Status, path: string): readonly DirectoryItem[] {
  const { trees } = parts.state
  const directory = nodeAt(trees, path)
  if (directory === null || !isDirectory(trees, directory)) {
    throw new TidemarkError('not-found', `there is no directory '${path}'`, {
      subject: path,
      next: "Give the path of a directory below the root; '' is the root.",
    })
  }
  const items: DirectoryItem[] = []
  for (const id of trees.children(directory)) {
    const here = trees.localNode(id)?.node ?? null
    const node = here ?? thereOf(trees, id)
    // Of several at one place, the one that the path of it means: what is listed as a directory can be listed itself.
    if (node?.parentId !== directory || childAt(trees, directory, node.name) !== id) continue
    const at = below(path, node.name)
    items.push(itemOf(node, at, here !== null, stateAt(parts, status, id, at)))
  }
  return items.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function isDirectory(trees: Trees, id: NodeId): boolean {
  return id === ROOT_ID || (trees.localNode(id)?.node ?? trees.remoteRevision(id)?.node)?.kind === 'directory'
}

/** What was deleted here is not shown, though the server has it yet. */
function thereOf(trees: Trees, id: NodeId): Node | null {
  return trees.local(id) === 'deleted' ? null : (trees.remoteRevision(id)?.node ?? null)
}

function itemOf(node: Node, path: string, isHere: boolean, state: PathState): DirectoryItem {
  const { id, name, kind, size, modifiedAt, content, executable } = node
  return { id, path, name, kind, size, modifiedAt, content, executable, isHere, state }
}
