/** Pause and resume: at rest, in the middle of anything, before the start, over a stop; and what is refused meanwhile. */

import test from 'ava'
import { EngineWorld, noise, stopped, twoDevices } from './engine-world.js'

const PAUSED = { code: 'paused', message: 'the app paused the engine', next: 'Call resume(): it goes on at once.' }

test('paused: neither side is touched, what the watcher saw is noted; resume goes on at once', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('one', '1')
  await world.converge(a, b)
  await a.start()
  await world.pass(10_000)
  await world.run(a.engine.pause())
  t.is(a.engine.status.state, 'paused')
  t.deepEqual(a.engine.status.why, PAUSED as typeof a.engine.status.why)
  b.write('from B', 'b')
  await b.sync()
  a.write('from A', 'a')
  a.watcher.raise(['from A'])
  a.steps = []
  a.requests = []
  await world.pass(7_200_000)
  t.deepEqual(a.steps, [], 'no call of the disk, of the state or of the network in two hours')
  t.deepEqual(a.tree(), { one: '1', 'from A': 'a' })
  t.is(a.engine.status.state, 'paused')
  await world.run(a.engine.resume())
  await world.pass(0)
  await world.pass(1)
  t.is(a.engine.status.state, 'synced', 'no timer was needed')
  t.is(a.engine.status.why, null)
  await b.sync()
  t.deepEqual(a.tree(), { one: '1', 'from A': 'a', 'from B': 'b' })
  t.deepEqual(b.tree(), a.tree())
  await stopped(a)
})

test('hints are heard again after resume', async (t) => {
  const { world, a, b } = await twoDevices()
  await a.start()
  await world.pass(5_000)
  await world.run(a.engine.pause())
  await world.run(a.engine.resume())
  await world.pass(5_000)
  b.write('later', 'l')
  await b.sync()
  await world.pass(1)
  t.deepEqual(a.tree(), { later: 'l' })
  await stopped(a)
})

test('paused while it works: at each step in turn it ends, nothing is touched, and it goes on where it was', async (t) => {
  t.timeout(120_000)
  let struck = 0
  for (let k = 0; ; k += 3) {
    const { world, a, b } = await twoDevices()
    for (const path of ['edited', 'removed', 'moved', 'both']) a.write(path, `${path} 0`)
    await world.converge(a, b)
    b.write('edited', 'edited by B')
    b.write('large', noise(300_000, 1))
    b.remove('removed')
    b.mkdir('dir')
    b.rename('moved', 'dir/moved')
    b.write('both', 'both by B')
    await b.sync()
    a.write('both', 'both by A')
    a.write('mine', 'new by A')
    await world.pass(5_000)
    a.steps = []
    let pausing: Promise<void> | null = null
    a.onStep = (_, at) => {
      if (at === k) pausing ??= a.engine.pause()
    }
    await a.start()
    for (let waited = 0; waited < 20 && pausing === null; waited++) await world.pass(1_000)
    a.onStep = () => undefined
    if (pausing === null) {
      await stopped(a)
      break
    }
    struck += 1
    await world.run(pausing)
    t.is(a.engine.status.state, 'paused', `step ${k}`)
    a.steps = []
    await world.pass(600_000)
    t.deepEqual(a.steps, [], `step ${k}`)
    await world.run(a.engine.resume())
    await world.pass(120_000)
    t.is(a.engine.status.state, 'synced', `step ${k}`)
    await stopped(a)
    a.restart()
    await world.converge(b, a)
    t.deepEqual(a.tree(), b.tree(), `step ${k}`)
    const texts = Object.values(a.tree())
    for (const text of ['edited by B', 'both by A', 'both by B', 'new by A', 'moved 0'])
      t.true(texts.includes(text), `step ${k}: ${text}`)
    t.is(Object.keys(a.tree()).filter((path) => path.includes('(conflicted copy')).length, 1, `step ${k}`)
    t.deepEqual([...a.own('staging'), ...a.own('moving')], [], `step ${k}`)
  }
  t.true(struck > 20, String(struck))
})

