/** Bandwidth limits on virtual time: so many bytes take so many seconds, fairly shared, cleanly left. Hints never wait. */

import test from 'ava'
import { limitBandwidth } from '../../adapters/shared/limit-bandwidth.js'
import { loopbackTransport } from '../../adapters/shared/loopback-transport.js'
import { type VirtualClock, virtualClock } from '../../adapters/shared/virtual-clock.js'
import type { SubscribeHandlers, Transport } from '../../src/index.js'
import { EngineWorld, noise, stopped } from './engine-world.js'

/** Answers every frame at once with so many bytes, and remembers when each came. */
function echo(
  clock: VirtualClock,
  answerBytes: number,
): Transport & { readonly came: number[]; handlers?: SubscribeHandlers } {
  const came: number[] = []
  return {
    workspace: 'notes',
    came,
    exchange: async () => {
      came.push(clock.monotonic())
      return new Uint8Array(answerBytes)
    },
    subscribe(handlers) {
      this.handlers = handlers
      return { close: async () => undefined }
    },
    close: async () => undefined,
  }
}

/** Lets time pass until all have settled; returns when each of them did, seconds. */
async function times(clock: VirtualClock, calls: readonly Promise<unknown>[]): Promise<readonly number[]> {
  const at: number[] = calls.map(() => Number.NaN)
  let open = calls.length
  calls.forEach((call, index) => {
    const done = (): void => {
      at[index] = clock.monotonic() / 1000
      open -= 1
    }
    call.then(done, done)
  })
  while (open > 0) {
    await new Promise((resolve) => setImmediate(resolve))
    const due = clock.nextDue()
    if (due !== null && open > 0) clock.advance(due)
  }
  return at.map((seconds) => Math.round(seconds * 1000) / 1000)
}

const rows: readonly {
  title: string
  up?: number
  down?: number
  frames: readonly number[]
  answer: number
  seconds: number
}[] = [
  { title: '1 MB up at 100 KB/s', up: 100_000, frames: [1_000_000], answer: 0, seconds: 10 },
  {
    title: '1 MB up in 4 frames at 100 KB/s',
    up: 100_000,
    frames: [250_000, 250_000, 250_000, 250_000],
    answer: 0,
    seconds: 10,
  },
  { title: '2 MB down at 500 KB/s', down: 500_000, frames: [10], answer: 2_000_000, seconds: 4 },
  { title: 'both ways, one after the other', up: 1_000, down: 2_000, frames: [3_000], answer: 4_000, seconds: 5 },
  { title: 'one byte a second', up: 1, frames: [7], answer: 0, seconds: 7 },
  { title: '4 MiB at 100 MB/s', up: 100_000_000, frames: [4_194_304], answer: 0, seconds: 0.042 },
  { title: 'no limit', frames: [4_000_000], answer: 4_000_000, seconds: 0 },
]
for (const { title, up, down, frames, answer, seconds } of rows) {
  test(`${title} takes ${seconds} s`, async (t) => {
    const clock = virtualClock()
    const transport = limitBandwidth(echo(clock, answer), { up, down, clock })
    const at = await times(
      clock,
      frames.map((bytes) => transport.exchange(new Uint8Array(bytes))),
    )
    t.is(Math.max(...at), seconds)
  })
}

test('four in flight share the limit: a small frame is not held up by large ones', async (t) => {
  const clock = virtualClock()
  const transport = limitBandwidth(echo(clock, 0), { up: 100_000, clock })
  const at = await times(
    clock,
    [1_000_000, 1_000_000, 1_000_000, 5_000].map((bytes) => transport.exchange(new Uint8Array(bytes))),
  )
  t.deepEqual(at, [29.95, 30, 30.05, 0.2], 'its own 50 ms, and a slice of each of the others')
})

