/** `whenSynced` (INV-32): true for what was on the disk when it was called; what it waits over, and what ends the wait. */

import test from 'ava'
import { type ErrorCode, isTidemarkError, TidemarkError } from '../../src/index.js'
import { type EngineWorld, ROOT, stopped, type TestDevice, twoDevices } from './engine-world.js'

async function live(): Promise<{ world: EngineWorld; a: TestDevice; b: TestDevice }> {
  const found = await twoDevices()
  found.a.write('one', '1')
  await found.a.start()
  await found.world.pass(10_000)
  return found
}

/** How the wait ended so far. */
function watched(promise: Promise<void>): { ended: string | null } {
  const found: { ended: string | null } = { ended: null }
  promise.then(
    () => (found.ended = 'synced'),
    (error: unknown) => (found.ended = isTidemarkError(error) ? error.code : String(error)),
  )
  return found
}

test('INV-32 an edit that no watcher told of is on the server when it resolves', async (t) => {
  const { world, a, b } = await live()
  t.is(a.engine.status.state, 'synced')
  a.write('unseen', 'u')
  await world.run(a.engine.whenSynced())
  t.is(a.engine.status.state, 'synced')
  t.is(a.engine.status.known?.sequence, 2)
  await b.sync()
  t.is(b.tree()['unseen'], 'u')
  await stopped(a)
})

test('INV-32 called at any step of a cycle: what was written just before is on the server when it resolves', async (t) => {
  t.timeout(120_000)
  let struck = 0
  for (let k = 0; ; k += 2) {
    const { world, a } = await twoDevices()
    a.write('first', 'f')
    let waiting: Promise<void> | null = null
    let known = -1
    a.onStep = (_, at) => {
      if (at !== k || waiting !== null) return
      a.write(`late ${k}`, 'l')
      waiting = a.engine.whenSynced().then(() => void (known = a.engine.status.known?.sequence ?? -1))
    }
    await a.start()
    for (let waited = 0; waited < 10 && waiting === null; waited++) await world.pass(1_000)
    a.onStep = () => undefined
    if (waiting !== null) {
      struck += 1
      await world.run(waiting)
      t.is(known, 2, `step ${k}`)
    }
    await stopped(a)
    if (waiting === null) break
  }
  t.true(struck > 10, String(struck))
})

const over: readonly [string, ErrorCode][] = [
  ['the server is away', 'offline'],
  ['the server is busy', 'busy'],
  ['too many requests', 'rate-limited'],
]
for (const [title, code] of over) {
  test(`INV-32 it waits while ${title}`, async (t) => {
    const { world, a } = await live()
    a.onStep = ({ seam }) => {
      if (seam === 'network') throw new TidemarkError(code, 'as the test wants it', { retryable: true })
    }
    a.write('two', '2')
    const wait = a.engine.whenSynced()
    const found = watched(wait)
    await world.pass(600_000)
    t.is(found.ended, null)
    a.onStep = () => undefined
    await world.run(wait)
    t.is(a.engine.status.known?.sequence, 2)
    await stopped(a)
  })
}

test('INV-19 it waits while the root is away', async (t) => {
  const { world, a } = await live()
  a.volume.renameSync(ROOT, '/elsewhere')
  const wait = a.engine.whenSynced()
  const found = watched(wait)
  await world.pass(600_000)
  t.is(found.ended, null)
  a.volume.renameSync('/elsewhere', ROOT)
  await world.run(wait)
  await stopped(a)
})

test('it waits for a file that cannot be read for now', async (t) => {
  const { world, a } = await live()
  a.write('two', '2')
  a.onStep = ({ call, path }) => {
    if (call.startsWith('open') && path.endsWith('/two')) throw Object.assign(new Error('EIO'), { code: 'EIO' })
  }
  const wait = a.engine.whenSynced()
  const found = watched(wait)
  await world.pass(300_000)
  t.is(found.ended, null)
  t.is(a.engine.status.problems[0]?.code, 'unreadable')
  a.onStep = () => undefined
  await world.run(wait)
  t.is(a.engine.status.known?.sequence, 2)
  await stopped(a)
})

