/** A disk of inodes, the rows an engine would keep about it, and the loop that observes until nothing is asked any more. */

import type { Description, DirectoryEntry, Listing } from '../../src/interfaces/local-store.js'
import type { DiskTraits } from '../../src/model/disk-traits.js'
import { type Digest, type FileId, type NodeId, ROOT_ID } from '../../src/model/ids.js'
import type { Stamp } from '../../src/model/stamp.js'
import type { LocalNode, Presence, SyncedRow } from '../../src/model/tree.js'
import { foldName } from '../../src/reconcile/observe-names.js'
import { observe } from '../../src/reconcile/observe.js'
import type { KnownRows, Observation, ObserveContext, Snapshot } from '../../src/reconcile/observation.js'

export const TRAITS: DiskTraits = {
  case: 'sensitive',
  unicode: 'exact',
  nameLimit: { length: 255, unit: 'bytes' },
  windowsNames: false,
  executableBit: true,
  fileIds: 'strong',
  stamps: 'strong',
  mtimeGranularityNs: 1,
  directoryMove: 'atomic',
}

/** Any text gets a digest of its own that can be read back in a failing test. */
export function digestOf(text: string): Digest {
  return [...text]
    .map((letter) => letter.codePointAt(0)?.toString(16).padStart(4, '0'))
    .join('')
    .padEnd(64, '0') as Digest
}

export function idOf(name: string): NodeId {
  return digestOf(name).slice(0, 32) as NodeId
}

export interface Inode {
  ino: number
  born: number
  kind: DirectoryEntry['kind']
  content: string
  mtime: number
  ctime: number
  executable: boolean
  boundary: DirectoryEntry['boundary']
  validName: boolean
  children: Map<string, Inode>
  /** What the disk answers instead of a listing or of the content. */
  answer: 'busy' | 'absent' | 'unknown' | null
}

export class World {
  readonly root: Inode
  /** Milliseconds. */
  now = 1_000_000
  traits: DiskTraits
  #inodes = 1
  #births = 1

  constructor(traits: Partial<DiskTraits> = {}) {
    this.traits = { ...TRAITS, ...traits }
    this.root = this.inode('directory')
  }

  inode(kind: Inode['kind'], content = '', ino = this.#inodes++): Inode {
    return {
      ino,
      born: this.#births++,
      kind,
      content,
      mtime: this.now,
      ctime: this.now,
      executable: false,
      boundary: null,
      validName: true,
      children: new Map(),
      answer: null,
    }
  }

  fileId({ ino, born }: Inode): FileId | null {
    if (this.traits.fileIds === 'none') return null
    return (this.traits.fileIds === 'strong' ? `${ino}.${born}` : `${ino}`) as FileId
  }

  stamp(inode: Inode): Stamp {
    return {
      size: inode.kind === 'file' ? inode.content.length : 0,
      mtimeNs: `${inode.mtime * 1_000_000}`,
      ctimeNs: `${inode.ctime * 1_000_000}`,
      fileId: this.fileId(inode),
    }
  }

  find(path: string): Inode | undefined {
    let at: Inode | undefined = this.root
    for (const name of path === '' ? [] : path.split('/')) at = at?.children.get(name)
    return at
  }

  list(path: string): Listing {
    const inode = this.find(path)
    if (inode === undefined || inode.kind !== 'directory') return { state: 'absent' }
    if (inode.answer !== null) return { state: 'unknown', problem: { path, code: 'unreadable', message: 'no' } }
    const entries = [...inode.children].map(
      ([name, child]): DirectoryEntry => ({
        name,
        validName: child.validName,
        kind: child.kind,
        stamp: this.stamp(child),
        executable: child.executable,
        boundary: child.boundary,
      }),
    )
    return { state: 'complete', directory: this.fileId(inode), entries }
  }

  describe(path: string): Description {
    const inode = this.find(path)
    if (inode === undefined || inode.answer === 'absent') return { state: 'absent' }
    if (inode.answer === 'busy') return { state: 'busy' }
    if (inode.answer === 'unknown') return { state: 'unknown', problem: { path, code: 'unreadable', message: 'no' } }
    return {
      state: 'read',
      digest: digestOf(inode.content),
      manifest: { chunks: [], size: inode.content.length },
      stamp: this.stamp(inode),
      executable: inode.executable,
    }
  }

