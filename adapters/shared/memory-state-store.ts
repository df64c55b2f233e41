/**
 * The client database in memory: the reference of the contract. No timers, no threads: in a simulated world every
 * promise settles in its own turn. The content can be taken out and put in, so that a crash can be played.
 */

import { TidemarkError } from '../../src/index.js'
import type { StateEntry, StateStore } from '../../src/index.js'
import { checkRange, closedError, copyKeys, copyPuts } from './state-rules.js'

/** What a memory store holds between two engines. Pass the same one again to open it again. */
export interface MemoryState {
  /** Held by the store that has it open. */
  locked: boolean
  /** Values by key. */
  rows: ReadonlyMap<string, Uint8Array>
}

/** What a state store in memory is given. */
export interface MemoryStateStoreOptions {
  /** Default: a fresh, empty one. */
  readonly state?: MemoryState
}

/** A state with nothing in it. */
export function memoryState(): MemoryState {
  return { locked: false, rows: new Map() }
}

/** A copy that later batches do not reach: the state a crash at this moment would leave. */
export function snapshotState(state: MemoryState): MemoryState {
  return { locked: false, rows: new Map(state.rows) }
}

class MemoryStateStore implements StateStore {
  readonly durability = 'volatile'
  readonly #state: MemoryState
  readonly #rows = new Map<string, Uint8Array>()
  /** Sorted keys; null when a batch moved them. */
  #order: readonly string[] | null = null
  #open = false

  constructor({ state = memoryState() }: MemoryStateStoreOptions) {
    this.#state = state
  }

  async open(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    if (options.signal?.aborted === true) throw new TidemarkError('aborted', 'opening the state store was cancelled')
    if (this.#state.locked)
      throw new TidemarkError('locked', 'this state is in use by another engine', { subject: 'memory' })
    this.#state.locked = true
    this.#open = true
    this.#rows.clear()
    for (const [key, value] of this.#state.rows) this.#rows.set(key, value)
    this.#order = null
  }

  async openAside(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<string> {
    if (options.signal?.aborted === true) throw new TidemarkError('aborted', 'opening the state store was cancelled')
    if (this.#state.locked)
      throw new TidemarkError('locked', 'this state is in use by another engine', { subject: 'memory' })
    this.#state.rows = new Map()
    await this.open(options)
    return 'memory'
  }

  async get(keys: readonly string[]): Promise<readonly (Uint8Array | null)[]> {
    this.#check()
    return copyKeys(keys).map((key) => this.#rows.get(key)?.slice() ?? null)
  }

  async range(prefix: string, after: string | null, limit: number): Promise<readonly StateEntry[]> {
    this.#check()
    checkRange(prefix, after, limit)
    this.#order ??= [...this.#rows.keys()].sort()
    const entries: StateEntry[] = []
    for (let at = firstFrom(this.#order, prefix, after); at < this.#order.length && entries.length < limit; at += 1) {
      const key = this.#order[at] as string
      if (!key.startsWith(prefix)) break
      entries.push({ key, value: (this.#rows.get(key) as Uint8Array).slice() })
    }
    return entries
  }

  async batch(puts: readonly StateEntry[], deletes: readonly string[]): Promise<void> {
    this.#check()
    const copies = copyPuts(puts)
    for (const key of copyKeys(deletes)) if (this.#rows.delete(key)) this.#order = null
    for (const { key, value } of copies) {
      if (!this.#rows.has(key)) this.#order = null
      this.#rows.set(key, value)
    }
    this.#state.rows = this.#rows
  }

  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    this.#state.rows = new Map(this.#rows)
    this.#state.locked = false
  }

  #check(): void {
    if (!this.#open) throw closedError()
  }
}

/** The first position whose key is at least `prefix` and above `after`. */
function firstFrom(order: readonly string[], prefix: string, after: string | null): number {
  let low = 0
  let high = order.length
  while (low < high) {
    const middle = (low + high) >> 1
    const key = order[middle] as string
    if (key < prefix || (after !== null && key <= after)) low = middle + 1
    else high = middle
  }
  return low
}

/** A client database in memory, with the rules of a real one. */
export function memoryStateStore(options: MemoryStateStoreOptions = {}): StateStore {
  return new MemoryStateStore(options)
}
