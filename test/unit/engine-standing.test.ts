/** Who the device is and which history it follows: reset, clone, lost state, lost answers (INV-03, INV-10, INV-12, INV-13, INV-30). */

import test from 'ava'
import type { NodeId } from '../../src/index.js'
import { type MemoryState, snapshotState } from '../../adapters/shared/memory-state-store.js'
import { EngineWorld, offline, ROOT, type TestDevice } from './engine-world.js'

const ANN = { user: 'ann', device: null }

async function pair(content: Record<string, string>): Promise<{ world: EngineWorld; a: TestDevice; b: TestDevice }> {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A'), world.device('B')]
  for (const [path, text] of Object.entries(content)) a.write(path, text)
  await world.converge(a, b)
  return { world, a, b }
}

function resets(device: TestDevice): string[] {
  const seen: string[] = []
  device.engine.on('reset', ({ reason }) => seen.push(reason))
  return seen
}

/** Ids of the live nodes on the server, by name. */
async function idsOnServer(world: EngineWorld): Promise<Map<string, NodeId>> {
  const { metadata } = world.server
  const workspace = await metadata.find('ann', 'notes')
  if (workspace === null) return new Map()
  const live = await metadata.read(workspace, (reader) => reader.live(null, 1000))
  return new Map(live.flatMap(({ id, node }) => (node === null ? [] : [[node.name, id] as const])))
}

async function forgetOnServer(world: EngineWorld): Promise<void> {
  await world.server.remote.expire(ANN, 'notes', world.clock.now() + 1)
}

test('expired: what a whole listing lacks was deleted; an edit made here meanwhile survives', async (t) => {
  const { world, a, b } = await pair({ keep: 'k', gone: 'g', edited: 'e', 'dir/gone too': 'x' })
  a.remove('gone')
  a.remove('edited')
  a.remove('dir')
  a.write('new', 'n')
  await a.sync()
  await world.pass(60_000)
  await forgetOnServer(world)
  b.write('edited', 'edited here')
  const seen = resets(b)
  await b.sync()
  t.deepEqual(seen, ['expired'])
  t.deepEqual(b.tree(), { edited: 'edited here', keep: 'k', new: 'n' })
  const trashed = b.own('trash').map((name) => name.replace(/^[0-9a-f]+-/, ''))
  t.true(
    ['gone', 'gone too'].every((name) => trashed.includes(name)),
    trashed.join(),
  )
  await world.converge(a, b)
  t.deepEqual(a.tree(), b.tree())
})

test('expired: an edit beats the delete, and the file comes back on the others, too', async (t) => {
  const { world, a, b } = await pair({ edited: 'e' })
  a.remove('edited')
  await a.sync()
  await world.pass(60_000)
  await forgetOnServer(world)
  b.write('edited', 'edited here')
  await world.converge(b, a)
  t.deepEqual(a.tree(), { edited: 'edited here' })
})

test('diverged: a new, empty server behind the same name deletes nothing and gets everything back under its old ids', async (t) => {
  const { world, a, b } = await pair({ one: '1', 'dir/two': '2', 'dir/deep/three': '3' })
  const before = await idsOnServer(world)
  const tree = a.tree()
  world.server = world.newServer()
  await world.server.server.open()
  const [seenByA, seenByB] = [resets(a), resets(b)]
  await a.sync()
  t.deepEqual(seenByA, ['diverged'])
  t.deepEqual(a.tree(), tree)
  t.deepEqual(await idsOnServer(world), before)
  await b.sync()
  t.deepEqual(seenByB, ['diverged'])
  await world.converge(a, b)
  t.deepEqual(a.tree(), tree)
  t.deepEqual(b.tree(), tree, 'no conflict copy: equal content under equal ids')
  t.deepEqual(await idsOnServer(world), before)
  t.is((await a.sync()).requests, 1)
})

test('diverged: what both changed while the history was lost is kept twice, what one changed wins', async (t) => {
  const { world, a, b } = await pair({ both: '0', one: '0' })
  world.server = world.newServer()
  await world.server.server.open()
  a.write('both', 'by A')
  b.write('both', 'by B')
  b.write('one', 'by B')
  await world.converge(a, b)
  t.deepEqual(a.tree(), b.tree())
  const contents = Object.entries(a.tree())
  t.deepEqual(
    contents
      .filter(([path]) => path.startsWith('both'))
      .map(([, content]) => content)
      .sort(),
    ['by A', 'by B'],
  )
  t.true(contents.some(([path, content]) => path.startsWith('one') && content === 'by B'))
})

