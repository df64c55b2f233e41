/** The local stores that obey the rules: one implementation, each time over another disk, with and without workers. */

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Volume } from 'memfs'
import * as built from 'tidemark/node'
import { handleDisk } from '../../adapters/browser/handle-disk.js'
import { HANDLE_MANNER, HANDLE_TRAITS } from '../../adapters/browser/handle-store.js'
import { indexedDbDisk } from '../../adapters/browser/indexeddb-disk.js'
import { memfsDisk } from '../../adapters/memory/memfs-disk.js'
import { nodeDisk } from '../../adapters/node/node-disk.js'
import { workerFolder } from '../../adapters/node/worker-folder.js'
import { diskDescriber } from '../../adapters/shared/disk-describe.js'
import { diskScanner } from '../../adapters/shared/disk-scan.js'
import type { Disk } from '../../adapters/shared/disk.js'
import { type FolderStoreParts, folderStore } from '../../adapters/shared/folder-store.js'
import { SimulatedDisk } from '../../adapters/simulation/simulated-disk.js'
import type { UserHands } from '../../adapters/simulation/user-hands.js'
import { type Clock, type Random, portableHasher } from '../../src/index.js'
import type { Adapter } from './case.js'
import { diskHands, interrupted } from './disk-hands.js'
import { handleGround } from './handle-hands.js'
import { bytesOfOrigin, freshOrigin } from './indexeddb-hands.js'
import type { LocalCapability, LocalHands, LocalSubject } from './local-store.subject.js'
import { counting, lockTable } from './stand-ins.js'
import { bytesBelow } from './stored-bytes.js'

export type LocalStoreAdapter = Adapter<LocalSubject, LocalCapability>

const HASHER = portableHasher()

/** A clock that stands still is enough here, and the same in every run. */
function parts(): { readonly clock: Clock; readonly random: Random } {
  return { clock: { now: () => 1_700_000_000_000, monotonic: () => 0, sleep: async () => {} }, random: counting() }
}

type Makings = Pick<FolderStoreParts, 'describer' | 'scanner' | 'known'>

function stores(disk: Disk, root: string, makings: (disk: Disk) => Makings): LocalSubject['store'] {
  const lock = lockTable()
  const shared = parts()
  return ({ at, before } = {}) => {
    const under = before === undefined ? disk : interrupted(disk, before)
    return folderStore({ disk: under, root: placeOf(root, at), ...shared, lock, ...makings(under) })
  }
}

/** The types of what is built and of the sources are two, what they describe is one. */
const { nodeFolder } = built as unknown as typeof import('../../adapters/node/index.js')

/** As users have it, in a thread of its own: through the sources each start of one would take a second. */
const builtStores =
  (root: string): LocalSubject['store'] =>
  ({ at } = {}) =>
    nodeFolder(placeOf(root, at), { workers: 1 }).local

function placeOf(root: string, at: string | undefined): string {
  return at === undefined ? root : at === '/' ? '/' : `${root}/${at}`
}

/** As a later version would write it. */
async function makeNewer(hands: LocalHands): Promise<void> {
  await hands.write('.tidemark/root.json', '{"format":"tidemark-root","version":99,"what":"ever"}')
}

async function nodeSubject(
  storesAt: (disk: Disk, root: string) => LocalSubject['store'],
): ReturnType<LocalStoreAdapter['make']> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-local-')))
  const root = join(base, 'root')
  await mkdir(root)
  const disk = nodeDisk()
  const hands = diskHands(disk, root, {
    symlink: (target, path) => symlink(join(root, target), join(root, path)),
    invalidName: (directory) =>
      writeFile(Buffer.concat([Buffer.from(`${join(root, directory)}/caf`), Buffer.from([0xe9])]), 'x'),
    special: async (path) => {
      await promisify(execFile)('mkfifo', [join(root, path)])
    },
  })
  return {
    hands,
    store: storesAt(disk, root),
    beside: () => readdir(base),
    makeNewer: () => makeNewer(hands),
    bytes: () => bytesBelow(root),
    dispose: () => rm(base, { recursive: true, force: true }),
  }
}

/** In memory, with all but special files. */
const IN_MEMORY: readonly LocalCapability[] = [
  'at',
  'before',
  'beside',
  'bytes',
  'displaces',
  'exact-case',
  'file-ids',
  'hold',
  'invalidName',
  'links',
  'makeNewer',
  'modes',
  'mode-bits',
  'own-directory',
  'symlink',
  'times',
]

/** Its names are text, it has no links to follow, and it is open to all that reaches it. */
const IN_DATABASE: readonly LocalCapability[] = IN_MEMORY.filter(
  (capability) => !['invalidName', 'mode-bits', 'symlink'].includes(capability),
)

/** Mode bits do not keep root out. */
const ON_DISK: readonly LocalCapability[] = [
  'special',
  ...IN_MEMORY.filter((capability) => capability !== 'mode-bits' || process.getuid?.() !== 0),
]

