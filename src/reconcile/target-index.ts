/** The target tree by place and by parent, kept up while clashes are resolved. It holds no rule. */

import type { NodeId } from '../model/ids.js'
import type { Node } from '../model/node.js'
import { placeKey } from '../model/tree.js'
import type { Entry } from './entry.js'

export class TargetIndex {
  readonly #places = new Map<string, Set<Entry>>()
  readonly #children = new Map<NodeId, Set<Entry>>()

  constructor(entries: Iterable<Entry>) {
    for (const entry of entries) this.#add(entry)
  }

  /** Groups of nodes that stand at one place. */
  clashes(): Entry[][] {
    const groups: Entry[][] = []
    for (const held of this.#places.values()) if (held.size > 1) groups.push([...held])
    return groups
  }

  at(parentId: NodeId, key: string): readonly Entry[] {
    return [...(this.#places.get(placeKey(parentId, key)) ?? [])]
  }

  childrenOf(id: NodeId): readonly Entry[] {
    return [...(this.#children.get(id) ?? [])]
  }

  /** Gives the entry another target. */
  put(entry: Entry, target: Node | null): void {
    if (entry.target !== null) {
      this.#places.get(placeKey(entry.target.parentId, entry.target.key))?.delete(entry)
      this.#children.get(entry.target.parentId)?.delete(entry)
    }
    entry.target = target
    this.#add(entry)
  }

  #add(entry: Entry): void {
    const { target } = entry
    if (target === null) return
    join(this.#places, placeKey(target.parentId, target.key), entry)
    join(this.#children, target.parentId, entry)
  }
}

function join<Key>(index: Map<Key, Set<Entry>>, key: Key, entry: Entry): void {
  const held = index.get(key)
  if (held === undefined) index.set(key, new Set([entry]))
  else held.add(entry)
}
