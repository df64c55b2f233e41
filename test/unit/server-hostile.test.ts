/** INV-24 under hostile commits, and SyncServer at its edges: errors, hints, limits, closing. */

import test from 'ava'
import { loopbackTransport } from '../../adapters/shared/loopback-transport.js'
import {
  decodeAnswer,
  encodeRequest,
  LIMITS,
  ROOT_ID,
  TidemarkError,
  type Change,
  type Hint,
  type NodeId,
  type Revision,
} from '../../src/index.js'
import { SyncServer } from '../../src/server/index.js'
import { ANN, BOB, content, directory, file, id, remove, saidAll, seeded, World } from './server-world.js'

const X = content('x')
const Y = content('yy')

/** What INV-24 says of a whole tree; the first thing wrong with it, or null. */
function treeTrouble(tree: readonly Revision[]): string | null {
  const nodes = new Map(tree.flatMap((row) => (row.node === null ? [] : [[row.id, row.node] as const])))
  const places = new Set<string>()
  for (const node of nodes.values()) {
    const place = `${node.parentId}/${node.key}`
    if (places.has(place)) return `two at ${place}`
    places.add(place)
    const seen = new Set<NodeId>([node.id])
    for (let at = node.parentId; at !== ROOT_ID; ) {
      const parent = nodes.get(at)
      if (parent === undefined) return `orphan ${node.id}`
      if (parent.kind !== 'directory') return `${node.id} below a file`
      if (seen.has(at)) return `cycle at ${node.id}`
      seen.add(at)
      at = parent.parentId
    }
    if (seen.size > LIMITS.depth + 1) return `${node.id} too deep`
  }
  return null
}

const NAMES = ['a', 'b', 'c', '__proto__', 'constructor', 'toString']

/** Any change of few ids and few names; bases mostly true, so that much is accepted. */
function randomChange(random: ReturnType<typeof seeded>, known: ReadonlyMap<NodeId, Revision>): Change {
  const number = 1 + random.below(14)
  const now = known.get(id(number))
  const base = random.below(8) === 0 ? random.below(50) : (now?.sequence ?? 0)
  const parentId = random.below(4) === 0 ? ROOT_ID : id(1 + random.below(14))
  const name = NAMES[random.below(NAMES.length)] ?? 'a'
  const live = now !== undefined && now.node !== null
  switch (random.below(live ? 5 : 2)) {
    case 0:
      return parentId === id(number) ? remove(number, base) : directory(number, name, { parentId, base })
    case 1:
      return parentId === id(number)
        ? remove(number, base)
        : file(number, name, random.below(2) === 0 ? X : Y, { parentId, base })
    case 2:
      return remove(number, base)
    case 3:
      return {
        type: 'update',
        id: id(number),
        base,
        content: { digest: Y.given.content, size: Y.given.size, modifiedAt: 1 },
      }
    default:
      return { type: 'update', id: id(number), base, placement: { parentId, name, key: name } }
  }
}

test('INV-24: 4,000 hostile batches leave a valid tree, and a feed that rebuilds it', async (t) => {
  const random = seeded(24)
  const counts = new Map<string, number>()
  for (let round = 0; round < 20; round++) {
    const world = await new World({ seed: round }).open()
    await world.put(X, Y)
    const known = new Map<NodeId, Revision>()
    let { cursor } = world
    for (let batch = 0; batch < 200; batch++) {
      const groups = Array.from({ length: 1 + random.below(4) }, () =>
        Array.from({ length: 1 + random.below(4) }, () => randomChange(random, known)),
      )
      const answer = await world.commit(groups, { cursor })
      for (const verdict of saidAll(answer.results).flat()) {
        const kind = verdict.replace(/\d+/, '').trim()
        counts.set(kind, (counts.get(kind) ?? 0) + 1)
      }
      const page = await world.page(cursor)
      for (const row of page.revisions) known.set(row.id, row)
      cursor = page.cursor
      if (batch % 10 > 0) continue
      const tree = await world.tree()
      t.is(treeTrouble(tree), null)
      const live = [...known.values()].filter((row) => row.node !== null).sort((a, b) => (a.id < b.id ? -1 : 1))
      t.deepEqual(live, tree)
    }
  }
  const reasons = ['stale', 'exists', 'parent-gone', 'cycle', 'name-taken', 'not-empty'].map(
    (reason) => `refused ${reason}`,
  )
  for (const kind of ['accepted', 'unchanged', ...reasons])
    t.true((counts.get(kind) ?? 0) >= 20, `${kind} ${counts.get(kind)}`)
})

async function opened(): Promise<World> {
  const world = await new World().open()
  await world.put(X)
  return world
}

test('SyncServer: every trouble is an error answer; what is foreign says nothing of itself (SEC-41)', async (t) => {
  const world = await opened()
  const { server } = world.memory
  const ask = async (frame: Uint8Array) => decodeAnswer(await server.handle(frame, ANN))
  t.like(await ask(new Uint8Array()), { type: 'error', code: 'malformed-frame', subject: 'frame' })
  const pull = { type: 'pull', workspace: 'other', cursor: world.cursor, witness: world.cursor } as const
  t.like(await ask(encodeRequest(pull)), { type: 'error', code: 'not-found' })
  const events: unknown[] = []
  const failing = {
    ...world.memory.remote,
    open: async () => {},
    onCommitted: () => () => {},
    onArriving: () => () => {},
    answer: async () => Promise.reject(new RangeError('/etc/secret')),
  }
  const broken = new SyncServer({
    remote: failing as never,
    authenticate: async () => null,
    log: (build) => events.push(build()),
  })
  await broken.open()
  const answer = decodeAnswer(await broken.handle(encodeRequest(pull), ANN))
  t.deepEqual(answer, {
    type: 'error',
    code: 'internal',
    message: 'The server failed.',
    subject: null,
    retryAfterMs: null,
  })
  t.is(events.length, 1)
  await t.throwsAsync(broken.authenticate('x'), { code: 'unauthorized' })
  t.deepEqual(await server.authenticate(world.memory.addUser('ann', 'laptop')), { user: 'ann', device: 'laptop' })
})

