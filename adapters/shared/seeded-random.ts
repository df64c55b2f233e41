/** Chance that repeats: for tests and simulations, never for keys or ids of real devices. */

import type { Random } from '../../src/index.js'

export interface SeededRandom extends Random {
  /** A whole number from 0 to `below` − 1. */
  below(bound: number): number
}

/** SplitMix32 (Steele, Lea, Flood 2014, reduced to 32 bits). Equal seeds give equal sequences. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return (mixed ^ (mixed >>> 16)) >>> 0
  }
  return {
    below: (bound) => Math.floor((next() / 2 ** 32) * bound),
    bytes(length) {
      const bytes = new Uint8Array(length)
      for (let at = 0; at < length; at++) bytes[at] = next() >>> 24
      return bytes
    },
  }
}
