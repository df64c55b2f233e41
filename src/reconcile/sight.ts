/**
 * What a plan looks at, and what it would have looked at but could not see. Every look goes through here, so that
 * nothing outside the view is ever guessed. It asks only for what the view does not hold already.
 */

import { type NodeId, ROOT_ID } from '../model/ids.js'
import type { DiskTraits } from '../model/disk-traits.js'
import { placeKey } from '../model/tree.js'
import type { Need, View, ViewRow } from '../model/view.js'
import { type Entry, entryOf } from './entry.js'
import { foldName, foldsNames } from './names.js'

export class Sight {
  readonly entries = new Map<NodeId, Entry>()
  readonly disk: DiskTraits
  readonly folds: boolean
  readonly #view: View
  readonly #nodes = new Set<NodeId>()
  readonly #childrenOf = new Set<NodeId>()
  readonly #places = new Map<string, { readonly parentId: NodeId; readonly name: string }>()
  readonly #occupied: ReadonlySet<string>
  #remote: Map<string, Entry[]> | null = null
  #disk: Map<string, Entry[]> | null = null
  #children: Map<string, Entry[]> | null = null

  constructor(view: View, disk: DiskTraits) {
    this.#view = view
    this.disk = disk
    this.folds = foldsNames(disk)
    for (const row of view.rows.values()) {
      const options = { frozen: this.#isFrozen(row), executableBit: disk.executableBit }
      this.entries.set(row.id, entryOf(row, options))
    }
    this.#occupied = this.folds ? new Set([...view.occupied].map((place) => this.#foldPlace(place))) : view.occupied
  }

  /** The entry of a node that a decision depends on; null for the root, and for a row that is missing so far. */
  entry(id: NodeId): Entry | null {
    const entry = this.entries.get(id)
    if (entry === undefined && id !== ROOT_ID) this.#nodes.add(id)
    return entry ?? null
  }

  /** Every child of the directory, in any tree, is about to matter. */
  lookInto(id: NodeId): void {
    if (!this.#isWhole(id)) this.#childrenOf.add(id)
  }

  /** A node is about to arrive at this place. */
  lookAt(parentId: NodeId, name: string): void {
    if (this.#isWhole(parentId)) return
    const place = placeKey(parentId, name)
    if (!this.#view.places.has(place)) this.#places.set(place, { parentId, name })
  }

  /** A node is about to arrive at this place on the disk, where a name can have twins. */
  lookAtDisk(parentId: NodeId, name: string): void {
    if (this.folds) this.lookInto(parentId)
    else this.lookAt(parentId, name)
  }

  /** A place on the disk, as a map key: equal for names that are one entry there. */
  diskPlace(parentId: NodeId, name: string): string {
    return placeKey(parentId, this.folds ? foldName(name, this.disk) : name)
  }

  /** Something that is no node has this name on the disk. */
  isOccupied(parentId: NodeId, name: string): boolean {
    return this.#occupied.size > 0 && this.#occupied.has(this.diskPlace(parentId, name))
  }

  /** Live node of the server at this place. */
  remoteAt(parentId: NodeId, key: string): Entry | null {
    this.#remote ??= indexed(this.entries.values(), ({ remote }) => remote && placeKey(remote.parentId, remote.key))
    return this.#remote.get(placeKey(parentId, key))?.[0] ?? null
  }

  /** Node that stands at this place of the disk; twins of a disk that folds names count. */
  diskAt(parentId: NodeId, name: string): Entry | null {
    this.#disk ??= indexed(this.entries.values(), ({ disk }) => disk && this.diskPlace(disk.parentId, disk.name))
    return this.#disk.get(this.diskPlace(parentId, name))?.[0] ?? null
  }

  /** Nodes that stand in this directory of the disk, as far as they are in the view. */
  diskChildren(parentId: NodeId): readonly Entry[] {
    this.#children ??= indexed(this.entries.values(), ({ disk }) => disk && disk.parentId)
    return this.#children.get(parentId) ?? []
  }

  need(): Need {
    return { nodes: [...this.#nodes], childrenOf: [...this.#childrenOf], places: [...this.#places.values()] }
  }

  isMissing(): boolean {
    return this.#nodes.size + this.#childrenOf.size + this.#places.size > 0
  }

  /** A directory that was never agreed has only children that differ, and those are all in a view that is no part. */
  #isWhole(id: NodeId): boolean {
    if (this.#view.whole.has(id)) return true
    if (this.#view.isPart === true) return false
    const row = this.#view.rows.get(id)
    return row !== undefined && row.synced === null
  }

  /** A node is gone from the disk only if nothing above it failed to answer. */
  #isFrozen(row: ViewRow): boolean {
    if (row.frozen === true) return true
    if (row.synced === null || row.local !== null || row.synced.presence !== 'present') return false
    const seen = new Set<NodeId>()
    for (let id = row.synced.node.parentId; id !== ROOT_ID && !seen.has(id); ) {
      seen.add(id)
      const above = this.#view.rows.get(id)
      if (above === undefined) {
        this.#nodes.add(id)
        return false
      }
      if (above.frozen === true) return true
      if (above.synced === null) return false
      id = above.synced.node.parentId
    }
    return false
  }

  #foldPlace(place: string): string {
    const slash = place.indexOf('/')
    return placeKey(place.slice(0, slash) as NodeId, foldName(place.slice(slash + 1), this.disk))
  }
}

function indexed(entries: Iterable<Entry>, keyOf: (entry: Entry) => string | null): Map<string, Entry[]> {
  const index = new Map<string, Entry[]>()
  for (const entry of entries) {
    const key = keyOf(entry)
    if (key === null) continue
    const held = index.get(key)
    if (held === undefined) index.set(key, [entry])
    else held.push(entry)
  }
  return index
}
