/**
 * The packs of one workspace: an index in memory over files that only grow. Everything that writes goes through one queue;
 * what waits there together is flushed together. The index names only what is durable.
 */

import { TidemarkError, toHex } from '../../src/index.js'
import type { ChunkInfo, Digest, StoredChunk } from '../../src/index.js'
import type { Disk } from './disk.js'
import { readPlaces, type Wanted } from './pack-read.js'
import type { PackHandles } from './pack-handles.js'
import { PackIndex, digestBytes } from './pack-index.js'
import { packNumbers } from './pack-listing.js'
import { readFully, scanPack } from './pack-scan.js'
import type { PackScan } from './pack-scan.js'
import { type NewRecord, PackWriter, type PackWriterOptions, packPath } from './pack-writer.js'

/** Digests are checked by the caller. */
export interface PackLogOptions extends PackWriterOptions {
  readonly handles: PackHandles
}

interface Job {
  readonly puts: readonly StoredChunk[]
  readonly removes: readonly Digest[]
  readonly done: () => void
  readonly fail: (error: unknown) => void
}

interface PackCount {
  bytes: number
  live: number
}

const NOTHING = new Uint8Array(0)
/** What one flush takes at most, beyond the first job. */
const BATCH_BYTES = 16 * 1024 * 1024
/** Dead bytes are not worth a rewrite before. */
const WORTH_BYTES = 64 * 1024

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code

export class PackLog {
  readonly #options: PackLogOptions
  readonly #disk: Disk
  readonly #index = new PackIndex()
  readonly #packs = new Map<number, PackCount>()
  /** In batches that failed: the disk may hold them or not. */
  readonly #uncertain = new Set<Digest>()
  /** Found rotten: to be put again. */
  readonly #rotten = new Set<Digest>()
  readonly #jobs: Job[] = []
  #writer: PackWriter
  #draining: Promise<void> | null = null

  constructor(options: PackLogOptions) {
    this.#options = options
    this.#disk = options.disk
    this.#writer = new PackWriter(options, 1)
  }

  /** Reads all packs, oldest first. What is found in a file that may not be flushed is flushed before it counts. */
  async load(): Promise<void> {
    const numbers = await packNumbers(this.#disk, this.#options.directory)
    let last: { readonly pack: number; readonly scan: PackScan } | null = null
    for (const pack of numbers) {
      const scan = await this.#loadPack(pack)
      last = { pack, scan }
    }
    await this.#disk.syncDirectory(this.#options.directory)
    this.#writer = new PackWriter(this.#options, (numbers.at(-1) ?? 0) + 1)
    if (last === null || !last.scan.whole || last.scan.bytes >= this.#options.targetBytes) return
    const { bytes, salt, batch, sealed } = last.scan
    if (salt !== null) await this.#writer.resume(last.pack, { bytes, salt, batch, sealed })
  }

  async #loadPack(pack: number): Promise<PackScan> {
    const path = packPath(this.#options.directory, pack)
    const { workspace, crc } = this.#options
    const file = await this.#disk.open(path, 'read')
    let scan: PackScan
    try {
      scan = await scanPack(file, path, workspace, crc)
    } finally {
      await file.close()
    }
    if (!scan.sealed) await this.#flush(path)
    this.#packs.set(pack, { bytes: scan.bytes, live: 0 })
    for (const record of scan.records) {
      const { kind, digest, offset, headerBytes, payloadBytes } = record
      if (kind === 'chunk') this.#set(digest, { pack, offset, recordBytes: headerBytes + payloadBytes, payloadBytes })
      if (kind === 'removal') this.#delete(digest)
    }
    return scan
  }

  async #flush(path: string): Promise<void> {
    const file = await this.#disk.open(path, 'write')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
  }

  #set(key: Uint8Array, place: Parameters<PackIndex['set']>[1]): void {
    const before = this.#index.set(key, place)
    if (before !== null) this.#count(before.pack, -before.recordBytes)
    this.#count(place.pack, place.recordBytes)
  }

