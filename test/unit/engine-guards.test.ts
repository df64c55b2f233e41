/**
 * The guards (INV-20, DESIGN 4.8): thresholds of the mass-delete guard, both directions, over a restart, what goes on meanwhile;
 * an emptied root; deletes that a person declines.
 */

import test from 'ava'
import { EngineWorld, stopped, type TestDevice, twoDevices } from './engine-world.js'

async function pair(files: number): Promise<{ world: EngineWorld; a: TestDevice; b: TestDevice }> {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A'), world.device('B')]
  for (let at = 0; at < files; at++) a.write(`dir/f${at}`, `content ${at}`)
  await world.converge(a, b)
  return { world, a, b }
}

function removeFirst(device: TestDevice, count: number): void {
  for (let at = 0; at < count; at++) device.remove(`dir/f${at}`)
}

function files(device: TestDevice): number {
  return Object.keys(device.tree()).filter((path) => !path.endsWith('/')).length
}

const thresholds: readonly { files: number; deletes: number; asks: boolean; why: string }[] = [
  { files: 9, deletes: 9, asks: false, why: 'all, but fewer than 10' },
  { files: 10, deletes: 9, asks: false, why: 'most, but fewer than 10' },
  { files: 10, deletes: 10, asks: true, why: 'all of 10' },
  { files: 20, deletes: 10, asks: false, why: 'exactly half' },
  { files: 19, deletes: 10, asks: true, why: '10, and just over half' },
  { files: 21, deletes: 11, asks: true, why: 'just over half' },
  { files: 22, deletes: 11, asks: false, why: 'exactly half again' },
]
for (const { files: present, deletes, asks, why } of thresholds) {
  test(`INV-20 up: ${deletes} of ${present} files deleted here (${why}): ${asks ? 'asks' : 'goes on'}`, async (t) => {
    const { a, b } = await pair(present)
    removeFirst(a, deletes)
    const report = await a.sync()
    t.deepEqual(
      report.guards.map(({ direction, deletes: count, of }) => ({ direction, count, of })),
      asks ? [{ direction: 'up', count: deletes, of: present }] : [],
    )
    await b.sync()
    t.is(files(b), asks ? present : present - deletes)
  })

  test(`INV-20 down: ${deletes} of ${present} files deleted elsewhere (${why}): ${asks ? 'asks' : 'goes on'}`, async (t) => {
    const { world, a, b } = await pair(present)
    // a third device that never had so many files may delete them without a question of its own
    removeFirst(a, deletes)
    await confirmed(world, a)
    const report = await b.sync()
    t.deepEqual(
      report.guards.map(({ direction, deletes: count, of }) => ({ direction, count, of })),
      asks ? [{ direction: 'down', count: deletes, of: present }] : [],
    )
    t.is(files(b), asks ? present : present - deletes)
  })
}

/** Syncs live, saying yes to every question. */
async function confirmed(world: EngineWorld, device: TestDevice): Promise<void> {
  device.engine.on('guard', (guard) => void device.engine.confirm(guard))
  await device.start()
  await world.pass(30_000)
  await device.stop()
  device.restart()
}

test('INV-20 deletes in several portions count together until a plan was empty', async (t) => {
  const { world, a } = await pair(20)
  await a.start()
  await world.pass(10_000)
  removeFirst(a, 9)
  a.onStep = ({ call }) => {
    if (call !== 'commit') return
    a.onStep = () => undefined
    for (let at = 9; at < 15; at++) a.remove(`dir/f${at}`)
    a.watcher.lose('more')
  }
  a.watcher.lose('many')
  await world.pass(30_000)
  t.is(a.engine.status.state, 'guarded')
  t.is(a.engine.status.guards[0]?.deletes, 15)
  t.is(a.engine.status.known?.sequence, 21 + 9, 'the first nine went, the other six wait')
  await a.stop()
})

test('INV-20 content that appears again is no delete: all files moved elsewhere by copy and delete', async (t) => {
  const { a, b } = await pair(12)
  for (let at = 0; at < 12; at++) {
    a.write(`other/f${at}`, `content ${at}`)
    a.remove(`dir/f${at}`)
  }
  t.deepEqual((await a.sync()).guards, [])
  t.deepEqual((await b.sync()).guards, [])
  t.deepEqual(a.tree(), b.tree())
})

test('INV-20 the question survives a restart, other changes go on, and an answer ends it', async (t) => {
  const { world, a, b } = await pair(12)
  removeFirst(a, 12)
  a.write('new', 'n')
  await a.sync()
  await b.sync()
  t.is(b.tree()['new'], 'n', 'what is no delete went on')
  t.is(files(b), 13)
  a.restart()
  await a.start()
  await world.pass(10_000)
  t.is(a.engine.status.state, 'guarded')
  const [guard] = a.engine.status.guards
  t.is(guard?.deletes, 12)
  await world.run(a.engine.confirm(guard?.id ?? ''))
  await world.pass(10_000)
  t.is(a.engine.status.state, 'synced')
  await a.stop()
  t.is((await b.sync()).guards.length, 1, 'the other device asks for itself')
})

