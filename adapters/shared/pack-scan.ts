/**
 * Reads a pack file from its start and finds every record that can be trusted. It changes nothing: what a crash tore or a
 * disk lost is stepped over, and told.
 *
 * A record is trusted when a record of a later batch follows it in the file, for a batch is begun only when the one before
 * is flushed. The records of the last batch are trusted only when their payload has its checksum.
 */

import type { WorkspaceId } from '../../src/index.js'
import type { Crc32 } from './crc32.js'
import type { DiskFile } from './disk.js'
import { FILE_HEADER_BYTES, MOST_TAG_BYTES, RECORD_HEADER_BYTES, checkFileHeader, readRecord } from './pack-format.js'
import type { RecordHeader } from './pack-format.js'
import { readFully } from './read-fully.js'

export interface FoundRecord extends RecordHeader {
  readonly offset: number
}

export interface PackScan {
  readonly records: readonly FoundRecord[]
  readonly bytes: number
  /** Null when not even the salt could be read: nothing in the file was ever flushed, or all is lost. */
  readonly salt: number | null
  /** The highest batch number seen. */
  readonly batch: number
  /** Every byte is accounted for: more may be appended. */
  readonly whole: boolean
  /** The last record proves that all before it was flushed. */
  readonly sealed: boolean
}

const WINDOW = 1024 * 1024
const HEAD = RECORD_HEADER_BYTES + MOST_TAG_BYTES
const FIRST_LETTER = 0x54

/** A window that moves forward over a file. */
class Window {
  readonly #file: DiskFile
  #bytes: Uint8Array = new Uint8Array(0)
  #start = 0

  constructor(file: DiskFile) {
    this.#file = file
  }

  async at(position: number, length: number): Promise<Uint8Array> {
    const from = position - this.#start
    if (from < 0 || from + length > this.#bytes.length) {
      this.#bytes = await readFully(this.#file, position, Math.max(length, WINDOW))
      this.#start = position
      return this.#bytes.subarray(0, length)
    }
    return this.#bytes.subarray(from, from + length)
  }
}

async function recordAt(
  window: Window,
  position: number,
  size: number,
  salt: number,
  crc: Crc32,
): Promise<FoundRecord | null> {
  const header = readRecord(await window.at(position, Math.min(HEAD, size - position)), crc)
  if (header === null || header.salt !== salt || position + header.headerBytes + header.payloadBytes > size) return null
  return { ...header, offset: position }
}

/** The next place at which a record may begin. */
async function nextCandidate(window: Window, position: number, size: number): Promise<number> {
  for (let from = position; from < size; ) {
    const bytes = await window.at(from, Math.min(64 * 1024, size - from))
    const found = bytes.indexOf(FIRST_LETTER)
    if (found >= 0) return from + found
    from += Math.max(1, bytes.length)
  }
  return size
}

async function payloadIsWhole(file: DiskFile, record: FoundRecord, crc: Crc32): Promise<boolean> {
  const payload = await readFully(file, record.offset + record.headerBytes, record.payloadBytes)
  return payload.length === record.payloadBytes && crc(payload) === record.payloadCrc
}

/** For a file header that rotted: the first record stands at a known place and holds the salt too. */
async function saltOfFirstRecord(window: Window, size: number, crc: Crc32): Promise<number | null> {
  if (size <= FILE_HEADER_BYTES) return null
  return readRecord(await window.at(FILE_HEADER_BYTES, Math.min(HEAD, size - FILE_HEADER_BYTES)), crc)?.salt ?? null
}

/** @throws newer-version, corrupt (a pack of another workspace), and what the disk throws */
export async function scanPack(file: DiskFile, path: string, workspace: WorkspaceId, crc: Crc32): Promise<PackScan> {
  const { size } = await file.stat()
  const bytes = Number(size)
  const window = new Window(file)
  const fromHeader = checkFileHeader(await window.at(0, Math.min(FILE_HEADER_BYTES, bytes)), workspace, path, crc)
  const salt = fromHeader ?? (await saltOfFirstRecord(window, bytes, crc))
  if (salt === null) return { records: [], bytes, salt, batch: 0, whole: false, sealed: false }
  let whole = fromHeader !== null
  const records: FoundRecord[] = []
  let position = FILE_HEADER_BYTES
  while (position < bytes) {
    const record = await recordAt(window, position, bytes, salt, crc)
    if (record === null) {
      whole = false
      position = await nextCandidate(window, position + 1, bytes)
      continue
    }
    records.push(record)
    position += record.headerBytes + record.payloadBytes
  }
  const batch = records.reduce((highest, record) => Math.max(highest, record.batch), 0)
  const trusted: FoundRecord[] = []
  for (const record of records) {
    if (record.batch < batch || (await payloadIsWhole(file, record, crc))) trusted.push(record)
    else whole = false
  }
  return { records: trusted, bytes, salt, batch, whole, sealed: trusted.at(-1)?.kind === 'seal' }
}