interface End {
  readonly title: string
  readonly code: ErrorCode
  readonly act: (met: { world: EngineWorld; a: TestDevice }) => void
}
const ends: readonly End[] = [
  { title: 'the engine is stopped', code: 'closed', act: ({ a }) => void a.engine.stop() },
  { title: 'the app pauses it', code: 'paused', act: ({ a }) => void a.engine.pause() },
  {
    title: 'the token is worth nothing any more',
    code: 'unauthorized',
    act: ({ a }) => {
      a.onStep = ({ seam }) => {
        if (seam === 'network') throw new TidemarkError('unauthorized', 'the token was revoked')
      }
    },
  },
  { title: 'a path can never be synced', code: 'blocked', act: ({ a }) => a.volume.symlinkSync('/x', `${ROOT}/link`) },
]
for (const { title, code, act } of ends) {
  test(`INV-32 it fails with '${code}' when ${title}`, async (t) => {
    const { world, a } = await live()
    a.write('two', '2')
    act({ world, a })
    await t.throwsAsync(world.run(a.engine.whenSynced()), { code } as never)
    a.onStep = () => undefined
    await stopped(a)
  })
}

test('a wait that runs ends with the stop, the pause, or its signal', async (t) => {
  for (const [code, end] of [
    ['closed', ({ a }: { a: TestDevice }) => a.engine.stop()],
    ['paused', ({ a }: { a: TestDevice }) => a.engine.pause()],
  ] as const) {
    const { world, a } = await live()
    a.onStep = ({ seam }) => {
      if (seam === 'network') throw new TidemarkError('offline', 'away', { retryable: true })
    }
    a.write('two', '2')
    const found = watched(a.engine.whenSynced())
    await world.pass(1_000)
    t.is(found.ended, null)
    await world.run(end({ a }))
    t.is(found.ended, code)
    a.onStep = () => undefined
    await stopped(a)
  }
  const { world, a } = await live()
  const abort = new AbortController()
  a.onStep = ({ seam }) => {
    if (seam === 'network') abort.abort()
  }
  a.write('two', '2')
  await t.throwsAsync(world.run(a.engine.whenSynced({ signal: abort.signal })), { code: 'aborted' } as never)
  await t.throwsAsync(a.engine.whenSynced({ signal: abort.signal }), { code: 'aborted' } as never)
  a.onStep = () => undefined
  await world.run(a.engine.whenSynced())
  await stopped(a)
})

test('INV-20 a guard that waits for a person is named', async (t) => {
  const { world, a } = await twoDevices()
  for (let at = 0; at < 12; at++) a.write(`f${at}`, String(at))
  await a.start()
  await world.run(a.engine.whenSynced())
  for (let at = 0; at < 11; at++) a.remove(`f${at}`)
  const error = await t.throwsAsync<TidemarkError>(world.run(a.engine.whenSynced()))
  t.is(error?.code, 'blocked')
  t.is(error?.subject, 'mass-delete:up')
  await world.run(a.engine.confirm('mass-delete:up'))
  await world.run(a.engine.whenSynced())
  t.is(a.engine.status.state, 'synced')
  await stopped(a)
})

test('an engine that does not run cannot become synced: closed', async (t) => {
  const { world, a } = await twoDevices()
  await t.throwsAsync(a.engine.whenSynced(), { code: 'closed' } as never)
  await a.sync()
  await t.throwsAsync(a.engine.whenSynced(), { code: 'closed' } as never)
  const starting = a.engine.start()
  const wait = a.engine.whenSynced()
  await world.run(starting)
  await world.run(wait)
  t.is(a.engine.status.state, 'synced')
  await stopped(a)
})
