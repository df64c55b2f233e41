/** Ways to lose a root (INV-19), each with its way back, and what the engine says to it at start and while it runs. */

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { ErrorCode } from '../../src/index.js'

/** An error with this code; or a guard that asks; or it goes on, with everything brought back. */
export type Said = { readonly code: ErrorCode } | { readonly guard: string } | 'goes on'

export interface RootLoss {
  readonly way: string
  /** Takes the root away, and returns what brings it back (null: it cannot be). */
  readonly lose: (root: string) => (() => void) | null
  readonly running: Said
  /** The state lies elsewhere: a store of the app's own. */
  readonly start: Said
  /** The state lies in the root's `.tidemark`, as `nodeFolder` has it. Default: as `start`. */
  readonly startInside?: Said
}

function away(root: string): () => void {
  renameSync(root, `${root} away`)
  return () => {
    rmSync(root, { recursive: true, force: true })
    renameSync(`${root} away`, root)
  }
}

function swapped(root: string, make: () => void): () => void {
  const back = away(root)
  make()
  return back
}

function marker(root: string, change: (path: string, text: string) => void): () => void {
  const path = join(root, '.tidemark/root.json')
  const text = readFileSync(path, 'utf8')
  change(path, text)
  return () => writeFileSync(path, text)
}

function rewritten(root: string, change: Record<string, unknown>): () => void {
  return marker(root, (path, text) =>
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(text) as object), ...change })),
  )
}

const MISSING = { code: 'root-missing' } as const
const REPLACED = { code: 'root-replaced' } as const
const NO_DIRECTORY = { code: 'root-not-a-directory' } as const

export const ROOT_LOSSES: readonly RootLoss[] = [
  { way: 'moved away', lose: away, running: MISSING, start: MISSING },
  {
    way: 'the directory above it gone',
    lose: (root) => {
      renameSync(dirname(root), `${dirname(root)} away`)
      return () => renameSync(`${dirname(root)} away`, dirname(root))
    },
    running: MISSING,
    start: MISSING,
  },
  {
    way: 'a file in place of the directory above it',
    lose: (root) => {
      const above = dirname(root)
      renameSync(above, `${above} away`)
      writeFileSync(above, '')
      return () => {
        unlinkSync(above)
        renameSync(`${above} away`, above)
      }
    },
    running: MISSING,
    start: MISSING,
  },
  {
    way: 'emptied but for what is ours',
    lose: (root) => {
      for (const name of readdirSync(root)) if (name !== '.tidemark') rmSync(join(root, name), { recursive: true })
      return null
    },
    running: { guard: 'root-emptied:up' },
    start: { guard: 'root-emptied:up' },
  },
  {
    way: 'emptied to the last entry',
    lose: (root) => {
      for (const name of readdirSync(root)) rmSync(join(root, name), { recursive: true })
      return null
    },
    running: REPLACED,
    start: REPLACED,
    startInside: 'goes on',
  },
  {
    way: 'its file system unmounted: an empty mount point in its place',
    lose: (root) => swapped(root, () => mkdirSync(root)),
    running: REPLACED,
    start: REPLACED,
    startInside: 'goes on',
  },
  {
    way: 'another directory with files in its place',
    lose: (root) =>
      swapped(root, () => {
        mkdirSync(root)
        writeFileSync(join(root, 'a.txt'), 'of another directory')
      }),
    running: REPLACED,
    start: REPLACED,
    startInside: 'goes on',
  },
  {
    way: 'another root in its place',
    lose: (root) =>
      swapped(root, () => {
        mkdirSync(join(root, '.tidemark'), { recursive: true })
        const identity = '9'.repeat(32)
        writeFileSync(
          join(root, '.tidemark/root.json'),
          JSON.stringify({ format: 'tidemark-root', version: 1, identity, tick: 7 }),
        )
      }),
    running: REPLACED,
    start: REPLACED,
    startInside: 'goes on',
  },
  {
    way: 'a file in its place',
    lose: (root) => swapped(root, () => writeFileSync(root, 'a file')),
    running: NO_DIRECTORY,
    start: NO_DIRECTORY,
  },
  {
    way: 'a symbolic link to it in its place',
    lose: (root) => swapped(root, () => symlinkSync(`${root} away`, root)),
    running: NO_DIRECTORY,
    start: NO_DIRECTORY,
  },
  {
    way: 'a dangling symbolic link in its place',
    lose: (root) => swapped(root, () => symlinkSync(`${root} nowhere`, root)),
    running: NO_DIRECTORY,
    start: NO_DIRECTORY,
  },
  {
    way: 'its marker gone',
    lose: (root) => marker(root, (path) => unlinkSync(path)),
    running: REPLACED,
    start: REPLACED,
  },
  {
    way: 'the marker of another root in it',
    lose: (root) => rewritten(root, { identity: '8'.repeat(32) }),
    running: REPLACED,
    start: REPLACED,
  },
  {
    way: 'its marker damaged',
    lose: (root) => marker(root, (path) => writeFileSync(path, '{"format":"tidemark-')),
    running: REPLACED,
    start: { code: 'corrupt' },
  },
  {
    way: 'its marker of a newer version',
    lose: (root) => rewritten(root, { version: 99 }),
    running: REPLACED,
    start: { code: 'newer-version' },
  },
  {
    way: 'its tick rolled back',
    lose: (root) => rewritten(root, { tick: 0 }),
    running: 'goes on',
    start: 'goes on',
  },
  {
    way: 'our own directory moved away',
    lose: (root) => {
      const own = join(root, '.tidemark')
      renameSync(own, `${root} own`)
      return () => {
        rmSync(own, { recursive: true, force: true })
        renameSync(`${root} own`, own)
      }
    },
    running: REPLACED,
    start: REPLACED,
    startInside: 'goes on',
  },
  {
    way: 'a file in place of our own directory',
    lose: (root) => {
      const own = join(root, '.tidemark')
      renameSync(own, `${root} own`)
      writeFileSync(own, '')
      return () => {
        unlinkSync(own)
        renameSync(`${root} own`, own)
      }
    },
    running: REPLACED,
    start: { code: 'root-unreadable' },
  },
  {
    way: 'another root around it',
    lose: (root) => {
      const own = join(dirname(root), '.tidemark')
      mkdirSync(own)
      writeFileSync(
        join(own, 'root.json'),
        JSON.stringify({ format: 'tidemark-root', version: 1, identity: '7'.repeat(32), tick: 0 }),
      )
      return () => rmSync(own, { recursive: true })
    },
    running: { code: 'root-nested' },
    start: { code: 'root-nested' },
  },
]
