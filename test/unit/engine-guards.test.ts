/** The mass-delete guard (INV-20): its thresholds, both directions, over a restart; everything else goes on meanwhile. */

import test from 'ava'
import { EngineWorld, type TestDevice } from './engine-world.js'

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
