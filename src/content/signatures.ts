/**
 * Signatures of a chunk: a few bytes for each of its blocks, by which one who does not hold it finds its blocks in other
 * bytes at any offset. After A. Tridgell, Efficient Algorithms for Sorting and Synchronization (1999), chapter 3.
 * Two blocks with equal signatures may differ, by chance or by craft: the digest of what is built tells.
 *
 * Per block, the last of which may be short: a rolling hash u32, and a mixed one u16, big-endian.
 */

import { FACTOR, leavingOf, rolling } from './block-hash.js'
import { DeltaWriter, type MadeDelta, startsOf } from './delta.js'

const ENTRY = 6
/** Of FNV-1a. */
const MIX = 0x01000193

/** What is told of one base. */
export interface BlockSignatures {
  /** Bytes of the base. */
  readonly length: number
  /** Its blocks, in order. */
  readonly blocks: Uint8Array
}

/**
 * The block size at which signatures weigh half as much as the block around an edit, for bases of `length` bytes with an edit
 * each: the block can be compressed, the signatures cannot.
 */
export function blockSize(length: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(Math.sqrt(2 * ENTRY * length))))
}

/** Bytes of the signatures of a base. */
export function signaturesSize(length: number, block: number): number {
  return Math.ceil(length / block) * ENTRY
}

export function signaturesOf(base: Uint8Array, block: number): Uint8Array {
  const blocks = new Uint8Array(signaturesSize(base.length, block))
  const view = new DataView(blocks.buffer)
  for (let from = 0, at = 0; from < base.length; from += block, at += ENTRY) {
    const to = Math.min(base.length, from + block)
    view.setUint32(at, rolling(base, from, to))
    view.setUint16(at + 4, mixed(base, from, to))
  }
  return blocks
}

/** Finds the blocks of bases, of which only the signatures are here, in other bytes. */
export class SignatureIndex {
  readonly #block: number
  readonly #starts: readonly number[]
  readonly #blocks: { readonly from: number; readonly hash: number; readonly mix: number }[] = []
  /** By rolling hash, the first of each. */
  readonly #byHash = new Map<number, number>()
  /** Which 16 bits those hashes fold to: nearly all offsets are done with by a look at this. */
  readonly #folds = new Uint8Array(0x1_0000)
  readonly #tails: { readonly from: number; readonly length: number; readonly hash: number; readonly mix: number }[] =
    []
  #next = -1

  /** `block`: that of all signatures. */
  constructor(bases: readonly BlockSignatures[], block: number) {
    this.#block = block
    this.#starts = startsOf(bases)
    let from = 0
    for (const { length, blocks } of bases) {
      const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength)
      for (let offset = 0, at = 0; offset < length; offset += block, at += ENTRY) {
        const entry = { from: from + offset, hash: view.getInt32(at), mix: view.getUint16(at + 4) }
        const rest = length - offset
        if (rest < block) this.#tails.push({ ...entry, length: rest })
        else {
          if (!this.#byHash.has(entry.hash)) this.#byHash.set(entry.hash, this.#blocks.length)
          this.#folds[folded(entry.hash)] = 1
          this.#blocks.push(entry)
        }
      }
      from += length
    }
  }

  /** A delta on at most `most` of the bases; null where it does not pay. Linear time, whatever the signatures say. */
  delta(bytes: Uint8Array, most: number): MadeDelta | null {
    const block = this.#block
    const folds = this.#folds
    const writer = new DeltaWriter(bytes, this.#starts)
    const leaving = leavingOf(block)
    const last = bytes.length - block
    let hash = last < 0 ? 0 : rolling(bytes, 0, block)
    for (let at = 0; at <= last; ) {
      const from = folds[folded(hash)] === 0 ? -1 : this.#find(hash, bytes, at)
      if (from < 0) {
        hash = (Math.imul(hash - Math.imul(bytes[at] as number, leaving), FACTOR) + (bytes[at + block] ?? 0)) | 0
        at++
        continue
      }
      writer.copy(at, from, block)
      at += block
      if (at <= last) hash = rolling(bytes, at, at + block)
    }
    const tail = this.#tail(bytes, writer.at)
    if (tail !== null) writer.copy(bytes.length - tail.length, tail.from, tail.length)
    return writer.finish(most)
  }

  /** Where the block at `at` stands in the bases, -1 if nowhere. The block behind the one found last is preferred. */
  #find(hash: number, bytes: Uint8Array, at: number): number {
    const next = this.#blocks[this.#next]
    const place = next?.hash === hash ? this.#next : (this.#byHash.get(hash) ?? -1)
    const found = this.#blocks[place]
    if (found === undefined || mixed(bytes, at, at + this.#block) !== found.mix) return -1
    this.#next = place + 1
    return found.from
  }

  /** The longest last block of a base with which `bytes` end, not before `least`. */
  #tail(bytes: Uint8Array, least: number): { readonly from: number; readonly length: number } | null {
    let longest: { readonly from: number; readonly length: number } | null = null
    for (const { from, length, hash, mix } of this.#tails) {
      const start = bytes.length - length
      if (start < least || length <= (longest?.length ?? 0)) continue
      if ((rolling(bytes, start, bytes.length) | 0) === hash && mixed(bytes, start, bytes.length) === mix)
        longest = { from, length }
    }
    return longest
  }
}

function mixed(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), MIX)
  return (hash ^ (hash >>> 16)) & 0xffff
}

function folded(hash: number): number {
  return (hash ^ (hash >>> 16)) & 0xffff
}
