/** Deltas at the server: who may have bases, what is rebuilt and stored, what goes out as a delta, and what all of it may cost. */

import test from 'ava'
import { applyDelta } from '../../src/content/delta.js'
import { ByteIndex } from '../../src/content/delta-between.js'
import { SignatureIndex } from '../../src/content/signatures.js'
import { type Digest, LIMITS, type WireChunk } from '../../src/index.js'
import { BOB, code, content, file, hasher, planted, said, seeded, type World } from './server-world.js'

const HOUR = 3_600_000
const NOTES = { workspace: 'notes' } as const

function chunkOf(bytes: Uint8Array): WireChunk {
  return { digest: hasher.digest('chunk', bytes), encoding: 'identity', bytes }
}

const BASE = chunkOf(seeded(1).bytes(9_000))
const edited = BASE.bytes.slice()
edited[4_000] = (edited[4_000] ?? 0) ^ 1
const NEXT = chunkOf(edited)
const NOWHERE = 'e'.repeat(64) as Digest

/** `chunk` as a delta on the bases, made with their bytes. */
function deltaOf(chunk: WireChunk, bases: readonly WireChunk[]): WireChunk {
  const made = new ByteIndex(bases.map(({ bytes }) => bytes)).delta(chunk.bytes, LIMITS.deltaBases)
  if (made === null) throw new RangeError('no delta')
  const named = made.bases.map((base) => bases[base]?.digest as Digest)
  return { digest: chunk.digest, encoding: 'delta', bases: named, bytes: made.bytes }
}

const put = (world: World, ...chunks: readonly WireChunk[]) =>
  world.ask({ type: 'put', ...NOTES, manifests: [], chunks })
const get = (world: World, digests: readonly Digest[], have?: readonly Digest[]) =>
  world.ask({ type: 'get-chunks', ...NOTES, digests, ...(have && { have }) })
const sign = (world: World, digests: readonly Digest[], block = 200) =>
  world.ask({ type: 'get-signatures', ...NOTES, digests, block })

async function holding(...chunks: readonly WireChunk[]): Promise<World> {
  const world = await planted()
  for (const chunk of chunks) await put(world, chunk)
  return world
}

/** The base is not named by any content: a lease later it is noted, one more later condemned. */
async function condemn(world: World): Promise<void> {
  for (let times = 0; times < 2; times++) {
    await world.memory.remote.maintain()
    world.now += 24 * HOUR
  }
}

test('hello says that deltas are known', async (t) => {
  const world = await planted()
  t.true((await world.hello(BOB)).deltas)
})

test('signatures make a delta, the delta makes the chunk, and it is stored whole', async (t) => {
  const world = await holding(BASE)
  const { signatures } = await sign(world, [NOWHERE, BASE.digest])
  const [none, told] = signatures
  t.is(none, null)
  if (told == null) return t.fail('no signatures')
  t.deepEqual([told.length, told.blocks.length], [9_000, 270])
  const made = new SignatureIndex([told], 200).delta(NEXT.bytes, 1)
  if (made === null) return t.fail('no delta')
  t.true(made.bytes.length < 230)
  const delta = { digest: NEXT.digest, encoding: 'delta', bases: [BASE.digest], bytes: made.bytes }
  t.deepEqual(await put(world, delta), { type: 'put', needWhole: [] })
  t.deepEqual((await get(world, [NEXT.digest])).chunks, [NEXT])
})

test('SEC-01, SEC-04, SEC-05 what is another’s has no signatures, is no base, and its delta yields nothing', async (t) => {
  const world = await holding(BASE)
  const ask = { type: 'get-signatures', ...NOTES, digests: [BASE.digest], block: 200 } as const
  await t.throwsAsync(world.ask(ask, BOB), code('not-found'))
  await world.hello(BOB)
  t.deepEqual(await world.ask(ask, BOB), { type: 'get-signatures', signatures: [null] })
  const delta = deltaOf(NEXT, [BASE])
  const asBob = { type: 'put', ...NOTES, manifests: [], chunks: [delta] } as const
  t.deepEqual((await world.ask(asBob, BOB)).needWhole, [NEXT.digest])
  const wanted = { type: 'get-chunks', ...NOTES, digests: [NEXT.digest] } as const
  t.deepEqual((await world.ask(wanted, BOB)).absent, [NEXT.digest])
  await world.ask({ type: 'put', ...NOTES, manifests: [], chunks: [NEXT] }, BOB)
  const told = await world.ask({ ...wanted, have: [BASE.digest] }, BOB)
  t.deepEqual(told.chunks, [NEXT], 'a base that is not held here makes no delta')
})

