/** What must arrive as it was (A13): what is done on A, step by step with a sync after each, and what B must show then. */

import type { Hands } from './user-hands.js'

export interface FidelityRow {
  readonly title: string
  readonly steps: readonly ((a: Hands, b: Hands) => void)[]
  /** Paths with their content; a directory ends in `/`, an executable file in `*`. A long content by its length. */
  readonly shows: Readonly<Record<string, string>>
  /** Modification times that B must show, milliseconds. */
  readonly times?: Readonly<Record<string, number>>
  /** Revisions that the last step makes, where that is the point. */
  readonly revisions?: number
  /** Where it can be done at all; else everywhere. */
  readonly only?: 'disks in memory'
  /** What stays different on purpose. */
  readonly differences?: readonly string[]
}

const COMPOSED = 'caf\u00e9'
const DECOMPOSED = 'cafe\u0301'
const FAMILY = '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}\u200d\u{1F466}'
const FLAG = '\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}'
const DEEP = Array.from({ length: 100 }, (_, at) => `d${at}`)

/** Directories of a path on the way down. */
function chain(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((_, at) => [`${names.slice(0, at + 1).join('/')}/`, '']))
}

function timed(title: string, ms: number, shown = ms): FidelityRow {
  return {
    title: `modification time: ${title}`,
    steps: [(a) => (a.write('f', 'x'), a.setModified('f', ms))],
    shows: { f: 'x' },
    times: { f: shown },
  }
}

const TIMES: readonly FidelityRow[] = [
  timed('whole milliseconds', 1_500_000_000_123),
  timed('an odd one', 1_700_000_001_001),
  timed('the last millisecond of a second', 1_600_000_000_999),
  timed('1970 itself', 0),
  timed('a millisecond before 1970', -1),
  timed('before 1970', -86_400_001),
  timed('1901', -2_147_483_648_000),
  timed('after 2038', 2_147_483_648_123),
  timed('after 2106', 4_294_967_296_001),
  timed('the year 2400', 13_569_465_600_123),
  {
    // Some disks end in 2446: then on A already.
    title: 'modification time: the year 9999, as far as the disk goes',
    steps: [(a) => (a.write('f', 'x'), a.setModified('f', 253_402_300_798_998))],
    shows: { f: 'x' },
  },
  timed('beyond milliseconds: cut off', 1_500_000_000_123.9, 1_500_000_000_123),
  timed('beyond milliseconds before 1970: the earlier one', -1_000_000.5, -1_000_001),
  {
    title: 'modification time: an edit may bring an earlier one',
    steps: [
      (a) => (a.write('f', 'x'), a.setModified('f', 1_500_000_000_000)),
      (a) => (a.write('f', 'y'), a.setModified('f', 1_400_000_000_007)),
    ],
    shows: { f: 'y' },
    times: { f: 1_400_000_000_007 },
    revisions: 1,
  },
  {
    title: 'modification time: it survives a rename',
    steps: [
      (a) => (a.write('f', 'x'), a.setModified('f', -5_000)),
      (a) => a.rename('f', 'g'),
      (a) => (a.makeDirectory('d'), a.rename('g', 'd/g')),
    ],
    shows: { 'd/': '', 'd/g': 'x' },
    times: { 'd/g': -5_000 },
  },
  {
    title: 'modification time: a touch is no change, and moves nothing',
    steps: [
      (a) => (a.write('f', 'x'), a.setModified('f', 1_500_000_000_000)),
      (a) => a.setModified('f', 1_600_000_000_000),
    ],
    shows: { f: 'x' },
    times: { f: 1_500_000_000_000 },
    revisions: 0,
    differences: ['f: modified at 1600000000000, at 1500000000000'],
  },
]

