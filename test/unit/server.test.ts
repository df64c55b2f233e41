/** What the server takes: the commit rules of SPEC 1 as a truth table, replay, concurrency, content. */

import test from 'ava'
import { LIMITS, ROOT_ID, type Change, type Cursor, type WireManifest } from '../../src/index.js'
import { manifestDigest } from '../../src/content/manifest.js'
import { makePatch } from '../../src/content/patch.js'
import {
  BOB,
  code,
  content,
  directory,
  file,
  hasher,
  id,
  lost,
  move,
  pageOf,
  planted,
  remove,
  said,
  saidAll,
  seeded,
  World,
  X,
  Y,
} from './server-world.js'
import { COMMITTED } from './server.table.js'

const deep = (number: number) =>
  Array.from({ length: number }, (_, at) => directory(100 + at, 'd', at === 0 ? {} : { parentId: id(99 + at) }))

for (const [title, group, expected] of COMMITTED) {
  test(`SPEC 1: ${title}`, async (t) => {
    const world = await planted()
    const before = await world.tree()
    const dry = await world.announce([group])
    t.deepEqual(await world.tree(), before, 'an announce leaves no trace')
    const answer = await world.commit([group])
    t.deepEqual(answer.results[0]?.map(said), expected)
    t.deepEqual(
      dry.results[0]?.map((result) => said(result).replace(/accepted 0/, 'accepted')),
      expected.map((text) => text.replace(/accepted \d+/, 'accepted')),
    )
    const accepted = expected.filter((text) => text.startsWith('accepted')).length
    t.deepEqual([answer.previousHead, answer.first, answer.last], accepted === 0 ? [5, 0, 0] : [5, 6, 5 + accepted])
    if (accepted === 0) t.deepEqual(await world.tree(), before, 'a refused group leaves no trace')
    t.is((await world.page(world.cursor)).cursor.hash, answer.hash)
  })
}

test('SPEC 1: each refusal carries the current revision, name-taken the holder, and the culprit', async (t) => {
  const world = await planted()
  const { results } = await world.commit([
    [remove(3, 1)],
    [file(9, 'file', X), move(1, 1, ROOT_ID, 'away')],
    [remove(4, 1)],
    [file(8, 'q', lost)],
  ])
  const [stale, taken, dead, needs] = results
  t.like(stale?.[0], { reason: 'stale', culprit: id(3), current: { id: id(3), sequence: 3 } })
  t.like(taken?.[0], { reason: 'name-taken', culprit: id(9), current: null, holder: { id: id(3), sequence: 3 } })
  t.like(taken?.[1], { reason: 'name-taken', culprit: id(9), current: { id: id(1), sequence: 1 } })
  t.like(dead?.[0], { verdict: 'unchanged', sequence: 5, current: { id: id(4), node: null } })
  t.like(needs?.[0], { reason: 'need-manifest', current: null })
})

test('SPEC 1: groups stand alone: the others of a batch go on, later ones build on earlier ones', async (t) => {
  const world = await planted()
  const groups = [
    [directory(10, 'a')],
    [directory(11, 'a')],
    [file(12, 'f', X, { parentId: id(10) })],
    [file(13, 'f', X, { parentId: id(11) })],
  ]
  const answer = await world.commit(groups)
  t.deepEqual(saidAll(answer.results), [
    ['accepted 6'],
    ['refused name-taken'],
    ['accepted 7'],
    ['refused parent-gone'],
  ])
  t.deepEqual([answer.first, answer.last, answer.previousHead], [6, 7, 5])
})

test('SPEC 1: a swap is refused as two groups and accepted as one', async (t) => {
  const world = await planted()
  const a = move(1, 1, ROOT_ID, 'file')
  const b = move(3, 3, ROOT_ID, 'box')
  t.deepEqual(saidAll((await world.commit([[a], [b]])).results), [['refused name-taken'], ['refused name-taken']])
  t.deepEqual(saidAll((await world.commit([[a, b]])).results), [['accepted 6', 'accepted 7']])
})

test('SPEC 1: depth is bounded at the limit, one more is too deep', async (t) => {
  const world = await planted()
  const answer = await world.commit(deep(LIMITS.depth + 2).map((change) => [change]))
  t.is(said(answer.results.at(LIMITS.depth)?.[0]), `accepted ${5 + LIMITS.depth + 1}`)
  t.is(said(answer.results.at(-1)?.[0]), 'refused too-deep')
})

test('SPEC 1, SEC-05: missing chunks are named, and the commit that brings them is accepted (one round trip)', async (t) => {
  const world = await planted()
  const fresh = content('one', 'two', 'one')
  const half = { manifests: [fresh.manifest], chunks: fresh.chunks.slice(0, 1) }
  const group = [file(9, 'new', fresh)]
  const refused = await world.commit([group], half)
  t.like(refused.results[0]?.[0], { reason: 'missing-chunks', missing: [fresh.chunks[1]?.digest] })
  const dry = await world.announce([group])
  t.deepEqual([dry.missingChunks, dry.missingManifests], [[fresh.chunks[1]?.digest], []])
  t.deepEqual((await world.announce([[file(8, 'm', lost)]])).missingManifests, [lost.given.content])
  t.is(said((await world.commit([group], { chunks: fresh.chunks })).results[0]?.[0]), 'accepted 6')
})

