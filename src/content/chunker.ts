/**
 * Where the chunks of a content end (content-defined chunking). Stateful, no I/O, no copy of the data:
 * however the bytes are handed over, the cuts are the same. It must never hold more than one window of bytes.
 *
 * Min-skip and normalised cuts after Xia et al., "FastCDC" (USENIX ATC 2016), on a Rabin–Karp hash.
 */

import type { ChunkSizes } from './averages.js'
import { type BoundaryTable, WINDOW } from './boundary-table.js'
import { RollingHash } from './rolling-hash.js'

/** Says where the chunks of one content after the other end, however its bytes are handed over. Holds 64 bytes. */
export class Chunker {
  readonly #sizes: ChunkSizes
  readonly #hash: RollingHash
  /** The last WINDOW bytes before this push, then the first WINDOW bytes of it: the window across two pushes. */
  readonly #seam = new Uint8Array(WINDOW * 2)
  /** Bytes of the open chunk. */
  #length = 0
  #hashed = 0

  /** `sizes` by `chunkSizes`, for the size of the very content; `table` by `boundaryTable`. */
  constructor(sizes: ChunkSizes, table: BoundaryTable) {
    this.#sizes = sizes
    this.#hash = new RollingHash(table)
  }

  /** Steps of the rolling hash so far: the measure of work, never above the bytes pushed. */
  get hashedBytes(): number {
    return this.#hashed
  }

  /** Offsets in `bytes`, ascending, 1 to bytes.length, behind each of which a chunk ends. */
  push(bytes: Uint8Array): readonly number[] {
    const cuts: number[] = []
    this.#seam.set(bytes.subarray(0, WINDOW), WINDOW)
    let at = 0
    while (at < bytes.length) {
      at = this.#advance(bytes, at)
      if (this.#ends()) {
        cuts.push(at)
        this.#length = 0
        this.#hash.reset()
      }
    }
    this.#keepTail(bytes)
    return cuts
  }

  /** Length of the last, open chunk; 0 when the content ended at a cut or is empty. Ready for another content afterwards. */
  finish(): number {
    const rest = this.#length
    this.#length = 0
    this.#hash.reset()
    return rest
  }

  #ends(): boolean {
    const { min, normal, max, earlyLimit, lateLimit } = this.#sizes
    if (this.#length < min) return false
    return this.#length >= max || this.#hash.value < (this.#length < normal ? earlyLimit : lateLimit)
  }

  /** One stretch under one rule: skipped, filled into the window, or rolled over. Returns where it ended. */
  #advance(bytes: Uint8Array, at: number): number {
    const { min, normal, max, earlyLimit, lateLimit } = this.#sizes
    const length = this.#length
    if (length < min - WINDOW) return this.#moved(at, Math.min(bytes.length, at + min - WINDOW - length))
    if (length < min) {
      const end = Math.min(bytes.length, at + min - length)
      this.#hash.fill(bytes, at, end)
      this.#hashed += end - at
      return this.#moved(at, end)
    }
    // The byte that makes the length `normal` is already judged by the looser limit.
    const early = length < normal - 1
    const end = Math.min(bytes.length, at + (early ? normal - 1 : max) - length)
    const stop = this.#roll(bytes, at, end, early ? earlyLimit : lateLimit)
    this.#hashed += stop - at
    return this.#moved(at, stop)
  }

  #roll(bytes: Uint8Array, at: number, end: number, limit: number): number {
    if (at >= WINDOW) return this.#hash.roll(bytes, at, end, limit)
    return this.#hash.roll(this.#seam, at + WINDOW, Math.min(end, WINDOW) + WINDOW, limit) - WINDOW
  }

  #moved(from: number, to: number): number {
    this.#length += to - from
    return to
  }

  #keepTail(bytes: Uint8Array): void {
    if (bytes.length >= WINDOW) this.#seam.set(bytes.subarray(bytes.length - WINDOW))
    else this.#seam.copyWithin(0, bytes.length, bytes.length + WINDOW)
  }
}