test('INV-30 state and directory copied to another device: it gets an id of its own and both go on', async (t) => {
  const { world, a } = await pair({ one: '1', two: '2' })
  const c = a.copy('C')
  a.write('one', 'by A')
  await a.sync()
  await c.sync()
  t.deepEqual(c.tree(), { one: 'by A', two: '2' })
  c.write('two', 'by C')
  await world.converge(c, a)
  t.deepEqual(a.tree(), { one: 'by A', two: 'by C' })
  const devices = new Set<string>()
  for (const device of [a, c]) {
    await device.sync()
    for (const { request } of device.requests) if (request.type === 'hello') devices.add(request.device)
  }
  t.is(devices.size, 2)
})

function damage(state: MemoryState): void {
  const rows = new Map(state.rows)
  for (const [key] of rows) if (key.startsWith('s/')) rows.set(key, new TextEncoder().encode('{'))
  state.rows = rows
}

test('corrupt state: set aside; the union by path adopts what is equal, deletes nothing, doubles nothing', async (t) => {
  const { world, a, b } = await pair({ one: '1', 'dir/two': '2', empty: '' })
  const tree = a.tree()
  damage(a.state)
  a.restart()
  const report = await a.sync()
  t.is(report.uploaded, 0)
  t.is(report.bytesDown < 5_000, true)
  t.deepEqual(a.tree(), tree)
  await world.converge(a, b)
  t.deepEqual(b.tree(), tree)
  t.is((await a.sync()).requests, 1)
})

test('corrupt state: a pair that is not equal becomes a conflict, a delete made before it is undone', async (t) => {
  const { world, a, b } = await pair({ edited: '1', deleted: '2', other: '3' })
  a.write('edited', 'by A')
  a.remove('deleted')
  damage(a.state)
  a.restart()
  const report = await a.sync()
  t.is(report.conflicts.length, 1)
  await world.converge(a, b)
  t.deepEqual(a.tree(), b.tree())
  t.deepEqual(Object.values(a.tree()).sort(), ['1', '2', '3', 'by A'])
})

test('INV-33 a state of a newer version is refused, untouched, and the folder is free again', async (t) => {
  const { a } = await pair({ one: '1' })
  const rows = new Map(a.state.rows)
  rows.set('format', new TextEncoder().encode(JSON.stringify({ format: 'tidemark-state', version: 2 })))
  a.state = { locked: false, rows }
  a.restart()
  const error = await t.throwsAsync(a.sync(), { code: 'newer-version' } as object)
  t.truthy((error as { next?: string }).next)
  t.deepEqual(a.state.rows, rows)
  t.false(a.state.locked, 'the state store was closed again')
  t.deepEqual(a.tree(), { one: '1' })
})

test('INV-03 INV-10 the answer to a commit is lost, the file is deleted here: it stays deleted', async (t) => {
  const { world, a, b } = await pair({ other: 'o' })
  a.write('one', '1')
  a.onAnswered = (request) => {
    if (request.type === 'commit') a.kill()
  }
  const lost = a.sync()
  lost.catch(() => undefined)
  for (let at = 0; at < 50; at++) await world.pass(1_000)
  a.restart()
  a.remove('one')
  await world.converge(a, b)
  t.deepEqual(a.tree(), { other: 'o' })
  t.deepEqual(b.tree(), { other: 'o' })
})

const UNDONE: Readonly<
  Record<string, readonly [there: (device: TestDevice) => void, back: (device: TestDevice) => void]>
> = {
  'a move': [(device) => device.rename('one', 'two'), (device) => device.rename('two', 'one')],
  'a move into a directory': [(device) => device.rename('one', 'd/one'), (device) => device.rename('d/one', 'one')],
  'the executable bit': [(device) => device.setExecutable('one', true), (device) => device.setExecutable('one', false)],
}
for (const [what, [there, back]] of Object.entries(UNDONE)) {
  test(`INV-01 INV-10 the answer to a commit is lost, another device takes ${what} back meanwhile: that stands`, async (t) => {
    const { world, a, b } = await pair({ one: '1', 'd/other': 'o' })
    there(a)
    a.onAnswered = (request) => {
      if (request.type === 'commit') a.kill()
    }
    a.sync().catch(() => undefined)
    for (let at = 0; at < 50; at++) await world.pass(1_000)
    await b.sync()
    back(b)
    await b.sync()
    a.restart()
    await world.converge(a, b)
    t.deepEqual(a.tree(), { 'd/': '', 'd/other': 'o', one: '1' })
    t.deepEqual(b.tree(), a.tree())
  })
}

