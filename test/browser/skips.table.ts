/**
 * What may be left out in Chromium, with the reason. A skip that has no row fails, and so does a row for a skip that does
 * not happen.
 */

import { type AllowedSkip, rows } from '../conformance/skips.table.js'
import type { InterfaceName } from '../conformance/suites.js'

const MEMORY_ONLY = 'its data lives in the object: there is no format on a disk'

const LINKED = 'it has hard links to look before and after by'

const HANDLES_LACK = {
  links: 'a directory handle has no hard links',
  modes: 'a directory handle has no mode bits',
  'open-files': 'a file handle follows the name',
  symlink: 'a directory handle has no symbolic links',
  times: 'nobody can set a modification time through a handle',
} as const

const FOLDERS_LACK = {
  displaces: 'a replace is one step of the browser: nothing is displaced',
  'file-ids': 'files have no ids: they are known by their names',
  hold: 'a file handle follows the name: nobody goes on writing to a replaced file',
  invalidName: 'its names are text: each is valid Unicode',
  links: HANDLES_LACK.links,
  modes: HANDLES_LACK.modes,
  'mode-bits': HANDLES_LACK.modes,
  special: 'it has no special files',
  symlink: HANDLES_LACK.symlink,
  times: HANDLES_LACK.times,
} as const

/** Cases that an adapter is not tried on, by the capability it does not declare. */
export const ALLOWED_SKIPS: readonly AllowedSkip[] = [
  ...rows('ChunkStore', 'memoryChunkStore', { rot: MEMORY_ONLY, makeNewer: MEMORY_ONLY, bytes: MEMORY_ONLY }),
  ...rows('Clock', 'systemClock', {
    jump: 'the wall time of the machine is not ours to set',
    pass: 'its time passes by itself',
  }),
  ...rows('Disk', 'simulatedDisk', { replaceIf: LINKED }),
  ...rows('Disk', 'indexedDbDisk', { symlink: 'it has no symbolic links', replaceIf: LINKED }),
  ...['page', 'worker'].flatMap((place) => rows('Disk', `handleDisk on OPFS in a ${place}`, HANDLES_LACK)),
  ...rows('LocalStore', 'folderStore on indexedDbDisk', {
    before: 'each of thousands of steps is a transaction: the same code is tried so over a database in Node',
    invalidName: 'its names are text: each is valid Unicode',
    'mode-bits': 'the bits are kept, and keep nobody out: all that reaches the database reads it',
    special: 'it has no special files',
    symlink: 'it has no symbolic links',
  }),
  ...rows('LocalStore', 'folderStore on handleDisk on OPFS in a worker', FOLDERS_LACK),
  ...['with its worker', 'without a worker'].flatMap((how) =>
    rows('LocalStore', `browserFolder ${how}`, {
      ...FOLDERS_LACK,
      at: 'its root is the directory itself, whatever is above it',
      before: 'nobody gets in between of its steps; the same code is tried so without it',
      beside: 'nothing of its own can come beside the directory it was given',
    }),
  ),
  ...rows('LocalStore', 'folderStore on simulatedDisk', { special: 'a simulated disk has no special files' }),
  ...rows('MetadataStore', 'memoryMetadataStore', { makeNewer: MEMORY_ONLY, bytes: MEMORY_ONLY }),
  ...rows('StateStore', 'memoryStateStore', { makeNewer: MEMORY_ONLY, damage: MEMORY_ONLY, bytes: MEMORY_ONLY }),
  ...['loopbackTransport', 'limitBandwidth(loopbackTransport)'].flatMap((adapter) =>
    rows('Transport', adapter, {
      cut: 'no wire that could be cut',
      nowhere: 'it is made of the server that answers',
      silent: 'no channel that could fall silent: hints are calls',
      stranger: 'it is made of the server that answers',
    }),
  ),
  ...['by FileSystemObserver', 'without an observer'].flatMap((how) =>
    rows('Watcher', `browserWatcher ${how}`, { lose: 'the browser drops events when it chooses to' }),
  ),
  ...rows('Watcher', 'memoryWatcher', { sees: 'it is raised by hand' }),
]

/** Why an interface that is tried in Node has no adapter for a page. */
export const NOT_IN_A_PAGE: Readonly<Partial<Record<InterfaceName, string>>> = {
  AccountStore: 'accounts are kept by the server, which runs in Node',
  Log: 'the logs that are tried write to a process, which a page is not',
  PasswordHasher: 'passwords are hashed by the server, which runs in Node',
}