test('SyncServer: options are checked', (t) => {
  const authenticate = async () => null
  t.throws(() => new SyncServer({ remote: null as never, authenticate }), { code: 'invalid-option' })
  t.throws(() => new SyncServer({ remote: {} as never, authenticate: null as never }), { code: 'invalid-option' })
  t.throws(() => new SyncServer({ remote: {} as never, authenticate, typo: 1 } as never), { code: 'unknown-option' })
})

test('SyncServer: hints follow durable commits of that user and workspace only, and one bad handler harms nobody', async (t) => {
  const world = await opened()
  const { server } = world.memory
  const heard: (Hint & { readonly by: string })[] = []
  server.subscribe(ANN, ['notes'], () => {
    throw new TidemarkError('internal', 'a broken handler')
  })
  const undo = server.subscribe(ANN, ['notes', 'absent'], (hint) => heard.push({ ...hint, by: 'ann' }))
  server.subscribe(BOB, ['notes'], (hint) => heard.push({ ...hint, by: 'bob' }))
  await world.commit([[directory(1, 'a')], [directory(2, 'b')]])
  await world.commit([[remove(9, 9)]])
  t.deepEqual(heard, [{ workspace: 'notes', sequence: 2, by: 'ann' }])
  undo()
  undo()
  await world.commit([[directory(3, 'c')]])
  t.is(heard.length, 1)
})

test('SEC-30: subscriptions of a user are bounded, at the limit and one more; another user is not touched', async (t) => {
  const { server } = (await opened()).memory
  const undos = Array.from({ length: LIMITS.subscriptions }, () => server.subscribe(ANN, ['notes'], () => {}))
  t.throws(() => server.subscribe(ANN, ['notes'], () => {}), { code: 'rate-limited' })
  t.notThrows(() => server.subscribe(BOB, ['notes'], () => {}))
  undos[0]?.()
  t.notThrows(() => server.subscribe(ANN, ['notes'], () => {}))
})

test('SyncServer: close waits for what runs, refuses what comes, and is idempotent', async (t) => {
  const world = await opened()
  const { server } = world.memory
  const request = {
    type: 'commit',
    workspace: 'notes',
    cursor: world.cursor,
    witness: world.cursor,
    key: world.key(),
    groups: [[directory(1, 'a')]],
    manifests: [],
    chunks: [],
  } as const
  const running = server.handle(encodeRequest(request), ANN)
  const closing = server.close()
  t.like(decodeAnswer(await server.handle(encodeRequest(request), ANN)), { type: 'error', code: 'busy' })
  await closing
  await server.close()
  t.like(decodeAnswer(await running, request), { type: 'commit', first: 1 })
  t.throws(() => server.subscribe(ANN, ['notes'], () => {}), { code: 'closed' })
  const next = new World({ metadata: world.memory.metadata, chunks: world.memory.chunks, seed: 2 }).memory
  await next.server.open()
  const after = await next.remote.answer(ANN, { type: 'list', workspace: 'notes', at: null, after: null })
  t.deepEqual(
    after.revisions.map((row) => row.id),
    [id(1)],
  )
})

test('SyncServer: an aborted request is not begun; more than it may work on at a time are busy', async (t) => {
  const world = await opened()
  const { server } = world.memory
  const frame = encodeRequest({ type: 'pull', workspace: 'notes', cursor: world.cursor, witness: world.cursor })
  const controller = new AbortController()
  controller.abort()
  await t.throwsAsync(server.handle(frame, ANN, { signal: controller.signal }), { code: 'aborted' })
  const answers = await Promise.all(Array.from({ length: LIMITS.running + 3 }, () => server.handle(frame, ANN)))
  const types = answers.map((answer) => decodeAnswer(answer).type)
  t.is(types.filter((type) => type === 'error').length, 3)
  t.is(types.filter((type) => type === 'pull').length, LIMITS.running)
})

test('two devices over loopback: a commit of one is hinted to and pulled by the other', async (t) => {
  const world = await opened()
  const heard: Hint[] = []
  const [one, two] = [1, 2].map(() => loopbackTransport(world.memory.server, { workspace: 'notes', user: 'ann' }))
  if (one === undefined || two === undefined) return t.fail()
  two.subscribe({ onHint: (hint) => heard.push(hint), onState: () => {} })
  const { cursor } = world
  const request = {
    type: 'commit',
    workspace: 'notes',
    cursor,
    witness: cursor,
    key: world.key(),
    groups: [[file(1, 'a', X)]],
    manifests: [],
    chunks: [],
  } as const
  t.like(decodeAnswer(await one.exchange(encodeRequest(request)), request), { last: 1 })
  const pull = { type: 'pull', workspace: 'notes', cursor, witness: cursor } as const
  const answer = decodeAnswer(await two.exchange(encodeRequest(pull)), pull)
  t.true(answer.type === 'pull' && answer.state.standing === 'current' && answer.state.page.revisions.length === 1)
  t.deepEqual(heard, [{ workspace: 'notes', sequence: 1 }])
})
