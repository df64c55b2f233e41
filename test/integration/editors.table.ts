/**
 * How programs save and move files (A14), step by step as the file system sees it. Between two steps the engines get a
 * turn, so that their scans fall in between as they may.
 */

import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hands } from './user-hands.js'

export interface Scene {
  readonly hands: Hands
  /** The synced root, and a directory beside it on the same disk. */
  readonly root: string
  readonly beside: string
}

/** `rest`: everything so far is synced before it goes on. */
export type Step = ((scene: Scene) => void) | 'rest'

export interface EditorRow {
  readonly title: string
  /** What is there and synced before, beside the documents. */
  readonly before?: (scene: Scene) => void
  /** Paths that keep their node, with the content `one` before; a document that moves is `from>to`. */
  readonly documents: readonly string[]
  readonly steps: readonly Step[]
  /** Contents that must be there in the end; of a document by its last path. */
  readonly shows: Readonly<Record<string, string>>
  /** Names that must be gone. */
  readonly gone?: readonly string[]
}

const write =
  (path: string, content: string): Step =>
  ({ hands }) =>
    hands.write(path, content)
const rename =
  (from: string, to: string): Step =>
  ({ hands }) =>
    hands.rename(from, to)
const remove =
  (path: string): Step =>
  ({ hands }) =>
    hands.remove(path)
const makeDirectory =
  (path: string): Step =>
  ({ hands }) =>
    hands.makeDirectory(path)
const truncate =
  (path: string): Step =>
  ({ hands }) =>
    hands.truncate(path)

