/**
 * Where each chunk lies, in about 60 bytes a chunk: a hash table whose slots are in digest order (linear probing kept
 * sorted), so that listing needs no second structure. Digests are uniform, so runs stay short. Never on disk.
 */

import { toHex } from '../../src/index.js'
import type { Digest } from '../../src/index.js'

export interface PackPlace {
  readonly pack: number
  /** Of the record in the pack file. */
  readonly offset: number
  /** Header and payload, in bytes. */
  readonly recordBytes: number
  /** Stored payload, in bytes. */
  readonly payloadBytes: number
}

const KEY_BYTES = 32
const FIELDS = 4
const SEGMENT = 256
const FIRST_CAPACITY = 256
const MOST_LOAD = 0.7
const TWO_32 = 2 ** 32

const nibble = (code: number): number => (code < 0x3a ? code - 0x30 : code - 0x57)

/** For text known to be a digest. */
export function digestBytes(digest: Digest): Uint8Array {
  const bytes = new Uint8Array(KEY_BYTES)
  for (let at = 0; at < KEY_BYTES; at += 1)
    bytes[at] = (nibble(digest.charCodeAt(at * 2)) << 4) | nibble(digest.charCodeAt(at * 2 + 1))
  return bytes
}

function prefixOf(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  )
}

export class PackIndex {
  readonly #keys: Uint8Array[] = []
  readonly #fields: Uint32Array[] = []
  readonly #free: number[] = []
  #capacity = FIRST_CAPACITY
  /** Entry number + 1; 0 is empty. A tail beyond the capacity takes the last runs, so that nothing wraps around. */
  #slots = new Uint32Array(FIRST_CAPACITY * 2)
  #entries = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  get(key: Uint8Array): PackPlace | null {
    const slot = this.#find(key)
    return this.#matches(slot, key) ? this.#place((this.#slots[slot] as number) - 1) : null
  }

  /** Sets or replaces; returns what stood there. */
  set(key: Uint8Array, place: PackPlace): PackPlace | null {
    const slot = this.#find(key)
    if (this.#matches(slot, key)) {
      const entry = (this.#slots[slot] as number) - 1
      const before = this.#place(entry)
      this.#store(entry, place)
      return before
    }
    if (this.#size + 1 > this.#capacity * MOST_LOAD || !this.#open(slot)) {
      this.#grow()
      return this.set(key, place)
    }
    const entry = this.#free.pop() ?? this.#append()
    this.#keyOf(entry).set(key)
    this.#store(entry, place)
    this.#slots[slot] = entry + 1
    this.#size += 1
    return null
  }

  delete(key: Uint8Array): PackPlace | null {
    let slot = this.#find(key)
    if (!this.#matches(slot, key)) return null
    const entry = (this.#slots[slot] as number) - 1
    for (let next = slot + 1; this.#movesBack(next); next += 1) {
      this.#slots[slot] = this.#slots[next] as number
      slot = next
    }
    this.#slots[slot] = 0
    this.#free.push(entry)
    this.#size -= 1
    return this.#place(entry)
  }

  /** Ascending by digest, strictly after `after`. */
  *after(after: Uint8Array | null): Generator<{ readonly digest: Digest; readonly place: PackPlace }> {
    let slot = 0
    if (after !== null) {
      slot = this.#find(after)
      if (this.#matches(slot, after)) slot += 1
    }
    for (; slot < this.#slots.length; slot += 1) {
      const entry = (this.#slots[slot] as number) - 1
      if (entry >= 0) yield { digest: toHex(this.#keyOf(entry)) as Digest, place: this.#place(entry) }
    }
  }

  /** The slot of the key, or the one it belongs into. */
  #find(key: Uint8Array): number {
    let slot = this.#home(prefixOf(key, 0))
    while (
      this.#slots[slot] !== undefined &&
      this.#slots[slot] !== 0 &&
      this.#compare((this.#slots[slot] as number) - 1, key) < 0
    )
      slot += 1
    return slot
  }

  #matches(slot: number, key: Uint8Array): boolean {
    const found = this.#slots[slot]
    return found !== undefined && found !== 0 && this.#compare(found - 1, key) === 0
  }

  #home(prefix: number): number {
    return Math.floor((prefix / TWO_32) * this.#capacity)
  }

  #movesBack(slot: number): boolean {
    const found = this.#slots[slot]
    if (found === undefined || found === 0) return false
    return this.#home(prefixOf(this.#keyOf(found - 1), 0)) < slot
  }

  /** Makes the slot free by moving the rest of its run up by one. False when the tail is full. */
  #open(slot: number): boolean {
    let end = slot
    while (end < this.#slots.length && this.#slots[end] !== 0) end += 1
    if (end >= this.#slots.length) return false
    this.#slots.copyWithin(slot + 1, slot, end)
    this.#slots[slot] = 0
    return true
  }

  #grow(): void {
    const old = this.#slots
    this.#capacity *= 2
    let tail = Math.max(256, this.#capacity >>> 4)
    this.#slots = new Uint32Array(this.#capacity + tail)
    while (!this.#fill(old)) {
      tail *= 2
      this.#slots = new Uint32Array(this.#capacity + tail)
    }
  }

  /** False when the tail is too short for digests chosen to fall together. */
  #fill(old: Uint32Array): boolean {
    let free = 0
    for (const found of old) {
      if (found === 0) continue
      free = Math.max(free, this.#home(prefixOf(this.#keyOf(found - 1), 0)))
      if (free >= this.#slots.length - 1) return false
      this.#slots[free] = found
      free += 1
    }
    return true
  }

  #append(): number {
    if (this.#entries % SEGMENT === 0) {
      this.#keys.push(new Uint8Array(SEGMENT * KEY_BYTES))
      this.#fields.push(new Uint32Array(SEGMENT * FIELDS))
    }
    this.#entries += 1
    return this.#entries - 1
  }

  #keyOf(entry: number): Uint8Array {
    const at = (entry % SEGMENT) * KEY_BYTES
    return (this.#keys[Math.floor(entry / SEGMENT)] as Uint8Array).subarray(at, at + KEY_BYTES)
  }

  #compare(entry: number, key: Uint8Array): number {
    const keys = this.#keys[Math.floor(entry / SEGMENT)] as Uint8Array
    const from = (entry % SEGMENT) * KEY_BYTES
    for (let at = 0; at < KEY_BYTES; at += 1) {
      const difference = (keys[from + at] as number) - (key[at] as number)
      if (difference !== 0) return difference
    }
    return 0
  }

  #store(entry: number, { pack, offset, recordBytes, payloadBytes }: PackPlace): void {
    const fields = this.#fields[Math.floor(entry / SEGMENT)] as Uint32Array
    fields.set([pack, offset, recordBytes, payloadBytes], (entry % SEGMENT) * FIELDS)
  }

  #place(entry: number): PackPlace {
    const fields = this.#fields[Math.floor(entry / SEGMENT)] as Uint32Array
    const at = (entry % SEGMENT) * FIELDS
    return {
      pack: fields[at] as number,
      offset: fields[at + 1] as number,
      recordBytes: fields[at + 2] as number,
      payloadBytes: fields[at + 3] as number,
    }
  }
}