test('SPEC 1: a host may refuse by quota, after the content is there', async (t) => {
  const world = await planted({ admit: (change) => (change.type === 'create' && change.size > 2 ? 'quota' : null) })
  t.deepEqual(saidAll((await world.commit([[file(8, 'a', Y)], [file(9, 'b', X)], [file(7, 'c', lost)]])).results), [
    ['refused quota'],
    ['accepted 6'],
    ['refused need-manifest'],
  ])
})

test('SPEC 1: a size that is not that of the content refuses the whole batch', async (t) => {
  const world = await planted()
  await t.throwsAsync(world.commit([[directory(8, 'ok')], [file(9, 'bad', X, { size: 2 })]]), code('invalid'))
  t.is((await world.page(world.cursor)).cursor.sequence, 5)
})

test('SPEC 1: previousHead tells whether the cursor may move without a pull', async (t) => {
  const world = await planted()
  const { cursor } = await world.page(world.cursor)
  const mine = await world.commit([[directory(9, 'mine')]], { cursor })
  t.is(mine.previousHead, cursor.sequence)
  const moved: Cursor = { epoch: cursor.epoch, sequence: mine.last, hash: mine.hash }
  t.deepEqual(await world.page(moved), { from: 6, revisions: [], cursor: moved, head: true })
  const other = await world.commit([[directory(10, 'other')]], { cursor })
  t.not(other.previousHead, cursor.sequence)
})

test('INV-10: a lost answer is told again: accepted as it was, refused judged anew, no second revision', async (t) => {
  const world = await planted()
  const key = world.key()
  const groups = [[directory(9, 'new')], [file(10, 'late', lost)], [remove(4, 1)]]
  const first = await world.commit(groups, { key })
  t.deepEqual(saidAll(first.results), [['accepted 6'], ['refused need-manifest'], ['unchanged 5']])
  const again = await world.commit(groups, { key })
  t.deepEqual(again, first)
  await world.commit([[move(9, 6, id(1), 'moved')]])
  t.deepEqual(await world.commit(groups, { key }), { ...first }, 'also when the node went on')
  await world.put(lost)
  const third = await world.commit(groups, { key })
  t.deepEqual(saidAll(third.results), [['accepted 6'], ['accepted 8'], ['unchanged 5']])
  t.deepEqual([third.previousHead, third.first, third.last], [7, 8, 8])
  t.deepEqual(await world.commit(groups, { key }), third)
})

test('INV-10, SEC-38: a key is bound to its changes and to its principal', async (t) => {
  const world = await planted()
  const key = world.key()
  await world.commit([[directory(9, 'new')]], { key })
  await t.throwsAsync(world.commit([[directory(9, 'other')]], { key }), code('key-reused'))
  await world.hello(BOB)
  const cursor = pageOf((await world.hello(BOB, null, { last: 'n1', next: 'n2' })).state).cursor
  const bobs = await world.commit([[directory(9, 'other')]], { key, principal: BOB, cursor })
  t.deepEqual(saidAll(bobs.results), [['accepted 1']])
})

test('INV-06: every commit sent twice leaves the tree and the feed of one', async (t) => {
  const once = await planted({ seed: 3 })
  const twice = await planted({ seed: 3 })
  const random = seeded(9)
  for (let round = 0; round < 40; round++) {
    const group = [
      random.below(2) === 0
        ? directory(20 + random.below(9), `n${random.below(6)}`)
        : remove(20 + random.below(9), 6 + random.below(30)),
    ]
    const key = round.toString(16).padStart(32, '0')
    await once.commit([group], { key })
    const first = await twice.commit([group], { key })
    const second = await twice.commit([group], { key })
    if (first.last > 0) t.deepEqual(second, first)
  }
  t.deepEqual(await twice.tree(), await once.tree())
})

test('INV-11: concurrent commits are serial: sequences without a gap, each accepted once', async (t) => {
  const world = await planted()
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, at) =>
      world.commit([[directory(50 + at, `n${at % 10}`), directory(150 + at, `m${at}`)]]),
    ),
  )
  const accepted = answers.filter(({ first }) => first > 0)
  t.is(accepted.length, 10)
  t.deepEqual(
    accepted.flatMap(({ first, last }) => [first, last]),
    Array.from({ length: 20 }, (_, at) => 6 + at),
  )
  t.is((await world.page(world.cursor)).cursor.sequence, 25)
})

