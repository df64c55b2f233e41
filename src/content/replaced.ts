/**
 * Which chunks of an old content the new chunks of its successor take the place of: their bytes are likely much the same.
 * Pure advice: a base that is no good makes a delta that does not pay.
 */

import { indexAt, startsOf } from './delta.js'
import type { Digest } from '../model/ids.js'
import type { ChunkRef, Manifest } from '../model/manifest.js'

/**
 * By digest of each chunk that only `next` has: the chunks of `old` between the same neighbours that stand at its place in
 * bytes, counted from the left one, from the right one, and in proportion. What was put in or taken out in between shifts
 * it by less. Nearly linear time.
 */
export function replacedChunks(old: Manifest, next: Manifest): ReadonlyMap<Digest, readonly ChunkRef[]> {
  const places = new Map<Digest, number>()
  old.chunks.forEach(({ digest }, at) => {
    if (!places.has(digest)) places.set(digest, at)
  })
  const starts = startsOf(old.chunks)
  const found = new Map<Digest, readonly ChunkRef[]>()
  let left = -1
  for (let at = 0; at < next.chunks.length; ) {
    const place = placeOf(old, places, next.chunks[at] as ChunkRef, left + 1)
    if (place !== undefined) {
      left = place
      at++
      continue
    }
    let end = at + 1
    while (end < next.chunks.length && !places.has((next.chunks[end] as ChunkRef).digest)) end++
    const follower = next.chunks[end]
    const right = follower === undefined ? old.chunks.length : (placeOf(old, places, follower, left + 2) as number)
    for (const [chunk, bases] of basesOfRun(starts, next.chunks.slice(at, end), left + 1, right))
      if (!found.has(chunk) && bases.size > 0)
        found.set(
          chunk,
          [...bases].map((index) => old.chunks[index] as ChunkRef),
        )
    at = end
  }
  return found
}

/** Of a chunk that stands at several places, the expected one. */
function placeOf(
  old: Manifest,
  places: ReadonlyMap<Digest, number>,
  { digest }: ChunkRef,
  expected: number,
): number | undefined {
  return old.chunks[expected]?.digest === digest ? expected : places.get(digest)
}

/** `first`: the chunk behind the left neighbour; `right`: the right neighbour, which may stand anywhere. */
function* basesOfRun(
  starts: readonly number[],
  run: readonly ChunkRef[],
  first: number,
  right: number,
): Generator<readonly [Digest, ReadonlySet<number>]> {
  const length = run.reduce((sum, chunk) => sum + chunk.length, 0)
  const [start, end] = [starts[first] as number, starts[right] as number]
  const isBetween = end >= start
  const bounds = isBetween ? ([start, end] as const) : ([0, starts.at(-1) as number] as const)
  let at = 0
  for (const chunk of run) {
    const bases = new Set<number>()
    const froms = [start + at, end - length + at]
    if (isBetween) froms.push(start + Math.floor((at * (end - start)) / length))
    for (const from of froms) for (const index of overlapping(starts, from, chunk.length, bounds)) bases.add(index)
    yield [chunk.digest, bases]
    at += chunk.length
  }
}

/** The old chunks that touch `length` bytes from `from`, inside the bounds. */
function overlapping(
  starts: readonly number[],
  from: number,
  length: number,
  [least, most]: readonly [number, number],
): readonly number[] {
  const [low, high] = [Math.max(from, least), Math.min(from + length, most)]
  if (low >= high) return []
  const first = indexAt(starts, low)
  return Array.from({ length: indexAt(starts, high - 1) + 1 - first }, (_, index) => first + index)
}

/** The bases of all these chunks, each once, as many as come to `most` bytes. */
export function pooledBases(bases: Iterable<readonly ChunkRef[]>, most: number): ReadonlyMap<Digest, number> {
  const pool = new Map<Digest, number>()
  let left = most
  for (const list of bases) {
    for (const { digest, length } of list) {
      if (pool.has(digest) || length > left) continue
      pool.set(digest, length)
      left -= length
    }
  }
  return pool
}
