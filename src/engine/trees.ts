/**
 * The three trees of this device in memory, with their indexes. `synced` whole, `local` and `remote` only where they
 * differ from it (DESIGN 2). Every change is handed to `onRow`, so that memory and state store never part.
 * It knows no disk and no network, and decides nothing.
 */

import type { FileId, NodeId } from '../model/ids.js'
import { ROOT_ID } from '../model/ids.js'
import type { Node, Placement } from '../model/node.js'
import { samePlacement } from '../model/node.js'
import type { Revision } from '../model/revision.js'
import type { LocalNode, SyncedRow } from '../model/tree.js'
import type { ViewRow } from '../model/view.js'
import { RULE_FILE } from '../reconcile/ignore-rules.js'
import { PlaceIndex } from './place-index.js'

/** What the disk shows of a node where that is not what was synced. */
export type LocalRow = LocalNode | 'deleted'

export interface RowListener {
  synced(id: NodeId, row: SyncedRow | null): void
  local(id: NodeId, row: LocalRow | null): void
  remote(id: NodeId, row: Revision | null): void
}

export class Trees {
  readonly #synced = new Map<NodeId, SyncedRow>()
  readonly #local = new Map<NodeId, LocalRow>()
  readonly #remote = new Map<NodeId, Revision>()
  /** Of the nodes that differ, those that were never agreed, oldest first; and those that were. */
  readonly #fresh = new Set<NodeId>()
  readonly #agreed = new Set<NodeId>()
  /** Of the fresh ones, those that are rule files. */
  readonly #freshRules = new Set<NodeId>()
  readonly #syncedPlaces = new PlaceIndex()
  readonly #localPlaces = new PlaceIndex()
  readonly #remotePlaces = new PlaceIndex()
  readonly #fileIds = new Map<FileId, Set<NodeId>>()
  /** Nodes on this disk that are conflict copies. */
  readonly #copies = new Set<NodeId>()
  readonly #listener: RowListener
  #presentFiles = 0

  constructor(listener: RowListener) {
    this.#listener = listener
  }

  /** Files that are on this disk and agreed, for the mass-delete guard. */
  get presentFiles(): number {
    return this.#presentFiles
  }

  /** Nodes on this disk that are conflict copies. */
  get copies(): ReadonlySet<NodeId> {
    return this.#copies
  }

  /** Not a single node stands on this disk, as far as was observed. */
  get isEmptyHere(): boolean {
    return this.#localPlaces.children(ROOT_ID).size === 0
  }

  synced(id: NodeId): SyncedRow | null {
    return this.#synced.get(id) ?? null
  }

  syncedRows(): IterableIterator<[NodeId, SyncedRow]> {
    return this.#synced.entries()
  }

  local(id: NodeId): LocalRow | undefined {
    return this.#local.get(id)
  }

  localRows(): IterableIterator<[NodeId, LocalRow]> {
    return this.#local.entries()
  }

  /** What the disk shows of the node as far as was observed; null when it is not there. */
  localNode(id: NodeId): LocalNode | null {
    const row = this.#local.get(id)
    if (row !== undefined) return row === 'deleted' ? null : row
    const synced = this.#synced.get(id)
    if (synced === undefined || synced.stamp === null || !standsHere(synced)) return null
    return { node: synced.node, stamp: synced.stamp, provisional: false }
  }

  /** What the server has; a tombstone when it was deleted; null when the server never told of it. */
  remoteRevision(id: NodeId): Revision | null {
    const row = this.#remote.get(id)
    if (row !== undefined) return row
    const synced = this.#synced.get(id)
    return synced === undefined ? null : { id, sequence: synced.sequence, node: synced.node }
  }

