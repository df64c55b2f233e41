/**
 * Copies chunks from one file into another through the disk seam, each believed by its digest alone (LOCAL-24). On Node
 * workers do the same with synchronous calls for what is large.
 */

import type { ChunkRef, Hasher } from '../../src/index.js'
import type { Disk, DiskFile } from './disk.js'
import { readFully } from './read-fully.js'
import { throwIfAborted } from './folder-problems.js'

/** Which chunks, from where, to where. */
export interface CopyJob {
  /** Absolute. */
  readonly source: string
  /** Where they begin there, in bytes. */
  readonly from: number
  readonly target: { readonly path: string; readonly file: DiskFile }
  /** Where they are to begin there, in bytes. */
  readonly at: number
  readonly chunks: readonly ChunkRef[]
}

const PIECE = 1024 * 1024

/** How many chunks were copied, from the first one on. Errors are those of the target. */
export async function copyChunks(
  disk: Disk,
  hasher: Hasher,
  { source, from, target, at, chunks }: CopyJob,
  signal: AbortSignal | undefined,
): Promise<number> {
  const file = await disk.open(source, 'read').catch(() => null)
  if (file === null) return 0
  try {
    let copied = 0
    let offset = 0
    for (const piece of inPieces(chunks, PIECE)) {
      throwIfAborted(signal)
      const bytes = await readFully(file, from + offset, bytesOf(piece)).catch(() => null)
      const right = bytes === null ? 0 : countRight(hasher, bytes, piece)
      const length = bytesOf(piece.slice(0, right))
      if (bytes !== null && length > 0) await target.file.write(bytes.subarray(0, length), at + offset)
      copied += right
      if (right < piece.length) break
      offset += length
    }
    return copied
  } finally {
    await file.close().catch(() => {})
  }
}

/** Of at least one chunk, and no larger than `most` where more than one. */
export function* inPieces(chunks: readonly ChunkRef[], most: number): Generator<readonly ChunkRef[]> {
  let piece: ChunkRef[] = []
  let bytes = 0
  for (const chunk of chunks) {
    if (piece.length > 0 && bytes + chunk.length > most) {
      yield piece
      piece = []
      bytes = 0
    }
    piece.push(chunk)
    bytes += chunk.length
  }
  if (piece.length > 0) yield piece
}

export function bytesOf(chunks: readonly ChunkRef[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0)
}

/** How many of them lie in the bytes, from the first one on. */
export function countRight(hasher: Hasher, bytes: Uint8Array, chunks: readonly ChunkRef[]): number {
  let offset = 0
  const wrong = chunks.findIndex(({ digest, length }) => {
    const chunk = bytes.subarray(offset, offset + length)
    offset += length
    return chunk.byteLength < length || hasher.digest('chunk', chunk) !== digest
  })
  return wrong < 0 ? chunks.length : wrong
}
