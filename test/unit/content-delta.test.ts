/** Deltas of chunks: what is rebuilt is exact, foreign ones are bounded before they are built, and the right bases are named. */

import test from 'ava'
import { seededRandom } from '../../adapters/shared/seeded-random.js'
import { ByteIndex } from '../../src/content/delta-between.js'
import { applyDelta, type MadeDelta } from '../../src/content/delta.js'
import { pooledBases, replacedChunks } from '../../src/content/replaced.js'
import { blockSize, SignatureIndex, signaturesOf, signaturesSize } from '../../src/content/signatures.js'
import { isTidemarkError } from '../../src/errors.js'
import type { Digest } from '../../src/model/ids.js'
import type { ChunkRef, Manifest } from '../../src/model/manifest.js'
import { seeded } from './server-world.js'

const LIMIT = 2 * 1024 * 1024
const KIB = 1024

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b)

/** As a device makes it, which holds no base. */
function bySignatures(bytes: Uint8Array, bases: readonly Uint8Array[], block: number, most = 8): MadeDelta | null {
  const told = bases.map((base) => ({ length: base.length, blocks: signaturesOf(base, block) }))
  return new SignatureIndex(told, block).delta(bytes, most)
}

function deltaBetween(bytes: Uint8Array, bases: readonly Uint8Array[], most = 8): MadeDelta | null {
  return new ByteIndex(bases).delta(bytes, most)
}

function applied({ bases, bytes }: MadeDelta, all: readonly Uint8Array[]): Uint8Array {
  return applyDelta(
    bytes,
    bases.map((base) => all[base] as Uint8Array),
    LIMIT,
  )
}

const random = seeded(7)
const BASE = random.bytes(16 * KIB)
const OTHER = random.bytes(10_001)
const FRESH = random.bytes(100)
const edited = BASE.slice()
edited[9_000] = (edited[9_000] ?? 0) ^ 1

const ROWS: readonly (readonly [
  title: string,
  bytes: Uint8Array,
  bases: readonly Uint8Array[],
  most: readonly [bySignatures: number, between: number],
])[] = [
  ['one byte overwritten', edited, [BASE], [400, 30]],
  ['the same', BASE, [BASE], [10, 10]],
  ['bytes before', joined(FRESH, BASE), [BASE], [115, 115]],
  ['bytes behind', joined(BASE, FRESH), [BASE], [320, 115]],
  ['bytes in the middle', joined(BASE.subarray(0, 5_000), FRESH, BASE.subarray(5_000)), [BASE], [480, 120]],
  ['bytes taken out', joined(BASE.subarray(0, 5_000), BASE.subarray(5_100)), [BASE], [640, 20]],
  ['of two bases', joined(BASE.subarray(3_000), OTHER.subarray(0, 7_000)), [BASE, OTHER], [650, 20]],
  ['of two bases, turned round', joined(OTHER, BASE), [BASE, OTHER], [320, 20]],
  ['zeros for zeros', new Uint8Array(20_000), [new Uint8Array(16_000)], [400, 60]],
]

test('a delta builds its chunk, and is as small as what is new in it', (t) => {
  for (const [title, bytes, bases, [most, least]] of ROWS) {
    const block = 362
    for (const [how, delta, bound] of [
      ['signatures', bySignatures(bytes, bases, block), most],
      ['between', deltaBetween(bytes, bases), least],
    ] as const) {
      if (delta === null) {
        t.fail(`${title} ${how}: no delta`)
        continue
      }
      t.true(same(applied(delta, bases), bytes), `${title} ${how}`)
      t.true(delta.bytes.length <= bound, `${title} ${how}: ${delta.bytes.length} bytes`)
    }
  }
})

test('seeded edits of seeded bases of all lengths: every delta builds its chunk', (t) => {
  let made = 0
  for (let seed = 1; seed <= 300; seed++) {
    const chance = seeded(seed)
    const bases = Array.from({ length: 1 + chance.below(14) }, () => {
      const length = 1 + chance.below(seed % 3 === 0 ? 300 : 6_000)
      return seed % 5 === 0 ? new Uint8Array(length).fill(chance.below(3)) : chance.bytes(length)
    })
    const pieces = Array.from({ length: 1 + chance.below(9) }, () => {
      const base = bases[chance.below(bases.length)] as Uint8Array
      const from = chance.below(base.length)
      return chance.below(3) === 0
        ? chance.bytes(1 + chance.below(80))
        : base.slice(from, from + 1 + chance.below(3_000))
    })
    const bytes = joined(...pieces)
    for (const delta of [bySignatures(bytes, bases, 128 + chance.below(300)), deltaBetween(bytes, bases)]) {
      if (delta === null) continue
      made += 1
      t.true(delta.bases.length <= 8)
      t.true(same(applied(delta, bases), bytes), `seed ${seed}`)
    }
  }
  t.true(made > 250, `${made} deltas`)
})

