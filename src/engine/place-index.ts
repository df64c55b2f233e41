/**
 * Which nodes of one tree stand at a place, and below a directory. A multi-map: while results come in one by one,
 * two rows may claim one place for a moment.
 */

import type { NodeId } from '../model/ids.js'
import { keyOf, type Placement } from '../model/node.js'
import { placeKey } from '../model/tree.js'

const NONE: ReadonlySet<NodeId> = new Set()

export class PlaceIndex {
  readonly #places = new Map<string, NodeId | Set<NodeId>>()
  readonly #children = new Map<NodeId, Set<NodeId>>()

  add(id: NodeId, at: Placement): void {
    const place = placeKey(at.parentId, keyOf(at.name))
    const held = this.#places.get(place)
    if (held === undefined) this.#places.set(place, id)
    else if (typeof held === 'string') this.#places.set(place, new Set([held, id]))
    else held.add(id)
    const children = this.#children.get(at.parentId)
    if (children === undefined) this.#children.set(at.parentId, new Set([id]))
    else children.add(id)
  }

  remove(id: NodeId, at: Placement): void {
    const place = placeKey(at.parentId, keyOf(at.name))
    const held = this.#places.get(place)
    if (held === id) this.#places.delete(place)
    else if (typeof held === 'object') {
      held.delete(id)
      if (held.size === 0) this.#places.delete(place)
    }
    const children = this.#children.get(at.parentId)
    children?.delete(id)
    if (children?.size === 0) this.#children.delete(at.parentId)
  }

  /** Smallest id first, so that every reader sees one order. */
  holders(parentId: NodeId, name: string): readonly NodeId[] {
    const held = this.#places.get(placeKey(parentId, keyOf(name)))
    if (held === undefined) return []
    return typeof held === 'string' ? [held] : [...held].sort()
  }

  /** Directories that something stands in. */
  parents(): Iterable<NodeId> {
    return this.#children.keys()
  }

  children(parentId: NodeId): ReadonlySet<NodeId> {
    return this.#children.get(parentId) ?? NONE
  }
}
