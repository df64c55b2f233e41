/**
 * The known rows as an observation asks for them: what stood where, last time, on this disk.
 * Looks up, caches folded names per directory, decides nothing.
 */

import type { DiskTraits } from '../model/disk-traits.js'
import { type FileId, type NodeId, ROOT_ID } from '../model/ids.js'
import type { KnownKind, Node } from '../model/node.js'
import type { Stamp } from '../model/stamp.js'
import type { LocalNode, SyncedRow } from '../model/tree.js'
import type { KnownRows } from './observation.js'
import { foldName, foldsNames } from './observe-names.js'

const DRAWN = 'new:'

/** A stand-in for the id of a new node until the observation is complete: nothing is known of it. */
export function standIn(path: string): NodeId {
  return `${DRAWN}${path}` as NodeId
}

export function isStandIn(id: NodeId): boolean {
  return id.startsWith(DRAWN)
}

type Tree = 'local' | 'synced'

export class Known {
  readonly #rows: KnownRows
  readonly #traits: DiskTraits
  #goneByFileId: ReadonlyMap<FileId, readonly NodeId[]> | null = null
  readonly #folded: Readonly<Record<Tree, Map<NodeId, Map<string, NodeId[]>>>> = { local: new Map(), synced: new Map() }

  constructor(rows: KnownRows, traits: DiskTraits) {
    this.#rows = rows
    this.#traits = traits
  }

  synced(id: NodeId): SyncedRow | null {
    return isStandIn(id) ? null : this.#rows.synced(id)
  }

  local(id: NodeId): LocalNode | 'deleted' | undefined {
    return isStandIn(id) ? undefined : this.#rows.local(id)
  }

  /** Synced, and to be found on this disk: its absence means something. */
  onDisk(id: NodeId): SyncedRow | null {
    const row = this.synced(id)
    return row !== null && (row.presence === 'present' || row.presence === 'remnant') ? row : null
  }

  isProvisional(id: NodeId): boolean {
    return this.synced(id) === null
  }

  /** As it was last observed; null when it was not on this disk then. */
  seen(id: NodeId): { readonly node: Node; readonly stamp: Stamp | null } | null {
    const row = this.synced(id)
    const local = this.local(id)
    if (local === 'deleted' || (row !== null && this.onDisk(id) === null)) return null
    if (local !== undefined) return local
    return row
  }

  seenFileId(id: NodeId): FileId | null {
    return this.seen(id)?.stamp?.fileId ?? null
  }

  wasAt(id: NodeId, parentId: NodeId, name: string): boolean {
    const node = this.seen(id)?.node
    return node !== undefined && node.parentId === parentId && this.fold(node.name) === this.fold(name)
  }

  byFileId(fileId: FileId | null, kind: KnownKind): readonly NodeId[] {
    if (fileId === null) return []
    return this.#rows.byFileId(fileId).filter((id) => this.seen(id)?.node.kind === kind)
  }

  gone(): Iterable<NodeId> {
    return this.#rows.gone()
  }

  /**
   * Nodes that an earlier scan saw to be gone, which this very file or directory was. Only where a file id is never
   * given out again: else a new file would be taken for an old one.
   */
  goneByFileId(fileId: FileId | null, kind: KnownKind): readonly NodeId[] {
    if (fileId === null || this.#traits.fileIds !== 'strong') return []
    this.#goneByFileId ??= this.#indexGone()
    return (this.#goneByFileId.get(fileId) ?? []).filter((id) => this.onDisk(id)?.node.kind === kind)
  }

  #indexGone(): ReadonlyMap<FileId, readonly NodeId[]> {
    const index = new Map<FileId, NodeId[]>()
    for (const id of [...this.gone()].sort()) {
      const fileId = this.onDisk(id)?.stamp?.fileId ?? null
      if (fileId === null) continue
      const others = index.get(fileId)
      if (others === undefined) index.set(fileId, [id])
      else others.push(id)
    }
    return index
  }

  adrift(): Iterable<NodeId> {
    return this.#rows.adrift()
  }

  /** Where it stood by the rows of both sides' last agreement, below the root; null when those are gone. */
  syncedPath(id: NodeId): string | null {
    const names: string[] = []
    for (let at = id; at !== ROOT_ID; ) {
      const row = this.synced(at)
      if (row === null) return null
      names.push(row.node.name)
      at = row.node.parentId
    }
    return names.reverse().join('/')
  }

  children(tree: Tree, parentId: NodeId): readonly NodeId[] {
    if (isStandIn(parentId)) return []
    return tree === 'local' ? this.#rows.localChildren(parentId) : this.#rows.syncedChildren(parentId)
  }

  /**
   * The node of a disk name: the exact name first, else the only node that folds to it (and whose own name is not in
   * this listing too). Synced rows that are not on this disk never match: what stands in their place is not theirs.
   */
  at(
    tree: Tree,
    parentId: NodeId,
    name: string,
    kind: KnownKind,
    listed?: ReadonlySet<string>,
    fileId: FileId | null = null,
  ): NodeId | null {
    if (isStandIn(parentId)) return null
    const exact = tree === 'local' ? this.#rows.localAt(parentId, name) : this.#rows.syncedAt(parentId, name, fileId)
    if (exact !== null && this.#nodeIn(tree, exact)?.kind === kind) return exact
    if (!foldsNames(this.#traits)) return null
    const twins = (this.#foldedChildren(tree, parentId).get(this.fold(name)) ?? []).filter((id) => {
      const node = this.#nodeIn(tree, id)
      return node?.kind === kind && !(listed?.has(node.name) ?? false)
    })
    return twins.length === 1 ? (twins[0] ?? null) : null
  }

  fold(name: string): string {
    return foldName(name, this.#traits)
  }

  #nodeIn(tree: Tree, id: NodeId): Node | undefined {
    return tree === 'local' ? this.seen(id)?.node : this.onDisk(id)?.node
  }

  #foldedChildren(tree: Tree, parentId: NodeId): Map<string, NodeId[]> {
    const cache = this.#folded[tree]
    const cached = cache.get(parentId)
    if (cached !== undefined) return cached
    const byName = new Map<string, NodeId[]>()
    for (const id of this.children(tree, parentId)) {
      const node = this.#nodeIn(tree, id)
      if (node === undefined) continue
      const folded = this.fold(node.name)
      const twins = byName.get(folded)
      if (twins === undefined) byName.set(folded, [id])
      else twins.push(id)
    }
    cache.set(parentId, byName)
    return byName
  }
}
