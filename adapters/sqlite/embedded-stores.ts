/**
 * The server's stores in one directory of this machine: `metadata.sqlite`, `packs/` and the lock that keeps a second server
 * out. Each store may be opened and closed by itself; the directory is held while one of them is open.
 */

import { mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as zlib from 'node:zlib'
import { type ChunkStore, type MetadataStore, TidemarkError } from '../../src/index.js'
import type { Crc32 } from '../shared/crc32.js'
import { nodeDisk } from '../shared/node-disk.js'
import { packChunkStore } from '../shared/pack-chunk-store.js'
import { syncDirectory } from '../shared/sql-file.js'
import { acquireLock } from '../shared/sql-lock.js'
import type { Lock } from '../shared/sql-lock.js'
import type { SqlDriver } from '../shared/sql-open.js'
import { systemRandom } from '../shared/system-clock.js'
import { sqliteMetadataStore } from './sqlite-metadata-store.js'

/** Where the stores of a server lie, and what opens them. */
export interface EmbeddedStoresOptions {
  /** The server's data directory; made when absent, for its owner alone. */
  readonly directory: string
  /** Default 'auto'. */
  readonly driver?: SqlDriver
  /** Size at which a new pack file is begun, in bytes. Default 32 MiB. */
  readonly packBytes?: number
}

/** Both stores, for `remoteStore({ …stores, … })`. */
export interface EmbeddedStores {
  /** `metadata.sqlite` in the directory. */
  readonly metadata: MetadataStore
  /** `packs/` in the directory. */
  readonly chunks: ChunkStore
}

/** `zlib.crc32` is there from Node 20.15 on; the plain one gives the same. */
const nativeCrc = (zlib as { readonly crc32?: Crc32 }).crc32

/** One lock for both stores: taken with the first, given back with the last. */
function sharedLock(take: () => Lock): () => Lock {
  let lock: Lock | null = null
  let holders = 0
  return () => {
    lock ??= take()
    holders += 1
    let held = true
    return {
      release() {
        if (!held) return
        held = false
        holders -= 1
        if (holders > 0) return
        lock?.release()
        lock = null
      },
    }
  }
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new TidemarkError('io', `${directory} cannot be the data directory of a server (${codeOf(cause)})`, {
      subject: directory,
      next: 'Give a directory that this user may write, or a name that is free.',
      cause,
    })
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
}

function takeDirectory(directory: string, driver: SqlDriver): Lock {
  makeDirectory(directory)
  const lock = acquireLock(join(directory, 'lock'), { subject: directory, driver })
  try {
    syncDirectory(dirname(directory))
  } catch (error) {
    lock.release()
    throw error
  }
  return lock
}

/**
 * The embedded default of a server. Opening either store fails with `locked`, naming the directory, while another server
 * holds it.
 */
export function embeddedStores(options: EmbeddedStoresOptions): EmbeddedStores {
  const { driver = 'auto', packBytes } = options
  const directory = resolve(options.directory)
  const lock = sharedLock(() => takeDirectory(directory, driver))
  const metadata = sqliteMetadataStore({ path: join(directory, 'metadata.sqlite'), driver, lock })
  const chunks = packChunkStore({
    disk: nodeDisk(),
    directory: join(directory, 'packs'),
    random: systemRandom(),
    lock,
    ...(packBytes === undefined ? {} : { targetBytes: packBytes }),
    ...(nativeCrc === undefined ? {} : { crc32: nativeCrc }),
  })
  return { metadata, chunks }
}
