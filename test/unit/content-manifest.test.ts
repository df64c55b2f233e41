/** Manifests, their patches and copy plans: round trips, size bounds, hostile bytes. */

import test from 'ava'
import fc from 'fast-check'
import { CHUNK_MAX } from '../../src/content/averages.js'
import {
  checkManifest,
  decodeManifest,
  encodedManifestSize,
  encodeManifest,
  manifestDigest,
} from '../../src/content/manifest.js'
import { applyPatch, applyVerifiedPatch, makePatch, patchSize } from '../../src/content/patch.js'
import { portableHasher } from '../../src/content/portable-hasher.js'
import type { Digest } from '../../src/model/ids.js'
import type { ChunkRef, Manifest } from '../../src/model/manifest.js'
import { xorshift32 } from '../vectors/generators.js'

const hasher = portableHasher()

/** A chunk for each number; its length follows from it, 1 to 5,000. */
function chunk(number: number): ChunkRef {
  return { digest: number.toString(16).padStart(64, '0') as Digest, length: 1 + ((number * 7919) % 5_000) }
}

function manifest(numbers: readonly number[]): Manifest {
  const chunks = numbers.map(chunk)
  return { chunks, size: chunks.reduce((sum, { length }) => sum + length, 0) }
}

const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, at) => from + at)

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice()
  copy[at] = value
  return copy
}