const BITS: readonly FidelityRow[] = [
  {
    title: 'executable bit: set',
    steps: [(a) => (a.write('f', 'x'), a.setExecutable('f', true))],
    shows: { 'f*': 'x' },
  },
  { title: 'executable bit: not set', steps: [(a) => a.write('f', 'x')], shows: { f: 'x' } },
  {
    title: 'executable bit: set later, nothing else',
    steps: [(a) => (a.write('f', 'x'), a.setModified('f', 1_000)), (a) => a.setExecutable('f', true)],
    shows: { 'f*': 'x' },
    times: { f: 1_000 },
    revisions: 1,
  },
  {
    title: 'executable bit: taken away, nothing else',
    steps: [
      (a) => (a.write('f', 'x'), a.setModified('f', 1_000), a.setExecutable('f', true)),
      (a) => a.setExecutable('f', false),
    ],
    shows: { f: 'x' },
    times: { f: 1_000 },
    revisions: 1,
  },
  {
    title: 'executable bit: set here, edited there',
    steps: [(a) => a.write('f', 'x'), (a, b) => (a.setExecutable('f', true), b.write('f', 'edited'))],
    shows: { 'f*': 'edited' },
    revisions: 2,
  },
  {
    title: 'executable bit: taken away here, renamed there',
    steps: [
      (a) => (a.write('f', 'x'), a.setExecutable('f', true)),
      (a, b) => (a.setExecutable('f', false), b.rename('f', 'g')),
    ],
    shows: { g: 'x' },
    revisions: 2,
  },
  {
    title: 'executable bit: with an edit in one go',
    steps: [(a) => a.write('f', 'x'), (a) => (a.write('f', 'y'), a.setExecutable('f', true))],
    shows: { 'f*': 'y' },
    revisions: 1,
  },
]

const EMPTY: readonly FidelityRow[] = [
  {
    title: 'an empty file',
    steps: [(a) => (a.write('f', ''), a.setModified('f', 7_000))],
    shows: { f: '' },
    times: { f: 7_000 },
  },
  {
    title: 'empty directories, one in the other',
    steps: [(a) => a.makeDirectory('d/e/f')],
    shows: chain(['d', 'e', 'f']),
  },
  {
    title: 'file, emptied, filled again',
    steps: [(a) => a.write('f', 'x'), (a) => a.write('f', ''), (a) => a.write('f', 'again')],
    shows: { f: 'again' },
    revisions: 1,
  },
  {
    title: 'file, emptied',
    steps: [(a) => a.write('f', 'x'), (a) => a.write('f', '')],
    shows: { f: '' },
    revisions: 1,
  },
  {
    title: 'a directory stays when its last file goes',
    steps: [(a) => a.write('d/f', 'x'), (a) => a.remove('d/f')],
    shows: { 'd/': '' },
    revisions: 1,
  },
  {
    title: 'an empty directory is filled, moved and emptied',
    steps: [(a) => a.makeDirectory('d'), (a) => (a.write('d/f', ''), a.rename('d', 'e')), (a) => a.remove('e/f')],
    shows: { 'e/': '' },
  },
  {
    title: 'a file becomes a directory, and the other way round',
    steps: [
      (a) => (a.write('f', 'x'), a.makeDirectory('d')),
      (a) => (a.remove('f'), a.remove('d'), a.makeDirectory('f'), a.write('d', 'y')),
    ],
    shows: { 'f/': '', d: 'y' },
  },
]

function named(title: string, names: readonly string[], then?: (a: Hands) => void): FidelityRow {
  return {
    title: `names: ${title}`,
    steps: [
      (a) => {
        for (const [at, name] of names.entries()) a.write(name, `${at}`)
        then?.(a)
      },
    ],
    shows: Object.fromEntries(names.map((name, at) => [name, `${at}`])),
  }
}

const ODD = [
  '-rf',
  '--',
  '-',
  '*',
  '?',
  '[a-z]',
  '{a,b}',
  '$HOME',
  '`id`',
  '"',
  "'",
  '\\',
  'a\\b',
  '%2F',
  '%',
  '|',
  '<',
  '>',
  '&',
]
const MORE = [
  '~',
  '#',
  '!',
  ';',
  'CON',
  'nul.txt',
  'a:b',
  '=',
  '+',
  '@',
  ',',
  '^',
  '__proto__',
  'constructor',
  'toString',
]

