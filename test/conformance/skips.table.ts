/**
 * Which cases may be left out: one row for each adapter and capability it does not declare, with the reason. A skip that
 * has no row fails, and so does a row for a skip that does not happen.
 */

import type { Capabilities, InterfaceName } from './suites.js'

export interface AllowedSkip<Name extends InterfaceName = InterfaceName> {
  readonly of: Name
  readonly adapter: string
  readonly lacks: Capabilities[Name]
  readonly because: string
  /** False where this machine or user has what is lacking elsewhere: then the skip must not happen. */
  readonly here?: boolean
}

/** One row for each capability that an adapter lacks. */
export function rows<Name extends InterfaceName>(
  of: Name,
  adapter: string,
  lacks: Readonly<Partial<Record<Capabilities[Name], string>>>,
): readonly AllowedSkip[] {
  return (Object.entries(lacks) as [Capabilities[Name], string][]).map(([need, because]) => ({
    of,
    adapter,
    lacks: need,
    because,
  }))
}

const isRoot = process.getuid?.() === 0
const onDisk = (adapter: string): AllowedSkip => ({
  of: 'LocalStore',
  adapter,
  lacks: 'mode-bits',
  because: 'mode bits do not keep root out, and this run is by root',
  here: isRoot,
})

const HANDLES_LACK = {
  displaces: 'a replace is one step of the browser, which keeps others away meanwhile',
  'file-ids': 'directory handles have no numbers for files',
  hold: 'what is open for writing keeps the store away, or is a copy that takes the place when it is closed',
  invalidName: 'its names are text: each is valid Unicode',
  links: 'directory handles know no links',
  'mode-bits': 'directory handles know no modes',
  modes: 'directory handles know no modes',
  special: 'directory handles show files and directories alone',
  symlink: 'directory handles know no links',
  times: 'a browser sets times by itself',
} as const

const MEMORY_ONLY = 'its data lives in the object: there is no format on a disk'

export const ALLOWED_SKIPS: readonly AllowedSkip[] = [
  onDisk('folderStore on nodeDisk'),
  onDisk('folderStore on nodeDisk with workers'),
  onDisk('nodeFolder of the built package'),
  ...rows('LocalStore', 'nodeFolder of the built package', {
    before: 'nobody gets in between of the steps of another thread; the same code is tried so without one',
  }),
  ...rows('LocalStore', 'folderStore on memfs', { special: 'memfs has no special files' }),
  ...rows('LocalStore', 'folderStore on simulatedDisk', { special: 'a simulated disk has no special files' }),
  ...rows('LocalStore', 'folderStore on indexedDbDisk', {
    invalidName: 'its names are text: each is valid Unicode',
    'mode-bits': 'the bits are kept, and keep nobody out: all that reaches the database reads it',
    special: 'it has no special files',
    symlink: 'it has no symbolic links',
  }),
  ...['nodeDisk', 'memfsDisk', 'simulatedDisk'].flatMap((adapter) =>
    rows('Disk', adapter, { replaceIf: 'it has hard links to look before and after by' }),
  ),
  ...rows('Disk', 'handleDisk without moves', {
    links: 'directory handles know no links',
    modes: 'directory handles know no modes',
    'open-files': 'a handle follows the name, not the file',
    symlink: 'directory handles know no links',
    times: 'a browser sets times by itself',
  }),
  ...rows('LocalStore', 'folderStore on handleDisk without moves', HANDLES_LACK),
  ...rows('Disk', 'indexedDbDisk', {
    symlink: 'it has no symbolic links',
    replaceIf: 'it has hard links to look before and after by',
  }),
  ...rows('AccountStore', 'memoryAccountStore', {
    again: 'nothing outlives the object',
    second: 'two objects share nothing',
    makeNewer: MEMORY_ONLY,
    bytes: MEMORY_ONLY,
  }),
  ...rows('ChunkStore', 'memoryChunkStore', { rot: MEMORY_ONLY, makeNewer: MEMORY_ONLY, bytes: MEMORY_ONLY }),
  ...rows('MetadataStore', 'memoryMetadataStore', { makeNewer: MEMORY_ONLY, bytes: MEMORY_ONLY }),
  ...rows('StateStore', 'memoryStateStore', { makeNewer: MEMORY_ONLY, damage: MEMORY_ONLY, bytes: MEMORY_ONLY }),
  ...rows('Clock', 'systemClock', {
    jump: 'the wall time of the machine is not ours to set',
    pass: 'its time passes by itself',
  }),
  ...rows('Transport', 'loopbackTransport', {
    cut: 'no wire that could be cut',
    nowhere: 'it is made of the server that answers',
    silent: 'no channel that could fall silent: hints are calls',
    stranger: 'it is made of the server that answers',
  }),
  ...rows('Transport', 'limitBandwidth(loopbackTransport)', {
    cut: 'no wire that could be cut',
    nowhere: 'it is made of the server that answers',
    silent: 'no channel that could fall silent: hints are calls',
    stranger: 'it is made of the server that answers',
  }),
  ...rows('Watcher', 'memoryWatcher', { sees: 'it is raised by hand' }),
  ...['nodeWatcher by @parcel/watcher', 'nodeWatcher by fs.watch'].flatMap((adapter) =>
    rows('Watcher', adapter, { lose: 'the system drops events when it chooses to' }),
  ),
]