for (const [where, at, tree] of [
  ['back here', 'one', { last: 'l', more: 'm', other: 'o' }],
  ['moved to another place', 'two', { last: 'l', more: 'm', other: 'o', two: '1' }],
] as const) {
  test(`INV-01 INV-10 the answer to a new file is lost until the file is deleted elsewhere, and is ${where}: one tree`, async (t) => {
    const { world, a, b } = await pair({ other: 'o', more: 'm' })
    a.write('one', '1')
    a.onAnswered = (request) => {
      if (request.type === 'commit') throw offline()
    }
    const fails = (): Promise<unknown> => t.throwsAsync(a.sync(), { code: 'offline' })
    await fails()
    await b.sync()
    a.volume.renameSync(`${ROOT}/one`, '/away')
    await fails()
    b.remove('one')
    await b.sync()
    b.write('last', 'l')
    await b.sync()
    await fails()
    // As a power loss brings back what was not gone for good, or a look that came in between had missed: the very same file.
    a.volume.renameSync('/away', `${ROOT}/${at}`)
    a.onAnswered = () => undefined
    await world.converge(a, b)
    t.deepEqual(a.tree(), tree)
    t.deepEqual(b.tree(), a.tree())
  })
}

test('INV-10 after a restart the outbox is sent first, under its old key, and makes no second revision', async (t) => {
  const { world, a, b } = await pair({ other: 'o' })
  a.write('one', '1')
  const keys: string[] = []
  a.onAnswered = (request) => {
    if (request.type !== 'commit') return
    keys.push(request.key)
    a.kill()
  }
  a.sync().catch(() => undefined)
  for (let at = 0; at < 50; at++) await world.pass(1_000)
  a.restart()
  a.write('one', 'edited meanwhile')
  await a.sync()
  t.deepEqual(a.asked().slice(0, 2), ['hello', 'commit'])
  const resent = a.requests.flatMap(({ request }) => (request.type === 'commit' ? [request.key] : []))
  t.is(resent[0], keys[0])
  t.is(resent.length, 2, 'the edit made meanwhile is a commit of its own')
  await b.sync()
  t.deepEqual(b.tree(), { one: 'edited meanwhile', other: 'o' })
  t.is(b.engine.status.known?.sequence, 3, 'one create, one update')
})

test('INV-10 answers are lost again and again while running: one revision', async (t) => {
  const { world, a, b } = await pair({ other: 'o' })
  let lost = 0
  a.onAnswered = (request) => {
    if (request.type === 'commit' && lost++ < 3) throw offline()
  }
  a.write('one', '1')
  await a.sync()
  t.is(lost, 4)
  await world.converge(b)
  t.is(b.engine.status.known?.sequence, 2)
  t.deepEqual(b.tree(), { one: '1', other: 'o' })
})

test('INV-13 an older state of this device is noticed and verified: no delete, no loss', async (t) => {
  const { world, a, b } = await pair({ one: '1', two: '2' })
  const old = snapshotState(a.state)
  a.write('three', '3')
  a.write('one', 'newer')
  await world.converge(a, b)
  a.state = old
  a.restart()
  await world.converge(a, b)
  t.deepEqual(a.tree(), { one: 'newer', three: '3', two: '2' })
  t.deepEqual(b.tree(), a.tree())
})

test('INV-12 killed before any of its saves while it pulls: the next run misses nothing that the cursor stands for', async (t) => {
  let isCut = true
  for (let at = 1; isCut; at++) {
    const { world, a, b } = await pair({ first: '1' })
    a.write('dir/second', '2')
    a.remove('first')
    await a.sync()
    let saves = 0
    isCut = false
    b.onStep = ({ seam }) => {
      if (seam !== 'state' || ++saves !== at) return
      isCut = true
      b.kill()
    }
    b.sync().catch(() => undefined)
    for (let second = 0; second < 50; second++) await world.pass(1_000)
    if (isCut) b.restart()
    else t.true(at > 3, `${at - 1} saves`)
    b.onStep = () => undefined
    await world.converge(b)
    t.deepEqual(b.tree(), a.tree(), `killed before save ${at}`)
  }
})
