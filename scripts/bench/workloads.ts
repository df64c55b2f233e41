/** The workloads of the table, generated from a seed: what a folder holds at first, and each change that lands in it. */

import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { SeededBytes } from './seeded-bytes.js'
import { KIB, MIB, writeNew, writeRandomFile, writeSmallFiles, writeTextFile } from './trees.js'

/** Where a change is prepared: beside the folder, on the same disk. */
export interface Place {
  readonly from: string
  readonly beside: string
  /** Differs from round to round, and is the same for every contender. */
  readonly seed: string
}

export interface Workload {
  readonly id: string
  readonly title: string
  /** Each round begins with two empty folders, instead of where the last one ended. */
  readonly isFresh: boolean
  /** What `from` holds before the first round. Null: nothing. */
  readonly first: Prepare | null
  /** Null: nothing changes. */
  readonly change: Prepare | null
}

/** Prepares a change; what it returns lands it, in a moment. */
export type Prepare = (place: Place) => () => void

const LARGE = 256 * MIB
const FILE = 'large.bin'

export const WORKLOADS: readonly Workload[] = [
  {
    id: 'W1',
    title: '10,000 files of 1 to 16 KB, first sync',
    isFresh: true,
    first: null,
    change: arrives('many', (path, seed) =>
      writeSmallFiles(path, seed, { files: 10_000, sizes: [1_000, 16_000], perDirectory: 100 }),
    ),
  },
  {
    id: 'W2',
    title: 'one random file of 256 MiB, first sync',
    isFresh: true,
    first: null,
    change: arrives(FILE, (path, seed) => writeRandomFile(path, seed, LARGE)),
  },
  {
    id: 'W2t',
    title: 'one text file of 256 MiB, first sync',
    isFresh: true,
    first: null,
    change: arrives('large.txt', (path, seed) => writeTextFile(path, seed, LARGE)),
  },
  edit('W3a', '1 byte overwritten in 256 MiB', ({ from, seed }) => {
    const at = new SeededBytes(seed).below(statSync(join(from, FILE)).size)
    return () => overwrite(join(from, FILE), at, (byte) => byte ^ 0xff)
  }),
  edit(
    'W3b',
    '100 bytes inserted at its start',
    rewritten((old, source) => [source.bytes(100), old]),
  ),
  edit('W3c', '64 scattered edits of 100 bytes', rewritten(scattered)),
  edit('W3d', '1 MiB moved to its end', rewritten(movedToEnd)),
  edit('W3e', '1 MiB appended', ({ from, seed }) => {
    // Not those of the seed itself: with them the file begins, and what is there already would not travel.
    const bytes = new SeededBytes(`${seed}-appended`).bytes(MIB)
    return () => append(join(from, FILE), bytes)
  }),
  {
    id: 'W4',
    title: 'a directory of 1,000 files, 200 MB, renamed',
    isFresh: false,
    first: arrives('many-0', (path, seed) =>
      writeSmallFiles(path, seed, { files: 1_000, sizes: [200_000, 200_000], perDirectory: 100 }),
    ),
    change: ({ from, seed }) => {
      const [old, next] = [`many-${numberOf(seed)}`, `many-${numberOf(seed) + 1}`]
      return () => renameSync(join(from, old), join(from, next))
    },
  },
  unchanged('W6-10k', 10_000),
  unchanged('W6-100k', 100_000),
]

/** The seed of a round ends with its number. */
function numberOf(seed: string): number {
  return Number(/(\d+)$/.exec(seed)?.[1])
}

function arrives(name: string, write: (path: string, seed: string) => void): Prepare {
  return ({ from, beside, seed }) => {
    write(join(beside, name), seed)
    return () => renameSync(join(beside, name), join(from, name))
  }
}

function edit(id: string, title: string, change: Prepare): Workload {
  const first = arrives(FILE, (path, seed) => writeRandomFile(path, seed, LARGE))
  return { id, title, isFresh: false, first, change }
}

/** A new version of the large file, written beside it and moved over it. */
function rewritten(edited: (old: Buffer, source: SeededBytes) => readonly Buffer[]): Prepare {
  return ({ from, beside, seed }) => {
    const next = join(beside, FILE)
    rmSync(next, { force: true })
    writeNew(next, (append) => {
      for (const piece of edited(readFileSync(join(from, FILE)), new SeededBytes(seed))) append(piece)
    })
    return () => renameSync(next, join(from, FILE))
  }
}

function scattered(old: Buffer, source: SeededBytes): readonly Buffer[] {
  for (let count = 0; count < 64; count++) source.bytes(100).copy(old, source.below(old.length - 100))
  return [old]
}

function movedToEnd(old: Buffer, source: SeededBytes): readonly Buffer[] {
  const at = source.below(old.length - 2 * MIB)
  return [old.subarray(0, at), old.subarray(at + MIB), old.subarray(at, at + MIB)]
}

function overwrite(path: string, at: number, change: (byte: number) => number): void {
  const file = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, at)
  writeSync(file, Buffer.of(change(byte.readUInt8())), 0, 1, at)
  closeSync(file)
}

function append(path: string, bytes: Buffer): void {
  const file = openSync(path, 'a')
  writeSync(file, bytes)
  closeSync(file)
}

function unchanged(id: string, files: number): Workload {
  const sizes = files > 10_000 ? ([64, 512] as const) : ([KIB, 16 * KIB] as const)
  return {
    id,
    title: `nothing changed, ${files.toLocaleString('en')} files`,
    isFresh: false,
    first: arrives('many', (path, seed) => writeSmallFiles(path, seed, { files, sizes, perDirectory: 100 })),
    change: null,
  }
}
