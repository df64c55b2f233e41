/** The disks that obey the disk rules. */

import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Volume } from 'memfs'
import { handleDisk } from '../../adapters/browser/handle-disk.js'
import { indexedDbDisk } from '../../adapters/browser/indexeddb-disk.js'
import { memfsDisk } from '../../adapters/memory/memfs-disk.js'
import { nodeDisk } from '../../adapters/node/node-disk.js'
import { SimulatedDisk } from '../../adapters/simulation/simulated-disk.js'
import type { Adapter } from './case.js'
import { type DiskCapability, type DiskSubject, POSIX_DISK } from './disk.suite.js'
import { handleGround } from './handle-hands.js'
import { freshOrigin } from './indexeddb-hands.js'

export type DiskAdapter = Adapter<DiskSubject, DiskCapability>

export const DISKS: readonly DiskAdapter[] = [
  {
    name: 'nodeDisk',
    capabilities: POSIX_DISK,
    make: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'tidemark-disk-'))
      const dispose = (): Promise<void> => rm(directory, { recursive: true, force: true })
      return { disk: nodeDisk(), directory, symlink, dispose }
    },
  },
  {
    name: 'memfsDisk',
    capabilities: POSIX_DISK,
    make: async () => {
      const volume = Volume.fromJSON({ '/root': null })
      return {
        disk: memfsDisk(volume),
        directory: '/root',
        symlink: async (target, path) => volume.symlinkSync(target, path),
        dispose: async () => {},
      }
    },
  },
  {
    name: 'simulatedDisk',
    capabilities: POSIX_DISK,
    make: async () => {
      const disk = new SimulatedDisk({ now: () => 1_700_000_000_000 })
      disk.user.mkdir('/root')
      return {
        disk,
        directory: '/root',
        symlink: async (target, path) => disk.user.symlink(target, path),
        dispose: async () => {},
      }
    },
  },
  {
    name: 'handleDisk without moves',
    capabilities: ['replaceIf'],
    make: async () => {
      const { base, dispose } = await handleGround()
      return { disk: handleDisk(base, '/base', '.tidemark'), directory: '/base', dispose }
    },
  },
  {
    name: 'indexedDbDisk',
    capabilities: POSIX_DISK.filter((capability) => capability !== 'symlink'),
    make: async () => {
      const disk = indexedDbDisk({ name: 'conformance', host: freshOrigin() })
      return { disk, directory: '/root', dispose: async () => disk.close() }
    },
  },
]
