/**
 * What a watcher's hint showed to have vanished a moment ago: programs save a file by renaming or removing it and writing
 * it anew, and a look in between must not become a move or a delete of its node. Held until a second look; a full scan
 * ends all waiting. It only delays: it never decides what became of a node.
 */

import type { Clock } from '../interfaces/clock.js'
import type { Listing } from '../interfaces/local-store.js'
import type { NodeId } from '../model/ids.js'
import { samePlacement } from '../model/node.js'
import type { Observation } from '../reconcile/observation.js'
import type { Dirty } from './dirty.js'
import { slept } from './timers.js'
import type { Trees } from './trees.js'

/** Longer than a program leaves the place of a file empty while it saves, milliseconds. */
const SETTLE_MS = 500

interface Vanished {
  readonly parentId: NodeId
  /** Where it stood; null when that directory vanished with it. */
  readonly directory: string | null
  /** The second look was asked for. */
  asked: boolean
}

export class Settling {
  readonly #clock: Clock
  readonly #dirty: Dirty
  readonly #abort = new AbortController()
  /** Directories before what stood in them. */
  readonly #vanished = new Map<NodeId, Vanished>()
  #waits: Promise<void> | null = null

  constructor(clock: Clock, dirty: Dirty) {
    this.#clock = clock
    this.#dirty = dirty
  }

  /** The given nodes and those that wait for their second look. */
  with(withheld: ReadonlySet<NodeId>): ReadonlySet<NodeId> {
    return this.#vanished.size === 0 ? withheld : new Set([...withheld, ...this.#vanished.keys()])
  }

  /** Before the rows of an observation are taken over. */
  look(trees: Trees, { local }: Observation, listings: ReadonlyMap<string, Listing>, full: boolean): void {
    if (full) {
      this.#vanished.clear()
      return
    }
    for (const [id, { asked, directory, parentId }] of this.#vanished) {
      const looked = directory === null ? !this.#vanished.has(parentId) : listings.has(directory)
      if (asked && looked) this.#vanished.delete(id)
    }
    for (const [id, row] of local) {
      const stood = vanishedFrom(trees, id, row)
      if (stood === null) this.#vanished.delete(id)
      else if (stood !== 'before') this.#note(trees, id, stood)
    }
    if (this.#unasked().length > 0) this.#waits ??= this.#wait()
  }

  #note(trees: Trees, id: NodeId, parentId: NodeId): void {
    const directory = this.#vanished.has(parentId) ? null : trees.localPath(parentId)
    this.#vanished.delete(id)
    this.#vanished.set(id, { parentId, directory, asked: false })
  }

  /** Asks once for each. */
  async #wait(): Promise<void> {
    try {
      for (let due = this.#unasked(); due.length > 0; due = this.#unasked()) {
        if (!(await slept(this.#clock, SETTLE_MS, this.#abort.signal))) return
        const waiting = new Set(this.#vanished.values())
        const still = due.filter((vanished) => waiting.has(vanished))
        for (const vanished of still) vanished.asked = true
        this.#dirty.again(still.flatMap(({ directory }) => directory ?? []))
      }
    } finally {
      this.#waits = null
    }
  }

  #unasked(): readonly Vanished[] {
    return [...this.#vanished.values()].filter(({ asked }) => !asked)
  }

  async close(): Promise<void> {
    this.#abort.abort()
    await this.#waits
  }
}

/**
 * The parent it stood under when the node has just left its synced place, without another file there: deleted, or for a
 * file, moved. 'before': it had left already. Null: it stands where it was agreed to stand.
 */
function vanishedFrom(
  trees: Trees,
  id: NodeId,
  row: Observation['local'] extends ReadonlyMap<NodeId, infer Row> ? Row : never,
): NodeId | 'before' | null {
  const synced = trees.synced(id)
  if (synced?.presence !== 'present' || row === 'synced') return null
  const last = trees.local(id)
  if (row === 'deleted') return last === 'deleted' ? 'before' : parentOf(last, synced.node.parentId)
  if (row.node.kind !== 'file' || samePlacement(row.node, synced.node)) return null
  const moved = typeof last === 'object' && samePlacement(last.node, row.node)
  return moved ? 'before' : parentOf(last, synced.node.parentId)
}

function parentOf(last: ReturnType<Trees['local']>, agreed: NodeId): NodeId {
  return typeof last === 'object' ? last.node.parentId : agreed
}
