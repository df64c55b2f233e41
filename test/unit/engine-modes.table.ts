/** What each mode makes of a change here, there, or on both sides. */

import type { TestDevice } from './engine-world.js'

export interface ModeOutcome {
  /** Default: what this disk showed before. */
  readonly disk?: Readonly<Record<string, string>>
  readonly server: Readonly<Record<string, string>>
  /** Paths. */
  readonly held?: readonly string[]
  readonly conflicts?: readonly string[]
}

export interface ModeRow {
  readonly title: string
  readonly base: Readonly<Record<string, string>>
  readonly here?: (device: TestDevice) => void
  readonly there?: (device: TestDevice) => void
  readonly 'read-only': ModeOutcome
  readonly 'upload-only': ModeOutcome
}

const F = { f: 'base', keep: 'k' }

export const MODE_ROWS: readonly ModeRow[] = [
  {
    title: 'nothing changed',
    base: F,
    'read-only': { server: { f: 'base', keep: 'k' } },
    'upload-only': { server: { f: 'base', keep: 'k' } },
  },
  {
    title: 'edited here',
    base: F,
    here: (d) => d.write('f', 'here'),
    'read-only': { server: { f: 'base', keep: 'k' }, held: ['f'] },
    'upload-only': { server: { f: 'here', keep: 'k' } },
  },
  {
    title: 'edited there',
    base: F,
    there: (d) => d.write('f', 'there'),
    'read-only': { disk: { f: 'there', keep: 'k' }, server: { f: 'there', keep: 'k' } },
    'upload-only': { server: { f: 'there', keep: 'k' }, held: ['f'] },
  },
  {
    title: 'edited on both sides',
    base: F,
    here: (d) => d.write('f', 'here'),
    there: (d) => d.write('f', 'there'),
    'read-only': {
      disk: { f: 'there', 'f (conflicted copy A bb5569)': 'here', keep: 'k' },
      server: { f: 'there', keep: 'k' },
      held: ['f (conflicted copy A bb5569)'],
      conflicts: ['f'],
    },
    'upload-only': { server: { f: 'there', keep: 'k' }, held: ['f'] },
  },
  {
    title: 'edited alike on both sides',
    base: F,
    here: (d) => d.write('f', 'same'),
    there: (d) => d.write('f', 'same'),
    'read-only': { server: { f: 'same', keep: 'k' } },
    'upload-only': { server: { f: 'same', keep: 'k' } },
  },
  {
    title: 'deleted here',
    base: F,
    here: (d) => d.remove('f'),
    'read-only': { server: { f: 'base', keep: 'k' }, held: ['f'] },
    'upload-only': { server: { keep: 'k' } },
  },
  {
    title: 'deleted there',
    base: F,
    there: (d) => d.remove('f'),
    'read-only': { disk: { keep: 'k' }, server: { keep: 'k' } },
    'upload-only': { server: { keep: 'k' }, held: ['f'] },
  },
  {
    title: 'deleted on both sides',
    base: F,
    here: (d) => d.remove('f'),
    there: (d) => d.remove('f'),
    'read-only': { server: { keep: 'k' } },
    'upload-only': { server: { keep: 'k' } },
  },
  {
    title: 'edited here, deleted there',
    base: F,
    here: (d) => d.write('f', 'here'),
    there: (d) => d.remove('f'),
    'read-only': { server: { keep: 'k' }, held: ['f'] },
    'upload-only': { server: { f: 'here', keep: 'k' } },
  },
  {
    title: 'deleted here, edited there',
    base: F,
    here: (d) => d.remove('f'),
    there: (d) => d.write('f', 'there'),
    'read-only': { disk: { f: 'there', keep: 'k' }, server: { f: 'there', keep: 'k' } },
    'upload-only': { server: { f: 'there', keep: 'k' }, held: ['f'] },
  },
  {
    title: 'new here',
    base: F,
    here: (d) => d.write('dir/n', 'here'),
    'read-only': { server: { f: 'base', keep: 'k' }, held: ['dir', 'dir/n'] },
    'upload-only': { server: { 'dir/': '', 'dir/n': 'here', f: 'base', keep: 'k' } },
  },
  {
    title: 'new there',
    base: F,
    there: (d) => d.write('dir/n', 'there'),
    'read-only': {
      disk: { 'dir/': '', 'dir/n': 'there', f: 'base', keep: 'k' },
      server: { 'dir/': '', 'dir/n': 'there', f: 'base', keep: 'k' },
    },
    'upload-only': { server: { 'dir/': '', 'dir/n': 'there', f: 'base', keep: 'k' } },
  },
  {
    title: 'new on both sides under one name',
    base: F,
    here: (d) => d.write('n', 'here'),
    there: (d) => d.write('n', 'there'),
    'read-only': {
      disk: { f: 'base', keep: 'k', n: 'there', 'n (conflicted copy A bb5569)': 'here' },
      server: { f: 'base', keep: 'k', n: 'there' },
      held: ['n (conflicted copy A bb5569)'],
      conflicts: ['n'],
    },
    'upload-only': { server: { f: 'base', keep: 'k', n: 'there' }, held: ['n'] },
  },
  {
    title: 'new and equal on both sides',
    base: F,
    here: (d) => d.write('n', 'same'),
    there: (d) => d.write('n', 'same'),
    'read-only': { server: { f: 'base', keep: 'k', n: 'same' } },
    'upload-only': { server: { f: 'base', keep: 'k', n: 'same' } },
  },
  {
    title: 'new directories of one name on both sides',
    base: F,
    here: (d) => d.write('dir/h', 'here'),
    there: (d) => d.write('dir/t', 'there'),
    'read-only': {
      disk: { 'dir/': '', 'dir/h': 'here', 'dir/t': 'there', f: 'base', keep: 'k' },
      server: { 'dir/': '', 'dir/t': 'there', f: 'base', keep: 'k' },
      held: ['dir/h'],
    },
    'upload-only': { server: { 'dir/': '', 'dir/h': 'here', 'dir/t': 'there', f: 'base', keep: 'k' } },
  },
  {
    title: 'moved here',
    base: F,
    here: (d) => d.rename('f', 'g'),
    'read-only': { server: { f: 'base', keep: 'k' }, held: ['g'] },
    'upload-only': { server: { g: 'base', keep: 'k' } },
  },
  {
    title: 'moved there',
    base: F,
    there: (d) => d.rename('f', 'g'),
    'read-only': { disk: { g: 'base', keep: 'k' }, server: { g: 'base', keep: 'k' } },
    'upload-only': { server: { g: 'base', keep: 'k' }, held: ['f'] },
  },
  {
    title: 'moved on both sides',
    base: F,
    here: (d) => d.rename('f', 'h'),
    there: (d) => d.rename('f', 't'),
    'read-only': { disk: { keep: 'k', t: 'base' }, server: { keep: 'k', t: 'base' } },
    'upload-only': { server: { keep: 'k', t: 'base' }, held: ['h'] },
  },
  {
    title: 'moved here, edited there',
    base: F,
    here: (d) => d.rename('f', 'g'),
    there: (d) => d.write('f', 'there'),
    'read-only': { disk: { g: 'there', keep: 'k' }, server: { f: 'there', keep: 'k' }, held: ['g'] },
    'upload-only': { server: { g: 'there', keep: 'k' }, held: ['g'] },
  },
  {
    title: 'edited here, moved there',
    base: F,
    here: (d) => d.write('f', 'here'),
    there: (d) => d.rename('f', 'g'),
    'read-only': { disk: { g: 'here', keep: 'k' }, server: { g: 'base', keep: 'k' }, held: ['g'] },
    'upload-only': { server: { g: 'here', keep: 'k' }, held: ['f'] },
  },
  {
    title: 'moved here to the name of a file that is new there',
    base: F,
    here: (d) => d.rename('f', 'n'),
    there: (d) => d.write('n', 'there'),
    'read-only': {
      disk: { keep: 'k', n: 'there', 'n (conflicted copy A d61c15)': 'base' },
      server: { f: 'base', keep: 'k', n: 'there' },
      held: ['n (conflicted copy A d61c15)'],
      conflicts: ['n'],
    },
    'upload-only': { server: { f: 'base', keep: 'k', n: 'there' }, held: ['n'] },
  },
  {
    title: 'a directory deleted here, a file new in it there',
    base: { 'dir/f': 'base', keep: 'k' },
    here: (d) => d.remove('dir'),
    there: (d) => d.write('dir/n', 'there'),
    'read-only': {
      disk: { 'dir/': '', 'dir/n': 'there', keep: 'k' },
      server: { 'dir/': '', 'dir/f': 'base', 'dir/n': 'there', keep: 'k' },
      held: ['dir/f'],
    },
    'upload-only': { server: { 'dir/': '', 'dir/n': 'there', keep: 'k' }, held: ['dir'] },
  },
  {
    title: 'a directory deleted there, a file new in it here',
    base: { 'dir/f': 'base', keep: 'k' },
    here: (d) => d.write('dir/n', 'here'),
    there: (d) => d.remove('dir'),
    'read-only': { disk: { 'dir/': '', 'dir/n': 'here', keep: 'k' }, server: { keep: 'k' }, held: ['dir', 'dir/n'] },
    'upload-only': { server: { 'dir/': '', 'dir/n': 'here', keep: 'k' }, held: ['dir/f'] },
  },
  {
    title: 'two files swap names there',
    base: { a: '1', b: '2' },
    there: (d) => {
      d.rename('a', 'c')
      d.rename('b', 'a')
      d.rename('c', 'b')
    },
    'read-only': { disk: { a: '2', b: '1' }, server: { a: '2', b: '1' } },
    'upload-only': { server: { a: '2', b: '1' }, held: ['a', 'b'] },
  },
  {
    title: 'two files swap names here',
    base: { a: '1', b: '2' },
    here: (d) => {
      d.rename('a', 'c')
      d.rename('b', 'a')
      d.rename('c', 'b')
    },
    'read-only': { server: { a: '1', b: '2' }, held: ['a', 'b'] },
    'upload-only': { server: { a: '2', b: '1' } },
  },
  {
    title: 'a file becomes a directory here',
    base: F,
    here: (d) => {
      d.remove('f')
      d.write('f/x', 'here')
    },
    'read-only': { server: { f: 'base', keep: 'k' }, held: ['f', 'f/x'] },
    'upload-only': { server: { 'f/': '', 'f/x': 'here', keep: 'k' } },
  },
  {
    title: 'a file becomes a directory there',
    base: F,
    there: (d) => {
      d.remove('f')
      d.write('f/x', 'there')
    },
    'read-only': { disk: { 'f/': '', 'f/x': 'there', keep: 'k' }, server: { 'f/': '', 'f/x': 'there', keep: 'k' } },
    'upload-only': { server: { 'f/': '', 'f/x': 'there', keep: 'k' }, held: ['f'] },
  },
]