test('SEC-07, INV-26: nothing is stored whose bytes do not give its digest', async (t) => {
  const world = await planted()
  const fresh = content('abcdef')
  const chunk = fresh.chunks[0]
  if (chunk === undefined) return t.fail()
  for (let bit = 0; bit < chunk.bytes.length * 8; bit++) {
    const bytes = chunk.bytes.slice()
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    await t.throwsAsync(
      world.ask({ type: 'put', workspace: 'notes', manifests: [], chunks: [{ ...chunk, bytes }] }),
      code('corrupt'),
    )
  }
  const wrong = { ...fresh.manifest, digest: X.given.content }
  await t.throwsAsync(world.ask({ type: 'put', workspace: 'notes', manifests: [wrong], chunks: [] }), code('corrupt'))
  await t.throwsAsync(
    world.ask({ type: 'put', workspace: 'notes', manifests: [], chunks: [{ ...chunk, bytes: new Uint8Array() }] }),
    code('too-large'),
  )
  t.deepEqual((await world.ask({ type: 'get-chunks', workspace: 'notes', digests: [chunk.digest] })).absent, [
    chunk.digest,
  ])
})

test('manifests: patches up and down; an unknown base is asked for whole', async (t) => {
  const world = await planted()
  const texts = Array.from({ length: 300 }, (_, at) => `chunk ${at}`)
  const base = content(...texts)
  const next = content(...texts.slice(0, 150), 'inserted', ...texts.slice(150))
  const patch = {
    form: 'patch',
    digest: next.given.content,
    base: base.given.content,
    patch: makePatch(base.manifest.manifest, next.manifest.manifest),
  } as const
  const put = (manifests: readonly (typeof patch | typeof base.manifest)[]) =>
    world.ask({ type: 'put', workspace: 'notes', manifests, chunks: [] })
  t.deepEqual((await put([patch])).needWhole, [next.given.content])
  t.deepEqual((await put([base.manifest, patch])).needWhole, [])
  await t.throwsAsync(put([{ ...patch, digest: X.given.content }]), code('corrupt'))
  const get = (have: readonly (typeof patch.base)[]) =>
    world.ask({ type: 'get-manifests', workspace: 'notes', wanted: [{ digest: next.given.content, have }] })
  t.deepEqual((await get([])).manifests, [next.manifest])
  t.deepEqual((await get([lost.given.content])).manifests, [next.manifest])
  const [down] = (await get([lost.given.content, base.given.content])).manifests
  t.is(down?.form, 'patch')
  t.true(down?.form === 'patch' && down.patch.length < 200)
})

test('SEC-30: small patches that stand for too many chunks are refused, and nothing of them stored', async (t) => {
  const world = await planted()
  const [chunk] = X.chunks
  if (chunk === undefined) return t.fail()
  const repeated = (times: number) => {
    const chunks = Array.from({ length: times }, () => ({ digest: chunk.digest, length: 1 }))
    const manifest = { chunks, size: times }
    return { form: 'whole', digest: manifestDigest(hasher, manifest), manifest } as const
  }
  const base = repeated(60_000)
  const wanted = [1, 2, 3, 4, 5].map((more) => repeated(60_000 + more))
  const patches = wanted.map(({ digest, manifest }) => {
    return { form: 'patch', digest, base: base.digest, patch: makePatch(base.manifest, manifest) } as const
  })
  const put = (manifests: readonly WireManifest[]) =>
    world.ask({ type: 'put', workspace: 'notes', manifests, chunks: [] })
  t.deepEqual((await put([base])).needWhole, [])
  await t.throwsAsync(put(patches), code('too-large'))
  const get = {
    type: 'get-manifests',
    workspace: 'notes',
    wanted: wanted.map(({ digest }) => ({ digest, have: [] })),
  } as const
  t.is((await world.ask(get)).manifests.length, 0)
  t.deepEqual((await put(patches.slice(0, 3))).needWhole, [])
})

test('INV-28: the last sequences of a safe integer are given, not one beyond', async (t) => {
  const world = await new World().open()
  const { metadata } = world.memory
  const head = await metadata.read((await metadata.find('ann', 'notes')) ?? ('' as never), (reader) => reader.head())
  const last = Number.MAX_SAFE_INTEGER
  await metadata.create({ ...head, id: id(77) as never, name: 'edge', sequence: last - 1 })
  const cursor = { epoch: head.epoch, sequence: last - 1, hash: head.hash }
  const commit = (groups: readonly (readonly Change[])[]) =>
    world.ask({
      type: 'commit',
      workspace: 'edge',
      cursor,
      witness: cursor,
      key: world.key(),
      groups,
      manifests: [],
      chunks: [],
    })
  await t.throwsAsync(commit([[directory(1, 'a'), directory(2, 'b')]]), code('too-large'))
  t.is((await commit([[directory(1, 'a')]])).last, last)
  await t.throwsAsync(commit([[directory(2, 'b')]]), code('too-large'))
})
