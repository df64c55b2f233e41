/** The two disks of a comparison: that of this machine and the simulated one, at the same path. */

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeDisk } from '../../adapters/node/node-disk.js'
import { SimulatedDisk } from '../../adapters/simulation/simulated-disk.js'
import { callSequence } from './call-sequences.js'
import { type Codes, difference, type Side } from './compare.js'

/** What a comparison met. */
export interface Compared {
  readonly sequences: number
  readonly calls: number
  readonly codes: Codes
  /** One for each sequence that went otherwise, with its seed. */
  readonly differences: readonly string[]
}

/** Error codes that a comparison has to meet, or it tried too little. */
export const WANTED_CODES = [
  ...['EBADF', 'EEXIST', 'EINVAL', 'EISDIR', 'ELOOP', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EPERM'],
] as const

/** A simulated disk with the rights of this process. */
export function simulated(more: { readonly capacityBytes?: number; readonly umask?: number } = {}): SimulatedDisk {
  let time = 1_700_000_000_000
  return new SimulatedDisk({ now: () => ++time, privileged: process.getuid?.() === 0, ...more })
}

/** Sequences with the seeds from `first` on, each in a fresh directory below `base`. */
export async function compareSequences(base: string, first: number, count: number): Promise<Compared> {
  const codes: Codes = new Map()
  const differences: string[] = []
  let calls = 0
  for (let seed = first; seed < first + count; seed++) {
    const sequence = callSequence(seed)
    calls += sequence.length
    const root = mkdtempSync(join(base, 'tidemark-compare-'))
    try {
      const found = await difference(sequence, bothAt(root), codes)
      if (found !== null) differences.push(`seed ${seed}, ${found}`)
    } finally {
      removeAll(root)
    }
  }
  return { sequences: count, calls, codes, differences }
}

/** Also where a sequence took the rights away. */
function removeAll(root: string): void {
  const open = (directory: string): void => {
    chmodSync(directory, 0o700)
    for (const entry of readdirSync(directory, { withFileTypes: true }))
      if (entry.isDirectory()) open(join(directory, entry.name))
  }
  open(root)
  rmSync(root, { recursive: true, force: true })
}

function bothAt(root: string): readonly [Side, Side] {
  // Deep: sequences go up by '..', also through links, and what is above `root` is not theirs.
  const above = join(root, '1/2/3/4/5/6/7/8')
  const at = join(above, 'top')
  mkdirSync(at, { recursive: true })
  // Some file systems count only one link for any directory.
  const countsDirectories = statSync(above).nlink === 3
  const disk = simulated({ umask: 0o777 & ~statSync(at).mode })
  disk.user.mkdir(root, 0o700)
  disk.user.mkdir(at)
  return [
    { disk: nodeDisk(), root: at, symlink: (target, path) => symlink(target, path), countsDirectories },
    { disk, root: at, symlink: async (target, path) => disk.user.symlink(target, path), countsDirectories },
  ]
}
