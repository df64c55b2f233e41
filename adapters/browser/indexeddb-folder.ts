/** A folder in IndexedDB: the code that runs on a real disk, over the one in the browser's database. */

import { type Clock, type Hasher, type LocalStore, type Random, portableHasher } from '../../src/index.js'
import { diskDescriber } from '../shared/disk-describe.js'
import { folderStore } from '../shared/folder-store.js'
import { systemClock, systemRandom } from '../shared/system-clock.js'
import { indexedDbDisk } from './indexeddb-disk.js'
import { type IndexedDbHost, browserHost } from './indexeddb-host.js'
import { takeNamedLock } from './named-lock.js'

/** What a folder in IndexedDB is given; all but its name has a default. */
export interface IndexedDbFolderOptions {
  /** Of the folder: each has a database of its own. Not empty. */
  readonly name: string
  /** Default: the portable one. */
  readonly hasher?: Hasher
  /** Default: the system's. */
  readonly clock?: Clock
  /** Default: the system's. */
  readonly random?: Random
  /** Default: the browser's globals. */
  readonly host?: IndexedDbHost
}

/** A folder in IndexedDB, to be spread into the options of an engine. */
export interface IndexedDbFolder {
  /** The folder: the directory `/root` of `indexedDbDisk` of the same name. */
  readonly local: LocalStore
}

const ROOT = '/root'

/**
 * A small folder in IndexedDB, for browsers without a private file system: every change is one transaction, and contents
 * lie in the database. Nothing is touched before it is opened. A second tab is refused with `locked`.
 */
export function indexedDbFolder(options: IndexedDbFolderOptions): IndexedDbFolder {
  const { name, host, hasher = portableHasher(), clock = systemClock(), random = systemRandom() } = options
  const disk = indexedDbDisk({ name, now: () => clock.now(), ...(host === undefined ? {} : { host }) })
  const describer = { ...diskDescriber(disk, hasher), close: async () => disk.close() }
  const lock = () => takeNamedLock((host ?? browserHost()).locks, `tidemark-indexeddb-folder:${name}`)
  const local = folderStore({ disk, root: ROOT, random, clock, describer, lock })
  const open = local.open.bind(local)
  // First the database: what keeps it from opening has a name of its own.
  local.open = async (asked) => {
    await disk.prepare()
    return open(asked)
  }
  return { local }
}