test('no delta where it does not pay: strangers, nothing, next to nothing', (t) => {
  for (const [title, bytes, base] of [
    ['strangers', random.bytes(9_000), BASE],
    ['shorter than a block', BASE.slice(0, 60), BASE],
    ['a base of one byte', BASE, BASE.slice(0, 1)],
    ['a tenth of it', joined(random.bytes(9_000), BASE.subarray(0, 900)), BASE],
  ] as const) {
    t.is(bySignatures(bytes, [base], 313), null, title)
    t.is(deltaBetween(bytes, [base]), null, title)
  }
})

test('block sizes grow with the square root, inside their bounds; a signature has six bytes a block', (t) => {
  t.deepEqual(
    [1, 4 * KIB, 16 * KIB, 256 * KIB, LIMIT, 2 ** 30].map((length) => blockSize(length, 128, 4_096)),
    [128, 222, 443, 1_774, 4_096, 4_096],
  )
  t.is(signaturesOf(new Uint8Array(1_001), 100).length, 66)
  t.is(signaturesSize(1_001, 100), 66)
})

test('SEC-31 foreign deltas are refused before anything is built', (t) => {
  const base = [Uint8Array.of(1, 2, 3, 4)]
  const rows: readonly (readonly [string, readonly number[], readonly Uint8Array[], string])[] = [
    ['nothing', [], base, 'corrupt'],
    ['no steps', [0], base, 'corrupt'],
    ['no steps and a byte', [0, 9], base, 'corrupt'],
    ['more steps than bytes', [5, 9, 0], base, 'corrupt'],
    ['steps beyond all numbers', [0xff, 0xff, 0xff, 0xff, 0x0f], base, 'corrupt'],
    ['a count that is cut off', [0x80], base, 'corrupt'],
    ['a number in a longer form', [0x81, 0x00, 9, 0], base, 'corrupt'],
    ['a number of six bytes', [0x81, 0x80, 0x80, 0x80, 0x80, 0x00], base, 'corrupt'],
    ['a step that is cut off', [1, 9], base, 'corrupt'],
    ['a copy of nothing', [1, 1, 0], base, 'corrupt'],
    ['an insert of nothing', [1, 0], base, 'corrupt'],
    ['a copy from the end', [1, 3, 4], base, 'corrupt'],
    ['a copy beyond the end', [1, 9, 1], base, 'corrupt'],
    ['a copy from 2^32 - 1', [1, 3, 0xff, 0xff, 0xff, 0xff, 0x0f], base, 'corrupt'],
    ['a copy without a base', [1, 3, 0], [], 'corrupt'],
    ['fewer new bytes than said', [1, 6, 1, 2], base, 'corrupt'],
    ['more new bytes than said', [1, 2, 1, 2], base, 'corrupt'],
    ['2^31 new bytes', [1, 0xfe, 0xff, 0xff, 0xff, 0x0f], base, 'too-large'],
    ['longer than the limit', [3, 9, 0, 9, 0, 9, 0], base, 'too-large'],
  ]
  for (const [title, bytes, bases, code] of rows) {
    const error = t.throws(() => applyDelta(Uint8Array.from(bytes), bases, 11), undefined, title)
    t.is(isTidemarkError(error) ? error.code : String(error), code, title)
  }
  t.deepEqual([...applyDelta(Uint8Array.of(3, 9, 0, 2, 3, 2, 7), base, 11)], [1, 2, 3, 4, 7, 3])
})

test('SEC-31 seeded bytes as deltas: built within the limit or refused, never anything else', (t) => {
  const bases = [BASE.subarray(0, 50)]
  let built = 0
  for (let seed = 1; seed <= 4_000; seed++) {
    const chance = seeded(seed)
    const delta = Uint8Array.from({ length: 1 + chance.below(7) }, () => chance.below(chance.below(9) === 0 ? 256 : 12))
    try {
      t.true(applyDelta(delta, bases, 60).length <= 60)
      built += 1
    } catch (error) {
      if (!isTidemarkError(error)) throw error
    }
  }
  t.true(built > 20, `${built} built`)
})

