/**
 * Rabin–Karp rolling hash of the last 64 bytes: h = Σ word(byte) · multiplier^age modulo 2^32 (Karp and Rabin, 1987).
 * Whole 32-bit arithmetic, no I/O, no allocation; it must give the same value however the bytes arrive.
 */

import { type BoundaryTable, WINDOW } from './boundary-table.js'

export class RollingHash {
  readonly #table: BoundaryTable
  #value = 0

  constructor(table: BoundaryTable) {
    this.#table = table
  }

  /** The hash as a signed 32-bit word. Its high bits depend on every byte of the window, so it is compared, not masked. */
  get value(): number {
    return this.#value
  }

  reset(): void {
    this.#value = 0
  }

  /** Fills a window after `reset`: at most WINDOW bytes, none of which leaves. */
  fill(data: Uint8Array, from: number, end: number): void {
    const { multiplier, enter } = this.#table
    let value = this.#value
    for (let at = from; at < end; at++) value = (Math.imul(value, multiplier) + word(enter, data[at])) | 0
    this.#value = value
  }

  /**
   * Rolls over data[from, end) and stops behind the first byte at which the hash is below `limit`, or at `end`.
   * data[from - WINDOW, from) is the present window. Two bytes a step: it halves the loop's own cost.
   */
  roll(data: Uint8Array, from: number, end: number, limit: number): number {
    const { multiplier, enter, leave } = this.#table
    const pairs = end - 1
    let value = this.#value
    let at = from
    while (at < pairs) {
      value = (Math.imul(value, multiplier) + word(enter, data[at]) + word(leave, data[at - WINDOW])) | 0
      if (value < limit) break
      value = (Math.imul(value, multiplier) + word(enter, data[at + 1]) + word(leave, data[at + 1 - WINDOW])) | 0
      if (value < limit) {
        this.#value = value
        return at + 2
      }
      at += 2
    }
    if (at < pairs) {
      this.#value = value
      return at + 1
    }
    if (at < end) {
      value = (Math.imul(value, multiplier) + word(enter, data[at]) + word(leave, data[at - WINDOW])) | 0
      at++
    }
    this.#value = value
    return at
  }
}

/** Both indices are in range by the contract of the callers. */
function word(table: Int32Array, byte: number | undefined): number {
  return table[byte as number] as number
}
