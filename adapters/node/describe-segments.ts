/** A large file described by all workers at once, in segments, to what one of them would say. */

import { type Hasher, type Manifest, manifestDigest } from '../../src/index.js'
import { movedWhileRead } from '../shared/disk-describe.js'
import type { DiskStat } from '../shared/disk.js'
import type { FileDescription } from '../shared/folder-content.js'
import { sameLook } from '../shared/folder-stamp.js'
import { joinSegments, type Segment, type SegmentEnd } from '../shared/segments.js'
import { settleAll } from './settle-all.js'

/** A segment in the words of whoever reads it, and the file as it looked before and after. */
export interface ReadSegment {
  readonly before: DiskStat
  readonly after: DiskStat
  readonly segment: Segment
}

export interface SegmentedFile {
  readonly size: number
  readonly hasher: Hasher
  readonly read: (from: number, end: SegmentEnd) => Promise<ReadSegment>
}

/** Less is read sooner than handed over. */
const SEGMENT_BYTES = 16 * 1024 * 1024

/** Where each of at most `readers` segments begins. */
export function segmentStarts(size: number, readers: number): readonly number[] {
  const count = Math.max(1, Math.min(readers, Math.floor(size / SEGMENT_BYTES)))
  return Array.from({ length: count }, (_, at) => Math.floor((size * at) / count))
}

/** @throws busy, when the file did not look the same throughout */
export async function describeSegments(
  { size, hasher, read }: SegmentedFile,
  starts: readonly number[],
): Promise<FileDescription> {
  let first: DiskStat | null = null
  const readSame = async (from: number, end: SegmentEnd): Promise<Segment> => {
    const { before, after, segment } = await read(from, end)
    first ??= before
    if (!sameLook(first, before) || !sameLook(before, after)) throw movedWhileRead()
    return segment
  }
  const reading = starts.map((from, at) => readSame(from, { before: starts[at + 1] ?? size }))
  const segments = await settleAll(reading)
  const chunks = await joinSegments(size, segments, (from, at) => readSame(from, { at }))
  const manifest: Manifest = { chunks, size }
  if (first === null) throw movedWhileRead()
  return { before: first, after: first, digest: manifestDigest(hasher, manifest), manifest }
}
