/** Chunks of a large file copied by all workers at once, in segments, as one would copy them. */

import type { ChunkRef } from '../../src/index.js'
import { bytesOf } from '../shared/disk-copy.js'

/** Chunks that one worker copies. */
export interface CopySegment {
  readonly chunks: readonly ChunkRef[]
  /** Bytes before them. */
  readonly offset: number
}

/** Less is copied sooner than handed over. */
const SEGMENT_BYTES = 8 * 1024 * 1024

/** At most `copiers`, of about the same size, in order. */
export function copySegments(chunks: readonly ChunkRef[], copiers: number): readonly CopySegment[] {
  const bytes = bytesOf(chunks)
  const share = Math.max(SEGMENT_BYTES, Math.ceil(bytes / copiers))
  const segments: CopySegment[] = []
  let from = 0
  let offset = 0
  let length = 0
  for (const [at, chunk] of chunks.entries()) {
    length += chunk.length
    if (length < share && at + 1 < chunks.length) continue
    segments.push({ chunks: chunks.slice(from, at + 1), offset })
    from = at + 1
    offset += length
    length = 0
  }
  return segments
}

/** How many chunks were copied without a gap, from the first one on. */
export function countCopied(segments: readonly CopySegment[], counts: readonly number[]): number {
  const short = segments.findIndex(({ chunks }, at) => (counts[at] ?? 0) < chunks.length)
  const whole = short < 0 ? segments : segments.slice(0, short)
  return whole.reduce((sum, { chunks }) => sum + chunks.length, 0) + (short < 0 ? 0 : (counts[short] ?? 0))
}
