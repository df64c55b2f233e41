/** What is restored, from which past, and what both devices show then. Each step of `before` is synced by itself. */

import type { Restored } from '../../src/index.js'
import type { TestDevice } from './engine-world.js'

export interface RestoreScene {
  readonly title: string
  readonly before: readonly ((user: TestDevice) => void)[]
  readonly path: string
  readonly sequence?: number
  readonly restored: Pick<Restored, 'path' | 'restored'>
  readonly after: Readonly<Record<string, string>>
}

type Step = (user: TestDevice) => void
const write =
  (path: string, content: string): Step =>
  (user) =>
    user.write(path, content)
const rename =
  (from: string, to: string): Step =>
  (user) =>
    user.rename(from, to)
const remove =
  (path: string): Step =>
  (user) =>
    user.remove(path)
const all =
  (...steps: readonly Step[]): Step =>
  (user) => {
    for (const step of steps) step(user)
  }

/** 1 docs, 2 docs/a 'one'. */
const FIRST = write('docs/a', 'one')

export const SCENES: readonly RestoreScene[] = [
  {
    title: 'an edited file gets its content back',
    before: [FIRST, write('docs/a', 'two, longer')],
    path: 'docs/a',
    sequence: 2,
    restored: { path: 'docs/a', restored: 1 },
    after: { 'docs/': '', 'docs/a': 'one' },
  },
  {
    title: 'an executable bit comes back with the content',
    before: [
      all(FIRST, (user) => user.setExecutable('docs/a', true)),
      all(write('docs/a', 'two, longer'), (user) => user.setExecutable('docs/a', false)),
    ],
    path: 'docs/a',
    sequence: 2,
    restored: { path: 'docs/a', restored: 1 },
    after: { 'docs/': '', 'docs/a*': 'one' },
  },
  {
    title: 'a renamed and edited file, by its present path: the content comes back, the name stays',
    before: [FIRST, rename('docs/a', 'docs/b'), write('docs/b', 'two, longer')],
    path: 'docs/b',
    sequence: 2,
    restored: { path: 'docs/b', restored: 1 },
    after: { 'docs/': '', 'docs/b': 'one' },
  },
  {
    title: 'a renamed and edited file, by its former path: content and name come back',
    before: [FIRST, rename('docs/a', 'docs/b'), write('docs/b', 'two, longer')],
    path: 'docs/a',
    sequence: 2,
    restored: { path: 'docs/a', restored: 1 },
    after: { 'docs/': '', 'docs/a': 'one' },
  },
  {
    title: 'a renamed file by its former path, which another one has by now: beside it',
    before: [FIRST, rename('docs/a', 'docs/b'), write('docs/a', 'another')],
    path: 'docs/a',
    sequence: 2,
    restored: { path: 'docs/a (restored)', restored: 1 },
    after: { 'docs/': '', 'docs/a': 'another', 'docs/a (restored)': 'one' },
  },
  {
    title: 'a renamed directory by its former path',
    before: [FIRST, rename('docs', 'papers')],
    path: 'docs',
    sequence: 1,
    restored: { path: 'docs', restored: 1 },
    after: { 'docs/': '', 'docs/a': 'one' },
  },
  {
    title: 'a deleted file',
    before: [FIRST, remove('docs/a')],
    path: 'docs/a',
    restored: { path: 'docs/a', restored: 1 },
    after: { 'docs/': '', 'docs/a': 'one' },
  },
  {
    title: 'a deleted file in an earlier state',
    before: [FIRST, write('docs/a', 'two, longer'), remove('docs/a')],
    path: 'docs/a',
    sequence: 2,
    restored: { path: 'docs/a', restored: 1 },
    after: { 'docs/': '', 'docs/a': 'one' },
  },
  {
    title: 'a deleted file whose name was taken: beside it, with its extension',
    before: [write('a.txt', 'one'), remove('a.txt'), write('a.txt', 'another')],
    path: 'a.txt',
    sequence: 1,
    restored: { path: 'a (restored).txt', restored: 1 },
    after: { 'a.txt': 'another', 'a (restored).txt': 'one' },
  },
  {
    title: 'a deleted file whose name was taken twice',
    before: [write('a.txt', 'one'), remove('a.txt'), all(write('a.txt', 'x'), write('a (restored).txt', 'y'))],
    path: 'a.txt',
    sequence: 1,
    restored: { path: 'a (restored 2).txt', restored: 1 },
    after: { 'a.txt': 'x', 'a (restored).txt': 'y', 'a (restored 2).txt': 'one' },
  },
  {
    title: 'a deleted file whose directory was renamed: into it',
    before: [all(FIRST, write('docs/stays', 's')), remove('docs/a'), rename('docs', 'papers')],
    path: 'docs/a',
    restored: { path: 'papers/a', restored: 1 },
    after: { 'papers/': '', 'papers/a': 'one', 'papers/stays': 's' },
  },
  {
    title: 'a deleted file whose directories are deleted too: they are put back, empty but for it',
    before: [all(write('x/y/a', 'one'), write('x/y/b', 'two'), write('x/c', 'c')), remove('x')],
    path: 'x/y/a',
    restored: { path: 'x/y/a', restored: 3 },
    after: { 'x/': '', 'x/y/': '', 'x/y/a': 'one' },
  },
  {
    title: 'a deleted file whose directory was made anew: into the new one',
    before: [FIRST, remove('docs'), write('docs/b', 'new')],
    path: 'docs/a',
    restored: { path: 'docs/a', restored: 1 },
    after: { 'docs/': '', 'docs/a': 'one', 'docs/b': 'new' },
  },
  {
    title: 'a deleted directory with everything that was in it',
    before: [all(write('x/y/a', 'one'), write('x/y/z/b', 'two'), write('x/c', 'c')), remove('x')],
    path: 'x',
    restored: { path: 'x', restored: 6 },
    after: { 'x/': '', 'x/c': 'c', 'x/y/': '', 'x/y/a': 'one', 'x/y/z/': '', 'x/y/z/b': 'two' },
  },
  {
    title: 'a deleted directory without what was moved out of it, or deleted long before',
    before: [
      all(write('x/a', 'one'), write('x/moved', 'm'), write('x/before', 'b'), write('stays', 's')),
      remove('x/before'),
      (user) => {
        user.world.clock.advance(3_600_000)
        user.rename('x/moved', 'moved')
      },
      remove('x'),
    ],
    path: 'x',
    restored: { path: 'x', restored: 2 },
    after: { 'x/': '', 'x/a': 'one', moved: 'm', stays: 's' },
  },
  {
    title: 'a deleted directory whose name was taken: beside it',
    before: [write('x/a', 'one'), remove('x'), write('x/b', 'new')],
    path: 'x',
    sequence: 1,
    restored: { path: 'x (restored)', restored: 2 },
    after: { 'x/': '', 'x/b': 'new', 'x (restored)/': '', 'x (restored)/a': 'one' },
  },
  {
    title: 'a deleted empty directory',
    before: [(user) => user.mkdir('x'), remove('x')],
    path: 'x',
    restored: { path: 'x', restored: 1 },
    after: { 'x/': '' },
  },
]
