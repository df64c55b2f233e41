/** The commit rules of SPEC 1 as a truth table, replay, standing, feed, listing, content and isolation. */

import test from 'ava'
import {
  decodeAnswer,
  encodeRequest,
  isTidemarkError,
  LIMITS,
  ROOT_ID,
  TidemarkError,
  type Change,
  type ChangeGroup,
  type Cursor,
  type Page,
  type Revision,
  type WireManifest,
} from '../../src/index.js'
import { manifestDigest } from '../../src/content/manifest.js'
import { makePatch } from '../../src/content/patch.js'
import { judgeStanding } from '../../src/server/standing.js'
import { type RemoteStore, SyncServer } from '../../src/server/index.js'
import {
  ANN,
  BOB,
  content,
  directory,
  file,
  hasher,
  id,
  move,
  pageOf,
  remove,
  said,
  saidAll,
  seeded,
  World,
} from './server-world.js'

const X = content('x')
const Y = content('y', 'yy')

/** Sequences: 1 box, 2 box/inner, 3 file X, 4 buried (file X), 5 its delete. */
async function planted(options: ConstructorParameters<typeof World>[0] = {}): Promise<World> {
  const world = await new World(options).open()
  await world.put(X, Y)
  await world.commit([
    [directory(1, 'box')],
    [directory(2, 'inner', { parentId: id(1) })],
    [file(3, 'file', X)],
    [file(4, 'buried', X)],
  ])
  await world.commit([[remove(4, 4)]])
  return world
}

const code = (expected: string) => ({ code: expected })
const lost = content('never sent')
const deep = (number: number) =>
  Array.from({ length: number }, (_, at) => directory(100 + at, 'd', at === 0 ? {} : { parentId: id(99 + at) }))