test('foreign signatures cost time only: a delta made by lies does not build its chunk', (t) => {
  const lies = { length: OTHER.length, blocks: signaturesOf(OTHER, 200) }
  const delta = new SignatureIndex([lies], 200).delta(OTHER, 8)
  if (delta === null) return t.fail('no delta')
  t.false(same(applyDelta(delta.bytes, [BASE], LIMIT), OTHER))
})

// ---- which bases

function manifest(text: string): Manifest {
  const chunks = [...text].map(chunk)
  return { chunks, size: chunks.reduce((sum, { length }) => sum + length, 0) }
}

/** Lower-case letters have 100 bytes, digits 10, capitals 1,000. */
function chunk(letter: string): ChunkRef {
  const length = /[0-9]/.test(letter) ? 10 : /[a-z]/.test(letter) ? 100 : 1_000
  return { digest: letter.codePointAt(0)?.toString(16).padStart(64, '0') as Digest, length }
}

const letters = (chunks: Iterable<{ readonly digest: Digest }>): string =>
  [...chunks].map(({ digest }) => String.fromCodePoint(Number.parseInt(digest, 16))).join('')

test('what a new chunk replaces stands between the same neighbours, at the same place from either end', (t) => {
  const rows: readonly (readonly [string, string, string, string])[] = [
    ['nothing new', 'abc', 'abc', ''],
    ['the first', 'abc', 'xbc', 'x:a'],
    ['the last', 'abc', 'abx', 'x:c'],
    ['one between', 'abcde', 'abxde', 'x:c'],
    ['one for two', 'abcde', 'abxe', 'x:cd'],
    ['two for one', 'abcde', 'abxyde', 'x:c y:c'],
    ['two for two', 'abcdef', 'abxyef', 'x:c y:d'],
    ['a little more', 'abcde', 'ab1xde', '1:c x:c'],
    ['put in between', 'abc', 'abxc', ''],
    ['put in front', 'abc', 'xabc', ''],
    ['appended', 'abc', 'abcx', ''],
    ['everything', 'abc', 'xyz', 'x:a y:b z:c'],
    ['of nothing', '', 'xyz', ''],
    ['a long run: either end', 'abcdefghijklm', 'axm', 'x:bl'],
    ['much for one', 'abc', 'aXYZc', 'X:b Y:b Z:b'],
    ['moved: what followed the one, what led to the other', 'abcdefgh', 'efxdabgh', 'x:gc'],
    ['one chunk twice: once', 'abcd', 'xbxd', 'x:a'],
    ['a capital for all', 'abcdefghijklmnop', 'X', 'X:abcdefghijklmnop'],
  ]
  for (const [title, old, next, expected] of rows) {
    const found = replacedChunks(manifest(old), manifest(next))
    t.is([...found].map(([digest, bases]) => `${letters([{ digest }])}:${letters(bases)}`).join(' '), expected, title)
  }
})

test('the pool of a request names each base once and comes to its bound', (t) => {
  const lists = ['', 'ab', 'bc', 'A', 'c'].map((text) => manifest(text).chunks)
  const pool = (most: number): string => letters([...pooledBases(lists, most).keys()].map((digest) => ({ digest })))
  t.deepEqual([0, 99, 100, 299, 300, 1_299, 1_300].map(pool), ['', '', 'a', 'ab', 'abc', 'abc', 'abcA'])
})

test('of many bases those are named of which most is copied, and none that does not pay', (t) => {
  const bases = Array.from({ length: 12 }, (_, at) => seededRandom(50 + at).bytes(3_000))
  const bytes = joined(...bases.map((base, at) => base.subarray(500, 700 + at * 100)), BASE.subarray(0, 90))
  for (const [most, expected] of [
    [3, [9, 10, 11]],
    [8, [4, 5, 6, 7, 8, 9, 10, 11]],
  ] as const) {
    for (const made of [bySignatures(bytes, [...bases, BASE], 50, most), deltaBetween(bytes, [...bases, BASE], most)]) {
      if (made === null) return t.fail('no delta')
      t.deepEqual(made.bases, expected)
      t.true(same(applied(made, bases), bytes))
    }
  }
  t.deepEqual(deltaBetween(joined(BASE, OTHER.subarray(0, 150)), [OTHER, BASE])?.bases, [1])
})