/** Nothing but what `hands` can do: these are played in memory too. */
export const SAVES: readonly EditorRow[] = [
  { title: 'save in place', documents: ['d/doc'], steps: [write('d/doc', 'two')], shows: { 'd/doc': 'two' } },
  {
    title: 'truncate, then write',
    documents: ['d/doc'],
    steps: [truncate('d/doc'), write('d/doc', 'two'), truncate('d/doc'), write('d/doc', 'three')],
    shows: { 'd/doc': 'three' },
  },
  {
    title: 'a temporary file renamed over it, twice',
    documents: ['d/doc'],
    steps: [
      write('d/.doc.tmp', 'two'),
      rename('d/.doc.tmp', 'd/doc'),
      write('d/.doc.tmp', 'three'),
      rename('d/.doc.tmp', 'd/doc'),
    ],
    shows: { 'd/doc': 'three' },
    gone: ['d/.doc.tmp'],
  },
  {
    title: 'vim, backupcopy=no: a probe, the file renamed to f~, written anew, f~ removed; twice',
    documents: ['d/doc'],
    steps: ['two', 'three'].flatMap((content) => [
      write('d/4913', ''),
      remove('d/4913'),
      rename('d/doc', 'd/doc~'),
      write('d/doc', content),
      remove('d/doc~'),
    ]),
    shows: { 'd/doc': 'three' },
    gone: ['d/doc~', 'd/4913'],
  },
  {
    title: 'vim, backupcopy=yes: copied to f~, written in place, f~ removed',
    documents: ['d/doc'],
    steps: [write('d/doc~', 'one'), truncate('d/doc'), write('d/doc', 'two'), remove('d/doc~')],
    shows: { 'd/doc': 'two' },
    gone: ['d/doc~'],
  },
  {
    title: 'vim with a swap file that lives as long as the session',
    documents: ['d/doc'],
    steps: [
      write('d/.doc.swp', 'swap'),
      write('d/.doc.swp', 'swap of two'),
      rename('d/doc', 'd/doc~'),
      write('d/doc', 'two'),
      remove('d/doc~'),
      remove('d/.doc.swp'),
    ],
    shows: { 'd/doc': 'two' },
    gone: ['d/doc~', 'd/.doc.swp'],
  },
  {
    title: 'emacs: a lock that is a broken link, an autosave, the file renamed to f~ for good, then saved in place',
    documents: ['d/doc'],
    steps: [
      ({ hands }) => hands.symlink('ann@host.4711:1', 'd/.#doc'),
      write('d/#doc#', 'tw'),
      rename('d/doc', 'd/doc~'),
      write('d/doc', 'two'),
      remove('d/#doc#'),
      remove('d/.#doc'),
      truncate('d/doc'),
      write('d/doc', 'three'),
    ],
    shows: { 'd/doc': 'three', 'd/doc~': 'one' },
    gone: ['d/#doc#', 'd/.#doc'],
  },
  {
    title: 'renamed away and created again',
    documents: ['d/doc'],
    steps: [rename('d/doc', 'd/doc.bak'), write('d/doc', 'two')],
    shows: { 'd/doc': 'two', 'd/doc.bak': 'one' },
  },
  {
    title: 'an office program: new beside it, old away, new in its place, old removed',
    documents: ['d/doc'],
    steps: [
      write('d/~WRD0001.tmp', 'two'),
      rename('d/doc', 'd/~WRL0002.tmp'),
      rename('d/~WRD0001.tmp', 'd/doc'),
      remove('d/~WRL0002.tmp'),
    ],
    shows: { 'd/doc': 'two' },
    gone: ['d/~WRD0001.tmp', 'd/~WRL0002.tmp'],
  },
  {
    title: 'saved by way of a directory beside it',
    documents: ['d/doc'],
    steps: [
      makeDirectory('d/doc.sb-1f2e'),
      write('d/doc.sb-1f2e/doc', 'two'),
      rename('d/doc.sb-1f2e/doc', 'd/doc'),
      remove('d/doc.sb-1f2e'),
    ],
    shows: { 'd/doc': 'two' },
    gone: ['d/doc.sb-1f2e'],
  },
  {
    title: 'appended in bursts',
    documents: ['d/doc'],
    steps: Array.from(
      { length: 60 },
      (_, at) =>
        ({ hands }: Scene) =>
          hands.append('d/doc', ` ${at}`),
    ),
    shows: { 'd/doc': `one${Array.from({ length: 60 }, (_, at) => ` ${at}`).join('')}` },
  },
  {
    title: 'removed and made again under its name, twice',
    documents: ['d/doc'],
    steps: [remove('d/doc'), write('d/doc', 'two'), remove('d/doc'), write('d/doc', 'three')],
    shows: { 'd/doc': 'three' },
  },
]

const TREES: readonly EditorRow[] = [
  {
    title: 'mkdir -p, and files written deep below at once',
    documents: ['d/doc'],
    steps: [
      ({ hands }) => {
        hands.write('a/b/c/e/f', 'deep')
        hands.write('a/b/g', 'less deep')
      },
    ],
    shows: { 'd/doc': 'one', 'a/b/c/e/f': 'deep', 'a/b/g': 'less deep' },
  },
  {
    title: 'a populated directory moved in from outside, edited, and out again',
    documents: ['d/doc'],
    steps: [
      ({ beside }) => {
        mkdirSync(join(beside, 'full/deep/deeper'), { recursive: true })
        for (const path of ['full/f', 'full/deep/f', 'full/deep/deeper/f']) writeFileSync(join(beside, path), path)
      },
      ({ root, beside }) => renameSync(join(beside, 'full'), join(root, 'd/full')),
      write('d/full/deep/deeper/f', 'edited'),
      ({ root, beside }) => renameSync(join(root, 'd/full/deep'), join(beside, 'taken')),
    ],
    shows: { 'd/doc': 'one', 'd/full/f': 'full/f' },
    gone: ['d/full/deep'],
  },
  {
    title: 'a directory renamed, with edits inside before and after',
    documents: ['d/doc>moved/doc', 'd/deep/other>moved/deep/other'],
    steps: [
      write('d/doc', 'two'),
      rename('d', 'moved'),
      write('moved/deep/other', 'two'),
      write('moved/deep/new', 'new'),
      write('moved/doc', 'three'),
    ],
    shows: { 'moved/doc': 'three', 'moved/deep/other': 'two', 'moved/deep/new': 'new' },
    gone: ['d'],
  },
  {
    title: 'a document renamed, then saved over by a temporary file',
    documents: ['d/doc>d/renamed'],
    steps: [rename('d/doc', 'd/renamed'), 'rest', write('d/.t', 'two'), rename('d/.t', 'd/renamed')],
    shows: { 'd/renamed': 'two' },
    gone: ['d/doc', 'd/.t'],
  },
]