test('INV-20 an answer given just before a crash is kept', async (t) => {
  const { world, a } = await pair(12)
  removeFirst(a, 12)
  await a.start()
  await world.pass(10_000)
  a.onStep = ({ seam }) => {
    if (seam === 'network') a.kill()
  }
  await world.run(a.engine.confirm(a.engine.status.guards[0] ?? ''))
  await world.pass(10_000)
  a.restart()
  const report = await a.sync()
  t.deepEqual(report.guards, [])
  t.is(report.uploaded, 12)
})

test('INV-20 a question that nobody asked cannot be answered', async (t) => {
  const { world, a } = await pair(2)
  await a.start()
  await t.throwsAsync(world.run(a.engine.confirm('mass-delete:up')), { code: 'not-found' })
  await a.stop()
  await t.throwsAsync(a.engine.confirm('mass-delete:up'), { code: 'closed' })
})

// ---- an emptied root, and what is declined

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `f${String(at).padStart(2, '0')}`)
}

for (const count of [1, 9]) {
  test(`an emptied root of ${count} files waits for a person, and a yes goes through`, async (t) => {
    const { world, a, b } = await twoDevices()
    for (const name of names(count)) a.write(name, `content of ${name}`)
    a.mkdir('bare')
    await world.converge(a, b)
    for (const name of names(count)) a.remove(name)
    a.remove('bare')
    await a.start()
    await world.pass(30_000)
    t.is(a.engine.status.state, 'guarded')
    t.like(a.engine.status.guards[0], { id: 'root-emptied:up', kind: 'root-emptied', deletes: count, of: count })
    t.is(a.engine.status.guards.length, 1)
    await b.sync()
    t.is(Object.keys(b.tree()).length, count + 1, 'nothing left the other device')
    await a.engine.confirm('root-emptied:up')
    await world.pass(30_000)
    t.is(a.engine.status.state, 'synced')
    await b.sync()
    t.deepEqual(b.tree(), {})
    await stopped(a)
  })
}

test('the question about an emptied root survives a restart', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('only', 'one')
  await world.converge(a, b)
  a.remove('only')
  t.is((await a.sync()).guards[0]?.id, 'root-emptied:up')
  a.restart()
  t.is((await a.sync()).guards[0]?.id, 'root-emptied:up')
  await b.sync()
  t.deepEqual(b.tree(), { only: 'one' })
})

test('one file of two deleted asks nothing; a directory that stays keeps the root from being empty', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('one', '1')
  a.mkdir('stays')
  await world.converge(a, b)
  a.remove('one')
  t.deepEqual((await a.sync()).guards, [])
  await b.sync()
  t.deepEqual(b.tree(), { 'stays/': '' })
})

test('declined deletes of this disk: the files come back', async (t) => {
  const { world, a, b } = await twoDevices()
  for (const name of names(12)) a.write(`d/${name}`, `content of ${name}`)
  a.write('stays', 'here')
  a.mkdir('bare')
  await world.converge(a, b)
  const before = a.tree()
  a.remove('d')
  a.remove('bare')
  await a.start()
  await world.pass(30_000)
  t.is(a.engine.status.guards[0]?.id, 'mass-delete:up')
  await world.run(a.engine.decline('mass-delete:up'))
  await world.pass(30_000)
  t.is(a.engine.status.state, 'synced')
  t.deepEqual(a.engine.status.guards, [])
  await b.sync()
  t.deepEqual(b.tree(), before)
  t.deepEqual({ ...a.tree(), 'bare/': '' }, before)
  await stopped(a)
})

test('declined deletes of the server: the files go up again under their old ids', async (t) => {
  const { world, a, b } = await twoDevices()
  for (const name of names(12)) a.write(`d/${name}`, `content of ${name}`)
  await world.converge(a, b)
  const before = b.tree()
  const ids = liveIds(b)
  a.remove('d')
  await a.start()
  await world.pass(30_000)
  await a.engine.confirm('root-emptied:up')
  await world.pass(30_000)
  await b.start()
  await world.pass(30_000)
  t.is(b.engine.status.guards[0]?.id, 'mass-delete:down')
  await world.run(b.engine.decline('mass-delete:down'))
  await world.pass(60_000)
  t.is(b.engine.status.state, 'synced')
  t.deepEqual(b.tree(), before)
  t.deepEqual(a.tree(), before, 'they are back on the device that deleted them')
  t.deepEqual(liveIds(b), ids)
  await stopped(a, b)
})

test('declining what does not wait fails', async (t) => {
  const { world, a } = await twoDevices()
  await t.throwsAsync(a.engine.decline('mass-delete:up'), { code: 'closed' } as never)
  await a.start()
  await world.pass(5_000)
  await t.throwsAsync(world.run(a.engine.decline('mass-delete:up')), { code: 'not-found' } as never)
  await stopped(a)
})

function liveIds(device: TestDevice): readonly string[] {
  return [...device.state.rows.keys()].filter((key) => key.startsWith('s/')).sort()
}
