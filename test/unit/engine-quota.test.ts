/** A device at its quota (SEC-30): what does not fit is a problem at its path, everything else goes on, and room heals it. */

import test from 'ava'
import { memoryServer } from '../../adapters/memory/memory-server.js'
import { EngineWorld, noise } from './engine-world.js'

test('SEC-30 a file beyond the quota is a problem, the others and a delete go through, and nothing of it is stored', async (t) => {
  const world = await EngineWorld.open()
  const { clock, random, hasher } = world
  world.server = memoryServer({ clock, random, hasher, quota: { workspaceBytes: 50_000 } })
  await world.server.server.open()
  const [a, b] = [world.device('A'), world.device('B')]
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
