/**
 * The server's tree, played forward change by change, to find an order that it will accept (SPEC 1 step 5).
 * Nodes that are not in the view are taken as live and staying: the view holds everything that moves.
 */

import { type NodeId, ROOT_ID } from '../model/ids.js'
import { placeKey } from '../model/tree.js'
import type { Entry } from './entry.js'
import type { Upload, UploadGroup } from './upload.js'

interface Standing {
  readonly parentId: NodeId
  readonly key: string
}

type Unit = readonly Upload[]

export class ServerModel {
  readonly #live = new Map<NodeId, Standing | null>()
  readonly #holders = new Map<string, NodeId>()
  readonly #children = new Map<NodeId, Set<NodeId>>()
  readonly #pending = new Map<NodeId, { readonly unit: Unit; readonly upload: Upload }>()
  readonly #placed = new Map<NodeId, UploadGroup>()
  readonly #vacated = new Map<string, UploadGroup>()
  readonly #left = new Map<NodeId, Set<UploadGroup>>()

  constructor(entries: ReadonlyMap<NodeId, Entry>) {
    for (const { id, remote } of entries.values()) this.#stand(id, remote)
  }

  holderAt(parentId: NodeId, key: string): NodeId | null {
    return this.#holders.get(placeKey(parentId, key)) ?? null
  }

  expect(upload: Upload, unit: Unit): void {
    this.#pending.set(upload.entry.id, { unit, upload })
  }

  giveUp(unit: Unit): void {
    for (const { entry } of unit) this.#pending.delete(entry.id)
  }

  /** Units that must go before; empty: its turn is now; null: no order makes it valid. */
  blockersOf(unit: Unit): ReadonlySet<Unit> | null {
    const blockers = new Set<Unit>()
    for (const upload of unit) {
      const found = upload.change.type === 'delete' ? this.#deleteBlockers(upload) : this.#placeBlockers(upload)
      if (found === null) return null
      for (const blocker of found) if (blocker !== unit) blockers.add(blocker)
    }
    return blockers
  }

  apply(uploads: Unit): UploadGroup {
    const after = new Set<UploadGroup>()
    const group: UploadGroup = { uploads, after: [] }
    for (const upload of uploads) for (const earlier of this.#reliesOn(upload)) after.add(earlier)
    for (const { entry } of uploads) this.#pending.delete(entry.id)
    const moved = uploads.filter(({ change }) => placeOf(change) !== null || change.type === 'delete')
    for (const { entry } of moved) this.#leave(entry.id, group)
    for (const { entry, change } of moved) {
      this.#stand(entry.id, placeOf(change))
      this.#placed.set(entry.id, group)
    }
    after.delete(group)
    return Object.assign(group, { after: [...after] })
  }

  #deleteBlockers({ entry }: Upload): Unit[] | null {
    const blockers: Unit[] = []
    for (const child of this.#children.get(entry.id) ?? []) {
      const pending = this.#pending.get(child)
      if (pending === undefined || !leaves(pending.upload)) return null
      blockers.push(pending.unit)
    }
    return blockers
  }

  #placeBlockers({ entry, change }: Upload): Unit[] | null {
    const place = placeOf(change)
    if (place === null) return []
    const blockers: Unit[] = []
    if (!this.#isLive(place.parentId)) {
      const parent = this.#pending.get(place.parentId)
      if (parent === undefined) return null
      blockers.push(parent.unit)
    }
    const holder = this.holderAt(place.parentId, place.key)
    if (holder !== null && holder !== entry.id) {
      const pending = this.#pending.get(holder)
      if (pending === undefined || !leaves(pending.upload)) return null
      blockers.push(pending.unit)
    }
    const above = this.#aboveUntil(place.parentId, entry.id)
    if (above === null) return blockers
    const movers = above
      .map((id) => this.#pending.get(id))
      .filter((found) => found !== undefined && placeOf(found.upload.change))
    if (movers.length === 0) return null
    for (const mover of movers) if (mover !== undefined) blockers.push(mover.unit)
    return blockers
  }

  /** The chain from `from` up to below `stop`; null when it does not pass there. */
  #aboveUntil(from: NodeId, stop: NodeId): NodeId[] | null {
    const chain: NodeId[] = []
    for (let id: NodeId | undefined = from; id !== undefined && id !== ROOT_ID; id = this.#live.get(id)?.parentId) {
      if (id === stop) return chain
      chain.push(id)
    }
    return null
  }

  #reliesOn({ entry, change }: Upload): UploadGroup[] {
    if (change.type === 'delete') return [...(this.#left.get(entry.id) ?? [])]
    const place = placeOf(change)
    if (place === null) return []
    const found = [this.#vacated.get(placeKey(place.parentId, place.key))]
    if (entry.remote === null || entry.remote.kind !== 'directory') {
      const parent = this.#placed.get(place.parentId)
      if (parent?.uploads.some((upload) => upload.entry.id === place.parentId && upload.change.type === 'create'))
        found.push(parent)
    } else {
      for (
        let id: NodeId | undefined = place.parentId;
        id !== undefined && id !== ROOT_ID;
        id = this.#live.get(id)?.parentId
      ) {
        found.push(this.#placed.get(id))
      }
    }
    return found.filter((group): group is UploadGroup => group !== undefined)
  }

  #isLive(id: NodeId): boolean {
    return id === ROOT_ID || this.#live.get(id) !== null
  }

  #leave(id: NodeId, group: UploadGroup): void {
    const standing = this.#live.get(id) ?? null
    if (standing === null) return
    const place = placeKey(standing.parentId, standing.key)
    this.#holders.delete(place)
    this.#vacated.set(place, group)
    this.#children.get(standing.parentId)?.delete(id)
    const left = this.#left.get(standing.parentId) ?? new Set()
    this.#left.set(standing.parentId, left.add(group))
  }

  #stand(id: NodeId, standing: Standing | null): void {
    this.#live.set(id, standing)
    if (standing === null) return
    this.#holders.set(placeKey(standing.parentId, standing.key), id)
    const children = this.#children.get(standing.parentId) ?? new Set()
    this.#children.set(standing.parentId, children.add(id))
  }
}

function placeOf(change: Upload['change']): Standing | null {
  if (change.type === 'delete') return null
  return change.type === 'create' ? change : (change.placement ?? null)
}

/** Whether the change takes the node out of its place. */
function leaves({ change }: Upload): boolean {
  return change.type === 'delete' || placeOf(change) !== null
}