test('sync and plan are refused while paused, started or not; a sync that runs ends with paused', async (t) => {
  const { world, a } = await twoDevices()
  a.write('one', '1')
  a.onStep = ({ call }) => {
    if (call === 'commit') void a.engine.pause()
  }
  await t.throwsAsync(world.run(a.engine.sync()), { code: 'paused' } as never)
  a.onStep = () => undefined
  await t.throwsAsync(a.engine.sync(), { code: 'paused' } as never)
  await t.throwsAsync(a.engine.plan(), { code: 'paused' } as never)
  await a.start()
  await t.throwsAsync(world.run(a.engine.sync()), { code: 'paused' } as never)
  await t.throwsAsync(world.run(a.engine.plan()), { code: 'paused' } as never)
  await world.run(a.engine.resume())
  t.is((await a.sync()).problems.length, 0)
  t.is(a.engine.status.known?.sequence, 1)
  await stopped(a)
})

test('a pause lasts over stop and start of the same engine, and not into another one', async (t) => {
  const { world, a } = await twoDevices()
  await world.run(a.engine.pause())
  t.is(a.engine.status.state, 'stopped', 'nothing runs that could be paused')
  a.write('one', '1')
  await a.start()
  t.is(a.engine.status.state, 'paused')
  await world.pass(120_000)
  t.deepEqual(a.asked(), [])
  await a.stop()
  t.is(a.engine.status.state, 'stopped')
  t.is(a.engine.status.why, null)
  await a.start()
  t.is(a.engine.status.state, 'paused')
  await a.stop()
  a.restart()
  await a.start()
  await world.pass(10_000)
  t.is(a.engine.status.state, 'synced')
  await stopped(a)
})

test('pause twice is once, resume without a pause is nothing, and both at once end as asked last', async (t) => {
  const { world, a } = await twoDevices()
  await a.start()
  await world.pass(5_000)
  await world.run(a.engine.resume())
  t.is(a.engine.status.state, 'synced')
  await world.run(Promise.all([a.engine.pause(), a.engine.pause()]))
  t.is(a.engine.status.state, 'paused')
  await world.run(Promise.all([a.engine.resume(), a.engine.pause(), a.engine.resume()]))
  await world.pass(5_000)
  t.is(a.engine.status.state, 'synced')
  await world.run(Promise.all([a.engine.pause(), a.engine.resume(), a.engine.pause()]))
  await world.pass(5_000)
  t.is(a.engine.status.state, 'paused')
  t.deepEqual(
    a.states().filter((state) => state !== 'syncing'),
    ['synced', 'paused', 'synced', 'paused'],
  )
  await stopped(a)
  t.is(a.engine.status.state, 'stopped')
})

test('INV-20 a guard can be answered while paused; it takes effect afterwards', async (t) => {
  const { world, a, b } = await twoDevices()
  for (let at = 0; at < 12; at++) a.write(`f${at}`, String(at))
  await world.converge(a, b)
  for (let at = 0; at < 12; at++) a.remove(`f${at}`)
  await a.start()
  await world.pass(30_000)
  t.is(a.engine.status.state, 'guarded')
  await world.run(a.engine.pause())
  await world.run(a.engine.decline(a.engine.status.guards[0] ?? ''))
  await world.pass(600_000)
  t.deepEqual(a.tree(), {})
  await world.run(a.engine.resume())
  await world.pass(30_000)
  t.is(Object.keys(a.tree()).length, 12)
  await stopped(a)
})

test('INV-19 a root that vanishes while paused is told after resume, and deletes nothing', async (t) => {
  const world = await EngineWorld.open()
  const a = world.device('A')
  a.write('one', '1')
  await a.start()
  await world.pass(5_000)
  await world.run(a.engine.pause())
  a.volume.renameSync('/root', '/elsewhere')
  await world.run(a.engine.resume())
  a.watcher.lose('gone')
  await world.pass(30_000)
  t.is(a.engine.status.state, 'paused')
  t.is(a.engine.status.why?.code, 'root-missing')
  a.volume.renameSync('/elsewhere', '/root')
  await world.pass(120_000)
  t.is(a.engine.status.state, 'synced')
  t.is(a.engine.status.known?.sequence, 1)
  await stopped(a)
})
