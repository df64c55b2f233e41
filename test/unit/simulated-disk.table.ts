/** What a power loss leaves of a file 'old!' that was flushed, and of names in the directories `/a` and `/b`. */

import type { ContentLoss } from '../../adapters/simulation/power-loss.js'
import type { SimulatedDisk } from '../../adapters/simulation/simulated-disk.js'

export interface ContentRow {
  readonly title: string
  readonly act: (disk: SimulatedDisk) => void | Promise<void>
  readonly after: Readonly<Record<ContentLoss, string | RegExp>>
}

const same = (text: string): ContentRow['after'] => ({ kept: text, torn: text, zeroed: text, absent: text })

async function inPlace(disk: SimulatedDisk, text: string, position: number, sync: boolean): Promise<void> {
  const file = await disk.open('/f', 'write')
  await file.write(new TextEncoder().encode(text), position)
  if (sync) await file.sync()
  await file.close()
}

export const CONTENT_ROWS: readonly ContentRow[] = [
  { title: 'nothing was written since the flush', act: () => undefined, after: same('old!') },
  { title: 'it was flushed after the write', act: (disk) => inPlace(disk, 'new', 0, true), after: same('new!') },
  {
    title: 'bytes were added',
    act: (disk) => inPlace(disk, 'more', 4, false),
    after: { kept: 'old!more', torn: /^old!(m|mo|mor)?$/, zeroed: 'old!\0\0\0\0', absent: 'old!' },
  },
  {
    title: 'bytes were written over, and what was flushed behind them stays',
    act: (disk) => inPlace(disk, 'LD', 1, false),
    after: { kept: 'oLD!', torn: /^o(ld|Ld)!$/, zeroed: 'o\0\0!', absent: 'old!' },
  },
  {
    title: 'it was cut and written anew, shorter',
    act: ({ user }) => user.writeFile('/f', 'NE'),
    after: { kept: 'NE', torn: /^(old!|Nld!)$/, zeroed: '\0\0', absent: 'old!' },
  },
  {
    title: 'it was flushed, and written once more',
    act: async (disk) => {
      await inPlace(disk, 'new', 0, true)
      await inPlace(disk, '??', 4, false)
    },
    after: { kept: 'new!??', torn: /^new!\??$/, zeroed: 'new!\0\0', absent: 'new!' },
  },
]

export interface NameRow {
  readonly title: string
  /** Files, and directories with a slash at the end, that are flushed. */
  readonly before?: readonly string[]
  readonly act: (disk: SimulatedDisk) => Promise<void>
  readonly lost: readonly string[]
  readonly kept: readonly string[]
}

async function make(disk: SimulatedDisk, path: string): Promise<void> {
  const file = await disk.open(path, 'create')
  await file.sync()
  await file.close()
}

const EMPTY = ['/a/', '/b/']
const AT_A = ['/a/', '/a/f', '/b/']
const AT_B = ['/a/', '/b/', '/b/f']

