/**
 * The tree as a batch would leave it, over what the store holds. Groups are tried on it and taken back without the store
 * knowing; it is loaded in few batch reads and then answers from memory. It judges nothing.
 */

import type { MetadataReader } from '../interfaces/metadata-store.js'
import type { Change } from '../model/change.js'
import { ROOT_ID, type NodeId, type Sequence } from '../model/ids.js'
import type { Node } from '../model/node.js'
import type { Revision } from '../model/revision.js'
import { placeKey } from '../model/tree.js'

/** A revision the batch makes, with the node's state before a delete. */
export interface Draft {
  readonly revision: Revision
  readonly last: Node
}

interface Step {
  readonly id: NodeId
  readonly before: Revision | null
}

function placesOf(changes: readonly Change[]): readonly { readonly parentId: NodeId; readonly key: string }[] {
  return changes.flatMap((change) => {
    if (change.type === 'create') return [{ parentId: change.parentId, key: change.key }]
    return change.type === 'update' && change.placement !== undefined ? [change.placement] : []
  })
}

export class Overlay {
  readonly #reader: MetadataReader
  readonly #stored = new Map<NodeId, Revision | null>()
  readonly #storedHolders = new Map<string, NodeId>()
  /** Nodes the batch touched, as it leaves them. */
  readonly #current = new Map<NodeId, Revision>()
  readonly #byPlace = new Map<string, Set<NodeId>>()
  readonly #byParent = new Map<NodeId, Set<NodeId>>()
  readonly #steps: Step[] = []
  readonly #drafts: Draft[] = []
  readonly #from: Sequence
  #growth = 0

  constructor(reader: MetadataReader, head: Sequence) {
    this.#reader = reader
    this.#from = head
  }

  /** Everything the changes can touch: their nodes, parents with all ancestors, and the holders of the places they name. */
  async load(changes: readonly Change[]): Promise<void> {
    const places = placesOf(changes)
    const holders = await this.#reader.holders(places)
    places.forEach(({ parentId, key }, at) => {
      const holder = holders[at]
      if (!holder) return
      this.#storedHolders.set(placeKey(parentId, key), holder.id)
      this.#stored.set(holder.id, holder)
    })
    await this.#loadUp([...changes.map(({ id }) => id), ...places.map(({ parentId }) => parentId)])
  }

  /** The store's tree has no cycle, so the climb ends at the root. */
  async #loadUp(ids: readonly NodeId[]): Promise<void> {
    let wanted = ids.filter((id) => id !== ROOT_ID)
    while (wanted.length > 0) {
      const missing = [...new Set(wanted)].filter((id) => !this.#stored.has(id))
      const found = missing.length === 0 ? new Map<NodeId, Revision>() : await this.#reader.revisions(missing)
      for (const id of missing) this.#stored.set(id, found.get(id) ?? null)
      const parents = missing.map((id) => found.get(id)?.node?.parentId ?? ROOT_ID)
      wanted = parents.filter((id) => id !== ROOT_ID && !this.#stored.has(id))
    }
  }

  /** As the batch leaves it; null when the server never knew it, or forgot it. */
  revision(id: NodeId): Revision | null {
    return this.#current.get(id) ?? this.stored(id)
  }

  /** As the store has it, without the batch. */
  stored(id: NodeId): Revision | null {
    return this.#stored.get(id) ?? null
  }

  node(id: NodeId): Node | null {
    return this.revision(id)?.node ?? null
  }

  /** Names from below the root down to the node; null when it is dead. Every group was judged: there is no cycle. */
  pathOf(id: NodeId): readonly string[] | null {
    const names: string[] = []
    for (let at = id; at !== ROOT_ID; ) {
      const node = this.node(at)
      if (node === null) return null
      names.push(node.name)
      at = node.parentId
    }
    return names.reverse()
  }

  get drafts(): readonly Draft[] {
    return this.#drafts
  }

  nextSequence(): Sequence {
    return this.#from + this.#drafts.length + 1
  }

  put(id: NodeId, node: Node | null): Sequence {
    const sequence = this.nextSequence()
    const last = node ?? this.node(id)
    if (last === null) throw new TypeError('only a live node is deleted')
    const revision: Revision = node === null ? { id, sequence, node } : { id, sequence, node }
    this.#steps.push({ id, before: this.#current.get(id) ?? null })
    this.#drafts.push({ revision, last })
    this.#set(id, revision)
    return sequence
  }

  /** Live nodes more than the store has; negative where there are fewer. */
  growth(): number {
    return this.#growth
  }

  savepoint(): number {
    return this.#steps.length
  }

  rollback(savepoint: number): void {
    while (this.#steps.length > savepoint) {
      const step = this.#steps.pop()
      if (step) this.#set(step.id, step.before)
      this.#drafts.pop()
    }
  }

  #set(id: NodeId, revision: Revision | null): void {
    const after = revision === null ? this.stored(id) : revision
    this.#growth += (after?.node ? 1 : 0) - (this.node(id) ? 1 : 0)
    const before = this.#current.get(id)?.node
    if (before) {
      this.#byPlace.get(placeKey(before.parentId, before.key))?.delete(id)
      this.#byParent.get(before.parentId)?.delete(id)
    }
    if (revision === null) {
      this.#current.delete(id)
      return
    }
    this.#current.set(id, revision)
    if (revision.node === null) return
    const place = placeKey(revision.node.parentId, revision.node.key)
    this.#byPlace.set(place, (this.#byPlace.get(place) ?? new Set()).add(id))
    this.#byParent.set(revision.node.parentId, (this.#byParent.get(revision.node.parentId) ?? new Set()).add(id))
  }

  /** Another live node at the node's place; null when it has it alone. */
  rivalOf(node: Node): NodeId | null {
    const place = placeKey(node.parentId, node.key)
    for (const id of this.#byPlace.get(place) ?? []) if (id !== node.id) return id
    const holder = this.#storedHolders.get(place)
    if (holder === undefined || holder === node.id || this.#current.has(holder)) return null
    return holder
  }

  async hasChild(parentId: NodeId): Promise<boolean> {
    if ((this.#byParent.get(parentId)?.size ?? 0) > 0) return true
    const left = [...this.#current.keys()].filter((id) => this.stored(id)?.node?.parentId === parentId).length
    const children = await this.#reader.children(parentId, null, left + 1)
    return children.some(({ id }) => !this.#current.has(id))
  }
}
