/** What rules and scope make of a plan (DESIGN 4.13, decisions 0020 and 0021), by rows of a few nodes. Data only. */

import type { Row, Surroundings } from './planner-world/rows.js'

export interface IgnoreCase {
  readonly title: string
  readonly rows: readonly Row[]
  readonly given: Surroundings
  readonly plan: readonly string[]
}

const X = 'abcdef00'
const Y = '99887766'

export const IGNORED: readonly IgnoreCase[] = [
  // what the server has and this device has not
  {
    title: 'new there at an ignored place: left out',
    rows: [{ id: 'a', r: '/a.log=1' }],
    given: { rules: ['*.log'] },
    plan: ['hold a excluded'],
  },
  {
    title: 'new there at another place: comes',
    rows: [{ id: 'a', r: '/a.txt=1' }],
    given: { rules: ['*.log'] },
    plan: ['create a'],
  },
  {
    title: 'new there below an ignored directory that is new as well: both left out',
    rows: [
      { id: 'd', r: '/d/' },
      { id: 'a', r: 'd/a=1' },
    ],
    given: { rules: ['d/'] },
    plan: ['hold a excluded', 'hold d excluded'],
  },
  {
    title: 'new there below a directory out of scope: left out, whatever the rules say',
    rows: [
      { id: 'd', r: '/d/' },
      { id: 'e', r: 'd/e/' },
      { id: 'a', r: 'e/a=1' },
      { id: 'b', r: 'd/b=1' },
    ],
    given: { rules: ['!*'], scope: ['d/e'] },
    plan: ['hold a excluded', 'hold e excluded', 'create d', 'create b after 2'],
  },
  {
    title: 'the rules of a directory go with it: judged by its own file',
    rows: [
      { id: 'd', all: '/d/' },
      { id: 'a', r: 'd/a=1' },
      { id: 'b', r: '/a=1' },
    ],
    given: { rules: [], nested: { d: '/a' } },
    plan: ['hold a excluded', 'create b'],
  },
  {
    title: 'where a rule file cannot be read nothing comes, and nothing is said of it',
    rows: [
      { id: 'd', all: '/d/' },
      { id: 'a', r: 'd/a=1' },
      { id: 'b', r: '/b=1' },
    ],
    given: { rules: [], nested: { d: null } },
    plan: ['create b'],
  },
  {
    title: 'the same in the root: nothing comes at all',
    rows: [{ id: 'a', r: '/a=1' }],
    given: { rules: [], nested: { '': null } },
    plan: [],
  },
  {
    title: 'deleted here and moved there to an ignored place: left out',
    rows: [{ id: 'a', s: '/a=1', r: '/a.log=1', sequence: 2 }],
    given: { rules: ['*.log'] },
    plan: ['hold a excluded'],
  },
  {
    title: 'on its way here when the rule came: left out',
    rows: [{ id: 'a', all: '/a.log=1', presence: 'pending' }],
    given: { rules: ['*.log'] },
    plan: ['hold a excluded'],
  },
  {
    title: 'held back because of its name and ignored now: left out, no problem any more',
    rows: [{ id: 'a', all: '/a:.log=1', presence: 'held' }],
    given: { rules: ['*.log'], disk: { windowsNames: true } },
    plan: ['hold a excluded'],
  },
  {
    title: 'rules that arrive come before what they may be about',
    rows: [
      { id: 'd', r: '/d/' },
      { id: 'r', r: 'd/.tidemarkignore=1' },
      { id: 'a', r: 'd/a=1' },
      { id: 'b', r: '/b=1' },
    ],
    given: { rules: [] },
    plan: ['create b', 'create d', 'create r after 1'],
  },
  {
    title: 'rules that cannot arrive hold nothing up',
    rows: [
      { id: 'r', r: '/.tidemarkignore=1', withheld: true },
      { id: 'a', r: '/a=1' },
    ],
    given: { rules: [] },
    plan: ['create a'],
  },

  // what is left out already
  {
    title: 'left out and edited there: the row follows, the disk does not',
    rows: [{ id: 'a', s: '/a.log=1', r: '/a.log=2', presence: 'excluded', sequence: 2 }],
    given: { rules: ['*.log'] },
    plan: ['adopt a excluded'],
  },
  {
    title: 'left out and deleted there: forgotten',
    rows: [{ id: 'a', s: '/a.log=1', presence: 'excluded', tombstone: 2 }],
    given: { rules: ['*.log'] },
    plan: ['forget a'],
  },
  {
    title: 'left out and moved there to another ignored place: still left out',
    rows: [{ id: 'a', s: '/a.log=1', r: '/b.log=1', presence: 'excluded', sequence: 2 }],
    given: { rules: ['*.log'] },
    plan: ['adopt a excluded'],
  },
  {
    title: 'moved there to where nobody ignores it: forgotten first, whatever stands there',
    rows: [
      { id: 'a', s: '/a.log=1', r: '/a=1', presence: 'excluded', sequence: 2 },
      { id: 'b', l: '/a=1' },
    ],
    given: { rules: ['*.log'] },
    plan: ['forget a'],
  },
  {
    title: 'the same of a directory: with all that was left out because of it, and nothing else',
    rows: [
      { id: 'd', s: '/d/', r: '/e/', presence: 'excluded', sequence: 2 },
      { id: 'a', all: 'd/a=1', presence: 'excluded' },
      { id: 'b', all: 'd/b.log=1', presence: 'excluded' },
    ],
    given: { rules: ['/d', '*.log'] },
    plan: ['forget a', 'forget d'],
  },
  {
    title: 'left out, and the rules are not known now: nothing',
    rows: [{ id: 'a', all: '/a=1', presence: 'excluded' }],
    given: { rules: [], nested: { '': null } },
    plan: [],
  },

  // what stands on this disk and is moved there to where it is left alone
  {
    title: '0021 moved there to an ignored name: the disk follows',
    rows: [{ id: 'a', s: '/a=1', l: '/a=1', r: '/a.log=1', sequence: 2 }],
    given: { rules: ['*.log'] },
    plan: ['move a /a.log'],
  },
  {
    title: '0021 moved there to an ignored name that something has on this disk: it leaves this disk',
    rows: [{ id: 'a', s: '/a=1', l: '/a=1', r: '/a.log=1', sequence: 2 }],
    given: { rules: ['*.log'], occupied: ['/a.log'] },
    plan: ['remove a'],
  },
  {
    title: '0021 moved there into a directory that is left out: it leaves this disk',
    rows: [
      { id: 'd', all: '/d/', presence: 'excluded' },
      { id: 'a', s: '/a=1', l: '/a=1', r: 'd/a=1', sequence: 2 },
    ],
    given: { rules: ['d/'] },
    plan: ['remove a'],
  },
  {
    title: '0021 edited there as well: what leaves this disk is what was agreed',
    rows: [
      { id: 'd', all: '/d/', presence: 'excluded' },
      { id: 'a', s: '/a=1', l: '/a=1', r: 'd/a=2', sequence: 2 },
    ],
    given: { rules: ['d/'] },
    plan: ['remove a'],
  },
  {
    title: '0021 edited here: the edit goes up, and nothing leaves yet',
    rows: [
      { id: 'd', all: '/d/', presence: 'excluded' },
      { id: 'a', s: '/a=1', l: '/a=2', r: 'd/a=1', sequence: 2 },
    ],
    given: { rules: ['d/'] },
    plan: ['commit update a@2'],
  },
  {
    title: '0021 edited on both sides: the losing content steps aside where it stands',
    rows: [
      { id: 'd', all: '/d/', presence: 'excluded' },
      { id: 'a', s: '/a=1', l: `/a=${X}`, r: `d/a=${Y}`, sequence: 2 },
    ],
    given: { rules: ['d/'] },
    plan: ['aside a drawn1 a (conflicted copy here abcdef)'],
  },
  {
    title: '0021 a directory moved there: the files in it leave, then the directory',
    rows: [
      { id: 'd', all: '/d/', presence: 'excluded' },
      { id: 'e', s: '/e/', l: '/e/', r: 'd/e/', sequence: 2 },
      { id: 'a', all: 'e/a=1' },
    ],
    given: { rules: ['d/'] },
    plan: ['remove a', 'remove e after 0'],
  },
  {
    title: '0021 a directory moved there with something new in it: that goes up, and the directory stays for now',
    rows: [
      { id: 'd', all: '/d/', presence: 'excluded' },
      { id: 'e', s: '/e/', l: '/e/', r: 'd/e/', sequence: 2 },
      { id: 'a', all: 'e/a=1' },
      { id: 'n', l: 'e/n=2' },
    ],
    given: { rules: ['d/'] },
    plan: ['commit create n', 'remove a'],
  },
  {
    title: '0021 once it has left this disk: left out',
    rows: [
      { id: 'd', all: '/d/', presence: 'excluded' },
      { id: 'a', s: '/a=1', r: 'd/a=1', presence: 'pending', sequence: 2 },
    ],
    given: { rules: ['d/'] },
    plan: ['hold a excluded'],
  },
  {
    title: '0021 frozen: nothing leaves',
    rows: [
      { id: 'd', all: '/d/', presence: 'excluded' },
      { id: 'a', s: '/a=1', l: '/a=1', r: 'd/a=1', sequence: 2, frozen: true },
    ],
    given: { rules: ['d/'] },
    plan: [],
  },
]