test('what was not used is saved up for a tenth of a second at most', async (t) => {
  const clock = virtualClock()
  const transport = limitBandwidth(echo(clock, 0), { up: 1_000, clock })
  await times(clock, [transport.exchange(new Uint8Array(1_000))])
  clock.advance(3_600_000)
  const before = clock.monotonic() / 1000
  const [after = 0] = await times(clock, [transport.exchange(new Uint8Array(1_000))])
  t.is(Math.round((after - before) * 1000), 900)
})

test('aborted while it waits: at once, the frame is never sent, and its turn goes to the next', async (t) => {
  const clock = virtualClock()
  const inner = echo(clock, 0)
  const transport = limitBandwidth(inner, { up: 1_000, clock })
  const abort = new AbortController()
  const lost = transport.exchange(new Uint8Array(100_000), { signal: abort.signal })
  const next = transport.exchange(new Uint8Array(1_000))
  await new Promise((resolve) => setImmediate(resolve))
  abort.abort()
  await t.throwsAsync(lost, { code: 'aborted' } as never)
  t.is(clock.monotonic(), 0)
  const [at = 0] = await times(clock, [next])
  t.true(at <= 1.05, String(at))
  t.is(inner.came.length, 1)
  await t.throwsAsync(transport.exchange(new Uint8Array(1), { signal: abort.signal }), { code: 'aborted' } as never)
})

test('an answer whose caller went away has passed all the same: the next one waits for it', async (t) => {
  const clock = virtualClock()
  const transport = limitBandwidth(echo(clock, 10_000), { down: 10_000, clock })
  const abort = new AbortController()
  const lost = transport.exchange(new Uint8Array(1), { signal: abort.signal })
  await new Promise((resolve) => setImmediate(resolve))
  abort.abort()
  await t.throwsAsync(lost, { code: 'aborted' } as never)
  const [at = 0] = await times(clock, [transport.exchange(new Uint8Array(1))])
  t.is(at, 2)
})

test('closing ends those who wait with closed', async (t) => {
  const clock = virtualClock()
  const transport = limitBandwidth(echo(clock, 0), { up: 10, clock })
  const waiting = [transport.exchange(new Uint8Array(1_000)), transport.exchange(new Uint8Array(1_000))]
  await new Promise((resolve) => setImmediate(resolve))
  await transport.close()
  for (const call of waiting) await t.throwsAsync(call, { code: 'closed' } as never)
  await t.throwsAsync(transport.exchange(new Uint8Array(1)), { code: 'closed' } as never)
  t.is(clock.nextDue(), null)
})

test('a hint passes while frames wait', async (t) => {
  const clock = virtualClock()
  const inner = echo(clock, 0)
  const transport = limitBandwidth(inner, { up: 1, down: 1, clock })
  const hints: (number | null)[] = []
  transport.subscribe({ onHint: ({ sequence }) => hints.push(sequence), onState: () => undefined })
  const waiting = transport.exchange(new Uint8Array(1_000))
  inner.handlers?.onHint({ workspace: 'notes', sequence: 7 })
  t.deepEqual(hints, [7])
  await transport.close()
  await t.throwsAsync(waiting, { code: 'closed' } as never)
})

for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
  test(`a limit of ${value} is refused`, (t) => {
    const clock = virtualClock()
    for (const name of ['up', 'down']) {
      t.throws(() => limitBandwidth(echo(clock, 0), { [name]: value, clock }), { code: 'invalid-option' } as never)
    }
  })
}

test('an engine behind a limit syncs as ever, no faster than the limit', async (t) => {
  const world = await EngineWorld.open()
  const inner = loopbackTransport(world.server.server, { workspace: 'notes', user: 'ann' })
  const a = world.device('A', { transport: limitBandwidth(inner, { up: 10_000, clock: world.clock }) })
  a.write('large', noise(200_000, 3))
  const before = world.clock.monotonic()
  const report = await a.sync()
  const seconds = (world.clock.monotonic() - before - 5_000) / 1000
  t.is(report.uploaded, 1)
  t.true(seconds >= report.bytesUp / 10_000 - 0.2 && seconds <= report.bytesUp / 10_000 + 1, String(seconds))
  await stopped(a)
})
