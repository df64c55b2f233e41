/** Views of a few rows and what the planner makes of them (SPEC 2): the plan, or what it asks for first. */

import type { Row, Surroundings } from './planner-world/rows.js'

const X = 'abcdef0123456789'.repeat(4)
const Y = '9876543210fedcba'.repeat(4)

interface Case {
  readonly title: string
  readonly rows: readonly Row[]
  readonly given?: Surroundings
  readonly plan: readonly string[]
}

export const CASES: readonly Case[] = [
  // Agreement
  { title: 'equal on all sides: nothing', rows: [{ id: 'a', all: '/a=1' }], plan: [] },
  {
    title: 'changed alike on both sides: adopted',
    rows: [{ id: 'a', s: '/a=1', l: '/b=2', r: '/b=2', sequence: 5 }],
    plan: ['adopt a present'],
  },
  { title: 'gone on both sides: forgotten', rows: [{ id: 'a', s: '/a=1', tombstone: 4 }], plan: ['forget a'] },
  {
    title: 'told again, nothing else: the sequence is adopted',
    rows: [{ id: 'a', all: '/a=1', sequence: 9 }],
    plan: ['adopt a present'],
  },
  {
    title: 'made on both under one id (lost answer): adopted',
    rows: [{ id: 'a', l: '/a=1', r: '/a=1', sequence: 3 }],
    plan: ['adopt a present'],
  },
  {
    title: 'an attribute both changed alike is agreed while another is open',
    rows: [{ id: 'a', s: '/a=1', l: '/a=2', r: '/b=2', sequence: 3 }],
    plan: ['adopt a present', 'move a /b'],
  },

  // A disk without an executable bit shows whatever both sides agree on
  {
    title: 'made executable there, no such bit here: agreed',
    rows: [{ id: 'a', s: '/a=1', l: '/a=1', r: '/a=1*', sequence: 4 }],
    given: { disk: { executableBit: false } },
    plan: ['adopt a present'],
  },
  {
    title: 'made executable there, edited here, no such bit here: the edit goes up with the bit',
    rows: [{ id: 'a', s: '/a=1', l: '/a=2', r: '/a=1*', sequence: 4 }],
    given: { disk: { executableBit: false } },
    plan: ['adopt a present', 'commit update a@4'],
  },
  {
    title: 'made executable there, where the disk has the bit: a step of its own',
    rows: [{ id: 'a', s: '/a=1', l: '/a=1', r: '/a=1*', sequence: 4 }],
    plan: ['executable a'],
  },

  // Up, with the base that was seen
  { title: 'new here', rows: [{ id: 'a', l: '/a=1' }], plan: ['commit create a'] },
  {
    title: 'edited here',
    rows: [{ id: 'a', s: '/a=1', l: '/a=2', r: '/a=1', sequence: 7 }],
    plan: ['commit update a@7'],
  },
  { title: 'deleted here', rows: [{ id: 'a', s: '/a=1', r: '/a=1', sequence: 7 }], plan: ['commit delete a@7'] },
  {
    title: 'edited here, deleted there: revived under its id, base the tombstone',
    rows: [{ id: 'a', s: '/a=1', l: '/a=2', tombstone: 8 }],
    plan: ['commit create a@8'],
  },
  {
    title: 'moved here, deleted there: a move of a file counts as an edit',
    rows: [{ id: 'a', s: '/a=1', l: '/b=1', tombstone: 8 }],
    plan: ['commit create a@8'],
  },
  {
    title: 'a directory only moved does not beat its delete',
    rows: [{ id: 'a', s: '/a/', l: '/b/', tombstone: 8 }],
    plan: ['remove a'],
  },
  {
    title: 'a new child revives its directory, parent first',
    rows: [
      { id: 'd', s: '/d/', l: '/d/', tombstone: 8 },
      { id: 'c', l: 'd/c=1' },
    ],
    plan: ['commit create d@8', 'commit create c after 0'],
  },

  // Down
  { title: 'new there', rows: [{ id: 'a', r: '/a=1' }], plan: ['create a'] },
  { title: 'edited there', rows: [{ id: 'a', s: '/a=1', l: '/a=1', r: '/a=2', sequence: 2 }], plan: ['replace a'] },
  { title: 'deleted there', rows: [{ id: 'a', s: '/a=1', l: '/a=1', tombstone: 2 }], plan: ['remove a'] },
  {
    title: 'deleted here, edited there: brought back',
    rows: [{ id: 'a', s: '/a=1', r: '/a=2', sequence: 2 }],
    plan: ['create a'],
  },
  {
    title: 'pending: on its way, whatever the disk lacks',
    rows: [{ id: 'a', all: '/a=1', presence: 'pending' }],
    plan: ['create a'],
  },
  {
    title: 'pending and deleted there: forgotten',
    rows: [{ id: 'a', s: '/a=1', presence: 'pending', tombstone: 2 }],
    plan: ['forget a'],
  },
  {
    title: 'directories before what is in them, files before their directory goes',
    rows: [
      { id: 'd', s: '/d/', l: '/d/', tombstone: 3 },
      { id: 'f', s: 'd/f=1', l: 'd/f=1', tombstone: 2 },
      { id: 'n', r: '/n/' },
      { id: 'm', r: 'n/m=1' },
    ],
    plan: ['remove f', 'remove d after 0', 'create n', 'create m after 2'],
  },

  // Content conflicts
  {
    title: 'both edited: the server keeps the node, the other content steps aside first',
    rows: [{ id: 'a', s: '/a.txt=1', l: `/a.txt=${X}`, r: `/a.txt=${Y}`, sequence: 2 }],
    plan: ['aside a drawn1 a (conflicted copy here abcdef).txt', 'create a after 0'],
  },
  {
    title: 'a copy name held by other content gets 12 digits',
    rows: [
      { id: 'a', s: '/a=1', l: `/a=${X}`, r: `/a=${Y}`, sequence: 2 },
      { id: 'b', all: '/a (conflicted copy here abcdef)=0' },
    ],
    plan: ['aside a drawn1 a (conflicted copy here abcdef012345)', 'create a after 0'],
  },
  {
    title: 'then 64, then a number: never a name that is taken',
    rows: [
      { id: 'a', s: '/a=1', l: `/a=${X}`, r: `/a=${Y}`, sequence: 2 },
      { id: 'b', all: '/a (conflicted copy here abcdef)=0' },
      { id: 'c', all: '/a (conflicted copy here abcdef012345)=0' },
      { id: 'd', all: `/a (conflicted copy here ${X})=0` },
    ],
    plan: [`aside a drawn1 a (conflicted copy here ${X}-2)`, 'create a after 0'],
  },
  {
    title: 'an occupied copy name is passed over',
    rows: [{ id: 'a', s: '/a=1', l: `/a=${X}`, r: `/a=${Y}`, sequence: 2 }],
    given: { occupied: ['/a (conflicted copy here abcdef)'] },
    plan: ['aside a drawn1 a (conflicted copy here abcdef012345)', 'create a after 0'],
  },
  {
    title: 'a sibling copy with equal content is the copy',
    rows: [
      { id: 'a', s: '/a=1', l: `/a=${X}`, r: `/a=${Y}`, sequence: 2 },
      { id: 'b', all: `/a (conflicted copy here abcdef)=${X}` },
    ],
    plan: ['replace a'],
  },
  {
    title: 'a copy that is on the server only is adopted by the aside',
    rows: [
      { id: 'a', s: '/a=1', l: `/a=${X}`, r: `/a=${Y}`, sequence: 2 },
      { id: 'b', r: `/a (conflicted copy here abcdef)=${X}` },
    ],
    plan: ['aside a b a (conflicted copy here abcdef)', 'create a after 0'],
  },
  {
    title: 'a losing content follows its node first and steps aside there',
    rows: [{ id: 'a', s: '/a=1', l: `/a=${X}`, r: `/b=${Y}`, sequence: 2 }],
    plan: ['move a /b'],
  },

  // Clashes of names
  {
    title: 'equal files under one name become one: the local one is re-keyed, and nothing else happens in that plan',
    rows: [
      { id: 'l', l: '/a=1' },
      { id: 'w', r: '/a=1' },
      { id: 'x', l: '/x=1' },
    ],
    plan: ['rekey l w'],
  },
  {
    title:
      'unequal files under one name: the local one is renamed on the server first, then on the disk, then the winner comes',
    rows: [
      { id: 'l', l: `/a=${X}` },
      { id: 'w', r: '/a=2' },
    ],
    plan: ['commit create l', 'detach l', 'attach l /a (conflicted copy here abcdef) after 0,1', 'create w after 1'],
  },
  {
    title: 'directories under one name unite, down to their children',
    rows: [
      { id: 'l', l: '/d/' },
      { id: 'k', l: 'l/e/' },
      { id: 'w', r: '/d/' },
      { id: 'v', r: 'w/e/' },
    ],
    plan: ['rekey k v', 'rekey l w'],
  },
  {
    title: 'what was held because nobody could look at its place: the directory that is seen there is it',
    rows: [
      { id: 'w', all: '/d/', presence: 'held' },
      { id: 'l', l: '/d/' },
    ],
    plan: ['rekey l w'],
  },
  {
    title: 'a local directory moves over into the one that is on the disk already',
    rows: [
      { id: 'w', s: '/v/', l: '/v/', r: '/d/', sequence: 4 },
      { id: 'l', l: '/d/' },
      { id: 'c', l: 'l/c=1' },
    ],
    plan: [
      'commit create c',
      'detach c',
      'detach w',
      'remove l after 1',
      'attach w /d after 2,3',
      'attach c w/c after 0,1,4',
    ],
  },

  // Cycles
  {
    title: 'a move that would make a cycle loses, and is undone here',
    rows: [
      { id: 'a', s: '/a/', l: 'b/a/', r: '/a/' },
      { id: 'b', s: '/b/', l: '/b/', r: 'a/b/', sequence: 4 },
    ],
    plan: ['detach a', 'detach b', 'attach a /a after 0', 'attach b a/b after 1,2'],
  },

  // What the disk cannot hold
  {
    title: 'a name Windows cannot hold is held back, and so is what is below it',
    rows: [
      { id: 'd', r: '/a:b/' },
      { id: 'f', r: 'd/f=1' },
    ],
    given: { disk: { windowsNames: true } },
    plan: ['hold d held', 'hold f held'],
  },
  {
    title: 'held already: nothing',
    rows: [{ id: 'd', all: '/a:b/', presence: 'held' }],
    given: { disk: { windowsNames: true } },
    plan: [],
  },
  {
    title: 'held, and holdable again: brought',
    rows: [{ id: 'f', s: '/a:b=1', r: '/ab=1', presence: 'held', sequence: 3 }],
    given: { disk: { windowsNames: true } },
    plan: ['create f'],
  },
  {
    title: 'held and changed there: still held, at the new sequence',
    rows: [{ id: 'f', s: '/a:b=1', r: '/a:b=2', presence: 'held', sequence: 3 }],
    given: { disk: { windowsNames: true } },
    plan: ['hold f held'],
  },
  {
    title: 'held and deleted there: forgotten',
    rows: [{ id: 'f', s: '/a:b=1', presence: 'held', tombstone: 3 }],
    plan: ['forget f'],
  },
  {
    title: 'twins by case: who is on the disk stays',
    rows: [
      { id: 'z', all: '/Name=1' },
      { id: 'a', r: '/name=2' },
    ],
    given: { disk: { case: 'preserving' } },
    plan: ['hold a held'],
  },
  {
    title: 'twins by case, neither on the disk: the smaller id comes',
    rows: [
      { id: 'b', r: '/Name=1' },
      { id: 'a', r: '/name=2' },
    ],
    given: { disk: { case: 'preserving' } },
    plan: ['hold b held', 'create a'],
  },
  {
    title: 'the twin went away: the held one comes',
    rows: [
      { id: 'z', s: '/Name=1', l: '/Name=1', tombstone: 5 },
      { id: 'a', all: '/name=2', presence: 'held' },
    ],
    given: { disk: { case: 'preserving' } },
    plan: ['remove z', 'create a after 0'],
  },
  {
    title: 'a rename to a twin of another is not followed',
    rows: [
      { id: 'z', all: '/Name=1' },
      { id: 'a', s: '/b=2', l: '/b=2', r: '/name=2', sequence: 3 },
    ],
    given: { disk: { case: 'preserving' } },
    plan: [],
  },
  {
    title: 'a rename in case only is a plain move',
    rows: [{ id: 'a', s: '/b=2', l: '/b=2', r: '/B=2', sequence: 3 }],
    given: { disk: { case: 'preserving' } },
    plan: ['move a /B'],
  },
  {
    title: 'twins by normalisation',
    rows: [
      { id: 'z', all: '/\u00e9=1' },
      { id: 'a', r: '/e\u0301=2' },
    ],
    given: { disk: { unicode: 'insensitive' } },
    plan: ['hold a held'],
  },
  { title: 'an unknown kind is held', rows: [{ id: 'a', r: '/a=1', kind: 'symlink' }], plan: ['hold a held'] },
  {
    title: 'an occupied place holds a new node back',
    rows: [{ id: 'a', r: '/a=1' }],
    given: { occupied: ['/a'] },
    plan: ['hold a held'],
  },
  {
    title: 'an occupied place, in another case',
    rows: [{ id: 'a', r: '/a=1' }],
    given: { occupied: ['/A'], disk: { case: 'preserving' } },
    plan: ['hold a held'],
  },
  {
    title: 'an occupied place is no target for a rename',
    rows: [{ id: 'a', s: '/a=1', l: '/a=1', r: '/b=1', sequence: 2 }],
    given: { occupied: ['/b'] },
    plan: [],
  },
  {
    title: 'who cannot leave blocks who would come',
    rows: [
      { id: 'a', s: '/a=1', l: '/a=1', r: '/a:=1', sequence: 2 },
      { id: 'b', r: '/a=2' },
    ],
    given: { disk: { windowsNames: true } },
    plan: ['hold b held'],
  },

  // Found by seeds of the property test with a disk that folds names
  {
    title: 'a node that cannot follow its rename still gets its content',
    rows: [{ id: 'a', s: '/a=1', l: '/a=1', r: '/a:=2', sequence: 2 }],
    given: { disk: { windowsNames: true } },
    plan: ['replace a'],
  },
  {
    title: 'a content that loses beside an unwritable name steps aside where it stands',
    rows: [{ id: 'a', s: '/a=1', l: `/a=${X}`, r: `/a:=${Y}`, sequence: 2 }],
    given: { disk: { windowsNames: true } },
    plan: ['aside a drawn1 a (conflicted copy here abcdef)'],
  },
  {
    title: 'a directory does not move into one that was to leave it and cannot',
    rows: [
      { id: 'a', s: '/a/', l: '/a/', r: 'b/a/', sequence: 3 },
      { id: 'b', s: 'a/b/', l: 'a/b/', r: '/b:/', sequence: 2 },
    ],
    given: { disk: { windowsNames: true } },
    plan: [],
  },
  {
    title: 'a deleted directory with something in it that cannot leave keeps its name: who would come is held back',
    rows: [
      { id: 'd', s: '/d/', l: '/d/', tombstone: 5 },
      { id: 'a', s: 'd/a=1', l: 'd/a=1', r: '/a:=1', sequence: 3 },
      { id: 'e', r: '/d=1' },
    ],
    given: { disk: { windowsNames: true } },
    plan: ['hold e held'],
  },

  // Presence
  {
    title: 'excluded and changed there: the row follows, the disk does not',
    rows: [{ id: 'a', s: '/a=1', r: '/a=2', presence: 'excluded', sequence: 2 }],
    plan: ['adopt a excluded'],
  },
  {
    title: 'excluded and deleted there: forgotten',
    rows: [{ id: 'a', s: '/a=1', presence: 'excluded', tombstone: 2 }],
    plan: ['forget a'],
  },
  { title: 'excluded: its absence is no delete', rows: [{ id: 'a', all: '/a=1', presence: 'excluded' }], plan: [] },
  {
    title: 'below an excluded directory: excluded',
    rows: [
      { id: 'd', all: '/d/', presence: 'excluded' },
      { id: 'a', r: 'd/a=1' },
    ],
    plan: ['hold a excluded'],
  },
  {
    title: 'placeholder: its absence is neither edit nor delete',
    rows: [{ id: 'a', all: '/a=1', presence: 'placeholder' }],
    plan: [],
  },
  {
    title: 'placeholder and edited there',
    rows: [{ id: 'a', s: '/a=1', r: '/a=2', presence: 'placeholder', sequence: 2 }],
    plan: ['adopt a placeholder'],
  },
  {
    title: 'placeholder and deleted there: forgotten',
    rows: [{ id: 'a', s: '/a=1', presence: 'placeholder', tombstone: 2 }],
    plan: ['forget a'],
  },
  {
    title: 'placeholder, and the same content made here: it is that node',
    rows: [
      { id: 'a', all: '/a=1', presence: 'placeholder' },
      { id: 'n', l: '/a=1' },
    ],
    plan: ['rekey n a'],
  },
  {
    title:
      'two files with the content of a copy that is on the server only, one at its place: one becomes it, the next plan tells of the other',
    rows: [
      { id: 'a', all: `/a=${X}`, presence: 'placeholder' },
      { id: 'n', l: `/a=${Y}` },
      { id: 'w', r: `/a (conflicted copy here 987654)=${Y}` },
      { id: 'm', l: `/a (conflicted copy here 987654)=${Y}` },
    ],
    plan: ['rekey m w'],
  },
  {
    title:
      'placeholder, and a file of the same content moved over its place: that one goes, and what stood there comes',
    rows: [
      { id: 'a', all: '/a=1', presence: 'placeholder' },
      { id: 'm', s: '/m=1', l: '/a=1', r: '/m=1' },
    ],
    given: { hydrate: 'on-demand' },
    plan: ['commit delete m@1', 'remove m after 0', 'create a after 1'],
  },
  {
    title: 'placeholder, and another content made here: a conflict copy, and the placeholder stays one',
    rows: [
      { id: 'a', all: `/a=${X}`, presence: 'placeholder' },
      { id: 'n', l: `/a=${Y}` },
    ],
    plan: ['commit create n', `move n /a (conflicted copy here ${Y.slice(0, 6)}) after 0`],
  },
  {
    title: 'its directory was deleted here: the placeholder keeps it',
    rows: [
      { id: 'd', s: '/d/', r: '/d/' },
      { id: 'a', all: 'd/a=1', presence: 'placeholder' },
    ],
    plan: ['create d'],
  },
  {
    title: 'on demand: a new file there is known and not brought, its directory is made',
    rows: [
      { id: 'd', r: '/d/' },
      { id: 'a', r: 'd/a=1' },
    ],
    given: { hydrate: 'on-demand' },
    plan: ['hold a placeholder', 'create d'],
  },
  {
    title: 'on demand: what is asked for comes',
    rows: [{ id: 'a', all: '/a=1', presence: 'pending' }],
    given: { hydrate: 'on-demand' },
    plan: ['create a'],
  },
  {
    title: 'on demand: what stands here is kept up to date',
    rows: [{ id: 'a', s: '/a=1', l: '/a=1', r: '/a=2', sequence: 2 }],
    given: { hydrate: 'on-demand' },
    plan: ['replace a'],
  },
  {
    title: 'on demand: deleted here, edited there: brought back whole',
    rows: [{ id: 'a', s: '/a=1', r: '/a=2', sequence: 2 }],
    given: { hydrate: 'on-demand' },
    plan: ['create a'],
  },
  {
    title: 'on demand: rules come, since they hold from their copy here',
    rows: [{ id: 'a', r: '/.tidemarkignore=1' }],
    given: { hydrate: 'on-demand' },
    plan: ['create a'],
  },
  {
    title: 'on demand: what this disk could not hold and can now is a placeholder',
    rows: [{ id: 'a', all: '/a=1', presence: 'held' }],
    given: { hydrate: 'on-demand' },
    plan: ['hold a placeholder'],
  },
  {
    title: 'a remnant stays, and nothing of it goes up',
    rows: [{ id: 'd', s: '/d/', presence: 'remnant', tombstone: 2 }],
    plan: [],
  },
  {
    title: 'a remnant that got a child goes up again',
    rows: [
      { id: 'd', s: '/d/', presence: 'remnant', tombstone: 2 },
      { id: 'c', l: 'd/c=1' },
    ],
    plan: ['commit create d@2', 'commit create c after 0'],
  },
  {
    title: 'a remnant that lives on the server again is present',
    rows: [{ id: 'd', s: '/d/', r: '/d/', presence: 'remnant', sequence: 5 }],
    plan: ['adopt d present'],
  },

  // Frozen and withheld
  { title: 'frozen: absence is no delete', rows: [{ id: 'a', s: '/a=1', r: '/a=1', frozen: true }], plan: [] },
  {
    title: 'below a frozen directory: absence is no delete',
    rows: [
      { id: 'd', all: '/d/', frozen: true },
      { id: 'a', s: 'd/a=1', r: 'd/a=1' },
    ],
    plan: [],
  },
  {
    title: 'frozen: not touched',
    rows: [{ id: 'a', s: '/a=1', l: '/a=1', r: '/b=2', sequence: 2, frozen: true }],
    plan: [],
  },
  {
    title: 'a directory with a frozen child is not removed; its other children are',
    rows: [
      { id: 'd', s: '/d/', l: '/d/', tombstone: 4 },
      { id: 'a', s: 'd/a=1', l: 'd/a=1', tombstone: 3, frozen: true },
      { id: 'b', s: 'd/b=1', l: 'd/b=1', tombstone: 2 },
    ],
    plan: ['remove b'],
  },
  {
    title: 'nothing arrives in a frozen directory',
    rows: [
      { id: 'd', all: '/d/', frozen: true },
      { id: 'a', r: 'd/a=1' },
    ],
    plan: [],
  },
  {
    title: 'a place a frozen node keeps is not taken',
    rows: [
      { id: 'a', s: '/a=1', l: '/a=1', r: '/b=1', frozen: true },
      { id: 'b', r: '/a=2' },
    ],
    plan: [],
  },
  {
    title: 'frozen, and something new stands at its place: the new one and what is in it wait for the next look',
    rows: [
      { id: 'a', s: '/a=1', r: '/a=1', frozen: true },
      { id: 'd', l: '/a/' },
      { id: 'c', l: 'd/c=2' },
      { id: 'k', s: '/k=3', l: 'd/k=3', r: '/k=3' },
      { id: 'b', l: '/b=4' },
    ],
    plan: ['commit create b'],
  },
  {
    title: 'withheld: nothing for it, nor for what depends on it; the rest goes on',
    rows: [
      { id: 'd', l: '/d/', withheld: true },
      { id: 'a', l: 'd/a=1' },
      { id: 'b', l: '/b=1' },
    ],
    plan: ['commit create b'],
  },
  {
    title: 'withheld and in the way: who would take its name waits',
    rows: [
      { id: 'a', s: '/a=1', l: '/b=1', r: '/a=1', withheld: true },
      { id: 'c', l: '/a=2' },
    ],
    plan: [],
  },

  // Order up
  {
    title: 'a chain of renames: the name is vacated before it is taken',
    rows: [
      { id: 'a', s: '/a=1', l: '/b=1', r: '/a=1' },
      { id: 'b', s: '/b=2', l: '/c=2', r: '/b=2' },
    ],
    plan: ['commit update b@1', 'commit update a@1 after 0'],
  },
  {
    title: 'a swap is one group',
    rows: [
      { id: 'a', s: '/a=1', l: '/b=1', r: '/a=1' },
      { id: 'b', s: '/b=2', l: '/a=2', r: '/b=2' },
    ],
    plan: ['commit update a@1 + update b@1'],
  },
  {
    title: 'a rotation of three is one group, and no more is in it',
    rows: [
      { id: 'a', s: '/a=1', l: '/b=1', r: '/a=1' },
      { id: 'b', s: '/b=2', l: '/c=2', r: '/b=2' },
      { id: 'c', s: '/c=3', l: '/a=3', r: '/c=3' },
      { id: 'x', l: '/x=1' },
    ],
    plan: ['commit create x', 'commit update a@1 + update b@1 + update c@1'],
  },
  {
    title: 'out of a directory before its delete, children first',
    rows: [
      { id: 'a', s: '/d/', r: '/d/' },
      { id: 'b', s: 'a/f=1', l: '/f=1', r: 'a/f=1' },
      { id: 'c', s: 'a/g=1', r: 'a/g=1' },
    ],
    plan: ['commit delete c@1', 'commit update b@1', 'commit delete a@1 after 0,1'],
  },
  {
    title: 'a change of kind is delete and create in one group',
    rows: [
      { id: 'a', s: '/a=1', r: '/a=1' },
      { id: 'b', l: '/a/' },
      { id: 'c', l: 'b/c=1' },
    ],
    plan: ['commit delete a@1 + create b', 'commit create c after 0'],
  },
  {
    title: 'a directory that becomes a file: its children go first',
    rows: [
      { id: 'a', s: '/a/', r: '/a/' },
      { id: 'c', s: 'a/c=1', r: 'a/c=1' },
      { id: 'b', l: '/a=1' },
    ],
    plan: ['commit delete c@1', 'commit delete a@1 + create b after 0'],
  },
  {
    title: 'parent and child change places: out first, then in',
    rows: [
      { id: 'a', s: '/a/', l: 'b/a/', r: '/a/' },
      { id: 'b', s: 'a/b/', l: '/b/', r: 'a/b/' },
    ],
    plan: ['commit update b@1', 'commit update a@1 after 0'],
  },

  // Order down
  {
    title: 'a swap on the disk: both are taken out, then put back',
    rows: [
      { id: 'a', s: '/a=1', l: '/a=1', r: '/b=1', sequence: 2 },
      { id: 'b', s: '/b=2', l: '/b=2', r: '/a=2', sequence: 3 },
    ],
    plan: ['detach a', 'detach b', 'attach a /b after 0,1', 'attach b /a after 0,1'],
  },
  {
    title: 'a directory into its own place',
    rows: [
      { id: 'a', s: '/a/', l: '/a/', r: 'n/a/', sequence: 3 },
      { id: 'n', r: '/a/' },
    ],
    plan: ['detach a', 'create n after 0', 'attach a n/a after 0,1'],
  },
  {
    title: 'below a directory that is taken out, removes wait until it is back',
    rows: [
      { id: 'a', s: '/a/', l: '/a/', r: '/b/', sequence: 3 },
      { id: 'b', s: '/b/', l: '/b/', r: '/a/', sequence: 4 },
      { id: 'f', s: 'a/f=1', l: 'a/f=1', tombstone: 5 },
    ],
    plan: ['detach a', 'detach b', 'attach a /b after 0,1', 'remove f after 2', 'attach b /a after 0,1'],
  },
]

