/**
 * What an apply step makes of the trees. Only results enter the synced tree, each attribute by itself: it is agreed
 * where the server has the same value, and stays a local change where it has not (DESIGN 3.7).
 */

import { type NodeId, ROOT_ID } from '../model/ids.js'
import { type Node, samePlacement } from '../model/node.js'
import type { Stamp } from '../model/stamp.js'
import type { LocalNode, SyncedRow } from '../model/tree.js'
import type { Trees } from './trees.js'

/** No valid name: a placement without a base differs from whatever either side has. */
export const NO_PLACEMENT = { parentId: ROOT_ID, name: '', key: '' } as const

export type Attribute = 'placement' | 'content' | 'executable'

export const ALL_ATTRIBUTES: readonly Attribute[] = ['placement', 'content', 'executable']

/** The disk now shows this of the node; the named attributes are what the step brought there. */
export function shows(trees: Trees, shown: LocalNode, attributes: readonly Attribute[]): void {
  const { id } = shown.node
  const synced = trees.synced(id)
  const revision = trees.remoteRevision(id)
  const remote = revision?.node ?? null
  if (remote === null) return trees.setLocal(id, shown)
  const base = attributes.reduce(
    (node, attribute) => agreed(node, shown.node, remote, attribute),
    synced?.node ?? unagreed(remote, shown.node),
  )
  trees.setSynced(id, {
    node: attributes.length === ALL_ATTRIBUTES.length ? { ...base, conflictOf: remote.conflictOf } : base,
    sequence: synced?.sequence ?? revision?.sequence ?? 0,
    presence: 'present',
    stamp: stampOf(base, shown, synced),
  })
  trees.setLocal(id, { ...shown, provisional: false })
}

/**
 * The base of a node that both sides have and never agreed on: only what is equal. The rest differs from whatever
 * either side has, so that neither passes for an edit of the other.
 */
export function unagreed(remote: Node, local: Node): Node {
  return {
    ...remote,
    ...(samePlacement(remote, local) ? {} : NO_PLACEMENT),
    ...(remote.content === local.content ? {} : { content: null }),
    executable: local.executable,
  }
}

/**
 * The stamp of a synced row speaks of the row's own content: a step that moved a file with an unagreed content must not
 * lend its stamp to the old one, or the next scan takes the file for unchanged.
 */
export function stampOf(base: Node, shown: LocalNode | null, synced: SyncedRow | null): Stamp | null {
  if (shown !== null && base.content === shown.node.content) return shown.stamp
  return synced?.stamp ?? shown?.stamp ?? null
}

/** The step took the node from the disk. Gone on the server too: forgotten. Else it is on its way back. */
export function showsGone(trees: Trees, id: NodeId): void {
  const live = trees.remoteRevision(id)?.node != null
  const synced = trees.synced(id)
  trees.setLocal(id, synced === null ? null : 'deleted')
  if (!live) return trees.forget(id)
  if (synced === null) return
  trees.setSynced(id, { ...synced, presence: 'pending', stamp: null })
  trees.setLocal(id, null)
}

function agreed(base: Node, shown: Node, remote: Node, attribute: Attribute): Node {
  switch (attribute) {
    case 'placement':
      if (!samePlacement(shown, remote)) return base
      return { ...base, parentId: remote.parentId, name: remote.name, key: remote.key }
    case 'content':
      if (shown.content !== remote.content) return base
      return { ...base, content: remote.content, size: remote.size, modifiedAt: remote.modifiedAt }
    case 'executable':
      return shown.executable === remote.executable ? { ...base, executable: remote.executable } : base
  }
}
