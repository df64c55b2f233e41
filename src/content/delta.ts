/**
 * A chunk as the difference from chunks that both sides hold: ranges of those bases, one behind the other, and new bytes.
 * A delta is foreign input: what it builds is bounded before it is built, and whoever builds it compares the digest.
 *
 * Layout, numbers as varints: count of steps; per step `length · 2` for new bytes, or `length · 2 + 1, from` for a range of
 * the bases; then the new bytes of all steps, so that they compress as one text.
 */

import { TidemarkError } from '../errors.js'
import { pushVarint, readVarint } from './varint.js'

/** Bytes that naming one base takes beside the delta: a digest. */
const BASE_BYTES = 32
/**
 * Frames are compressed whole, in which text comes to about a fifth, and what a delta leaves of it to more: a base, a step
 * and new bytes have to be outweighed that often by what is copied.
 */
const WEIGHT = 5

/** A delta and the bases it is made of, as indexes into those it could be made of. */
export interface MadeDelta {
  readonly bases: readonly number[]
  readonly bytes: Uint8Array
}

interface Copy {
  /** Where in the chunk. */
  readonly at: number
  length: number
  readonly base: number
  /** Where in the base. */
  readonly from: number
}

/** Collects what of a chunk stands in bases, in the order of the chunk. */
export class DeltaWriter {
  readonly #bytes: Uint8Array
  /** Where each base begins when they lie one behind the other, and where the last one ends. */
  readonly #starts: readonly number[]
  readonly #copies: Copy[] = []
  #at = 0

  constructor(bytes: Uint8Array, starts: readonly number[]) {
    this.#bytes = bytes
    this.#starts = starts
  }

  /** Up to where the chunk is covered. */
  get at(): number {
    return this.#at
  }

  /** The `length` bytes at `at` stand at `from` in the bases. What was passed over before is new. */
  copy(at: number, from: number, length: number): void {
    for (let done = 0; done < length; ) {
      const base = indexAt(this.#starts, from + done)
      const start = this.#starts[base] as number
      const part = Math.min(length - done, (this.#starts[base + 1] as number) - from - done)
      this.#append({ at: at + done, length: part, base, from: from + done - start })
      done += part
    }
    this.#at = at + length
  }

  #append(copy: Copy): void {
    const last = this.#copies.at(-1)
    const goesOn =
      last?.base === copy.base && last.from + last.length === copy.from && last.at + last.length === copy.at
    if (goesOn) last.length += copy.length
    else this.#copies.push(copy)
  }

  /** The delta on at most `most` bases; null where the chunk itself travels as cheaply. */
  finish(most: number): MadeDelta | null {
    const bases = this.#chosen(most)
    const places = new Map<number, number>()
    let held = 0
    for (const base of bases) {
      places.set(base, held)
      held += (this.#starts[base + 1] as number) - (this.#starts[base] as number)
    }
    const head: number[] = []
    const inserts: Uint8Array[] = []
    let [steps, at, copied] = [0, 0, 0]
    const insert = (to: number): void => {
      if (to === at) return
      inserts.push(this.#bytes.subarray(at, to))
      pushVarint(head, (to - at) * 2)
      steps++
    }
    for (const copy of this.#copies) {
      const place = places.get(copy.base)
      if (place === undefined) continue
      insert(copy.at)
      pushVarint(head, copy.length * 2 + 1)
      pushVarint(head, place + copy.from)
      steps++
      copied += copy.length
      at = copy.at + copy.length
    }
    insert(this.#bytes.length)
    const added = this.#bytes.length - copied
    if (bases.length === 0 || copied < WEIGHT * (head.length + bases.length * BASE_BYTES) + added / 8) return null
    const count: number[] = []
    pushVarint(count, steps)
    return { bases, bytes: joined([Uint8Array.from([...count, ...head]), ...inserts]) }
  }

  /** Those bases of which most is copied, if it is more than naming them costs; ascending. */
  #chosen(most: number): readonly number[] {
    const copied = new Map<number, number>()
    for (const { base, length } of this.#copies) copied.set(base, (copied.get(base) ?? 0) + length)
    return [...copied]
      .filter(([, bytes]) => bytes > WEIGHT * BASE_BYTES)
      .sort(([, a], [, b]) => b - a)
      .slice(0, most)
      .map(([base]) => base)
      .sort((a, b) => a - b)
  }
}

/** Where each of the lengths begins when they lie one behind the other, and where the last one ends. */
export function startsOf(lengths: readonly { readonly length: number }[]): readonly number[] {
  const starts = [0]
  for (const { length } of lengths) starts.push((starts.at(-1) as number) + length)
  return starts
}

/** Which of them holds the byte at `offset`. */
export function indexAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] as number) <= offset) low = middle
    else high = middle
  }
  return low
}

/**
 * Builds a chunk of at most `limit` bytes. Throws `corrupt` for bytes that are no delta of these bases and `too-large`
 * beyond the limit, before anything is built.
 */
export function applyDelta(delta: Uint8Array, bases: readonly Uint8Array[], limit: number): Uint8Array {
  const held = joined(bases)
  const { steps, length, end } = readSteps(delta, held.length, limit)
  const bytes = new Uint8Array(length)
  let [at, added] = [0, end]
  for (const step of steps) {
    const [source, from] = step.from < 0 ? [delta, added] : [held, step.from]
    bytes.set(source.subarray(from, from + step.length), at)
    at += step.length
    if (step.from < 0) added += step.length
  }
  return bytes
}

function readSteps(delta: Uint8Array, held: number, limit: number) {
  const count = numberAt(delta, 0)
  if (count.value > delta.length) throw malformed('more steps than it has bytes')
  const steps: { readonly length: number; readonly from: number }[] = []
  let [at, length, added] = [count.end, 0, 0]
  for (let index = 0; index < count.value; index++) {
    const head = numberAt(delta, at)
    const isCopy = head.value % 2 === 1
    const from = isCopy ? numberAt(delta, head.end) : { value: -1, end: head.end }
    const step = { length: Math.floor(head.value / 2), from: from.value }
    if (step.length === 0) throw malformed('a step of no bytes')
    if (step.from + step.length > held && isCopy) throw malformed('a range from beyond the bases')
    length += step.length
    if (length > limit) throw tooLong(limit)
    if (!isCopy) added += step.length
    steps.push(step)
    at = from.end
  }
  if (length === 0 || at + added !== delta.length) throw malformed('its new bytes are not as long as its steps say')
  return { steps, length, end: at }
}

/** One behind the other, as ranges name bases. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function numberAt(delta: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  const read = readVarint(delta, at)
  if (read === null) throw malformed('a number that is cut off, too large or not in its shortest form')
  return read
}

function tooLong(limit: number): TidemarkError {
  return new TidemarkError('too-large', `a delta of a chunk beyond ${limit} bytes`, { subject: 'delta' })
}

function malformed(why: string): TidemarkError {
  return new TidemarkError('corrupt', `bytes that are no delta of these chunks: ${why}`, {
    subject: 'delta',
    next: 'Ask for the whole chunk.',
  })
}
