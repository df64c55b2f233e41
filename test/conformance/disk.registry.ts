/** The disks that obey the disk rules. */

import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Volume } from 'memfs'
import { memfsDisk } from '../../adapters/memory/memfs-disk.js'
import { nodeDisk } from '../../adapters/node/node-disk.js'
import { SimulatedDisk } from '../../adapters/simulation/simulated-disk.js'
import type { Adapter } from './case.js'
import type { DiskCapability, DiskSubject } from './disk.suite.js'

export type DiskAdapter = Adapter<DiskSubject, DiskCapability>

export const DISKS: readonly DiskAdapter[] = [
  {
    name: 'nodeDisk',
    capabilities: ['symlink'],
    make: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'tidemark-disk-'))
      const dispose = (): Promise<void> => rm(directory, { recursive: true, force: true })
      return { disk: nodeDisk(), directory, symlink, dispose }
    },
  },
  {
    name: 'memfsDisk',
    capabilities: ['symlink'],
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
    capabilities: ['symlink'],
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
]