  /** Ids of all nodes that differ in any tree: where a plan begins. */
  differing(): Set<NodeId> {
    return new Set([...this.#fresh, ...this.#agreed])
  }

  /** Whether the node is among them. */
  differs(id: NodeId): boolean {
    return this.#fresh.has(id) || this.#agreed.has(id)
  }

  /** Nodes that differ and were never agreed: new on one side, or on both. Oldest first. */
  get fresh(): ReadonlySet<NodeId> {
    return this.#fresh
  }

  /** Those of them that are rule files. */
  get freshRules(): ReadonlySet<NodeId> {
    return this.#freshRules
  }

  /** Nodes that differ from what was agreed. */
  get changed(): ReadonlySet<NodeId> {
    return this.#agreed
  }

  row(id: NodeId): ViewRow {
    return { id, synced: this.synced(id), local: this.localNode(id), remote: this.remoteRevision(id) }
  }

  /** Every node on this disk. */
  *nodesHere(): Generator<NodeId> {
    for (const [id, row] of this.#synced) if (standsHere(row) && !this.#local.has(id)) yield id
    for (const [id, row] of this.#local) if (row !== 'deleted') yield id
  }

  /** Every node that stands at the place in any of the three trees. */
  holders(parentId: NodeId, name: string): Set<NodeId> {
    return new Set([
      ...this.#syncedPlaces.holders(parentId, name),
      ...this.#localPlaces.holders(parentId, name),
      ...this.#remotePlaces.holders(parentId, name),
    ])
  }

  /** Every node that stands in the directory in any of the three trees. */
  children(parentId: NodeId): Set<NodeId> {
    return new Set([
      ...this.#syncedPlaces.children(parentId),
      ...this.#localPlaces.children(parentId),
      ...this.#remotePlaces.children(parentId),
    ])
  }

  localAt(parentId: NodeId, name: string): NodeId | null {
    return this.#localPlaces.holders(parentId, name)[0] ?? null
  }

  syncedAt(parentId: NodeId, name: string, fileId: FileId | null = null): NodeId | null {
    const holders = this.#syncedPlaces.holders(parentId, name)
    const present = holders.filter((id) => this.#synced.get(id)?.presence === 'present')
    return present.find((id) => this.#synced.get(id)?.stamp?.fileId === fileId) ?? present[0] ?? holders[0] ?? null
  }

  localChildren(parentId: NodeId): readonly NodeId[] {
    return [...this.#localPlaces.children(parentId)]
  }

  *gone(): Generator<NodeId> {
    for (const [id, row] of this.#local) if (row === 'deleted') yield id
  }

  *adrift(): Generator<NodeId> {
    for (const id of this.#localPlaces.parents()) {
      if (id !== ROOT_ID && !this.#synced.has(id) && !this.#local.has(id)) yield* this.#localPlaces.children(id)
    }
  }

  syncedChildren(parentId: NodeId): readonly NodeId[] {
    return [...this.#syncedPlaces.children(parentId)]
  }

  byFileId(fileId: FileId): readonly NodeId[] {
    return [...(this.#fileIds.get(fileId) ?? [])].sort()
  }

  /** Path on this disk as far as was observed; null when the node, or a directory above it, is not there. */
  localPath(id: NodeId): string | null {
    const names: string[] = []
    for (let at = id; at !== ROOT_ID; ) {
      const found = this.localNode(at)
      if (found === null || names.length > MAX_DEPTH) return null
      names.push(found.node.name)
      at = found.node.parentId
    }
    return names.reverse().join('/')
  }

  setSynced(id: NodeId, row: SyncedRow | null): void {
    this.#change(id, () => put(this.#synced, id, row))
    this.#listener.synced(id, row)
    this.#settle(id)
  }

  /** null: the disk shows what was synced. */
  setLocal(id: NodeId, row: LocalRow | null): void {
    if (row === null && !this.#local.has(id)) return
    this.#change(id, () => put(this.#local, id, row))
    this.#listener.local(id, row)
    this.#settle(id)
  }

  /** null: the server has what was synced, or nothing. */
  setRemote(id: NodeId, row: Revision | null): void {
    if (row === null && !this.#remote.has(id)) return
    this.#change(id, () => put(this.#remote, id, row))
    this.#listener.remote(id, row)
    this.#settle(id)
  }

  /** Drops the base: what was agreed becomes what each side has, to be united again (DESIGN 2 "diverged", 4.8, 4.13). */
  forget(id: NodeId): void {
    const remote = this.remoteRevision(id)
    const found = this.localNode(id)
    const local = found === null ? null : { ...found, provisional: remote === null || remote.node === null }
    this.#change(id, () => {
      this.#synced.delete(id)
      put(this.#remote, id, remote)
      put(this.#local, id, local)
    })
    this.#listener.synced(id, null)
    this.#listener.local(id, local)
    this.#listener.remote(id, remote)
    this.#settle(id)
  }

  /** A row from the state store, already persisted: not told to the listener. */
  load(kind: 'synced' | 'local' | 'remote', id: NodeId, row: SyncedRow | LocalRow | Revision): void {
    this.#change(id, () => {
      if (kind === 'synced') this.#synced.set(id, row as SyncedRow)
      else if (kind === 'local') this.#local.set(id, row as LocalRow)
      else this.#remote.set(id, row as Revision)
    })
  }

  /** Drops the rows that differ no more: what is equal is not stored twice. */
  #settle(id: NodeId): void {
    const synced = this.#synced.get(id)
    const local = this.#local.get(id)
    const remote = this.#remote.get(id)
    if (synced === undefined) {
      if (local === 'deleted') return this.setLocal(id, null)
      if (local === undefined && remote?.node === null) return this.setRemote(id, null)
      return
    }
    if (remote !== undefined && remote.node !== null && sameNode(remote.node, synced.node)) {
      this.setRemote(id, null)
      if (remote.sequence !== synced.sequence) this.setSynced(id, { ...synced, sequence: remote.sequence })
      return
    }
    if (
      synced.presence === 'present' &&
      local !== undefined &&
      local !== 'deleted' &&
      sameOnDisk(local.node, synced.node)
    ) {
      this.setLocal(id, null)
      this.setSynced(id, { ...synced, stamp: local.stamp })
    }
  }

  /** Most rows that are set stand where they stood: an index changes only where what it holds does. */
  #change(id: NodeId, change: () => void): void {
    const before = this.#faces(id)
    change()
    const after = this.#faces(id)
    move(this.#syncedPlaces, id, before.synced?.node, after.synced?.node)
    move(this.#localPlaces, id, before.local?.node, after.local?.node)
    move(this.#remotePlaces, id, before.remote, after.remote)
    this.#mark(id, after)
    hold(this.#copies, id, after.local !== null && after.local.node.conflictOf !== null)
    this.#presentFiles += filesOf(after.synced) - filesOf(before.synced)
    const old = before.local?.stamp.fileId
    const fileId = after.local?.stamp.fileId
    if (old === fileId) return
    if (old != null) this.#fileIds.get(old)?.delete(id)
    if (old != null && this.#fileIds.get(old)?.size === 0) this.#fileIds.delete(old)
    if (fileId != null) this.#fileIds.set(fileId, (this.#fileIds.get(fileId) ?? new Set()).add(id))
  }

  /** A row that is synced but not on this disk, and may come to it, differs too: a plan always looks at it again. */
  #mark(id: NodeId, { synced, local, remote }: Faces): void {
    const differs = this.#local.has(id) || this.#remote.has(id) || (synced !== undefined && isOpen(synced))
    const isFresh = differs && synced === undefined
    hold(this.#fresh, id, isFresh)
    hold(this.#agreed, id, differs && !isFresh)
    hold(this.#freshRules, id, isFresh && (local?.node.name === RULE_FILE || remote?.name === RULE_FILE))
  }

  #faces(id: NodeId): Faces {
    return { synced: this.#synced.get(id), local: this.localNode(id), remote: this.remoteRevision(id)?.node }
  }
}

/** Deeper than any tree the protocol allows: a bound against rows that form a circle. */
const MAX_DEPTH = 4096

/** What the three trees say of a node. */
interface Faces {
  readonly synced: SyncedRow | undefined
  readonly local: LocalNode | null
  readonly remote: Node | null | undefined
}

function move(places: PlaceIndex, id: NodeId, before: Placement | null | undefined, after: typeof before): void {
  if (before != null && after != null && samePlacement(before, after)) return
  if (before != null) places.remove(id, before)
  if (after != null) places.add(id, after)
}

function hold(ids: Set<NodeId>, id: NodeId, isIn: boolean): void {
  ids[isIn ? 'add' : 'delete'](id)
}

function filesOf(row: SyncedRow | undefined): number {
  return row?.presence === 'present' && row.node.kind === 'file' ? 1 : 0
}

function put<Row>(rows: Map<NodeId, Row>, id: NodeId, row: Row | null): void {
  if (row === null) rows.delete(id)
  else rows.set(id, row)
}

/**
 * What is left out here, or on demand, is no plan's affair while the server has it as it was agreed: only rules or a call
 * bring it.
 */
function isOpen({ presence }: SyncedRow): boolean {
  return presence !== 'present' && presence !== 'excluded' && presence !== 'placeholder'
}

/** A remnant is gone on the server and stands on this disk all the same. */
function standsHere(row: SyncedRow): boolean {
  return row.presence === 'present' || row.presence === 'remnant'
}

/** Equal in everything both sides agree on. */
export function sameNode(a: Node, b: Node): boolean {
  return (
    sameOnDisk(a, b) &&
    a.kind === b.kind &&
    a.conflictOf === b.conflictOf &&
    a.modifiedAt === b.modifiedAt &&
    a.size === b.size
  )
}

/** Equal in what a disk shows; the modification time belongs to the content and is no change by itself. */
function sameOnDisk(a: Node & Placement, b: Node & Placement): boolean {
  return samePlacement(a, b) && a.content === b.content && a.executable === b.executable
}
