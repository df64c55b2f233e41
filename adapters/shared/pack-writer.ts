/**
 * Appends batches to pack files: one write run and one flush a batch. A file whose write or flush failed, or that a crash
 * left torn, is never appended to again.
 */

import type { Digest, Random, WorkspaceId } from '../../src/index.js'
import type { Crc32 } from './crc32.js'
import type { Disk, DiskFile } from './disk.js'
import { fileHeader, recordBytes, writeRecord } from './pack-format.js'
import type { RecordContent } from './pack-format.js'
import type { PackPlace } from './pack-index.js'

export type NewRecord = Omit<RecordContent, 'batch' | 'salt' | 'digest'> & { readonly digest: Digest }

interface Current {
  readonly pack: number
  readonly file: DiskFile
  readonly salt: number
  bytes: number
  batch: number
  /** No record is there that only a later one would prove to be flushed. */
  sealed: boolean
}

export interface PackWriterOptions {
  readonly disk: Disk
  readonly directory: string
  readonly workspace: WorkspaceId
  readonly crc: Crc32
  /** For the salt of each file. */
  readonly random: Random
  /** A new file is begun when one reaches it, in bytes. */
  readonly targetBytes: number
}

const BUFFER = 4 * 1024 * 1024

export function packPath(directory: string, pack: number): string {
  return `${directory}/${String(pack).padStart(8, '0')}.pack`
}

export class PackWriter {
  readonly #options: PackWriterOptions
  #current: Current | null = null
  #next: number

  constructor(options: PackWriterOptions, next: number) {
    this.#options = options
    this.#next = next
  }

  /** The file that grows; null when the next batch begins one. */
  pack(): number | null {
    return this.#current?.pack ?? null
  }

  /** Goes on in a file that was found whole and flushed. */
  async resume(
    pack: number,
    scan: { readonly bytes: number; readonly salt: number; readonly batch: number; readonly sealed: boolean },
  ): Promise<void> {
    const file = await this.#options.disk.open(packPath(this.#options.directory, pack), 'write')
    this.#current = { pack, file, salt: scan.salt, bytes: scan.bytes, batch: scan.batch, sealed: scan.sealed }
  }

  /** Where each record lies, once all of them are durable. After a failure nothing is promised about any of them. */
  async append(records: readonly NewRecord[]): Promise<readonly PackPlace[]> {
    if (this.#current !== null && this.#current.bytes >= this.#options.targetBytes) await this.#finish(this.#current)
    const current = this.#current ?? (await this.#begin())
    const fresh = current.batch === 0
    try {
      const places = await this.#write(current, records)
      await current.file.sync()
      if (fresh) await this.#options.disk.syncDirectory(this.#options.directory)
      current.sealed = false
      return places
    } catch (error) {
      await this.#abandon(current)
      throw error
    }
  }

  async #begin(): Promise<Current> {
    const { disk, directory, workspace, crc, random } = this.#options
    const pack = this.#next
    this.#next += 1
    const file = await disk.open(packPath(directory, pack), 'create', 0o600)
    const salt = saltFrom(random)
    const header = fileHeader(workspace, salt, crc)
    const current: Current = { pack, file, salt, bytes: header.length, batch: 0, sealed: true }
    try {
      await file.write(header, 0)
    } catch (error) {
      await this.#abandon(current)
      throw error
    }
    this.#current = current
    return current
  }

  async #write(current: Current, records: readonly NewRecord[]): Promise<readonly PackPlace[]> {
    const { crc } = this.#options
    current.batch += 1
    const places: PackPlace[] = []
    for (let from = 0; from < records.length; ) {
      const { count, bytes } = fit(records, from)
      const buffer = new Uint8Array(bytes)
      let at = 0
      for (const record of records.slice(from, from + count)) {
        const end = writeRecord(buffer, at, { ...record, batch: current.batch, salt: current.salt }, crc)
        places.push({
          pack: current.pack,
          offset: current.bytes + at,
          recordBytes: end - at,
          payloadBytes: record.payload.length,
        })
        at = end
      }
      await current.file.write(buffer, current.bytes)
      current.bytes += bytes
      from += count
    }
    return places
  }

  /** An empty batch behind the last one: it proves that all before it was flushed, so that rot there is not taken for a tear. */
  async #seal(current: Current): Promise<void> {
    if (current.sealed) return
    current.batch += 1
    const seal = new Uint8Array(recordBytes('identity', 0))
    writeRecord(
      seal,
      0,
      {
        kind: 'seal',
        digest: null,
        batch: current.batch,
        salt: current.salt,
        encoding: 'identity',
        payload: new Uint8Array(0),
      },
      this.#options.crc,
    )
    await current.file.write(seal, current.bytes)
    await current.file.sync()
    current.bytes += seal.length
    current.sealed = true
  }

  async #finish(current: Current): Promise<void> {
    this.#current = null
    try {
      await this.#seal(current)
    } finally {
      await current.file.close()
    }
  }

  async #abandon(current: Current): Promise<void> {
    if (this.#current === current) this.#current = null
    // The first failure is the one to tell; an abandoned handle is only to be let go.
    await current.file.close().catch(() => undefined)
  }

  async close(): Promise<void> {
    if (this.#current !== null) await this.#finish(this.#current)
  }
}

function saltFrom(random: Random): number {
  const bytes = random.bytes(4)
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
}

/** As many records as fill a buffer, one at least. */
function fit(records: readonly NewRecord[], from: number): { readonly count: number; readonly bytes: number } {
  let count = 0
  let bytes = 0
  for (let at = from; at < records.length; at += 1) {
    const { encoding, payload } = records[at] as NewRecord
    const size = recordBytes(encoding, payload.length)
    if (count > 0 && bytes + size > BUFFER) break
    bytes += size
    count += 1
  }
  return { count, bytes }
}
