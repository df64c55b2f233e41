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
   * data[from - WINDOW, from) is the present window. The turn of a loop costs as much as some of its steps: sixteen a turn were
   * measured twice as fast as four. What enters and what leaves is summed first: only the multiplication waits for the step before.
   */
  roll(data: Uint8Array, from: number, end: number, limit: number): number {
    const { multiplier, enter, leave } = this.#table
    // An imported binding would be read again at each step.
    const window = WINDOW
    const whole = end - 15
    let value = this.#value
    let at = from
    while (at < whole) {
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at++ - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at)
    }
    for (; at < end; at++) {
      value = (Math.imul(value, multiplier) + ((word(enter, data[at]) + word(leave, data[at - window])) | 0)) | 0
      if (value < limit) return this.#stop(value, at + 1)
    }
    return this.#stop(value, at)
  }

  #stop(value: number, at: number): number {
    this.#value = value
    return at
  }
}

/** Both indices are in range by the contract of the callers. */
function word(table: Int32Array, byte: number | undefined): number {
  return table[byte as number] as number
}
