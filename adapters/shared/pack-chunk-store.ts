/**
 * Chunks in append-only pack files, over any disk: a directory for each workspace, read when it is first used.
 * Nothing is acknowledged before its bytes and its file's name are flushed. It knows no references and holds no policy.
 *
 * Reads check a CRC-32 over each record: bytes that rotted are never returned. A digest is not computed again here: only the
 * holder of the workspace key could, and both the server and the reading device do.
 */

import { TidemarkError, isDigest, isRandomId } from '../../src/index.js'
import type {
  ChunkInfo,
  ChunkStore,
  ChunkUsage,
  Digest,
  Random,
  Reclaimed,
  StoredChunk,
  WorkspaceId,
} from '../../src/index.js'
import { crc32 } from './crc32.js'
import type { Crc32 } from './crc32.js'
import type { Disk } from './disk.js'
import { PackHandles } from './pack-handles.js'
import { PackLog } from './pack-log.js'
import { SerialQueue } from './serial-queue.js'

/** Where pack files lie, and how they are made. */
export interface PackChunkStoreOptions {
  /** The disk they lie on. */
  readonly disk: Disk
  /** Absolute; its parent is there. */
  readonly directory: string
  /** For the salt of each pack. */
  readonly random: Random
  /** Size at which a new pack is begun, in bytes. Default 32 MiB; 4 KiB to 1 GiB. */
  readonly targetBytes?: number
  /** A faster CRC-32 with the same results. Default: plain code. */
  readonly crc32?: Crc32
  /** Takes a lock when the store opens. Default: none; the directory is then held by somebody else, or on a disk of our own. */
  readonly lock?: () => { release(): void }
}

const FORMAT_FILE = 'format'
const FORMAT_TEXT = 'tidemark packs 1\n'
const FORMAT = /^tidemark packs ([1-9]\d{0,8})\n$/
const KNOWN = 1
const ENCODING = /^[\x21-\x7e]{1,32}$/
const TARGET = 32 * 1024 * 1024
const LEAST_TARGET = 4 * 1024
const MOST_TARGET = 1024 * 1024 * 1024

function checkDigests(digests: readonly Digest[]): void {
  const bad = digests.find((digest) => !isDigest(digest))
  if (bad !== undefined)
    throw new TidemarkError('invalid', 'a chunk is named by 64 lower-case hex digits', { subject: String(bad) })
}

function checkEncoding(encoding: string): void {
  if (!ENCODING.test(encoding))
    throw new TidemarkError('unknown-encoding', 'an encoding tag has 1 to 32 printable characters', {
      subject: encoding,
    })
}