const NAMES: readonly FidelityRow[] = [
  named('255 bytes of ASCII', ['x'.repeat(255)]),
  named('255 bytes in characters of two', [`${'\u00e9'.repeat(127)}x`]),
  named('255 bytes in characters of three', ['\u6c34'.repeat(85)]),
  named('255 bytes in characters of four', [`${'\u{1F30A}'.repeat(63)}xyz`]),
  named('composed alone', [COMPOSED]),
  named('decomposed alone', [DECOMPOSED]),
  named('composed and decomposed beside each other', [COMPOSED, DECOMPOSED, 'cafe']),
  named('hangul in both forms', ['\ud55c', '\u1112\u1161\u11ab']),
  named('case beside case', ['a', 'A', '\u00e4', '\u00c4', '\u00df', 'ss', '\u0130', 'i']),
  named('emoji with joiners and tags', [FAMILY, FLAG, '\u2764\ufe0f', '\u2764']),
  named('what is invisible', ['\u200b', '\u202ertl', '\u00a0', 'a\u00ad', 'a']),
  named('spaces and dots at the ends', [' a', 'a ', ' ', '  ', '.a', 'a.', '...', '. ', ' .', '.. ']),
  named('what looks like an option, a pattern, a command, a property', [...ODD, ...MORE]),
  {
    title: 'names: from one Unicode form to the other',
    steps: [(a) => a.write(COMPOSED, 'x'), (a) => a.rename(COMPOSED, DECOMPOSED)],
    shows: { [DECOMPOSED]: 'x' },
    revisions: 1,
  },
  {
    title: 'names: case alone, a file and a directory',
    steps: [
      (a) => (a.write('readme', 'x'), a.write('docs/f', 'y')),
      (a) => (a.rename('readme', 'README'), a.rename('docs', 'Docs')),
    ],
    shows: { README: 'x', 'Docs/': '', 'Docs/f': 'y' },
    revisions: 2,
  },
  {
    title: 'names: two files and two directories swap',
    steps: [
      (a) => (a.write('a', '1'), a.write('b', '2'), a.write('c/f', '3'), a.write('d/f', '4')),
      (a) => {
        for (const [one, other] of [
          ['a', 'b'],
          ['c', 'd'],
        ] as const) {
          a.rename(one, 'aside')
          a.rename(other, one)
          a.rename('aside', other)
        }
      },
    ],
    shows: { a: '2', b: '1', 'c/': '', 'c/f': '4', 'd/': '', 'd/f': '3' },
    revisions: 4,
  },
  {
    title: 'depth 100, then renamed near the top',
    steps: [(a) => a.write([...DEEP, 'f'].join('/'), 'deep'), (a) => a.rename('d0/d1', 'd0/renamed')],
    shows: {
      ...chain(['d0', 'renamed', ...DEEP.slice(2)]),
      [['d0', 'renamed', ...DEEP.slice(2), 'f'].join('/')]: 'deep',
    },
    revisions: 1,
  },
]

/** Longer than the 4,096 bytes that Linux takes for a path. */
export const LONG = Array.from({ length: 20 }, (_, at) => `${at % 10}`.repeat(250))

const LENGTHS: readonly FidelityRow[] = [
  {
    title: 'a path of 5,000 bytes',
    steps: [(a) => a.write([...LONG, 'f'].join('/'), 'far'), (a) => a.write([...LONG, 'g'].join('/'), 'farther')],
    shows: { ...chain(LONG), [[...LONG, 'f'].join('/')]: 'far', [[...LONG, 'g'].join('/')]: 'farther' },
    revisions: 1,
    only: 'disks in memory',
  },
]

export const FIDELITY: readonly FidelityRow[] = [...TIMES, ...BITS, ...EMPTY, ...NAMES, ...LENGTHS]