const TABLE: readonly (readonly [string, ChangeGroup, readonly string[]])[] = [
  ['create, unknown id', [file(9, 'new', X)], ['accepted 6']],
  ['create, unknown id with a base', [file(9, 'new', X, { base: 77 })], ['accepted 6']],
  ['create, live and equal', [file(3, 'file', X)], ['unchanged 3']],
  ['create, live and other content', [file(3, 'file', Y)], ['refused exists']],
  ['create, live and other place', [file(3, 'other', X)], ['refused exists']],
  ['create, dead without base', [file(4, 'buried', X)], ['refused stale']],
  ['create, dead with an old base', [file(4, 'buried', X, { base: 4 })], ['refused stale']],
  ['create, dead with its base: revived', [file(4, 'elsewhere', Y, { base: 5 })], ['accepted 6']],
  ['create, revived as another kind', [directory(4, 'buried', { base: 5 })], ['refused forbidden']],
  ['create, unknown manifest', [file(9, 'new', lost)], ['refused need-manifest']],
  ['create, unknown parent', [file(9, 'new', X, { parentId: id(88) })], ['refused parent-gone']],
  ['create, dead parent', [file(9, 'new', X, { parentId: id(4) })], ['refused parent-gone']],
  ['create, file as parent', [file(9, 'new', X, { parentId: id(3) })], ['refused parent-gone']],
  ['create, name held', [directory(9, 'file')], ['refused name-taken']],
  ['create, other name but held key', [file(9, 'new', X, { key: 'file' })], ['refused name-taken']],
  ['create, held name but free key', [file(9, 'file', X, { key: 'new' })], ['accepted 6']],
  ['create, name of a dead node', [file(9, 'buried', X)], ['accepted 6']],
  [
    'create, unknown kind passes through',
    [directory(9, 'link', { kind: 'symlink', attributes: { target: 'box' } })],
    ['accepted 6'],
  ],
  ['update, current base', [{ type: 'update', id: id(3), base: 3, executable: true }], ['accepted 6']],
  ['update, old base', [{ type: 'update', id: id(3), base: 2, executable: true }], ['refused stale']],
  ['update, future base', [{ type: 'update', id: id(3), base: 99, executable: true }], ['refused stale']],
  ['update, old base but there already', [{ type: 'update', id: id(3), base: 1, executable: false }], ['unchanged 3']],
  ['update, dead', [{ type: 'update', id: id(4), base: 5, executable: true }], ['refused stale']],
  ['update, unknown', [{ type: 'update', id: id(9), base: 0, executable: true }], ['refused stale']],
  [
    'update, content',
    [{ type: 'update', id: id(3), base: 3, content: { digest: Y.given.content, size: 3, modifiedAt: 9 } }],
    ['accepted 6'],
  ],
  [
    'update, same content at another time',
    [{ type: 'update', id: id(3), base: 2, content: { digest: X.given.content, size: 1, modifiedAt: 9 } }],
    ['refused stale'],
  ],
  [
    'update, content of a directory',
    [{ type: 'update', id: id(1), base: 1, content: { digest: X.given.content, size: 1, modifiedAt: 9 } }],
    ['refused forbidden'],
  ],
  [
    'update, stale before its missing content',
    [{ type: 'update', id: id(3), base: 1, content: { digest: lost.given.content, size: 10, modifiedAt: 9 } }],
    ['refused stale'],
  ],
  ['move', [move(3, 3, id(2), 'deep')], ['accepted 6']],
  ['move onto itself', [move(3, 3, ROOT_ID, 'file')], ['unchanged 3']],
  ['move, name held', [move(3, 3, ROOT_ID, 'box')], ['refused name-taken']],
  ['move, parent gone', [move(3, 3, id(4), 'x')], ['refused parent-gone']],
  ['move below itself', [move(1, 1, id(2), 'x')], ['refused cycle']],
  ['delete', [remove(3, 3)], ['accepted 6']],
  ['delete, old base', [remove(3, 2)], ['refused stale']],
  ['delete, dead', [remove(4, 1)], ['unchanged 5']],
  ['delete, unknown', [remove(9, 1)], ['unchanged 0']],
  ['delete, not empty', [remove(1, 1)], ['refused not-empty']],
  ['group: child before its directory is deleted', [remove(2, 2), remove(1, 1)], ['accepted 6', 'accepted 7']],
  ['group: directory before its child is deleted', [remove(1, 1), remove(2, 2)], ['accepted 6', 'accepted 7']],
  [
    'group: emptied by a move, then deleted',
    [move(2, 2, ROOT_ID, 'inner'), remove(1, 1)],
    ['accepted 6', 'accepted 7'],
  ],
  [
    'group: a child comes while its parent goes',
    [file(9, 'new', X, { parentId: id(2) }), remove(2, 2)],
    ['refused parent-gone', 'refused parent-gone'],
  ],
  ['group: swap of names', [move(1, 1, ROOT_ID, 'file'), move(3, 3, ROOT_ID, 'box')], ['accepted 6', 'accepted 7']],
  ['group: change of kind', [remove(3, 3), directory(9, 'file')], ['accepted 6', 'accepted 7']],
  ['group: turned inside out', [move(2, 2, ROOT_ID, 'inner'), move(1, 1, id(2), 'box')], ['accepted 6', 'accepted 7']],
  [
    'group: two below each other',
    [directory(8, 'a', { parentId: id(9) }), directory(9, 'b', { parentId: id(8) })],
    ['refused cycle', 'refused cycle'],
  ],
  ['group: two new under one name', [file(8, 'n', X), file(9, 'n', X)], ['refused name-taken', 'refused name-taken']],
  ['group: one bad, all fall', [file(8, 'n', X), remove(3, 1)], ['refused stale', 'refused stale']],
  ['group: unchanged beside accepted', [remove(4, 4), remove(3, 3)], ['unchanged 5', 'accepted 6']],
  [
    'group: the same node twice',
    [{ type: 'update', id: id(3), base: 3, executable: true }, remove(3, 3)],
    ['refused stale', 'refused stale'],
  ],
]

