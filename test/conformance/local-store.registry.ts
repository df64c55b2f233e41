/** The local stores that obey the rules: one implementation, each time over another disk, with and without workers. */

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Volume } from 'memfs'
import { memfsDisk } from '../../adapters/memory/memfs-disk.js'
import { nodeDisk } from '../../adapters/node/node-disk.js'
import { workerFolder } from '../../adapters/node/worker-folder.js'
import { diskDescriber } from '../../adapters/shared/disk-describe.js'
import type { Disk } from '../../adapters/shared/disk.js'
import { type FolderStoreParts, folderStore } from '../../adapters/shared/folder-store.js'
import type { TakeLock } from '../../adapters/shared/folder-root.js'
import { type Clock, type Random, TidemarkError, portableHasher } from '../../src/index.js'
import type { LocalCapability, LocalSubject } from './local-store.subject.js'

export interface LocalStoreAdapter {
  readonly name: string
  readonly capabilities: readonly LocalCapability[]
  readonly make: () => Promise<LocalSubject & { readonly dispose: () => Promise<void> }>
}

const HASHER = portableHasher()

/** A clock that stands still, and chance that counts: both are enough here and the same in every run. */
function parts(): { readonly clock: Clock; readonly random: Random } {
  let drawn = 0
  return {
    clock: { now: () => 1_700_000_000_000, monotonic: () => 0, sleep: async () => {} },
    random: {
      bytes: (length) => {
        drawn += 1
        return Uint8Array.from({ length }, (_, index) => (index < 4 ? (drawn >>> (index * 8)) & 0xff : index))
      },
    },
  }
}

/** One holder of a path at a time. */
function lockTable(): TakeLock {
  const held = new Set<string>()
  return (own) => {
    if (held.has(own)) throw new TidemarkError('locked', `${own} is held`, { subject: own })
    held.add(own)
    return {
      release: () => {
        held.delete(own)
      },
    }
  }
}

type Makings = Pick<FolderStoreParts, 'describer' | 'scanner'>

function stores(disk: Disk, root: string, makings: (disk: Disk) => Makings): LocalSubject['store'] {
  const lock = lockTable()
  const shared = parts()
  return (options = {}) => {
    const under = options.disk ?? disk
    return folderStore({ disk: under, root: options.at ?? root, ...shared, lock, ...makings(under) })
  }
}

async function nodeSubject(makings: (disk: Disk) => Makings): ReturnType<LocalStoreAdapter['make']> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-local-')))
  const root = join(base, 'root')
  await mkdir(root)
  const disk = nodeDisk()
  return {
    disk,
    root,
    store: stores(disk, root, makings),
    symlink,
    invalidName: (directory) =>
      writeFile(Buffer.concat([Buffer.from(`${directory}/caf`), Buffer.from([0xe9]), Buffer.from('.txt')]), 'x'),
    special: async (path) => {
      await promisify(execFile)('mkfifo', [path])
    },
    dispose: () => rm(base, { recursive: true, force: true }),
  }
}

/** Mode bits do not keep root out. */
const ON_DISK: readonly LocalCapability[] = [
  'special-files',
  'exact-case',
  ...(process.getuid?.() === 0 ? [] : (['mode-bits'] as const)),
]

export const LOCAL_STORES: readonly LocalStoreAdapter[] = [
  {
    name: 'folderStore on nodeDisk',
    capabilities: ON_DISK,
    make: () => nodeSubject((disk) => ({ describer: diskDescriber(disk, HASHER) })),
  },
  {
    name: 'folderStore on nodeDisk with workers',
    capabilities: ON_DISK,
    make: () => nodeSubject((disk) => workerFolder(disk, HASHER, 1)),
  },
  {
    name: 'folderStore on memfs',
    capabilities: ['mode-bits', 'exact-case'],
    make: async () => {
      const volume = Volume.fromJSON({ '/base/root': null })
      const disk = memfsDisk(volume)
      return {
        disk,
        root: '/base/root',
        store: stores(disk, '/base/root', (under) => ({ describer: diskDescriber(under, HASHER) })),
        symlink: async (target, path) => volume.symlinkSync(target, path),
        invalidName: async (directory) => volume.writeFileSync(`${directory}/caf\ud800.txt`, 'x'),
        special: () => Promise.reject(new Error('memfs has no special files')),
        dispose: async () => {},
      }
    },
  },
]
