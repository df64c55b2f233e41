/** A folder of a page as the parts of an engine: `new SyncEngine({ ...browserFolder('notes'), transport })`. */

import {
  type Clock,
  type Compressor,
  type Hasher,
  type LocalStore,
  type Random,
  type StateStore,
  TidemarkError,
  type Watcher,
  nameTrouble,
} from '../../src/index.js'
import type { FolderLock } from '../shared/folder-root.js'
import { LateHasher } from '../shared/late-hasher.js'
import type { StartedStore } from '../shared/store-thread.js'
import { systemClock, systemRandom } from '../shared/system-clock.js'
import { threadedStore } from '../shared/threaded-store.js'
import type { StartMessage } from './browser-worker.js'
import { browserWatcher } from './browser-watcher.js'
import type { DirectoryHandle } from './handles.js'
import { takeNamedLock } from './named-lock.js'
import { indexedDbStateStore } from './indexeddb-state-store.js'
import { streamCompressor } from './stream-compressor.js'
import { startedWorker } from './worker-line.js'

/** What a folder in a browser may be given; each part has a default. */
export interface BrowserFolderOptions {
  /** A directory that a person picked, with the right to write to it. Default: one of this name in the private file system of the origin (OPFS). */
  readonly directory?: FileSystemDirectoryHandle
  /**
   * Makes the worker that reads, hashes and writes: for bundlers that do not find `tidemark/browser/worker` by
   * themselves. `null`: none, all work is done in the page. Default: the one beside this package. Where it cannot be
   * loaded, or says nothing for 30 s, the page does the work.
   */
  readonly worker?: (() => Worker) | null
  /** Default: the system's. */
  readonly clock?: Clock
  /** Default: the system's. */
  readonly random?: Random
}

/** The parts of an engine over a directory of this browser: spread them into its options. */
export interface BrowserFolder {
  /** The directory. */
  readonly local: LocalStore
  /** The client database, in IndexedDB. */
  readonly state: StateStore
  /** Hints of the browser, and of other tabs. */
  readonly watcher: Watcher
  /** BLAKE2b-256 by hash-wasm. */
  readonly hasher: Hasher
  /** DEFLATE of the browser; not there where it has none. */
  readonly compressor?: Compressor
  /** The one that was given, or the system's. */
  readonly clock: Clock
  /** The one that was given, or the system's. */
  readonly random: Random
}

/**
 * Parts for an engine over a directory of this browser, and a client database of the same name. Nothing is touched before
 * the engine opens them. In the directory all that is our own lies in `.tidemark/`.
 * @throws invalid-option for a name that no directory can have
 */
export function browserFolder(name: string, options: BrowserFolderOptions = {}): BrowserFolder {
  checkName(name)
  const { clock = systemClock(), random = systemRandom() } = options
  const hasher = new LateHasher()
  const compressor = streamCompressor()
  const root = `/${name}`
  const directory = (): Promise<DirectoryHandle> => openDirectory(name, options.directory)
  const lock = async (): Promise<FolderLock> => {
    await hasher.load()
    return takeNamedLock(globalThis.navigator.locks, `tidemark-folder:${name}`)
  }
  return {
    local: threadedStore({
      root,
      lock,
      start: async () => startStore(options.worker, clock, { directory: await directory(), root }),
      here: async () => {
        // Some 20 KB after gzip, which a page with a worker does not load.
        const { handleStore } = await import('./handle-store.js').catch((cause: unknown) => notLoaded(name, cause))
        return handleStore({ directory: await directory(), root, hasher, clock, random, lock })
      },
    }),
    state: indexedDbStateStore({ name }),
    watcher: browserWatcher(name, { directory }),
    hasher,
    ...(compressor === null ? {} : { compressor }),
    clock,
    random,
  }
}

function checkName(name: string): void {
  const trouble = nameTrouble(name)
  if (trouble === null) return
  throw new TidemarkError('invalid-option', `"${name}" can be no directory: it ${trouble}`, {
    subject: 'name',
    next: 'Give a name of one part, as a directory may have.',
  })
}

/** Made when it is not there: whether it should have been is what the client database knows (INV-19). */
async function openDirectory(name: string, picked: FileSystemDirectoryHandle | undefined): Promise<DirectoryHandle> {
  // The declarations of the handles are those of one browser, ours are what is used of them.
  if (picked !== undefined) return picked as unknown as DirectoryHandle
  try {
    const origin = await navigator.storage.getDirectory()
    return (await origin.getDirectoryHandle(name, { create: true })) as unknown as DirectoryHandle
  } catch (cause) {
    throw new TidemarkError('root-unreadable', `this browser does not give the page a directory "${name}"`, {
      subject: name,
      next: 'Serve the page over HTTPS and allow this site to store data, or use indexedDbFolder.',
      cause,
    })
  }
}

/** A service worker may load nothing later than its own script; elsewhere a server may have lost it. */
function notLoaded(name: string, cause: unknown): never {
  throw new TidemarkError('io', `a part of tidemark that "${name}" needs could not be loaded`, {
    subject: name,
    next: 'Check that all files of the bundle are served. For a service worker, bundle without splitting: import() is refused there.',
    cause,
  })
}

async function startStore(
  worker: BrowserFolderOptions['worker'],
  clock: Clock,
  start: StartMessage,
): Promise<StartedStore | null> {
  if (worker === null) return null
  // Spelled so that bundlers see it.
  const made =
    worker === undefined ? new Worker(new URL('./browser-worker.js', import.meta.url), { type: 'module' }) : worker()
  made.postMessage(start)
  return startedWorker(made, clock)
}