for (const [title, group, expected] of TABLE) {
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

test('INV-11: paging while others commit brings each node, at the end at its latest', async (t) => {
  const world = await planted()
  const random = seeded(5)
  for (let batch = 0; batch < 3; batch++) {
    await world.commit(Array.from({ length: 900 }, (_, at) => [directory(1_000 + batch * 900 + at, `n${batch}-${at}`)]))
  }
  const remote = new Map<string, Revision>()
  let cursor = world.cursor
  for (let page: Page | null = null; page === null || !page.head; ) {
    page = await world.page(cursor)
    t.is(page.from, cursor.sequence)
    t.is(new Set(page.revisions.map((row) => row.id)).size, page.revisions.length)
    for (const row of page.revisions) {
      t.true(row.sequence > (remote.get(row.id)?.sequence ?? 0))
      remote.set(row.id, row)
    }
    cursor = page.cursor
    for (let edits = 0; !page.head && edits < 20; edits++) {
      const number = 1_000 + random.below(2_700)
      const now = (await world.tree()).find((row) => row.id === id(number))
      if (now !== undefined && edits < 4)
        await world.commit([
          [edits % 2 === 0 ? remove(number, now.sequence) : move(number, now.sequence, id(1), `m${number}`)],
        ])
    }
  }
  const live = [...remote.values()].filter((row) => row.node !== null).sort((a, b) => (a.id < b.id ? -1 : 1))
  t.deepEqual(live, await world.tree())
})

test('feed: a node changed three times comes once, at its latest; equal cursors bring nothing', async (t) => {
  const world = await planted()
  const { cursor } = await world.page(world.cursor)
  let base = 3
  for (const name of ['a', 'b', 'c']) base = (await world.commit([[move(3, base, ROOT_ID, name)]])).last
  await world.commit([[directory(9, 'new')]])
  const page = await world.page(cursor)
  t.deepEqual(
    page.revisions.map((row) => [row.id, row.sequence, row.node?.name]),
    [
      [id(3), 8, 'c'],
      [id(9), 9, 'new'],
    ],
  )
  t.true(page.head)
  t.deepEqual((await world.page(page.cursor)).revisions, [])
})

test('listing: pages ascend by id from one state; what changes meanwhile comes by the feed from there', async (t) => {
  const world = await planted()
  for (let batch = 0; batch < 2; batch++) {
    await world.commit(
      Array.from({ length: 1_000 }, (_, at) => [directory(1_000 + batch * 1_000 + at, `n${batch}-${at}`)]),
    )
  }
  const first = await world.list(null, null)
  t.is(first.revisions.length, LIMITS.pageRevisions)
  await world.commit([[remove(2_500, 1_506)], [directory(5, 'early')]])
  const ids: string[] = first.revisions.map((row) => row.id)
  for (let after = first.after; after !== null; ) {
    const next = await world.list(first.at, after)
    t.deepEqual(next.at, first.at)
    ids.push(...next.revisions.map((row) => row.id))
    after = next.after
  }
  t.deepEqual(ids, [...new Set(ids)].sort())
  const tail = await world.page(first.at)
  t.deepEqual(
    tail.revisions.map((row) => row.id),
    [id(2_500), id(5)],
  )
  await t.throwsAsync(world.list({ ...first.at, hash: X.given.content }, null), code('diverged'))
})

test('INV-13: current, expired and diverged, by epoch, head, hashes and horizon', (t) => {
  const hash = (value: number) => value.toString(16).padStart(64, '0') as never
  const head = { epoch: 'e' as never, sequence: 10, horizon: 4 }
  const hashes = new Map([0, 4, 5, 6, 7, 8, 9, 10].map((sequence) => [sequence, hash(sequence)] as const))
  const judge = (epoch: string, at: number, atHash: number, told: number, toldHash: number) =>
    judgeStanding(
      head,
      hashes,
      { epoch: epoch as never, sequence: at, hash: hash(atHash) },
      { sequence: told, hash: hash(toldHash) },
    )
  t.is(judge('e', 10, 10, 10, 10), 'current')
  t.is(judge('e', 4, 4, 4, 4), 'current', 'on the horizon')
  t.is(judge('e', 5, 5, 8, 8), 'current', 'witness ahead')
  t.is(judge('e', 8, 8, 3, 999), 'current', 'a forgotten witness behind a proven cursor')
  t.is(judge('e', 3, 3, 3, 3), 'expired')
  t.is(judge('e', 3, 3, 10, 10), 'expired')
  t.is(judge('e', 0, 0, 0, 0), 'expired', 'hash(0) is known, but the feed from there is not')
  t.is(judge('f', 10, 10, 10, 10), 'diverged')
  t.is(judge('e', 11, 11, 11, 11), 'diverged')
  t.is(judge('e', 9, 8, 9, 8), 'diverged')
  t.is(judge('e', 5, 5, 11, 11), 'diverged', 'told of more than there is')
  t.is(judge('e', 5, 5, 8, 7), 'diverged', 'told of another history')
  t.is(judge('e', 3, 3, 9, 8), 'diverged', 'also below the horizon')
})

test('INV-13: a fail-over that lost acknowledged commits is seen by the witness, and refuses commits', async (t) => {
  const ahead = await planted()
  const behind = await planted()
  const { cursor } = await behind.page(behind.cursor)
  const told = await ahead.commit([[directory(9, 'acknowledged')]])
  t.deepEqual((await behind.pull(cursor, { sequence: told.last, hash: told.hash })).state.standing, 'diverged')
  await behind.commit([[directory(10, 'instead')], [directory(11, 'more')]])
  const witness = { sequence: told.last, hash: told.hash }
  t.is((await behind.pull(cursor, witness)).state.standing, 'diverged')
  t.is((await behind.pull(cursor)).state.standing, 'current')
  const fresh = content('not taken')
  const commit = {
    type: 'commit',
    workspace: 'notes',
    cursor,
    witness,
    key: behind.key(),
    groups: [[directory(12, 'x')]],
    manifests: [fresh.manifest],
    chunks: fresh.chunks,
  } as const
  const answer = await behind.ask(commit)
  t.deepEqual([answer.standing, answer.results, answer.last], ['diverged', [], 0])
  t.deepEqual(
    (
      await behind.ask({
        type: 'get-chunks',
        workspace: 'notes',
        digests: [fresh.chunks[0]?.digest ?? fresh.given.content],
      })
    ).chunks,
    [],
  )
})

test('horizon: what is old and superseded is forgotten, an old cursor expires, an old base is just stale', async (t) => {
  const world = await planted()
  const { cursor } = await world.page(world.cursor)
  world.now = 5_000
  await world.commit([[move(3, 3, id(2), 'kept')]])
  t.is(await world.memory.remote.expire(ANN, 'notes', 4_000), 5)
  t.is((await world.pull(world.cursor)).state.standing, 'expired')
  t.is((await world.page(cursor)).revisions.length, 1)
  t.is((await world.hello(ANN, null, { last: 'n1', next: 'n2' })).state.standing, 'expired')
  t.deepEqual(
    (await world.memory.remote.history(ANN, 'notes', id(3), 9)).map((row) => row.revision.sequence),
    [6],
  )
  t.deepEqual(saidAll((await world.commit([[remove(3, 3)], [file(4, 'again', X, { base: 5 })]])).results), [
    ['refused stale'],
    ['accepted 7'],
  ])
  t.is((await world.list(null, null)).revisions.length, 4)
  t.is(await world.memory.remote.expire(ANN, 'notes', 0), 5, 'never back')
})

test('hello: sessions: a lost answer makes no clone, a copied device does', async (t) => {
  const world = await new World().open()
  const hello = async (last: string | null, next: string) => (await world.hello(ANN, null, { last, next })).device
  t.is(await hello(null, 'n1'), 'known', 'the same hello again')
  t.is(await hello('n1', 'n2'), 'known')
  t.is(await hello('n1', 'n2'), 'known', 'its answer was lost')
  t.is(await hello('n2', 'n3'), 'known')
  t.is(await hello('n2', 'm3'), 'clone', 'the copy was one session behind')
  t.is(await hello('n3', 'n4'), 'known', 'the clone did not disturb the device')
})

test('SEC-01: a foreign workspace looks exactly like an absent one, for every request', async (t) => {
  const world = await planted()
  const { cursor } = world
  const requests = [
    { type: 'pull', workspace: 'notes', cursor, witness: cursor },
    { type: 'list', workspace: 'notes', at: null, after: null },
    { type: 'announce', workspace: 'notes', cursor, witness: cursor, groups: [[remove(3, 3)]], manifests: [] },
    {
      type: 'commit',
      workspace: 'notes',
      cursor,
      witness: cursor,
      key: world.key(),
      groups: [[remove(3, 3)]],
      manifests: [],
      chunks: X.chunks,
    },
    { type: 'put', workspace: 'notes', manifests: [X.manifest], chunks: X.chunks },
    { type: 'get-chunks', workspace: 'notes', digests: [X.chunks[0]?.digest ?? X.given.content] },
    { type: 'get-manifests', workspace: 'notes', wanted: [{ digest: X.given.content, have: [] }] },
  ] as const
  for (const request of requests) {
    const foreign = await t.throwsAsync(world.ask(request, BOB), code('not-found'))
    const absent = await t.throwsAsync(world.ask({ ...request, workspace: 'nowhere' }, BOB), code('not-found'))
    t.true(isTidemarkError(foreign) && isTidemarkError(absent))
    t.deepEqual(JSON.stringify(foreign), JSON.stringify(absent))
  }
  t.is((await world.tree()).length, 3)
})

test('SEC-04, SEC-05: what one workspace holds is missing in another, and its digest yields nothing', async (t) => {
  const world = await planted()
  const cursor = pageOf((await world.hello(BOB)).state).cursor
  const group = [file(9, 'steal', Y)]
  const known = await world.commit([group], { principal: BOB, cursor })
  t.is(said(known.results[0]?.[0]), 'refused need-manifest')
  const named = await world.commit([group], { principal: BOB, cursor, manifests: [Y.manifest] })
  t.like(named.results[0]?.[0], { reason: 'missing-chunks', missing: Y.chunks.map(({ digest }) => digest) })
  const digests = [...Y.chunks.map(({ digest }) => digest), ...lost.chunks.map(({ digest }) => digest)]
  t.deepEqual(await world.ask({ type: 'get-chunks', workspace: 'notes', digests }, BOB), {
    type: 'get-chunks',
    chunks: [],
    absent: digests,
  })
  const manifests = await world.ask(
    { type: 'get-manifests', workspace: 'notes', wanted: [{ digest: X.given.content, have: [] }] },
    BOB,
  )
  t.deepEqual(manifests.absent, [X.given.content])
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

test('chunks: a prefix of what was asked, as much as fits a frame; the rest is asked again', async (t) => {
  const world = await planted()
  const big = Array.from({ length: 5 }, (_, at) => {
    const bytes = new Uint8Array(1_500_000).fill(at + 1)
    return { digest: hasher.digest('chunk', bytes), encoding: 'identity', bytes } as const
  })
  for (const chunk of big) await world.ask({ type: 'put', workspace: 'notes', manifests: [], chunks: [chunk] })
  let wanted = [...big.map(({ digest }) => digest), lost.chunks[0]?.digest ?? X.given.content]
  const came: number[] = []
  while (wanted.length > 0) {
    const { chunks, absent } = await world.ask({ type: 'get-chunks', workspace: 'notes', digests: wanted })
    t.true(chunks.length + absent.length > 0)
    came.push(chunks.length)
    wanted = wanted.slice(chunks.length + absent.length)
  }
  t.deepEqual(came, [2, 2, 1])
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

test('SEC-41: an error of the machine is told by its code alone; one of the request is told whole', async (t) => {
  const secret = '/srv/secret/metadata.sqlite'
  const told = async (error: Error): Promise<unknown> => {
    const remote = {
      open: async () => undefined,
      close: async () => undefined,
      onCommitted: () => () => undefined,
      answer: () => Promise.reject(error),
    } as unknown as RemoteStore
    const server = new SyncServer({ remote, authenticate: async () => null })
    await server.open()
    const frame = encodeRequest({
      type: 'get-chunks',
      workspace: 'notes',
      digests: [X.manifest.digest],
    })
    return decodeAnswer(await server.handle(frame, { user: 'ann', device: null }))
  }
  const plain = { type: 'error', message: 'The server failed.', subject: null, retryAfterMs: null }
  for (const machine of ['io', 'locked', 'corrupt', 'missing-package', 'closed', 'internal'] as const) {
    const answer = await told(new TidemarkError(machine, `cannot write ${secret}`, { subject: secret }))
    t.deepEqual(answer, { ...plain, code: 'internal' }, machine)
  }
  t.deepEqual(await told(new TidemarkError('no-space', secret)), { ...plain, code: 'no-space' })
  t.deepEqual(await told(new Error(secret)), { ...plain, code: 'internal' })
  const whole = { type: 'error', code: 'not-found', message: 'no such workspace', subject: 'notes', retryAfterMs: null }
  t.deepEqual(await told(new TidemarkError('not-found', 'no such workspace', { subject: 'notes' })), whole)
})