/** What a disk reports, in our words; errors of ours pass. */
function diskError(error: unknown, subject: string): TidemarkError {
  if (error instanceof TidemarkError) return error
  const code = (error as { code?: unknown } | null)?.code
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  return new TidemarkError(
    full ? 'no-space' : 'io',
    full ? 'the disk of the chunk store is full' : 'the disk of the chunk store reported an error',
    { subject, retryable: full, cause: error },
  )
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code

class PackChunkStore implements ChunkStore {
  readonly #options: PackChunkStoreOptions
  readonly #queue = new SerialQueue()
  readonly #logs = new Map<WorkspaceId, Promise<PackLog>>()
  #handles: PackHandles | null = null
  #lock: { release(): void } | null = null

  constructor(options: PackChunkStoreOptions) {
    const { targetBytes = TARGET } = options
    if (!Number.isSafeInteger(targetBytes) || targetBytes < LEAST_TARGET || targetBytes > MOST_TARGET) {
      throw new TidemarkError('invalid-option', 'a pack is 4 KiB to 1 GiB', { subject: 'targetBytes' })
    }
    this.#options = options
  }

  open(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return this.#queue.run(async () => {
      const { directory, disk, lock } = this.#options
      if (options.signal?.aborted === true) throw new TidemarkError('aborted', 'opening the chunk store was cancelled')
      if (this.#handles !== null)
        throw new TidemarkError('locked', `${directory} is open already`, { subject: directory })
      const held = lock?.() ?? null
      try {
        await this.#prepare()
      } catch (error) {
        held?.release()
        throw diskError(error, directory)
      }
      this.#lock = held
      this.#handles = new PackHandles(disk)
    })
  }

  /** Looks at the format before anything else; writes it in a directory that is ours to begin. */
  async #prepare(): Promise<void> {
    const { disk, directory } = this.#options
    await makeDirectory(disk, directory)
    await disk.syncDirectory(parentOf(directory))
    const path = `${directory}/${FORMAT_FILE}`
    const text = await readText(disk, path)
    const version = Number(FORMAT.exec(text ?? '')?.[1] ?? 0)
    if (version > KNOWN) {
      throw new TidemarkError(
        'newer-version',
        `the packs in ${directory} have format ${version}, this program knows ${KNOWN}`,
        { subject: directory, next: 'Update this program. Nothing was touched.' },
      )
    }
    if (version === KNOWN) return
    if (text !== null && !isTorn(text)) throw new TidemarkError('corrupt', `${path} is damaged`, { subject: path })
    if (text !== null) await disk.unlink(path)
    const file = await disk.open(path, 'create', 0o600)
    try {
      await file.write(new TextEncoder().encode(FORMAT_TEXT), 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await disk.syncDirectory(directory)
  }

  missing(workspace: WorkspaceId, digests: readonly Digest[]): Promise<readonly Digest[]> {
    return this.#work(workspace, digests, async (log) => log.missing(digests))
  }

  async put(workspace: WorkspaceId, chunks: readonly StoredChunk[]): Promise<void> {
    for (const { encoding } of chunks) checkEncoding(encoding)
    return this.#work(
      workspace,
      chunks.map(({ digest }) => digest),
      (log) => log.change(chunks, []),
    )
  }

  get(workspace: WorkspaceId, digests: readonly Digest[]): Promise<readonly (StoredChunk | null)[]> {
    return this.#work(workspace, digests, (log) => log.get(digests))
  }

  list(workspace: WorkspaceId, after: Digest | null, limit: number): Promise<readonly ChunkInfo[]> {
    return this.#work(workspace, after === null ? [] : [after], async (log) => log.list(after, limit))
  }

  remove(workspace: WorkspaceId, digests: readonly Digest[]): Promise<void> {
    return this.#work(workspace, digests, (log) => log.change([], digests))
  }

  usage(workspace: WorkspaceId): Promise<ChunkUsage> {
    return this.#work(workspace, [], async (log) => log.usage())
  }

  reclaim(workspace: WorkspaceId): Promise<Reclaimed> {
    return this.#work(workspace, [], (log) => log.reclaim())
  }

  async #work<T>(workspace: WorkspaceId, digests: readonly Digest[], run: (log: PackLog) => Promise<T>): Promise<T> {
    if (this.#handles === null) throw new TidemarkError('closed', 'the chunk store is not open')
    if (!isRandomId(workspace))
      throw new TidemarkError('invalid', 'a workspace is named by 32 lower-case hex digits', {
        subject: String(workspace),
      })
    checkDigests(digests)
    try {
      return await run(await this.#log(workspace, this.#handles))
    } catch (error) {
      throw diskError(error, workspace)
    }
  }

  #log(workspace: WorkspaceId, handles: PackHandles): Promise<PackLog> {
    const known = this.#logs.get(workspace)
    if (known !== undefined) return known
    const log = this.#load(workspace, handles)
    this.#logs.set(workspace, log)
    // A failed start is tried again by the next call.
    log.catch(() => this.#logs.delete(workspace))
    return log
  }

  async #load(workspace: WorkspaceId, handles: PackHandles): Promise<PackLog> {
    const { disk, directory, random, targetBytes = TARGET, crc32: crc = crc32 } = this.#options
    const own = `${directory}/${workspace}`
    await makeDirectory(disk, own)
    await disk.syncDirectory(directory)
    const log = new PackLog({ disk, directory: own, workspace, crc, random, targetBytes, handles })
    await log.load()
    return log
  }

  close(): Promise<void> {
    return this.#queue.run(async () => {
      const handles = this.#handles
      if (handles === null) return
      this.#handles = null
      const logs = await Promise.allSettled(this.#logs.values())
      this.#logs.clear()
      try {
        for (const log of logs) if (log.status === 'fulfilled') await log.value.close()
        await handles.close()
      } catch (error) {
        throw diskError(error, this.#options.directory)
      } finally {
        this.#lock?.release()
        this.#lock = null
      }
    })
  }
}

/** Found or made; the parent is flushed by the caller in both cases, for a killed process may have left that out. */
async function makeDirectory(disk: Disk, path: string): Promise<void> {
  try {
    await disk.mkdir(path, 0o700)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

function parentOf(path: string): string {
  const parent = path.replace(/[/\\][^/\\]+[/\\]?$/, '')
  return parent === '' ? '/' : parent
}

async function readText(disk: Disk, path: string): Promise<string | null> {
  try {
    const file = await disk.open(path, 'read')
    try {
      const buffer = new Uint8Array(256)
      return new TextDecoder().decode(buffer.subarray(0, await file.read(buffer, 0)))
    } finally {
      await file.close()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** A start of our own text, or zeros: its writing was cut off by a crash, before the first pack. */
function isTorn(text: string): boolean {
  const written = text.replace(/\0+$/, '')
  return FORMAT_TEXT.startsWith(written)
}

/** Chunks in pack files below a directory. */
export function packChunkStore(options: PackChunkStoreOptions): ChunkStore {
  return new PackChunkStore(options)
}
