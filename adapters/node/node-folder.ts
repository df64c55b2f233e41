/** A real folder as the parts of an engine: `new SyncEngine({ ...nodeFolder('./Notes'), transport })`. */

import { realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Clock, Compressor, Hasher, LocalStore, Random, StateStore, Watcher } from '../../src/index.js'
import type { Disk } from '../shared/disk.js'
import type { TakeLock } from '../shared/folder-root.js'
import { folderStore } from '../shared/folder-store.js'
import { LateHasher } from '../shared/late-hasher.js'
import { acquireLock } from '../shared/sql-lock.js'
import type { SqlDriver } from '../shared/sql-open.js'
import type { StartedStore } from '../shared/store-thread.js'
import { systemClock, systemRandom } from '../shared/system-clock.js'
import { threadedStore } from '../shared/threaded-store.js'
import { nodeDisk } from './node-disk.js'
import { sqliteStateStore } from './sqlite-state-store.js'
import { startThread } from './start-thread.js'
import type { StoreThreadData } from './store-thread-data.js'
import { startedThread } from './thread-lines.js'
import { type NodeWatcherOptions, nodeWatcher } from './watcher.js'
import { workerFolder } from './worker-folder.js'
import { zlibCompressor } from './zlib-compressor.js'

export type { Disk, DiskEntry, DiskFile, DiskStat } from '../shared/disk.js'

/** What a folder may be given; each part has a default. */
export interface NodeFolderOptions {
  /** Threads for scanning and hashing, 0–8, beside the one that the store works in; 0 works in the caller's thread. Default 2. */
  readonly workers?: number
  /** Default: 'auto'. On Linux `fs.watch` of each directory; elsewhere `@parcel/watcher` when installed, else `fs.watch`. */
  readonly watch?: NodeWatcherOptions['backend']
  /** Instead of `nodeDisk()`: a decorator of it that counts, records or fails. It cannot follow into a thread, so `workers` is 0. */
  readonly disk?: Disk
  /** The embedded SQL of the state store. Default 'auto'. */
  readonly sql?: SqlDriver
  /** Default: the system's. */
  readonly clock?: Clock
  /** Default: the system's. */
  readonly random?: Random
}

/** The parts of an engine over a directory of this machine: spread them into its options. */
export interface NodeFolder {
  /** The directory. */
  readonly local: LocalStore
  /** The client database, `.tidemark/state.sqlite`. */
  readonly state: StateStore
  /** Hints of the system. */
  readonly watcher: Watcher
  /** BLAKE2b-256 by hash-wasm. */
  readonly hasher: Hasher
  /** Node's zlib. */
  readonly compressor: Compressor
  /** The one that was given, or the system's. */
  readonly clock: Clock
  /** The one that was given, or the system's. */
  readonly random: Random
}

const WORKERS = 2

/**
 * Parts for an engine over a directory of this machine. Nothing is touched before the engine opens them. All that is our
 * own lies in `.tidemark/` inside the directory.
 */
export function nodeFolder(path: string, options: NodeFolderOptions = {}): NodeFolder {
  const root = resolve(path)
  const { clock = systemClock(), random = systemRandom() } = options
  const disk = options.disk ?? nodeDisk()
  const hasher = new LateHasher()
  const driver = options.sql ?? 'auto'
  const known = process.platform === 'win32' ? ({ windowsNames: true, nameUnit: 'utf16' } as const) : {}
  const lock: TakeLock = async (own) => {
    await hasher.load()
    return acquireLock(`${own}/lock`, { subject: root, driver })
  }
  const here = (workers: number): LocalStore =>
    folderStore({ disk, root, random, clock, ...workerFolder(disk, hasher, workers), known, reserved: homes, lock })
  const workers = options.workers ?? WORKERS
  return {
    local: staysHere(options)
      ? here(options.disk === undefined ? workers : 0)
      : threadedStore({ root, start: () => startStore({ root, workers, known }), lock, here: () => here(0) }),
    state: sqliteStateStore({ path: `${root}/.tidemark/state.sqlite`, driver }),
    watcher: nodeWatcher(root, options.watch === undefined ? {} : { backend: options.watch }),
    hasher,
    compressor: zlibCompressor(),
    clock,
    random,
  }
}

/** What a program gave cannot follow into a thread. */
function staysHere({ workers, disk, clock, random }: NodeFolderOptions): boolean {
  return workers === 0 || [disk, clock, random].some((given) => given !== undefined)
}

async function startStore(data: Omit<StoreThreadData, 'reserved'>): Promise<StartedStore> {
  const whole: StoreThreadData = { ...data, reserved: await homes() }
  return startedThread(startThread('store-worker', whole))
}

/** The home directory of this user, by every name it has. */
async function homes(): Promise<readonly string[]> {
  const home = homedir()
  return [home, await realpath(home).catch(() => home)]
}