export const LOCAL_STORES: readonly LocalStoreAdapter[] = [
  {
    name: 'folderStore on nodeDisk',
    capabilities: ON_DISK,
    make: () =>
      nodeSubject((disk, root) => stores(disk, root, (under) => ({ describer: diskDescriber(under, HASHER) }))),
  },
  {
    name: 'folderStore on nodeDisk with workers',
    capabilities: ON_DISK,
    make: () => nodeSubject((disk, root) => stores(disk, root, (under) => workerFolder(under, HASHER, 1))),
  },
  {
    name: 'nodeFolder of the built package',
    // Nothing can be done in between of the steps of another thread.
    capabilities: ON_DISK.filter((capability) => capability !== 'before'),
    make: () => nodeSubject((_disk, root) => builtStores(root)),
  },
  {
    name: 'folderStore on memfs',
    capabilities: IN_MEMORY,
    make: async () => {
      const volume = Volume.fromJSON({ '/base/root': null })
      const disk = memfsDisk(volume)
      const full = (path: string): string => `/base/root/${path}`
      const hands = diskHands(disk, '/base/root', {
        symlink: async (target, path) => volume.symlinkSync(full(target), full(path)),
        invalidName: async (directory) => volume.writeFileSync(full(`${directory}/caf\ud800.txt`), 'x'),
      })
      return {
        hands,
        store: stores(disk, '/base/root', (under) => ({ describer: diskDescriber(under, HASHER) })),
        beside: async () => volume.readdirSync('/base') as string[],
        makeNewer: () => makeNewer(hands),
        bytes: async () => JSON.stringify(volume.toJSON()),
        dispose: async () => {},
      }
    },
  },
  {
    name: 'folderStore on simulatedDisk',
    capabilities: IN_MEMORY,
    make: async () => {
      let time = 1_600_000_000_000
      const disk = new SimulatedDisk({ now: () => ++time })
      const { user } = disk
      user.mkdir('/base/root')
      const full = (path: string): string => `/base/root/${path}`
      const hands = {
        ...diskHands(disk, '/base/root', {
          symlink: async (target, path) => user.symlink(full(target), full(path)),
          invalidName: async (directory) => user.writeFile(full(`${directory}/caf\udce9.txt`), 'x'),
        }),
        // By the path: the disk needs the right to read what it changes.
        chmod: async (path: string, mode: number) => user.chmod(full(path), mode),
      }
      return {
        hands,
        store: stores(disk, '/base/root', (under) => ({ describer: diskDescriber(under, HASHER) })),
        beside: async () => user.readdir('/base'),
        makeNewer: () => makeNewer(hands),
        bytes: async () => bytesOnDisk(user, '/base/root'),
        dispose: async () => {},
      }
    },
  },
  {
    name: 'folderStore on handleDisk without moves',
    capabilities: ['at', 'before', 'beside', 'bytes', 'exact-case', 'makeNewer', 'own-directory'],
    make: async () => {
      const { path, base, dispose } = await handleGround()
      await mkdir(join(path, 'root'))
      const disk = handleDisk(base, '/base', '.tidemark')
      const { hold: _hold, ...hands } = diskHands(disk, '/base/root', {})
      return {
        hands,
        store: stores(disk, '/base/root', (under) => ({
          describer: diskDescriber(under, HASHER),
          scanner: diskScanner(under, HANDLE_MANNER),
          known: HANDLE_TRAITS,
        })),
        beside: () => readdir(path),
        makeNewer: () => makeNewer(hands),
        bytes: () => bytesBelow(path),
        dispose,
      }
    },
  },
  {
    name: 'folderStore on indexedDbDisk',
    capabilities: IN_DATABASE,
    make: async () => {
      const host = freshOrigin()
      const disk = indexedDbDisk({ name: 'conformance', host })
      await disk.mkdir('/base')
      await disk.mkdir('/base/root')
      const hands = diskHands(disk, '/base/root', {})
      return {
        hands,
        store: stores(disk, '/base/root', (under) => ({ describer: diskDescriber(under, HASHER) })),
        beside: async () => (await disk.readdir('/base')).map((entry) => new TextDecoder().decode(entry.name)),
        makeNewer: () => makeNewer(hands),
        bytes: () => bytesOfOrigin(host),
        dispose: async () => disk.close(),
      }
    },
  },
]

function bytesOnDisk(user: UserHands, path: string): string {
  const { kind } = user.lstat(path)
  if (kind === 'file') return `${path}\n${Buffer.from(user.readFile(path)).toString('base64')}\n`
  if (kind !== 'directory') return `${path} ${kind}\n`
  const below = user.readdir(path).map((name) => bytesOnDisk(user, `${path}/${name}`))
  return `${path}/\n${below.sort().join('')}`
}
