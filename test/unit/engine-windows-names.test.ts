/** A9, INV-22: names that Windows cannot hold, told by a server: legal there, held back with a problem on such a disk, and nothing else waits. */

import test from 'ava'
import { diskDescriber } from '../../adapters/shared/disk-describe.js'
import { folderStore } from '../../adapters/shared/folder-store.js'
import { PERSONALITIES, SimulatedDisk } from '../../adapters/simulation/index.js'
import { EngineWorld } from './engine-world.js'

const NAMES = ['CON', 'nul', 'Com1', 'aux.txt', 'a:b', 'a?', 'ends.', 'ends ']

test(`${NAMES.join(', ')}: on the server and on a disk that holds them, held back on one that does not`, async (t) => {
  const world = await EngineWorld.open()
  const { clock, random, hasher } = world
  const a = world.device('A')
  for (const name of [...NAMES, 'plain']) a.write(name, `of ${name}`)
  await a.sync()
  const disk = new SimulatedDisk({ now: () => clock.now(), personality: PERSONALITIES.windows })
  disk.user.mkdir('/w')
  const describer = diskDescriber(disk, hasher)
  const b = world.device('B', {
    local: folderStore({ disk, root: '/w', random, clock, describer, known: { windowsNames: true } }),
  })
  const report = await b.sync()
  t.deepEqual(
    disk.user.readdir('/w').filter((name) => name !== '.tidemark'),
    ['plain'],
  )
  t.deepEqual(report.problems.map(({ path }) => path).sort(), [...NAMES].sort())
  for (const { code, message } of report.problems) {
    t.is(code, 'unwritable-name')
    t.regex(message, /rename/i, 'it says what to do')
  }
  await world.converge(b, a)
  t.is(Object.keys(a.tree()).length, NAMES.length + 1, 'nothing is deleted where it can be')
})
