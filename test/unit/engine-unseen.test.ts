/**
 * INV-32: `synced` is not said while the engine was told of something that it has not seen, and nothing it was told of has
 * to wait for the next full scan (ten minutes).
 */

import test from 'ava'
import { ROOT, stopped, twoDevices } from './engine-world.js'

test('INV-32 INV-03 a file is moved, and deleted while its new place is read: gone from both', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('old/x', 'one')
  a.write('new/y', 'two')
  await world.converge(a, b)
  await a.start()
  await world.pass(10_000)
  a.onStep = ({ call, path }) => {
    if (!call.startsWith('open') || path !== `${ROOT}/new/x`) return
    a.onStep = () => undefined
    a.remove('new/x')
    a.watcher.raise(['new/x'])
  }
  a.rename('old/x', 'new/x')
  a.watcher.raise(['old/x', 'new/x'])
  await world.pass(10_000)
  t.is(a.engine.status.state, 'synced')
  await b.sync()
  t.deepEqual(b.tree(), { 'new/': '', 'new/y': 'two', 'old/': '' })
  t.deepEqual(b.tree(), a.tree())
  await stopped(a)
})

for (const [when, where] of [
  ['before', 'old'],
  ['after', 'new'],
] as const) {
  test(`INV-32 a file is made in a directory just ${when} the engine moves it, and told by its old path`, async (t) => {
    const { world, a, b } = await twoDevices()
    a.write('old/in/x', 'one')
    await world.converge(a, b)
    await a.start()
    await world.pass(10_000)
    b.rename('old', 'new')
    a.engine.on('change', ({ type }) => {
      if (type !== 'move' || where !== 'new') return
      a.write('new/in/y', 'two')
      a.watcher.raise(['old/in/y'])
    })
    a.onStep = ({ call, path }) => {
      if (call !== 'rename' || path !== `${ROOT}/old` || where !== 'old') return
      a.onStep = () => undefined
      a.write('old/in/y', 'two')
      a.watcher.raise(['old/in/y'])
    }
    await b.sync()
    await world.pass(10_000)
    t.is(a.engine.status.state, 'synced')
    await b.sync()
    t.deepEqual(b.tree(), { 'new/': '', 'new/in/': '', 'new/in/x': 'one', 'new/in/y': 'two' })
    t.deepEqual(b.tree(), a.tree())
    await stopped(a)
  })
}

test('INV-32 an answer shows that the server is further than this device knows: it asks before it says synced', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('x', 'one')
  await world.converge(a, b)
  b.write('y', 'two')
  a.write('z', 'three')
  a.onStep = async ({ seam, call }) => {
    if (seam !== 'network' || call !== 'commit') return
    a.onStep = () => undefined
    await b.engine.sync()
  }
  a.statuses = []
  await a.sync()
  t.deepEqual(
    a.statuses.filter(({ state }) => state === 'synced').map(({ known }) => known?.sequence),
    [3],
  )
  t.deepEqual(a.tree(), { x: 'one', y: 'two', z: 'three' })
})

test('INV-32 nothing of a commit was accepted: its answer tells how far the server is, and the next question holds it to that', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('x', 'one')
  a.write('y', 'two')
  await world.converge(a, b)
  for (const device of [a, b]) device.remove('x')
  a.onStep = async ({ seam, call }) => {
    if (seam !== 'network' || call !== 'commit') return
    a.onStep = () => undefined
    await b.engine.sync()
  }
  await a.sync()
  const asked = a.requests.map(({ request }) => request)
  const next = asked.slice(asked.findIndex(({ type }) => type === 'commit') + 1).find(({ type }) => type === 'pull')
  // A server that was restored to before that is found out: it does not have what was told.
  t.like(next, { cursor: { sequence: 2 }, witness: { sequence: 3 } })
})
