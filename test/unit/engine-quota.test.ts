/** A device at its quota (SEC-30): what does not fit is a problem at its path, everything else goes on, and room heals it. */

import test from 'ava'
import { memoryServer } from '../../adapters/memory/memory-server.js'
import { EngineWorld, noise, type TestDevice } from './engine-world.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

async function limited(workspaceBytes: number): Promise<{ world: EngineWorld; a: TestDevice; b: TestDevice }> {
  const world = await EngineWorld.open()
  const { clock, random, hasher } = world
  world.server = memoryServer({ clock, random, hasher, quota: { workspaceBytes } })
  await world.server.server.open()
  return { world, a: world.device('A'), b: world.device('B') }
}

test('SEC-30 a file beyond the quota is a problem, the others and a delete go through, and nothing of it is stored', async (t) => {
  const { world, a, b } = await limited(50_000)
  a.write('old', noise(20_000, 1))
  await world.converge(a, b)
  a.write('large', noise(60_000, 2))
  a.write('small', 'fits')
  a.remove('old')
  const report = await a.sync()
  t.deepEqual(
    report.problems.map(({ path, code }) => [path, code]),
    [['large', 'quota']],
  )
  await b.sync()
  t.deepEqual(Object.keys(b.tree()), ['small'])
  t.is((await world.server.remote.usage({ user: 'ann', device: null }, 'notes')).bytes, 20_004)
})

test('SEC-30 a file that did not fit goes up by itself once retention and collection have made room', async (t) => {
  const { world, a, b } = await limited(50_000)
  a.write('old', noise(20_000, 1))
  a.write('kept', 'k')
  await world.converge(a, b)
  a.write('large', noise(40_000, 2))
  a.remove('old')
  await a.sync()
  // 30 days of retention, then a lease before each step of the removal.
  for (let day = 0; day < 34; day += 1) {
    await world.run(world.server.remote.maintain())
    await world.pass(DAY)
  }
  await a.start()
  await world.run(a.engine.sync())
  t.deepEqual(
    a.engine.status.problems.map(({ path, code }) => [path, code]),
    [['large', 'quota']],
  )
  await world.run(world.server.remote.maintain())
  await world.pass(HOUR)
  t.deepEqual(a.engine.status.problems, [])
  await a.stop()
  await b.sync()
  t.deepEqual(Object.keys(b.tree()).sort(), ['kept', 'large'])
})
