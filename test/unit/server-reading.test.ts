/** What the server tells, and whom: feed, listing, standing, horizon, sessions, isolation, errors. */

import test from 'ava'
import {
  decodeAnswer,
  encodeRequest,
  isTidemarkError,
  LIMITS,
  ROOT_ID,
  TidemarkError,
  type Page,
  type Revision,
} from '../../src/index.js'
import { judgeStanding } from '../../src/server/standing.js'
import { type RemoteStore, SyncServer } from '../../src/server/index.js'
import {
  ANN,
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
    { type: 'get-signatures', workspace: 'notes', digests: [X.chunks[0]?.digest ?? X.given.content], block: 200 },
    { type: 'get-manifests', workspace: 'notes', wanted: [{ digest: X.given.content, have: [] }] },
    {
      type: 'history',
      workspace: 'notes',
      subjects: [
        { of: 'node', id: id(3) },
        { of: 'place', parentId: ROOT_ID, key: 'file' },
        { of: 'deletes', parentId: ROOT_ID },
      ],
      before: null,
      limit: 10,
    },
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

test('SEC-41: an error of the machine is told by its code alone; one of the request is told whole', async (t) => {
  const secret = '/srv/secret/metadata.sqlite'
  const told = async (error: Error): Promise<unknown> => {
    const remote = {
      open: async () => undefined,
      close: async () => undefined,
      onCommitted: () => () => undefined,
      onArriving: () => () => undefined,
      answer: () => Promise.reject(error),
    } as unknown as RemoteStore
    const server = new SyncServer({ remote, authenticate: async () => null })
    await server.open()
    const frame = encodeRequest({ type: 'get-chunks', workspace: 'notes', digests: [X.manifest.digest] })
    return decodeAnswer(await server.handle(frame, { user: 'ann', device: null }))
  }
  const plain = { type: 'error', message: 'The server failed.', subject: null, retryAfterMs: null }
  for (const machine of ['io', 'locked', 'corrupt', 'missing-package', 'closed', 'internal'] as const) {
    const answer = await told(new TidemarkError(machine, `cannot write ${secret}`, { subject: secret }))
    t.deepEqual(answer, { ...plain, code: 'internal' }, machine)
  }
  t.deepEqual(await told(new TidemarkError('no-space', secret)), { ...plain, code: 'no-space' })
  t.deepEqual(await told(new Error(secret)), { ...plain, code: 'internal' })
  const said = { message: 'no such workspace', subject: 'notes', next: 'Say hello first.' }
  const error = new TidemarkError('not-found', said.message, said)
  t.deepEqual(await told(error), { type: 'error', code: 'not-found', ...said, retryAfterMs: null })
})
