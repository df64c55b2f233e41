/**
 * A large content described by several readers at once, to the same chunks as by one. A chunker forgets everything at a cut,
 * so from the first cut that two readers share they go on alike. Each reads a segment; what lies between the last cut of one
 * and the first cut of the next that is a true one is read once more. Content that gives no such cut is read on to its end:
 * that is slower, never different.
 */

import { type ChunkRef, ChunkStream, type DescribeOptions, TidemarkError } from '../../src/index.js'

/** Chunks one after the other. They are those of the content from the first one on that begins where one of its chunks does. */
export interface Segment {
  /** Where the first one begins. */
  readonly from: number
  /** In order, without a gap. */
  readonly chunks: readonly ChunkRef[]
}

/** Takes the bytes of a content from `from` on and says when it has seen enough. */
export interface SegmentDescriber {
  /** True when no more is needed. Never beyond the size. The bytes may be changed after the call. */
  push(bytes: Uint8Array): boolean
  /** Every chunk that ended, the last one as the end says. */
  finish(): Segment
}

/** `before`: read up to there; a chunk that is open then is left out. `at`: read until a chunk ends at one of these. */
export type SegmentEnd = { readonly before: number } | { readonly at: ReadonlySet<number> }

/** `from`: where the first byte lies; a chunk begins there. */
export function segmentDescriber(options: DescribeOptions, from: number, end: SegmentEnd): SegmentDescriber {
  const stream = new ChunkStream(options, from)
  const chunks: ChunkRef[] = []
  let cut = from
  const take = (): boolean => {
    for (const chunk of stream.chunks.slice(chunks.length)) {
      chunks.push(chunk)
      cut += chunk.length
      if ('at' in end && end.at.has(cut)) return true
    }
    return stream.position >= ('before' in end ? end.before : options.size)
  }
  return {
    push: (bytes) => {
      stream.push(bytes)
      return take()
    },
    finish: () => ({ from, chunks }),
  }
}

/**
 * The chunks of a content of `size` bytes. `segments` are in order, the first one from 0. `between` describes from a cut on,
 * until a chunk ends at one of `at`, or to the end.
 */
export async function joinSegments(
  size: number,
  segments: readonly Segment[],
  between: (from: number, at: ReadonlySet<number>) => Promise<Segment>,
): Promise<readonly ChunkRef[]> {
  const places = placesOf(segments)
  const joined: ChunkRef[] = []
  for (let at = 0; at < size; ) {
    const known = places.get(at)
    const { chunks, index } = known ?? { chunks: (await between(at, behind(places, at))).chunks, index: 0 }
    if (chunks.length === 0) throw new TidemarkError('internal', 'a segment without a chunk')
    for (const chunk of chunks.slice(index)) {
      joined.push(chunk)
      at += chunk.length
    }
  }
  return joined
}

interface Place {
  readonly chunks: readonly ChunkRef[]
  readonly index: number
}

/** Where each chunk begins. */
function placesOf(segments: readonly Segment[]): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>()
  for (const { from, chunks } of segments) {
    let at = from
    for (const [index, { length }] of chunks.entries()) {
      places.set(at, { chunks, index })
      at += length
    }
  }
  return places
}

function behind(places: ReadonlyMap<number, Place>, from: number): ReadonlySet<number> {
  return new Set([...places.keys()].filter((at) => at > from))
}