  #delete(key: Uint8Array): void {
    const before = this.#index.delete(key)
    if (before !== null) this.#count(before.pack, -before.recordBytes)
  }

  #count(pack: number, live: number): void {
    const count = this.#packs.get(pack) ?? { bytes: 0, live: 0 }
    count.live += live
    this.#packs.set(pack, count)
  }

  missing(digests: readonly Digest[]): readonly Digest[] {
    return [...new Set(digests)].filter((digest) => !this.#holds(digest))
  }

  #holds(digest: Digest): boolean {
    return !this.#rotten.has(digest) && this.#index.get(digestBytes(digest)) !== null
  }

  list(after: Digest | null, limit: number): readonly ChunkInfo[] {
    const found: ChunkInfo[] = []
    if (limit < 1) return found
    for (const { digest, place } of this.#index.after(after === null ? null : digestBytes(after))) {
      found.push({ digest, length: place.payloadBytes })
      if (found.length >= limit) break
    }
    return found
  }

  async get(digests: readonly Digest[]): Promise<readonly (StoredChunk | null)[]> {
    try {
      return await this.#get(digests)
    } catch (error) {
      // A compaction may have taken the file away between the look-up and the reading.
      if (codeOf(error) === 'ENOENT') return this.#get(digests)
      throw error
    }
  }

  async #get(digests: readonly Digest[]): Promise<readonly (StoredChunk | null)[]> {
    const wanted: Wanted[] = []
    for (const digest of new Set(digests)) {
      const place = this.#index.get(digestBytes(digest))
      if (place !== null) wanted.push({ digest, place })
    }
    const { handles, directory, crc } = this.#options
    const found = await readPlaces(handles, directory, wanted, crc)
    for (const { digest } of wanted) {
      if (found.has(digest)) continue
      this.#rotten.add(digest)
      throw new TidemarkError('corrupt', `the stored chunk ${digest} is damaged`, {
        subject: digest,
        next: 'Sync a device that still has the content: it is asked for again.',
      })
    }
    return digests.map((digest) => found.get(digest) ?? null)
  }

  change(puts: readonly StoredChunk[], removes: readonly Digest[]): Promise<void> {
    const result = new Promise<void>((done, fail) => {
      this.#jobs.push({ puts, removes, done, fail })
    })
    this.#draining ??= this.#drain()
    return result
  }

  async #drain(): Promise<void> {
    // Jobs called in the same turn join the first flush.
    await Promise.resolve()
    while (this.#jobs.length > 0) await this.#flushJobs(this.#takeJobs())
    this.#draining = null
  }

  #takeJobs(): readonly Job[] {
    let bytes = 0
    let count = 0
    for (const { puts } of this.#jobs) {
      bytes += puts.reduce((sum, chunk) => sum + chunk.bytes.length, 0)
      if (count > 0 && bytes > BATCH_BYTES) break
      count += 1
    }
    return this.#jobs.splice(0, count)
  }

  async #flushJobs(jobs: readonly Job[]): Promise<void> {
    const records = this.#recordsOf(jobs)
    try {
      await this.#append(records)
    } catch (error) {
      this.#doubt(records)
      for (const job of jobs) job.fail(error)
      return
    }
    for (const job of jobs) job.done()
    if (records.some(({ kind }) => kind === 'removal')) await this.#compact()
  }

  /** What is held already is not written again, and what was never there is not removed. */
  #recordsOf(jobs: readonly Job[]): readonly NewRecord[] {
    const after = new Map<Digest, boolean>()
    const records: NewRecord[] = []
    for (const { puts, removes } of jobs) {
      for (const { digest, encoding, bytes } of puts) {
        if (after.get(digest) ?? this.#holds(digest)) continue
        after.set(digest, true)
        records.push({ kind: 'chunk', digest, encoding, payload: bytes })
      }
      for (const digest of removes) {
        const there =
          after.get(digest) ?? (this.#index.get(digestBytes(digest)) !== null || this.#uncertain.has(digest))
        if (!there) continue
        after.set(digest, false)
        records.push({ kind: 'removal', digest, encoding: 'identity', payload: NOTHING })
      }
    }
    return records
  }

  async #append(records: readonly NewRecord[]): Promise<void> {
    if (records.length === 0) return
    const places = await this.#writer.append(records)
    records.forEach(({ kind, digest }, at) => {
      const place = places[at]
      if (place === undefined) throw new TidemarkError('internal', 'a pack lost a record')
      const count = this.#packs.get(place.pack) ?? { bytes: 0, live: 0 }
      count.bytes = place.offset + place.recordBytes
      this.#packs.set(place.pack, count)
      if (kind === 'chunk') this.#set(digestBytes(digest), place)
      else this.#delete(digestBytes(digest))
      this.#rotten.delete(digest)
      this.#uncertain.delete(digest)
    })
  }

  /** The disk may replay a failed batch at the next start: nothing may rest on what it would take away or bring back. */
  #doubt(records: readonly NewRecord[]): void {
    for (const { kind, digest } of records) {
      this.#uncertain.add(digest)
      if (kind === 'removal') this.#delete(digestBytes(digest))
    }
  }

  /** Gives bytes back: rewrites what lives in files that are mostly dead, then removes them. A failure costs space only. */
  async #compact(): Promise<void> {
    for (const [pack, { bytes, live }] of [...this.#packs].sort(([a], [b]) => a - b)) {
      if (pack === this.#writer.pack() || bytes < WORTH_BYTES || live * 2 > bytes) continue
      try {
        await this.#rewrite(pack)
      } catch (error) {
        if (codeOf(error) === 'corrupt') continue
        return
      }
    }
  }

  async #rewrite(pack: number): Promise<void> {
    const path = packPath(this.#options.directory, pack)
    const records: NewRecord[] = []
    const [first] = await packNumbers(this.#disk, this.#options.directory)
    await this.#options.handles.use(path, async (file) => {
      const scan = await scanPack(file, path, this.#options.workspace, this.#options.crc)
      for (const record of scan.records) {
        const place = this.#index.get(record.digest)
        const digest = digestOf(record.digest)
        if (record.kind === 'chunk' && place?.pack === pack && place.offset === record.offset) {
          const payload = await readFully(file, record.offset + record.headerBytes, record.payloadBytes)
          if (this.#options.crc(payload) !== record.payloadCrc)
            throw new TidemarkError('corrupt', `the stored chunk ${digest} is damaged`, { subject: digest })
          records.push({ kind: 'chunk', digest, encoding: record.encoding, payload })
        }
        // An older file may still hold what this record removed.
        if (record.kind === 'removal' && place === null && first !== pack)
          records.push({ kind: 'removal', digest, encoding: 'identity', payload: NOTHING })
      }
    })
    await this.#append(records)
    await this.#options.handles.forget(path)
    await this.#disk.unlink(path)
    this.#packs.delete(pack)
  }

  /** Waits for what was called before; then seals the file that grows. */
  async close(): Promise<void> {
    while (this.#draining !== null) await this.#draining
    await this.#writer.close()
  }
}

function digestOf(bytes: Uint8Array): Digest {
  return toHex(bytes) as Digest
}
