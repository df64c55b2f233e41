/** C6: an engine at rest waits for one thing, the next full scan, and wakes for nothing else; what is due arms its own wait. */

import test from 'ava'
import { loopbackTransport } from '../../adapters/shared/loopback-transport.js'
import type { Clock, SubscribeHandlers, SyncEngineOptions, Transport } from '../../src/index.js'
import { EngineWorld, stopped, type TestDevice } from './engine-world.js'

const HOUR = 3_600_000
const SCAN_EVERY_MS = 600_000
const POLL_EVERY_MS = 30_000

interface Counted {
  readonly world: EngineWorld
  /** On a clock that counts. */
  readonly device: (options?: Partial<SyncEngineOptions>) => TestDevice
  /** Waits the engine began, by their length in milliseconds, and how many of them go on. */
  readonly began: number[]
  readonly waiting: () => number
}

async function counted(): Promise<Counted> {
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
  const device: Counted['device'] = (options) =>
    world.device('A', { clock, scanEveryMs: SCAN_EVERY_MS, pollEveryMs: POLL_EVERY_MS, ...options })
  return { world, device, began, waiting: () => waiting }
}

/** Live, and settled. */
async function atRest(): Promise<Counted & { readonly a: TestDevice }> {
  const met = await counted()
  const a = met.device()
  for (const path of ['f', 'd/g']) a.write(path, path)
  await a.start()
  await met.world.pass(60_000)
  met.began.length = 0
  a.requests = []
  return { ...met, a }
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

test('C6 while its channel of hints is broken an engine asks each half minute, and no more once it is open', async (t) => {
  const { world, device, began } = await counted()
  const channel: { handlers: SubscribeHandlers | null } = { handlers: null }
  const inner = loopbackTransport(world.server.server, { workspace: 'notes', user: 'ann' })
  const asked: number[] = []
  const exchange: Transport['exchange'] = (frame, options) => {
    asked.push(world.clock.monotonic())
    return inner.exchange(frame, options)
  }
  const subscribe: Transport['subscribe'] = (handlers) => {
    channel.handlers = handlers
    return { close: async () => undefined }
  }
  const a = device({ transport: { workspace: 'notes', exchange, subscribe, close: () => inner.close() } })
  await a.start()
  channel.handlers?.onState('broken')
  await world.pass(60_000)
  asked.length = 0
  await world.pass(HOUR)
  t.is(asked.length, HOUR / POLL_EVERY_MS)
  channel.handlers?.onState('open')
  await world.pass(60_000)
  asked.length = 0
  began.length = 0
  await world.pass(HOUR)
  t.deepEqual(asked, [])
  t.deepEqual(new Set(began), new Set([SCAN_EVERY_MS]))
  await stopped(a)
})
