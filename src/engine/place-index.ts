/**
 * Which nodes of one tree stand at a place, and below a directory. A multi-map: while results come in one by one,
 * two rows may claim one place for a moment.
 */

import type { NodeId } from '../model/ids.js'
import { keyOf, type Placement } from '../model/node.js'

const NONE: ReadonlySet<NodeId> = new Set()

type Held = NodeId | Set<NodeId>

/** A directory: who stands in it, by the key of the name and all together. */
interface Below {
  readonly names: Map<string, Held>
  readonly all: Set<NodeId>
}

export class PlaceIndex {
  readonly #below = new Map<NodeId, Below>()

  add(id: NodeId, at: Placement): void {
    const key = keyOf(at.name)
    const below = this.#below.get(at.parentId) ?? { names: new Map<string, Held>(), all: new Set<NodeId>() }
    this.#below.set(at.parentId, below)
    const held = below.names.get(key)
    if (held === undefined) below.names.set(key, id)
    else if (typeof held === 'string') below.names.set(key, new Set([held, id]))
    else held.add(id)
    below.all.add(id)
  }

  remove(id: NodeId, at: Placement): void {
    const below = this.#below.get(at.parentId)
    if (below === undefined) return
    const key = keyOf(at.name)
    const held = below.names.get(key)
    if (held === id) below.names.delete(key)
    else if (typeof held === 'object') {
      held.delete(id)
      if (held.size === 0) below.names.delete(key)
    }
    below.all.delete(id)
    if (below.all.size === 0) this.#below.delete(at.parentId)
  }

  /** Smallest id first, so that every reader sees one order. */
  holders(parentId: NodeId, name: string): readonly NodeId[] {
    const held = this.#below.get(parentId)?.names.get(keyOf(name))
    if (held === undefined) return []
    return typeof held === 'string' ? [held] : [...held].sort()
  }

  /** Directories that something stands in. */
  parents(): Iterable<NodeId> {
    return this.#below.keys()
  }

  children(parentId: NodeId): ReadonlySet<NodeId> {
    return this.#below.get(parentId)?.all ?? NONE
  }
}
