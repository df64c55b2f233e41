/** Names: what may be a name at all (SEC-10, SEC-11), what one disk can hold, what it folds together, and what a conflict copy is called. */

import test from 'ava'
import { isReservedName, nameBytes, nameTrouble } from '../../src/model/name.js'
import { conflictName } from '../../src/reconcile/conflict-name.js'
import { diskNameTrouble, exceedsLimit, foldName, foldsNames } from '../../src/reconcile/names.js'
import { PLAIN_DISK } from './planner-world/model-disk.js'

const WINDOWS = {
  ...PLAIN_DISK,
  case: 'preserving',
  windowsNames: true,
  nameLimit: { length: 255, unit: 'utf16' },
} as const
const APPLE = { ...PLAIN_DISK, case: 'preserving', unicode: 'insensitive' } as const

const LEGAL = [
  'a',
  ' ',
  'a b',
  '...',
  '..a',
  'CON',
  'a:b',
  'a\\b',
  '-rf',
  '~',
  '.tidemarkignore',
  '.tidemarks',
  'tidemark',
  '__proto__',
  '\u{1F600}',
  'e\u0301',
  'x'.repeat(255),
  '\u{1F600}'.repeat(63),
  '%2e%2e',
  'C:',
  '\ufffd',
]
const ILLEGAL: readonly (readonly [string, RegExp])[] = [
  ['', /empty/],
  ['.', /directory/],
  ['..', /directory/],
  ['a/b', /slash/],
  ['/', /slash/],
  ['a\0b', /control/],
  ['a\nb', /control/],
  ['\x7f', /control/],
  ['\u0085', /control/],
  ['\ud800', /Unicode/],
  ['a\udc00b', /Unicode/],
  ['x'.repeat(256), /longer/],
  ['\u{1F600}'.repeat(64), /longer/],
  ['.tidemark', /reserved/],
  ['.TideMark', /reserved/],
  ['.tidemark.', /reserved/],
  ['.tidemark . .', /reserved/],
  ['.ti\u200cdemark', /reserved/],
  ['\ufeff.tidemark', /reserved/],
  ['.tidemar\u212a', /reserved/],
  ['.tidemark\u00ad', /reserved/],
  ['.tidemark::$INDEX_ALLOCATION', /reserved/],
  ['.TIDEMARK:x', /reserved/],
  ['TIDEMA~1', /reserved/],
  ['tidema~12', /reserved/],
]

test('SEC-10 legal names are legal', (t) => {
  for (const name of LEGAL) t.is(nameTrouble(name), null, JSON.stringify(name))
})

test('SEC-10 SEC-11 illegal names say why', (t) => {
  for (const [name, why] of ILLEGAL) t.regex(nameTrouble(name) ?? '', why, JSON.stringify(name))
})

test('SEC-11 what is not ours is not reserved', (t) => {
  for (const name of ['.tidemark2', 'x.tidemark', '.tide mark', 'tidema~x', 'TIDEMARK'])
    t.false(isReservedName(name), name)
})

test('bytes of UTF-8', (t) => {
  for (const name of ['', 'a', 'é', '€', '\u{1F600}', 'aé€\u{1F600}']) t.is(nameBytes(name), Buffer.byteLength(name))
})

test('names one disk cannot hold', (t) => {
  const table: readonly (readonly [string, RegExp | null])[] = [
    ['a:b', /character/],
    ['what?', /character/],
    ['a\\b', /character/],
    ['end.', /dot or a space/],
    ['end ', /dot or a space/],
    ['CON', /device/],
    ['nul.txt', /device/],
    ['Com1.tar.gz', /device/],
    ['LPT²', /device/],
    ['aux .c', /device/],
    ['console', null],
    ['com10', null],
    ['.gitignore', null],
    ['..', /directory/],
  ]
  for (const [name, why] of table) {
    const trouble = diskNameTrouble(name, WINDOWS)
    if (why === null) t.is(trouble, null, name)
    else t.regex(trouble ?? '', why, name)
    if (name !== '..') t.is(diskNameTrouble(name, PLAIN_DISK), null, name)
  }
})

test('the limit of a disk counts in its own unit', (t) => {
  const short = { ...PLAIN_DISK, nameLimit: { length: 143, unit: 'bytes' } } as const
  t.false(exceedsLimit('x'.repeat(143), short))
  t.true(exceedsLimit('x'.repeat(144), short))
  t.true(exceedsLimit('é'.repeat(72), short))
  const units = { ...PLAIN_DISK, nameLimit: { length: 72, unit: 'utf16' } } as const
  t.false(exceedsLimit('é'.repeat(72), units))
  t.true(exceedsLimit('\u{1F600}'.repeat(37), units))
})

test('INV-22 what a disk takes for one entry folds to one name', (t) => {
  t.false(foldsNames(PLAIN_DISK))
  t.true(foldsNames(WINDOWS))
  const twins: readonly (readonly [string, string])[] = [
    ['Readme', 'README'],
    ['É', 'é'],
    ['e\u0301', '\u00c9'],
    ['ſ', 's'],
    ['\u212a', 'k'],
    ['straße', 'STRASSE'],
  ]
  for (const [one, other] of twins) {
    t.is(foldName(one, APPLE), foldName(other, APPLE), `${one} ${other}`)
    t.not(foldName(one, PLAIN_DISK), foldName(other, PLAIN_DISK))
  }
  t.not(foldName('e\u0301', WINDOWS), foldName('é', WINDOWS))
  t.is(foldName('e\u0301', { ...PLAIN_DISK, unicode: 'nfd' }), foldName('é', { ...PLAIN_DISK, unicode: 'nfc' }))
  t.not(foldName('A', { ...PLAIN_DISK, unicode: 'nfd' }), foldName('a', { ...PLAIN_DISK, unicode: 'nfd' }))
})

const copy = (name: string, extra: Partial<Parameters<typeof conflictName>[0]> = {}): string =>
  conflictName({ name, kind: 'file', device: 'laptop', hex: 'abc123', limit: null, ...extra })

test('conflict-copy names', (t) => {
  t.is(copy('report.txt'), 'report (conflicted copy laptop abc123).txt')
  t.is(copy('archive.tar.gz'), 'archive.tar (conflicted copy laptop abc123).gz')
  t.is(copy('.profile'), '.profile (conflicted copy laptop abc123)')
  t.is(copy('Makefile'), 'Makefile (conflicted copy laptop abc123)')
  t.is(copy('v1.2', { kind: 'directory' }), 'v1.2 (conflicted copy laptop abc123)')
  t.is(copy('a.b', { device: 'a/b:c\0\u202e' }), 'a (conflicted copy a-b-c-- abc123).b')
  t.is(copy('a', { device: '  ' }), 'a (conflicted copy device abc123)')
  t.is(copy('a', { device: '.tidemark' }), 'a (conflicted copy .tidemark abc123)')
})

test('conflict-copy names fit, and are cut at a code point', (t) => {
  for (const limit of [null, { length: 143, unit: 'bytes' }, { length: 100, unit: 'utf16' }] as const) {
    for (const stem of ['x', 'é', '\u{1F600}', 'a\u{1F600}é']) {
      const name = copy(`${stem.repeat(200)}.txt`, { limit, device: 'd'.repeat(300) })
      t.is(nameTrouble(name), null)
      t.true(name.endsWith('abc123).txt'))
      if (limit !== null) t.false(exceedsLimit(name, { ...PLAIN_DISK, nameLimit: limit }))
    }
  }
  t.is(copy('x'.repeat(255), { limit: { length: 143, unit: 'bytes' } }).length, 143)
})