  /** Paths of all directories, the root first. */
  directories(): string[] {
    const paths = ['']
    for (const path of paths) {
      for (const [name, child] of this.find(path)?.children ?? []) {
        if (child.kind === 'directory') paths.push(path === '' ? name : `${path}/${name}`)
      }
    }
    return paths
  }

  /** path → content, or `/` for a directory. */
  tree(): Map<string, string> {
    const tree = new Map<string, string>()
    for (const path of this.directories()) {
      if (path !== '') tree.set(path, '/')
      for (const [name, child] of this.find(path)?.children ?? []) {
        if (child.kind === 'file') tree.set(path === '' ? name : `${path}/${name}`, child.content)
      }
    }
    return tree
  }
}

export class Rows implements KnownRows {
  readonly syncedRows = new Map<NodeId, SyncedRow>()
  readonly localRows = new Map<NodeId, LocalNode | 'deleted'>()
  #index: { local: Map<NodeId, NodeId[]>; synced: Map<NodeId, NodeId[]>; fileIds: Map<FileId, NodeId[]> } | null = null

  #indexed() {
    if (this.#index !== null) return this.#index
    const index = {
      local: new Map<NodeId, NodeId[]>(),
      synced: new Map<NodeId, NodeId[]>(),
      fileIds: new Map<FileId, NodeId[]>(),
    }
    const add = <Key>(map: Map<Key, NodeId[]>, key: Key, id: NodeId) => map.set(key, [...(map.get(key) ?? []), id])
    for (const [id, { node }] of this.syncedRows) add(index.synced, node.parentId, id)
    for (const id of new Set([...this.syncedRows.keys(), ...this.localRows.keys()])) {
      const seen = this.seen(id)
      if (seen === null) continue
      add(index.local, seen.node.parentId, id)
      if (seen.stamp?.fileId) add(index.fileIds, seen.stamp.fileId, id)
    }
    this.#index = index
    return index
  }

  seen(id: NodeId): Pick<SyncedRow, 'node' | 'stamp'> | null {
    const local = this.localRows.get(id)
    if (local === 'deleted') return null
    if (local !== undefined) return local
    const row = this.syncedRows.get(id)
    return row?.presence === 'present' || row?.presence === 'remnant' ? row : null
  }

  synced = (id: NodeId) => this.syncedRows.get(id) ?? null
  local = (id: NodeId) => this.localRows.get(id)
  localAt = (parentId: NodeId, name: string) =>
    this.localChildren(parentId).find((id) => this.seen(id)?.node.name === name) ?? null
  syncedAt = (parentId: NodeId, name: string) =>
    this.syncedChildren(parentId).find((id) => this.syncedRows.get(id)?.node.name === name) ?? null
  gone = () => [...this.localRows].flatMap(([id, row]) => (row === 'deleted' ? [id] : []))
  adrift = () =>
    [...this.#indexed().local].flatMap(([parentId, ids]) =>
      parentId === ROOT_ID || this.syncedRows.has(parentId) || this.localRows.has(parentId) ? [] : ids,
    )
  localChildren = (parentId: NodeId) => this.#indexed().local.get(parentId) ?? []
  syncedChildren = (parentId: NodeId) => this.#indexed().synced.get(parentId) ?? []
  byFileId = (fileId: FileId) => this.#indexed().fileIds.get(fileId) ?? []

  put(row: SyncedRow): void {
    this.syncedRows.set(row.node.id, row)
    this.#index = null
  }

  store(observation: Observation): void {
    this.#index = null
    for (const [id, row] of observation.local) {
      if (row === 'synced' || (row === 'deleted' && !this.syncedRows.has(id))) this.localRows.delete(id)
      else this.localRows.set(id, row)
    }
    for (const [id, stamp] of observation.stamps) this.#change(id, { stamp })
    for (const [id, presence] of observation.presence) this.#change(id, { presence })
    for (const id of observation.forget) {
      this.syncedRows.delete(id)
      this.localRows.delete(id)
    }
  }