function joined(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

test('a manifest is what its encoding decodes to, and nothing else', (t) => {
  for (const numbers of [[], [1], [1, 1, 1], upTo(300)]) {
    const one = manifest(numbers)
    const bytes = encodeManifest(one)
    t.is(bytes.length, encodedManifestSize(one))
    t.deepEqual(decodeManifest(bytes), one)
    t.deepEqual(decodeManifest(joined([9, 9, 9], bytes).subarray(3)), one)
  }
  t.not(manifestDigest(hasher, manifest([1, 2])), manifestDigest(hasher, manifest([2, 1])))
  t.not(manifestDigest(hasher, manifest([])), manifestDigest(hasher, manifest([]), Uint8Array.of(1)))
})

test('every byte of an encoding counts: cut off, lengthened or altered, it is another manifest or refused', (t) => {
  const one = manifest([1, 2, 3])
  const bytes = encodeManifest(one)
  for (let length = 0; length < bytes.length; length++) {
    t.throws(() => decodeManifest(bytes.subarray(0, length)), { code: 'corrupt' } as object)
  }
  t.throws(() => decodeManifest(joined(bytes, [0])), { code: 'corrupt' } as object)
  for (let at = 0; at < bytes.length; at++) {
    const altered = changed(bytes, at, (bytes[at] ?? 0) ^ 1)
    let decoded: Manifest | null = null
    try {
      decoded = decodeManifest(altered)
    } catch (error) {
      t.regex(String((error as { code?: string }).code), /^(corrupt|newer-version|too-large)$/)
    }
    if (decoded !== null) t.deepEqual(encodeManifest(decoded), altered, 'one manifest, one byte string')
  }
})

test('hostile manifests are refused before anything is built', (t) => {
  const bytes = encodeManifest(manifest([1, 2, 3]))
  const withLength = (length: number) => {
    const altered = bytes.slice()
    new DataView(altered.buffer).setUint32(18 + 32, length)
    return altered
  }
  const rows: readonly (readonly [string, Uint8Array, string])[] = [
    ['nothing', new Uint8Array(0), 'corrupt'],
    ['other magic', changed(bytes, 0, 0x58), 'corrupt'],
    ['version 2', changed(bytes, 5, 2), 'newer-version'],
    ['version 0', changed(bytes, 5, 0), 'newer-version'],
    ['four thousand million chunks', changed(bytes, 6, 0xff), 'too-large'],
    ['size beyond safe integers', changed(bytes, 10, 0xff), 'too-large'],
    ['a chunk of no byte', withLength(0), 'corrupt'],
    ['a chunk above half a frame', withLength(CHUNK_MAX + 1), 'corrupt'],
    ['a size that is not the sum', changed(bytes, 17, (bytes[17] ?? 0) ^ 1), 'corrupt'],
  ]
  for (const [title, row, code] of rows) t.throws(() => decodeManifest(row), { code } as object, title)
  t.throws(() => decodeManifest(bytes, { chunks: 2, size: 1e9 }), { code: 'too-large' } as object)
  t.throws(() => decodeManifest(bytes, { chunks: 3, size: 10 }), { code: 'too-large' } as object)
})

test('a manifest that breaks a rule is not encoded', (t) => {
  const good = chunk(5)
  const rows: readonly (readonly [string, Manifest])[] = [
    ['sum', { chunks: [good], size: good.length + 1 }],
    ['length 0', { chunks: [{ ...good, length: 0 }], size: 0 }],
    ['length not whole', { chunks: [{ ...good, length: 1.5 }], size: 1.5 }],
    ['length NaN', { chunks: [{ ...good, length: Number.NaN }], size: Number.NaN }],
    ['length above the most', { chunks: [{ ...good, length: CHUNK_MAX + 1 }], size: CHUNK_MAX + 1 }],
    ['digest', { chunks: [{ ...good, digest: 'A'.repeat(64) as Digest }], size: good.length }],
  ]
  for (const [title, row] of rows) {
    t.throws(() => checkManifest(row), { code: 'invalid' } as object, title)
    t.throws(() => encodeManifest(row), { code: 'invalid' } as object, title)
    t.throws(() => makePatch(manifest([]), row), { code: 'invalid' } as object, title)
  }
})

test('a patch turns the base into the next manifest: random edits', (t) => {
  const number = fc.nat(40)
  const edit = fc.record({ at: fc.nat(1_000), remove: fc.nat(5), insert: fc.array(number, { maxLength: 5 }) })
  fc.assert(
    fc.property(fc.array(number, { maxLength: 80 }), fc.array(edit, { maxLength: 6 }), (numbers, edits) => {
      const next = [...numbers]
      for (const { at, remove, insert } of edits) next.splice(at % (next.length + 1), remove, ...insert)
      const [from, to] = [manifest(numbers), manifest(next)]
      const patch = makePatch(from, to)
      t.deepEqual(applyPatch(from, patch), to)
      t.is(patchSize(from, to), patch.length)
      const verified = applyVerifiedPatch({ hasher, base: from, patch, digest: manifestDigest(hasher, to) })
      t.deepEqual(verified, to)
    }),
    { numRuns: 300, seed: 2026 },
  )
})

test('patches are small', (t) => {
  const base = upTo(2_300)
  const rows: readonly (readonly [string, number[], number, number])[] = [
    ['equal', base, 0, 30],
    ['one chunk replaced', base.map((at) => (at === 1_100 ? 90_000 : at)), 1, 60],
    ['two chunks at the head', [90_000, 90_001, ...base.slice(1)], 2, 60],
    ['appended', [...base, 90_000], 1, 60],
    ['halves swapped', [...base.slice(1_150), ...base.slice(0, 1_150)], 0, 40],
    ['emptied', [], 0, 18],
    ['twenty scattered edits', base.map((at) => (at % 115 === 7 ? 90_000 + at : at)), 20, 300],
  ]
  for (const [title, next, fresh, bound] of rows) {
    const size = patchSize(manifest(base), manifest(next))
    t.true(size <= fresh * 32 + bound, `${title}: ${size} bytes`)
  }
  const all = manifest(upTo(2_300, 50_000))
  t.true(patchSize(manifest(base), all) <= encodedManifestSize(all) + 10)
})

test('repeated chunks cost a patch no more than an edit does', (t) => {
  const chance = xorshift32(8)
  const base = upTo(2_000).map((at) => (at % 2 === 0 ? 1 : 2 + (chance() % 3)))
  const next = [...base.slice(0, 1_000), 77_777, ...base.slice(1_001)]
  const size = patchSize(manifest(base), manifest(next))
  t.true(size <= 32 + 60, `${size} bytes`)
})

test('a patch on another base or with another digest is noticed', (t) => {
  const [base, next] = [manifest([1, 2, 3]), manifest([1, 2, 4])]
  const patch = makePatch(base, next)
  const digest = manifestDigest(hasher, next)
  t.throws(() => applyVerifiedPatch({ hasher, base, patch, digest: manifestDigest(hasher, base) }), {
    code: 'corrupt',
  } as object)
  t.throws(() => applyVerifiedPatch({ hasher, base: manifest([3, 2, 1]), patch, digest }), {
    code: 'corrupt',
  } as object)
})

test('hostile patches are refused, bounded before they are built', (t) => {
  const base = manifest(upTo(100))
  const head = (count: number, size: number): Uint8Array => {
    const bytes = new Uint8Array(18)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, 0x544d4d50)
    view.setUint16(4, 1)
    view.setUint32(6, count)
    view.setBigUint64(10, BigInt(size))
    return bytes
  }
  const first = chunk(0).length
  const good = joined(head(1, first), [0, 0, 1])
  t.deepEqual(applyPatch(base, good), manifest([0]))
  const digest = new Array<number>(32).fill(7)
  const rows: readonly (readonly [string, Uint8Array, string])[] = [
    ['nothing', new Uint8Array(0), 'corrupt'],
    ['head cut off', good.subarray(0, 17), 'corrupt'],
    ['other magic', changed(good, 3, 0x46), 'corrupt'],
    ['version 2', changed(good, 5, 2), 'newer-version'],
    ['a bomb of chunks', joined(head(0xffffffff, 1), [0, 0, 1]), 'too-large'],
    ['a bomb of bytes', joined(head(1, Number.MAX_SAFE_INTEGER + 1), [0, 0, 1]), 'too-large'],
    ['no steps', head(1, first), 'corrupt'],
    ['unknown step', joined(head(1, first), [2, 0, 1]), 'corrupt'],
    ['copy of none', joined(head(1, first), [0, 0, 0]), 'corrupt'],
    ['copy of more than announced', joined(head(1, first), [0, 0, 2]), 'corrupt'],
    ['copy from beyond the base', joined(head(1, first), [0, 100, 1]), 'corrupt'],
    ['copy that runs out of the base', joined(head(101, base.size), [0, 0, 101]), 'corrupt'],
    ['copy at 2^32 - 1', joined(head(1, first), [0, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]), 'corrupt'],
    ['number of six bytes', joined(head(1, first), [0, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 1]), 'corrupt'],
    ['number above 32 bits', joined(head(1, first), [0, 0xff, 0xff, 0xff, 0xff, 0x7f, 1]), 'corrupt'],
    ['number in a longer form', joined(head(1, first), [0, 0x80, 0, 1]), 'corrupt'],
    ['number cut off', joined(head(1, first), [0, 0x80]), 'corrupt'],
    ['insert of none', joined(head(1, 9), [1, 0]), 'corrupt'],
    ['insert of more than announced', joined(head(1, 9), [1, 2], digest, [9]), 'corrupt'],
    ['insert cut off in the digest', joined(head(1, 9), [1, 1], digest.slice(1)), 'corrupt'],
    ['insert without a length', joined(head(1, 9), [1, 1], digest), 'corrupt'],
    ['insert of length 0', joined(head(1, 0), [1, 1], digest, [0]), 'corrupt'],
    ['insert above half a frame', joined(head(1, CHUNK_MAX + 1), [1, 1], digest, [0x81, 0x80, 0x80, 1]), 'corrupt'],
    ['longer than announced', joined(head(2, first), [0, 0, 2]), 'corrupt'],
    ['shorter than announced', joined(head(1, first + 1), [0, 0, 1]), 'corrupt'],
    ['fewer chunks than announced', joined(head(2, first), [0, 0, 1]), 'corrupt'],
    ['bytes after the end', joined(good, [0]), 'corrupt'],
  ]
  for (const [title, patch, code] of rows) t.throws(() => applyPatch(base, patch), { code } as object, title)
  t.throws(() => applyPatch(base, makePatch(base, base), { chunks: 99, size: 1e9 }), { code: 'too-large' } as object)
})

test('random bytes are never a patch that breaks a manifest', (t) => {
  const base = manifest(upTo(50))
  const patch = makePatch(base, manifest([...upTo(20), 900, ...upTo(20, 25)]))
  const chance = xorshift32(606)
  let refused = 0
  for (let round = 0; round < 5_000; round++) {
    const altered = patch.slice()
    for (let edits = 1 + (chance() % 3); edits > 0; edits--) altered[chance() % altered.length] = chance() & 0xff
    try {
      checkManifest(applyPatch(base, altered))
    } catch (error) {
      t.regex(String((error as { code?: string }).code), /^(corrupt|newer-version|too-large)$/)
      refused++
    }
  }
  t.true(refused > 3_000, `${refused} refused`)
})
