/** Reads out of a pack file what is to live on elsewhere. It changes nothing, and never passes on a payload that rotted. */

import { TidemarkError, toHex } from '../../src/index.js'
import type { Digest, WorkspaceId } from '../../src/index.js'
import type { Crc32 } from './crc32.js'
import type { DiskFile } from './disk.js'
import { scanPack } from './pack-scan.js'
import type { FoundRecord } from './pack-scan.js'
import { readFully } from './read-fully.js'
import type { NewRecord } from './pack-writer.js'

export interface RewriteSource {
  readonly file: DiskFile
  readonly path: string
  readonly workspace: WorkspaceId
  readonly crc: Crc32
  /** Payload bytes after which a part is handed out. */
  readonly mostBytes: number
}

/** In parts, so that a large pack is never held whole. @throws corrupt when a payload that should stay is damaged */
export async function* recordsThatStay(
  { file, path, workspace, crc, mostBytes }: RewriteSource,
  stays: (record: FoundRecord) => boolean,
): AsyncGenerator<readonly NewRecord[]> {
  const scan = await scanPack(file, path, workspace, crc)
  let part: NewRecord[] = []
  let bytes = 0
  for (const record of scan.records) {
    if (!stays(record)) continue
    const digest = toHex(record.digest) as Digest
    const payload = await readFully(file, record.offset + record.headerBytes, record.payloadBytes)
    if (crc(payload) !== record.payloadCrc)
      throw new TidemarkError('corrupt', `the stored chunk ${digest} is damaged`, { subject: digest })
    part.push({ kind: record.kind, digest, encoding: record.encoding, payload })
    bytes += payload.length
    if (bytes < mostBytes) continue
    yield part
    part = []
    bytes = 0
  }
  yield part
}