function git(cwd: string, ...args: readonly string[]): void {
  const settings = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.invalid', '-c', 'commit.gpgsign=false']
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
  execFileSync('git', [...settings, ...args], { cwd, env, stdio: 'pipe' })
}

/** Two branches that share some files; `main` is checked out. Where the repository's own data lies is up to `init`. */
function repository(init: (scene: Scene) => void): (scene: Scene) => void {
  return (scene) => {
    const { root, hands } = scene
    const at = join(root, 'd')
    init(scene)
    hands.write('d/only-main/f', 'main')
    git(at, 'add', '-A')
    git(at, 'commit', '-q', '-m', 'main')
    git(at, 'checkout', '-q', '-b', 'other')
    hands.write('d/doc', 'of the other branch')
    hands.remove('d/only-main')
    hands.write('d/only-other/deep/f', 'other')
    git(at, 'add', '-A')
    git(at, 'commit', '-q', '-m', 'other')
    git(at, 'checkout', '-q', 'main')
  }
}

const checkout =
  (branch: string): Step =>
  ({ root }) =>
    git(join(root, 'd'), 'checkout', '-q', branch)

const TOOLS: readonly EditorRow[] = [
  {
    title: 'git checkout there and back and there, its own data elsewhere',
    before: repository(({ root, beside }) => {
      git(join(root, 'd'), 'init', '-q', '-b', 'main', '--separate-git-dir', join(beside, 'repository'))
    }),
    documents: ['d/doc'],
    steps: [checkout('other'), checkout('main'), checkout('other')],
    shows: { 'd/doc': 'of the other branch', 'd/only-other/deep/f': 'other' },
    gone: ['d/only-main'],
  },
  {
    title: 'git checkout with .git inside the tree, synced like any other files',
    before: repository(({ root }) => git(join(root, 'd'), 'init', '-q', '-b', 'main')),
    documents: ['d/doc', 'd/.git/HEAD'],
    steps: [checkout('other')],
    shows: { 'd/doc': 'of the other branch', 'd/.git/HEAD': 'ref: refs/heads/other\n' },
    gone: ['d/only-main', 'd/.git/index.lock'],
  },
  {
    title: 'an archive unpacked, then once more over itself',
    documents: ['d/doc'],
    steps: [
      ({ beside }) => {
        mkdirSync(join(beside, 'packed/a/b'), { recursive: true })
        for (let at = 0; at < 40; at++) writeFileSync(join(beside, `packed/a/b/f${at}`), `file ${at}`)
        writeFileSync(join(beside, 'packed/doc'), 'from the archive')
        execFileSync('tar', ['-cf', join(beside, 'packed.tar'), '-C', join(beside, 'packed'), '.'])
      },
      ({ root, beside }) => void execFileSync('tar', ['-xf', join(beside, 'packed.tar'), '-C', join(root, 'd')]),
      ({ root, beside }) => void execFileSync('tar', ['-xf', join(beside, 'packed.tar'), '-C', join(root, 'd')]),
    ],
    shows: { 'd/doc': 'from the archive', 'd/a/b/f39': 'file 39' },
  },
]

export const EDITORS: readonly EditorRow[] = [...SAVES, ...TREES, ...TOOLS]