  #change(id: NodeId, change: Partial<SyncedRow>): void {
    const row = this.syncedRows.get(id)
    if (row === undefined) throw new Error(`no synced row ${id}`)
    this.syncedRows.set(id, { ...row, ...change })
  }

  /** As if the server had accepted everything. */
  accept(): void {
    this.#index = null
    for (const [id, local] of this.localRows) {
      if (local === 'deleted') this.syncedRows.delete(id)
      else this.syncedRows.set(id, { node: local.node, sequence: 1, presence: 'present', stamp: local.stamp })
    }
    this.localRows.clear()
  }

  presence(id: NodeId): Presence | undefined {
    return this.syncedRows.get(id)?.presence
  }

  /** path → id of what the rows say is on the disk. */
  paths(): Map<string, NodeId> {
    const paths = new Map<string, NodeId>()
    const below = (parentId: NodeId, path: string): void => {
      for (const id of this.localChildren(parentId)) {
        const name = this.seen(id)?.node.name ?? ''
        const here = path === '' ? name : `${path}/${name}`
        if (paths.has(here)) throw new Error(`two nodes at ${here}`)
        paths.set(here, id)
        below(id, here)
      }
    }
    below(ROOT_ID, '')
    return paths
  }

  tree(): Map<string, string> {
    const tree = new Map<string, string>()
    for (const [path, id] of this.paths()) {
      const node = this.seen(id)?.node
      tree.set(path, node?.kind === 'directory' ? '/' : textOf(node?.content ?? null))
    }
    return tree
  }
}

export function textOf(digest: Digest | null): string {
  const text = (digest ?? '').replace(/(0000)+$/, '')
  return (text.match(/.{4}/g) ?? []).map((hex) => String.fromCodePoint(Number.parseInt(hex, 16))).join('')
}

export interface Run {
  readonly observation: Observation
  readonly read: readonly string[]
  readonly listed: readonly string[]
  readonly calls: number
}

let drawn = 0

export interface RunOptions
  extends Partial<Pick<Snapshot, 'ignored' | 'readAt'>>,
    Partial<Pick<ObserveContext, 'verify' | 'scannedAt'>> {
  /** Directories of a partial scan; a full one without. */
  readonly dirty?: readonly string[]
  /** Entries withheld from or changed in the listings, by path of the directory. */
  readonly listings?: ReadonlyMap<string, Listing | undefined>
}

/** The engine's loop: lists and reads what is asked for, refuses to be asked twice. */
export function run(world: World, rows: KnownRows, options: RunOptions = {}): Run {
  const { dirty, ignored, readAt, listings: given } = options
  const listings = new Map<string, Listing>()
  const list = (path: string): void => {
    if (listings.has(path)) throw new Error(`asked twice to list ${path}`)
    const listing = given?.has(path) ? given.get(path) : world.list(path)
    if (listing !== undefined) listings.set(path, listing)
  }
  for (const path of dirty ?? world.directories()) list(path)
  const described = new Map<string, Description>()
  const context: ObserveContext = {
    traits: world.traits,
    drawId: () => idOf(`n${drawn++}`),
    scannedAt: options.scannedAt ?? world.now,
    verify: options.verify ?? (() => false),
  }
  for (let calls = 1; ; calls++) {
    const before = drawn
    const snapshot: Snapshot = {
      listings,
      full: dirty === undefined,
      described,
      ...(ignored === undefined ? {} : { ignored }),
      ...(readAt === undefined ? {} : { readAt }),
    }
    const observation = observe(rows, snapshot, context)
    if (observation.widen.length + observation.read.length === 0) {
      return { observation, read: [...described.keys()], listed: [...listings.keys()], calls }
    }
    if (drawn !== before) throw new Error('drew an id in a call that is repeated')
    for (const path of observation.widen) list(path)
    for (const path of observation.read) {
      if (described.has(path)) throw new Error(`asked twice to read ${path}`)
      described.set(path, world.describe(path))
    }
  }
}

export { foldName }
