/** A delta where the bytes of both sides are at hand: finer than by signatures, and every range is compared. */

import { FACTOR, leavingOf, rolling } from './block-hash.js'
import { DeltaWriter, joined, type MadeDelta, startsOf } from './delta.js'

/** Equal stretches from WINDOW + STRIDE - 1 bytes on are found. */
const WINDOW = 24
const STRIDE = 12
const LEAVING = leavingOf(WINDOW)

/** Finds what of other bytes stands in the bases. */
export class ByteIndex {
  readonly #held: Uint8Array
  readonly #starts: readonly number[]
  /** Every STRIDE bytes of the bases a place, the first one of each slot. */
  readonly #slots: Int32Array
  readonly #shift: number

  constructor(bases: readonly Uint8Array[]) {
    this.#held = joined(bases)
    this.#starts = startsOf(bases)
    const bits = Math.max(8, Math.ceil(Math.log2((this.#held.length / STRIDE) * 2 + 1)))
    this.#shift = 32 - bits
    this.#slots = new Int32Array(2 ** bits).fill(-1)
    for (let at = 0; at + WINDOW <= this.#held.length; at += STRIDE) {
      const slot = this.#slotOf(rolling(this.#held, at, at + WINDOW))
      if ((this.#slots[slot] as number) < 0) this.#slots[slot] = at
    }
  }

  /** A delta on at most `most` of the bases; null where it does not pay. Linear time. */
  delta(bytes: Uint8Array, most: number): MadeDelta | null {
    const held = this.#held
    const writer = new DeltaWriter(bytes, this.#starts)
    const last = bytes.length - WINDOW
    let hash = last < 0 ? 0 : rolling(bytes, 0, WINDOW)
    for (let at = 0; at <= last; ) {
      const place = this.#slots[this.#slotOf(hash)] as number
      const length = place < 0 ? 0 : equal(bytes, at, held, place)
      if (length >= WINDOW) {
        const before = equalBefore(bytes, at, held, place, at - writer.at)
        writer.copy(at - before, place - before, length + before)
        at += length
        if (at <= last) hash = rolling(bytes, at, at + WINDOW)
        continue
      }
      hash = (Math.imul(hash - Math.imul(bytes[at] as number, LEAVING), FACTOR) + (bytes[at + WINDOW] ?? 0)) | 0
      at++
    }
    return writer.finish(most)
  }

  /** The high bits: the low ones of such a hash know the last bytes only. */
  #slotOf(hash: number): number {
    return Math.imul(hash, 0x9e3779b1) >>> this.#shift
  }
}

function equal(a: Uint8Array, from: number, b: Uint8Array, place: number): number {
  const most = Math.min(a.length - from, b.length - place)
  let length = 0
  while (length < most && a[from + length] === b[place + length]) length++
  return length
}

function equalBefore(a: Uint8Array, from: number, b: Uint8Array, place: number, most: number): number {
  const bound = Math.min(most, place)
  let length = 0
  while (length < bound && a[from - length - 1] === b[place - length - 1]) length++
  return length
}