test('SEC-07 a delta that comes to no chunk is to be sent whole, and nothing of it is stored', async (t) => {
  const rows: readonly (readonly [string, WireChunk])[] = [
    ['an unknown base', { ...deltaOf(NEXT, [BASE]), bases: [NOWHERE] }],
    ['one unknown base of two', { ...deltaOf(NEXT, [BASE]), bases: [BASE.digest, NOWHERE] }],
    ['another digest', { ...deltaOf(NEXT, [BASE]), digest: NOWHERE }],
    ['another base', { ...deltaOf(NEXT, [BASE]), bases: [chunkOf(seeded(2).bytes(9_000)).digest] }],
  ]
  for (const [title, delta] of rows) {
    const world = await holding(BASE, chunkOf(seeded(2).bytes(9_000)))
    t.deepEqual((await put(world, delta)).needWhole, [delta.digest], title)
    t.deepEqual((await get(world, [delta.digest])).absent, [delta.digest], title)
    t.deepEqual((await put(world, delta, { ...NEXT, digest: NEXT.digest })).needWhole.includes(NEXT.digest), false)
    t.deepEqual((await get(world, [NEXT.digest])).chunks, [NEXT], title)
  }
})

test('INV-27 a condemned base is as good as gone, for signatures and for rebuilding', async (t) => {
  const world = await holding(BASE)
  await condemn(world)
  t.is((await get(world, [BASE.digest])).chunks.length, 1, 'its bytes are there still')
  t.deepEqual((await sign(world, [BASE.digest])).signatures, [null])
  t.deepEqual((await put(world, deltaOf(NEXT, [BASE]))).needWhole, [NEXT.digest])
  await put(world, BASE)
  t.deepEqual((await put(world, deltaOf(NEXT, [BASE]))).needWhole, [], 'brought again it serves again')
})

test('bytes that are no delta are refused, and with them the request', async (t) => {
  const world = await holding(BASE)
  const broken = { ...deltaOf(NEXT, [BASE]), bytes: Uint8Array.of(1, 0x81, 0x00, 0) }
  const error = await t.throwsAsync(put(world, NEXT, broken), code('corrupt'))
  t.is((error as { subject?: unknown }).subject, NEXT.digest)
  t.deepEqual((await get(world, [NEXT.digest])).absent, [NEXT.digest])
  const long = { ...broken, bytes: Uint8Array.of(1, 0xfe, 0xff, 0xff, 0xff, 0x0f) }
  await t.throwsAsync(put(world, long), code('too-large'))
})

test('SEC-31 what the deltas of one request read and build is bounded', async (t) => {
  const large = Array.from({ length: 9 }, (_, at) => chunkOf(new Uint8Array(LIMITS.chunkBytes).fill(at + 1)))
  const world = await holding(...large)
  const grown = large.slice(0, 6).map(({ bytes }) => chunkOf(Uint8Array.of(...bytes.subarray(0, 9_000), 7)))
  const deltas = grown.map((chunk, at) => deltaOf(chunk, large.slice(at, at + 1)))
  await t.throwsAsync(put(world, ...deltas), code('too-large'), 'six bases of 2 MiB')
  t.deepEqual((await put(world, ...deltas.slice(0, 2))).needWhole, [], 'two of them are 4 MiB')
  const [one] = large
  if (one === undefined) throw new RangeError('none')
  const same = deltaOf(one, [one])
  await t.throwsAsync(put(world, ...Array.from({ length: 4 }, () => same)), code('too-large'), '8 MiB of one base')
  const have = large.map(({ digest }) => digest)
  const { signatures } = await sign(world, have, LIMITS.blockLeast)
  t.is(signatures.length, 4, 'a prefix: the bound was passed with the third, read together with one more')
  await put(world, ...grown)
  const { chunks } = await get(
    world,
    grown.map(({ digest }) => digest),
    have,
  )
  t.deepEqual(
    chunks.map(({ encoding }) => encoding),
    ['delta', 'delta', 'delta', 'delta', 'identity', 'identity'],
    'what is beyond the bound serves for nothing',
  )
})

test('chunks come as deltas on what the device has, where that is smaller', async (t) => {
  const stranger = chunkOf(seeded(3).bytes(5_000))
  const other = chunkOf(seeded(4).bytes(5_000))
  const world = await holding(BASE, NEXT, stranger, other)
  const wanted = [NEXT.digest, other.digest]
  const { chunks, absent } = await get(world, wanted, [NOWHERE, stranger.digest, BASE.digest])
  t.deepEqual(absent, [])
  t.deepEqual(
    chunks.map(({ digest, encoding, bases }) => [digest, encoding, bases]),
    [
      [NEXT.digest, 'delta', [BASE.digest]],
      [other.digest, 'identity', undefined],
    ],
  )
  const [first] = chunks
  if (first === undefined) throw new RangeError('none')
  t.true(first.bytes.length < 40)
  t.deepEqual(applyDelta(first.bytes, [BASE.bytes], LIMITS.chunkBytes), NEXT.bytes)
})

test('a commit with a delta on what is gone says which chunk is missing', async (t) => {
  const of = content('a text of one chunk '.repeat(30))
  const [chunk] = of.chunks
  if (chunk === undefined) throw new RangeError('none')
  const world = await holding(BASE)
  const delta = { ...deltaOf(chunk, [chunk]), bases: [NOWHERE] }
  const refused = await world.commit([[file(9, 'f', of)]], { manifests: [of.manifest], chunks: [delta] })
  t.like(refused.results[0]?.[0], { reason: 'missing-chunks', missing: [chunk.digest] })
  const taken = await world.commit([[file(9, 'f', of)]], { manifests: [of.manifest], chunks: [chunk] })
  t.regex(said(taken.results[0]?.[0]), /^accepted/)
})