/** Views that lack something, and what is asked for. */
export const NEEDS: readonly {
  title: string
  rows: readonly Row[]
  given?: Surroundings
  nodes?: string[]
  childrenOf?: string[]
  places?: string[]
}[] = [
  { title: 'the parent of what changed', rows: [{ id: 'a', s: 'd/a=1', l: 'd/a=2', r: 'd/a=1' }], nodes: ['d'] },
  { title: 'the place where a node arrives', rows: [{ id: 'a', l: '/a=1' }], places: ['/a'] },
  {
    title: 'the children of a directory that may go',
    rows: [{ id: 'd', s: '/d/', l: '/d/', tombstone: 2 }],
    childrenOf: ['d'],
  },
  {
    title: 'the children of the directory where names fold',
    rows: [{ id: 'a', r: '/a=1' }],
    given: { disk: { case: 'preserving' } },
    childrenOf: [''],
  },
  { title: 'nothing above an agreed row', rows: [{ id: 'a', all: 'd/a=1' }] },
  {
    title: 'no place in a directory that was never agreed',
    rows: [
      { id: 'd', all: '/d/' },
      { id: 'n', l: 'd/n/' },
      { id: 'a', l: 'n/a=1' },
    ],
    places: ['d/n'],
  },
  {
    title: 'what stands above a row that is gone from the disk',
    rows: [{ id: 'a', s: 'd/a=1', r: 'd/a=1' }],
    nodes: ['d'],
  },
]
