/** C6: an engine at rest waits for one thing, the next full scan, and wakes for nothing else; what is due arms its own wait. */

import test from 'ava'
import type { Clock } from '../../src/index.js'
import { EngineWorld, offline, stopped, type TestDevice } from './engine-world.js'

const HOUR = 3_600_000
const SCAN_EVERY_MS = 600_000

interface Counted {
  readonly world: EngineWorld
  readonly a: TestDevice
  /** Waits the engine began, by their length in milliseconds, and how many of them go on. */
  readonly began: number[]
  readonly waiting: () => number
}

async function atRest(): Promise<Counted> {
  const world = await EngineWorld.open()
  const began: number[] = []
  let waiting = 0
  const clock: Clock = {
    now: () => world.clock.now(),
    monotonic: () => world.clock.monotonic(),
    sleep: async (ms, options) => {
      began.push(ms)
      waiting += 1
      try {
        await world.clock.sleep(ms, options)
      } finally {
        waiting -= 1
      }
    },
  }
  const a = world.device('A', { clock, scanEveryMs: SCAN_EVERY_MS })
  for (const path of ['f', 'd/g']) a.write(path, path)
  await a.start()
  await world.pass(60_000)
  began.length = 0
  a.requests = []
  return { world, a, began, waiting: () => waiting }
}

test('C6 in six hours at rest an engine wakes for its full scans alone, and asks the server nothing', async (t) => {
  const { world, a, began, waiting } = await atRest()
  t.is(a.engine.status.state, 'synced')
  t.is(waiting(), 1)
  await world.pass(6 * HOUR)
  t.deepEqual(
    began,
    Array.from({ length: (6 * HOUR) / SCAN_EVERY_MS }, () => SCAN_EVERY_MS),
  )
  t.deepEqual(a.asked(), [])
  t.is(waiting(), 1)
  await stopped(a)
  t.is(waiting(), 0)
})

test('C6 what an edit makes wait is over soon after it, and then it is one wait again', async (t) => {
  const { world, a, began, waiting } = await atRest()
  a.write('f', 'edited')
  a.watcher.raise(['f'])
  await world.pass(60_000)
  t.true(began.length > 0, 'a young file is looked at again')
  t.is(a.engine.status.state, 'synced')
  t.is(waiting(), 1)
  await stopped(a)
})

test('C6 a channel of hints that is broken is made up for by asking, and no longer than that', async (t) => {
  const { world, a, began } = await atRest()
  const b = world.device('B')
  await b.sync()
  a.onStep = ({ seam }) => {
    if (seam === 'network') throw offline()
  }
  a.write('f', 'edited')
  a.watcher.raise(['f'])
  await world.pass(60_000)
  a.onStep = () => undefined
  await world.pass(120_000)
  t.is(a.engine.status.state, 'synced')
  began.length = 0
  await world.pass(HOUR)
  t.deepEqual(new Set(began), new Set([SCAN_EVERY_MS]))
  await stopped(a)
})
