/**
 * What a boundary seed means to the rolling hash: a multiplier and 256 words, one for each byte value.
 * Part of the format: equal seeds give equal tables on every host, for ever.
 */

import { fromHex } from '../model/hex.js'

/** Bytes under the rolling hash. */
export const WINDOW = 64

/** The numbers of a rolling hash. Equal seeds give equal tables on every host, for ever. */
export interface BoundaryTable {
  /** Odd, 5 modulo 8: its powers have the longest period there is modulo 2^32. */
  readonly multiplier: number
  /** Word of a byte that enters the window. 256 different words for every seed. */
  readonly enter: Int32Array
  /** What is added when a byte leaves: minus its word times multiplier^WINDOW. */
  readonly leave: Int32Array
}

const BYTES = 256
const GOLDEN = 0x9e3779b9

/** A bijection of the 32-bit words; finaliser constants of Chris Wellons' `lowbias32` (public domain). */
function mix(word: number): number {
  let mixed = word ^ (word >>> 16)
  mixed = Math.imul(mixed, 0x7feb352d)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0x846ca68b)
  return mixed ^ (mixed >>> 16)
}

function bitsSet(word: number): number {
  let rest = word
  let count = 0
  for (; rest !== 0; rest &= rest - 1) count++
  return count
}

/** Four 32-bit words, big-endian. */
function seedWords(seed: string): Int32Array {
  const bytes = fromHex(seed)
  const view = new DataView(bytes.buffer)
  return Int32Array.from({ length: 4 }, (_, at) => view.getInt32(at * 4))
}

/**
 * word(n) = the counter n · GOLDEN taken through `mix` once and then once for each seed word, xored in before.
 * Each step is a bijection, so no two counters share a word, whatever the seed: no byte values can be confused.
 */
function wordOf(words: Int32Array, counter: number): number {
  let word = mix(Math.imul(counter, GOLDEN))
  for (const seedWord of words) word = mix(word ^ seedWord)
  return word
}

/** The first word from counter 256 on that is made 5 modulo 8 and then has 12 to 20 bits set: never near 1 or a power of two. */
function multiplierOf(words: Int32Array): number {
  for (let counter = BYTES; ; counter++) {
    const candidate = (wordOf(words, counter) & ~7) | 5
    const bits = bitsSet(candidate)
    if (bits >= 12 && bits <= 20) return candidate
  }
}

/** `seed`: 32 lower-case hex digits, checked before (`checkRule`). */
export function boundaryTable(seed: string): BoundaryTable {
  const words = seedWords(seed)
  const multiplier = multiplierOf(words)
  let power = 1
  for (let at = 0; at < WINDOW; at++) power = Math.imul(power, multiplier)
  const enter = Int32Array.from({ length: BYTES }, (_, byte) => wordOf(words, byte))
  const leave = enter.map((word) => -Math.imul(word, power))
  return { multiplier, enter, leave }
}
