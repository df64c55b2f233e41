/**
 * The content rule of a workspace and what it says for a file of a given size.
 * The average is a pure function of the size, so equal bytes have equal digests; it must never look at anything else.
 */

import { TidemarkError } from '../errors.js'
import { type Digest, isDigest } from '../model/ids.js'
import type { ContentRule } from '../model/manifest.js'

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

/** No chunk is longer, in any workspace: half a frame. */
export const CHUNK_MAX = 2 * MIB
const AVERAGE_MIN = 1 * KIB
const AVERAGE_MAX = 256 * KIB
const ROWS_MAX = 16
const SEED = /^[0-9a-f]{32}$/

/**
 * Growing with the size, no edge at a round one: what is said of each chunk, in a manifest, an announcement and a frame,
 * is some 110 bytes a hop, which a file of 256 MiB may have 0.3 % of itself for (P2). Smaller averages would save bytes on
 * edits, which deltas do better (decision 0068).
 */
const AVERAGES: ContentRule['averages'] = [
  [24 * MIB, 8 * KIB],
  [96 * MIB, 16 * KIB],
  [6 * GIB, 64 * KIB],
  [null, 256 * KIB],
]

/** Lengths in bytes, and the bounds of the rolling hash below which a chunk ends. */
export interface ChunkSizes {
  /** What chunks of random data come to in the mean. */
  readonly average: number
  /** No chunk but the last of a file is shorter: average / 4. */
  readonly min: number
  /** From here on the looser limit holds: 13/16 of the average, which brings the mean of random data to the average. */
  readonly normal: number
  /** No chunk is longer: average · 4. */
  readonly max: number
  /** Probability 1 / (4 · average) for each byte before `normal`. */
  readonly earlyLimit: number
  /** Probability 4 / average for each byte from `normal` on. */
  readonly lateLimit: number
}

/** The rule of a new workspace. `boundarySeed`: 32 lower-case hex digits, drawn by the server; `keyCheck`: see `ContentRule`. */
export function defaultContentRule(boundarySeed: string, keyCheck: Digest | null): ContentRule {
  const rule: ContentRule = { algorithm: 'blake2b-256', keyCheck, boundarySeed, averages: AVERAGES }
  checkRule(rule)
  return rule
}

/** How a file of `fileSize` bytes is cut. The rule was checked before. */
export function chunkSizes(rule: ContentRule, fileSize: number): ChunkSizes {
  const row = rule.averages.find(([largest]) => largest === null || fileSize <= largest)
  if (row === undefined) throw broken('averages', 'the last row does not cover all sizes')
  const average = row[1]
  return {
    average,
    min: average / 4,
    normal: (average * 13) / 16,
    max: average * 4,
    earlyLimit: limitOf(average * 4),
    lateLimit: limitOf(average / 4),
  }
}

/** The signed word below which one of `oneIn` words lies. */
function limitOf(oneIn: number): number {
  return -(2 ** 31) + 2 ** 32 / oneIn
}

/**
 * Refuses a rule that this version cannot follow or that would do harm (a hostile server).
 * Throws `newer-version` for an unknown algorithm, `invalid` for everything else.
 */
export function checkRule(rule: ContentRule): void {
  if ((rule.algorithm as string) !== 'blake2b-256') {
    throw new TidemarkError('newer-version', 'the workspace names an unknown digest algorithm', {
      subject: 'algorithm',
      next: 'Update tidemark on this device.',
    })
  }
  if (rule.keyCheck !== null && !isDigest(rule.keyCheck)) throw broken('keyCheck', 'it is not a digest')
  if (typeof rule.boundarySeed !== 'string' || !SEED.test(rule.boundarySeed)) {
    throw broken('boundarySeed', 'it is not 32 lower-case hex digits')
  }
  checkAverages(rule.averages)
}

function checkAverages(averages: ContentRule['averages']): void {
  if (!isList(averages) || averages.length < 1 || averages.length > ROWS_MAX) {
    throw broken('averages', `it has not 1 to ${ROWS_MAX} rows`)
  }
  let below = 0
  let smaller = AVERAGE_MIN
  for (const [at, row] of averages.entries()) {
    if (!isList(row) || row.length !== 2) throw broken('averages', `row ${at} is not a pair`)
    const [largest, average] = row
    const last = at === averages.length - 1
    if (last !== (largest === null)) throw broken('averages', 'the last row, and only that, covers all sizes')
    if (largest !== null && !(Number.isSafeInteger(largest) && largest > below)) {
      throw broken('averages', `the size of row ${at} does not ascend`)
    }
    if (!isPowerOfTwo(average) || average < smaller || average > AVERAGE_MAX) {
      throw broken('averages', `the average of row ${at} is not a power of two from ${smaller} to ${AVERAGE_MAX}`)
    }
    below = largest ?? below
    smaller = average
  }
}

/** Not a type guard: the types are what is checked here. */
function isList(value: unknown): boolean {
  return Array.isArray(value)
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= 2 ** 30 && (value & (value - 1)) === 0
}

function broken(field: string, why: string): TidemarkError {
  return new TidemarkError('invalid', `the content rule of the workspace is not usable: ${field}: ${why}`, {
    subject: field,
    next: 'Report this to whoever runs the server; nothing was changed.',
  })
}