export const NAME_ROWS: readonly NameRow[] = [
  { title: 'a new file', act: (disk) => make(disk, '/a/f'), lost: EMPTY, kept: AT_A },
  {
    title: 'a new file, its directory flushed',
    act: async (disk) => {
      await make(disk, '/a/f')
      await disk.syncDirectory('/a')
    },
    lost: AT_A,
    kept: AT_A,
  },
  { title: 'a removed file', before: ['/a/f'], act: (disk) => disk.unlink('/a/f'), lost: AT_A, kept: EMPTY },
  {
    title: 'a removed file, its directory flushed',
    before: ['/a/f'],
    act: async (disk) => {
      await disk.unlink('/a/f')
      await disk.syncDirectory('/a')
    },
    lost: EMPTY,
    kept: EMPTY,
  },
  { title: 'a moved file', before: ['/a/f'], act: (disk) => disk.rename('/a/f', '/b/f'), lost: AT_A, kept: AT_B },
  {
    title: 'a moved file, the directory it left flushed',
    before: ['/a/f'],
    act: async (disk) => {
      await disk.rename('/a/f', '/b/f')
      await disk.syncDirectory('/a')
    },
    lost: AT_A,
    kept: AT_B,
  },
  {
    title: 'a moved file, the directory it came to flushed',
    before: ['/a/f'],
    act: async (disk) => {
      await disk.rename('/a/f', '/b/f')
      await disk.syncDirectory('/b')
    },
    lost: AT_B,
    kept: AT_B,
  },
  {
    title: 'a file made in one directory and moved to another, which is flushed',
    act: async (disk) => {
      await make(disk, '/a/f')
      await disk.rename('/a/f', '/b/f')
      await disk.syncDirectory('/b')
    },
    lost: AT_B,
    kept: AT_B,
  },
  {
    title: 'a file moved away, and another made in its place, the directory flushed',
    before: ['/a/f'],
    act: async (disk) => {
      await disk.rename('/a/f', '/b/f')
      await make(disk, '/a/f')
      await disk.syncDirectory('/a')
    },
    lost: ['/a/', '/a/f', '/b/', '/b/f'],
    kept: ['/a/', '/a/f', '/b/', '/b/f'],
  },
  {
    title: 'a name given anew to a directory, and another to a second file, all flushed from below',
    act: async (disk) => {
      await disk.mkdir('/a/g')
      await make(disk, '/a/g/d')
      await disk.rename('/a/g/d', '/b/x')
      await disk.mkdir('/a/g/d')
      await disk.unlink('/b/x')
      await make(disk, '/b/x')
      await disk.rename('/b/x', '/a/g/d/y')
      for (const path of ['/a/g/d', '/b', '/a/g', '/a']) await disk.syncDirectory(path)
    },
    lost: ['/a/', '/a/g/', '/a/g/d/', '/a/g/d/y', '/b/'],
    kept: ['/a/', '/a/g/', '/a/g/d/', '/a/g/d/y', '/b/'],
  },
  {
    title: 'a file linked elsewhere and removed, the directory it left flushed',
    before: ['/a/f'],
    act: async (disk) => {
      await disk.link('/a/f', '/b/f')
      await disk.unlink('/a/f')
      await disk.syncDirectory('/a')
    },
    lost: AT_B,
    kept: AT_B,
  },
  {
    title: 'a flushed file in a new directory that is not',
    act: async (disk) => {
      await disk.mkdir('/a/d')
      await make(disk, '/a/d/f')
      await disk.syncDirectory('/a/d')
    },
    lost: EMPTY,
    kept: ['/a/', '/a/d/', '/a/d/f', '/b/'],
  },
  {
    title: 'a file moved into a new directory: flushed, and the one above it not',
    before: ['/a/f'],
    act: async (disk) => {
      await disk.mkdir('/b/d')
      await disk.rename('/a/f', '/b/d/f')
      await disk.syncDirectory('/b/d')
    },
    lost: AT_A,
    kept: ['/a/', '/b/', '/b/d/', '/b/d/f'],
  },
  {
    title: 'a directory moved with what is in it',
    before: ['/a/d/', '/a/d/f'],
    act: (disk) => disk.rename('/a/d', '/b/d'),
    lost: ['/a/', '/a/d/', '/a/d/f', '/b/'],
    kept: ['/a/', '/b/', '/b/d/', '/b/d/f'],
  },
  {
    title: 'a directory emptied and removed, the one above it flushed',
    before: ['/a/d/', '/a/d/f'],
    act: async (disk) => {
      await disk.rename('/a/d/f', '/b/f')
      await disk.rmdir('/a/d')
      await disk.syncDirectory('/a')
    },
    lost: AT_B,
    kept: AT_B,
  },
  {
    title: 'two directories turned inside out, the inner one flushed',
    before: ['/a/d/', '/a/d/f'],
    act: async (disk) => {
      await disk.rename('/a/d', '/d')
      await disk.rename('/a', '/d/a')
      await disk.syncDirectory('/d')
    },
    lost: ['/b/', '/d/', '/d/a/', '/d/f'],
    kept: ['/b/', '/d/', '/d/a/', '/d/f'],
  },
]

/** Paths that are there, sorted, directories with a slash at the end. */
export function treeOf({ user }: Pick<SimulatedDisk, 'user'>, directory = ''): readonly string[] {
  const names = user.readdir(directory === '' ? '/' : directory)
  const found = names.flatMap((name) => {
    const path = `${directory}/${name}`
    return user.lstat(path).kind === 'directory' ? [`${path}/`, ...treeOf({ user }, path)] : [path]
  })
  return found.sort()
}
