/**
 * All renames of a plan as one permutation (SPEC 2): which of them can be a plain move, and which must be taken out of
 * the tree first because they block, or are blocked by, something else.
 */

import { type NodeId, ROOT_ID } from '../model/ids.js'
import type { DiskTarget } from './disk-target.js'
import type { Entry } from './entry.js'
import type { Sight } from './sight.js'

export class Renames {
  readonly #sight: Sight
  readonly #fates: DiskTarget
  /** Who arrives at a place of the disk. */
  readonly #arrivals = new Map<string, Entry>()
  readonly #detached = new Set<NodeId>()

  constructor(sight: Sight, fates: DiskTarget) {
    this.#sight = sight
    this.#fates = fates
    const movers: Entry[] = []
    for (const entry of sight.entries.values()) {
      const { fate } = fates.fateOf(entry)
      if (fate !== 'moves' && fate !== 'comes') continue
      if (entry.target !== null) this.#arrivals.set(sight.diskPlace(entry.target.parentId, entry.target.name), entry)
      if (fate === 'moves') movers.push(entry)
    }
    for (const mover of movers) if (this.#blocks(mover)) this.#detached.add(mover.id)
    for (let before = -1; before !== this.#detached.size; ) {
      before = this.#detached.size
      for (const mover of movers) if (this.detachedAbove(mover) !== null) this.#detached.add(mover.id)
    }
  }

  isDetached(entry: Entry): boolean {
    return this.#detached.has(entry.id)
  }

  /** The nearest directory above, on the disk as it is, that is taken out of the tree. */
  detachedAbove(entry: Entry): Entry | null {
    if (this.#detached.size === 0) return null
    return this.#above(entry.disk?.parentId ?? ROOT_ID, ({ id }) => this.#detached.has(id))
  }

  /** Levels below the root on the disk as it is, as far as the view reaches. */
  depthOf(entry: Entry): number {
    let depth = 0
    this.#above(entry.disk?.parentId ?? ROOT_ID, () => {
      depth++
      return false
    })
    return depth
  }

  #blocks(mover: Entry): boolean {
    const { target, disk } = mover
    if (target === null || disk === null) return false
    const holder = this.#sight.diskAt(target.parentId, target.name)
    if (holder !== null && holder !== mover) return true
    const successor = this.#arrivals.get(this.#sight.diskPlace(disk.parentId, disk.name))
    if (successor !== undefined && successor !== mover) return true
    const parent = disk.parentId === ROOT_ID ? null : this.#sight.entry(disk.parentId)
    if (parent !== null && this.#fates.fateOf(parent).fate === 'goes') return true
    return mover.target?.kind === 'directory' && this.#above(target.parentId, ({ id }) => id === mover.id) !== null
  }

  /** The first directory from `from` upwards on the disk that fits. */
  #above(from: NodeId, fits: (entry: Entry) => boolean): Entry | null {
    const seen = new Set<NodeId>()
    for (let id = from; id !== ROOT_ID && !seen.has(id); ) {
      seen.add(id)
      const entry = this.#sight.entry(id)
      if (entry === null) return null
      if (fits(entry)) return entry
      if (entry.disk === null) return null
      id = entry.disk.parentId
    }
    return null
  }
}
