/** Reads records by their place: neighbours in one call, each one checked against its header and checksum. */

import { toHex } from '../../src/index.js'
import type { Digest, StoredChunk } from '../../src/index.js'
import type { Crc32 } from './crc32.js'
import type { PackHandles } from './pack-handles.js'
import { readRecord } from './pack-format.js'
import type { PackPlace } from './pack-index.js'
import { readFully } from './read-fully.js'
import { packPath } from './pack-writer.js'

export interface Wanted {
  readonly digest: Digest
  readonly place: PackPlace
}

interface Run {
  readonly pack: number
  readonly start: number
  end: number
  readonly wanted: Wanted[]
}

const GAP = 16 * 1024
const MOST = 4 * 1024 * 1024

function runsOf(wanted: readonly Wanted[]): readonly Run[] {
  const sorted = [...wanted].sort((a, b) => a.place.pack - b.place.pack || a.place.offset - b.place.offset)
  const runs: Run[] = []
  for (const each of sorted) {
    const { pack, offset, recordBytes } = each.place
    const run = runs.at(-1)
    if (run !== undefined && run.pack === pack && offset - run.end <= GAP && offset + recordBytes - run.start <= MOST) {
      run.wanted.push(each)
      run.end = offset + recordBytes
    } else {
      runs.push({ pack, start: offset, end: offset + recordBytes, wanted: [each] })
    }
  }
  return runs
}

function chunkIn(bytes: Uint8Array, digest: Digest, crc: Crc32): StoredChunk | null {
  const header = readRecord(bytes, crc)
  if (header === null || header.kind !== 'chunk' || toHex(header.digest) !== digest) return null
  const payload = bytes.slice(header.headerBytes, header.headerBytes + header.payloadBytes)
  if (payload.length !== header.payloadBytes || crc(payload) !== header.payloadCrc) return null
  return { digest, encoding: header.encoding, bytes: payload }
}

/** What is not in the answer is damaged. */
export async function readPlaces(
  handles: PackHandles,
  directory: string,
  wanted: readonly Wanted[],
  crc: Crc32,
): Promise<ReadonlyMap<Digest, StoredChunk>> {
  const found = new Map<Digest, StoredChunk>()
  for (const run of runsOf(wanted)) {
    const bytes = await handles.use(packPath(directory, run.pack), (file) =>
      readFully(file, run.start, run.end - run.start),
    )
    for (const { digest, place } of run.wanted) {
      const from = place.offset - run.start
      const chunk = chunkIn(bytes.subarray(from, from + place.recordBytes), digest, crc)
      if (chunk !== null) found.set(digest, chunk)
    }
  }
  return found
}
