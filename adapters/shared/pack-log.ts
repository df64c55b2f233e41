/**
 * The packs of one workspace: an index in memory over files that only grow. Everything that writes goes through one queue;
 * what waits there together is flushed together. The index names only what is durable.
 */

import { TidemarkError } from '../../src/index.js'
import type { ChunkInfo, ChunkUsage, Digest, Reclaimed, StoredChunk } from '../../src/index.js'
import type { Disk } from './disk.js'
import { readPlaces, type Wanted } from './pack-read.js'
import type { PackHandles } from './pack-handles.js'
import { PackIndex, digestBytes } from './pack-index.js'
import { packBytes, packNumbers } from './pack-listing.js'
import { recordsThatStay } from './pack-rewrite.js'
import { scanPack } from './pack-scan.js'
import type { FoundRecord, PackScan } from './pack-scan.js'
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

interface Wish {
  readonly done: (reclaimed: Reclaimed) => void
  readonly fail: (error: unknown) => void
}

interface PackCount {
  bytes: number
  live: number
  /** Bytes of removal records: they may have to be carried over. */
  removals: number
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
  readonly #wishes: Wish[] = []
  /** Payload bytes of everything the index names. */
  #heldBytes = 0
  /** Something was removed since packs were last looked through. */
  #stale = false
  #closing = false
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
    const count = { bytes: scan.bytes, live: 0, removals: 0 }
    this.#packs.set(pack, count)
    for (const record of scan.records) {
      const { kind, digest, offset, headerBytes, payloadBytes } = record
      if (kind === 'chunk') this.#set(digest, { pack, offset, recordBytes: headerBytes + payloadBytes, payloadBytes })
      if (kind !== 'removal') continue
      this.#delete(digest)
      count.removals += headerBytes
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
    this.#heldBytes += place.payloadBytes - (before?.payloadBytes ?? 0)
  }

  #delete(key: Uint8Array): void {
    const before = this.#index.delete(key)
    if (before === null) return
    this.#count(before.pack, -before.recordBytes)
    this.#heldBytes -= before.payloadBytes
  }

  #count(pack: number, live: number): void {
    const count = this.#packs.get(pack) ?? { bytes: 0, live: 0, removals: 0 }
    count.live += live
    this.#packs.set(pack, count)
  }

  usage(): ChunkUsage {
    return { chunks: this.#index.size, bytes: this.#heldBytes }
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

  /** Rewrites at most one pack; goes behind everything that waits to be written. */
  reclaim(): Promise<Reclaimed> {
    const result = new Promise<Reclaimed>((done, fail) => {
      this.#wishes.push({ done, fail })
    })
    this.#draining ??= this.#drain()
    return result
  }

  async #drain(): Promise<void> {
    // Jobs called in the same turn join the first flush.
    await Promise.resolve()
    for (;;) {
      const wish = this.#jobs.length > 0 ? undefined : this.#wishes.shift()
      if (this.#jobs.length > 0) await this.#flushJobs(this.#takeJobs())
      else if (wish !== undefined) await this.#grant(wish)
      else if (this.#stale) await this.#tidy()
      else break
    }
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
    this.#stale ||= records.some(({ kind }) => kind === 'removal')
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
      const count = this.#packs.get(place.pack) ?? { bytes: 0, live: 0, removals: 0 }
      count.bytes = place.offset + place.recordBytes
      if (kind === 'removal') count.removals += place.recordBytes
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

  /** Unasked: a failure costs space only. */
  async #tidy(): Promise<void> {
    this.#stale = false
    const worked = await this.#compact().catch(() => false)
    // close() may have been called meanwhile: it waits for this rewrite only
    this.#stale ||= worked && !this.#closing
  }

  async #grant({ done, fail }: Wish): Promise<void> {
    try {
      const before = await packBytes(this.#disk, this.#options.directory)
      const worked = await this.#compact()
      done({ before, after: worked ? await packBytes(this.#disk, this.#options.directory) : before })
    } catch (error) {
      fail(error)
    }
  }

  /** Gives bytes back: rewrites what lives in one file that is mostly dead, then removes it. False when there is none. */
  async #compact(): Promise<boolean> {
    for (const [pack, count] of [...this.#packs].sort(([a], [b]) => a - b)) {
      if (!isWorth(count)) continue
      if (pack === this.#writer.pack()) await this.#writer.close()
      try {
        await this.#rewrite(pack)
        return true
      } catch (error) {
        // A damaged pack stays as it lies: a device may still bring what it lost.
        if (codeOf(error) !== 'corrupt') throw error
      }
    }
    return false
  }

  async #rewrite(pack: number): Promise<void> {
    const { handles, directory, workspace, crc } = this.#options
    const path = packPath(directory, pack)
    const [first] = await packNumbers(this.#disk, directory)
    await handles.use(path, async (file) => {
      const all = { file, path, workspace, crc, mostBytes: BATCH_BYTES }
      const stays = (record: FoundRecord): boolean => {
        const place = this.#index.get(record.digest)
        if (record.kind === 'chunk') return place?.pack === pack && place.offset === record.offset
        // An older file may still hold what a removal took away.
        return record.kind === 'removal' && place === null && first !== pack
      }
      for await (const records of recordsThatStay(all, stays)) await this.#append(records)
    })
    await handles.forget(path)
    await this.#disk.unlink(path)
    this.#packs.delete(pack)
    // A file that came back after a crash must not meet the removal records it outlived.
    await this.#disk.syncDirectory(directory)
  }

  /** Waits for what was called before, and for no more than one rewrite; then seals the file that grows. */
  async close(): Promise<void> {
    this.#closing = true
    this.#stale = false
    while (this.#draining !== null) await this.#draining
    await this.#writer.close()
  }
}

/** Each rewrite gives back half of a file or more, so that they come to an end. */
function isWorth({ bytes, live, removals }: PackCount): boolean {
  const carried = live + removals
  return carried === 0 || (bytes >= WORTH_BYTES && carried * 2 <= bytes)
}
