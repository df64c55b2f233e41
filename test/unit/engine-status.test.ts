/** What the engine says of itself (INV-32): each state is reached by its cause and left again, and `synced` is never a lie. */

import test from 'ava'
import { type ErrorCode, TidemarkError } from '../../src/index.js'
import { EngineWorld, offline, ROOT, type TestDevice } from './engine-world.js'

async function liveDevice(
  options: Parameters<EngineWorld['device']>[1] = {},
): Promise<{ world: EngineWorld; a: TestDevice }> {
  const world = await EngineWorld.open()
  const a = world.device('A', options)
  a.write('one', '1')
  await a.start()
  await world.pass(2_000)
  return { world, a }
}

test('INV-32 a live engine goes from syncing to synced, and to stopped', async (t) => {
  const { a } = await liveDevice()
  t.is(a.engine.status.state, 'synced')
  t.is(a.engine.status.known?.sequence, 1)
  t.is(a.engine.status.applied, 1)
  t.is(a.engine.status.pending, 0)
  await a.stop()
  t.is(a.engine.status.state, 'stopped')
  t.deepEqual(a.states(), ['syncing', 'synced', 'stopped'])
})

const away: readonly [string, ErrorCode][] = [
  ['offline', 'offline'],
  ['offline', 'busy'],
  ['offline', 'rate-limited'],
  ['unauthorized', 'unauthorized'],
]
for (const [state, code] of away) {
  test(`INV-32 a server that says '${code}' makes it ${state}; it heals by itself and the edit made meanwhile goes up`, async (t) => {
    const { world, a } = await liveDevice()
    a.onStep = ({ seam }) => {
      if (seam === 'network')
        throw new TidemarkError(code, 'as the test wants it', { retryable: code !== 'unauthorized' })
    }
    a.write('two', '2')
    a.watcher.raise(['two'])
    await world.pass(10_000)
    t.is(a.engine.status.state, state as typeof a.engine.status.state)
    t.is(a.engine.status.pending, 1, 'the edit is seen all the same')
    a.onStep = () => undefined
    await world.pass(120_000)
    t.is(a.engine.status.state, 'synced')
    t.is(a.engine.status.known?.sequence, 2)
    await a.stop()
    t.deepEqual(
      a.states().filter((seen) => seen !== 'syncing'),
      ['synced', state, 'synced', 'stopped'],
    )
  })
}

test('INV-32 offline from the first moment: known is null, never synced, and the scan has run', async (t) => {
  const world = await EngineWorld.open()
  const a = world.device('A')
  a.write('one', '1')
  a.onStep = ({ seam }) => {
    if (seam === 'network') throw offline()
  }
  await a.start()
  await world.pass(100_000)
  t.is(a.engine.status.state, 'offline')
  t.is(a.engine.status.known, null)
  t.false(a.states().includes('synced'))
  a.onStep = () => undefined
  await world.pass(120_000)
  t.is(a.engine.status.state, 'synced')
  await a.stop()
})

test('INV-32 INV-19 a root that vanishes pauses it, and nothing is deleted anywhere; the root back, it goes on', async (t) => {
  const { world, a } = await liveDevice({ scanEveryMs: 60_000 })
  a.volume.renameSync(ROOT, '/elsewhere')
  a.watcher.lose('root moved')
  await world.pass(30_000)
  t.is(a.engine.status.state, 'paused')
  a.volume.renameSync('/elsewhere', ROOT)
  await world.pass(120_000)
  t.is(a.engine.status.state, 'synced')
  t.is(a.engine.status.known?.sequence, 1, 'no delete was ever sent')
  await a.stop()
})

test('INV-32 a guard makes it guarded; confirmed, it is synced', async (t) => {
  const world = await EngineWorld.open()
  const a = world.device('A')
  for (let at = 0; at < 10; at++) a.write(`f${at}`, String(at))
  await a.start()
  await world.pass(2_000)
  for (let at = 0; at < 10; at++) a.remove(`f${at}`)
  a.watcher.lose('many')
  await world.pass(10_000)
  t.is(a.engine.status.state, 'guarded')
  t.is(a.engine.status.guards.length, 1)
  await world.run(a.engine.confirm(a.engine.status.guards[0] ?? ''))
  await world.pass(10_000)
  t.is(a.engine.status.state, 'synced')
  t.deepEqual(a.engine.status.guards, [])
  await a.stop()
})

test('INV-32 another server behind the name: reset is told before anything is done, then it is synced again', async (t) => {
  const { world, a } = await liveDevice()
  world.server = world.newServer()
  await world.server.server.open()
  const seen: string[] = []
  a.engine.on('reset', ({ reason, plan }) => seen.push(`${reason} ${plan.operations.map(({ type }) => type).join()}`))
  a.write('two', '2')
  a.watcher.raise(['two'])
  await world.pass(120_000)
  t.deepEqual(seen.length, 1)
  t.regex(seen[0] ?? '', /^diverged .*commit/)
  t.is(a.engine.status.state, 'synced')
  t.true(a.states().includes('reset'))
  await a.stop()
})

test('INV-32 a path that cannot be synced is a problem, and keeps it from being synced; solved, it is synced', async (t) => {
  const { world, a } = await liveDevice()
  a.volume.symlinkSync('/etc/passwd', `${ROOT}/link`)
  a.watcher.raise(['link'])
  await world.pass(10_000)
  t.deepEqual(
    a.engine.status.problems.map(({ path, code }) => `${path} ${code}`),
    ['link symlink'],
  )
  t.is(a.engine.status.state, 'syncing')
  a.volume.unlinkSync(`${ROOT}/link`)
  a.watcher.raise(['link'])
  await world.pass(120_000)
  t.is(a.engine.status.state, 'synced')
  t.deepEqual(a.engine.status.problems, [])
  await a.stop()
})

test('INV-32 synced is never said while anything is open: at each status event of a busy day', async (t) => {
  const world = await EngineWorld.open({ seed: 7 })
  const [a, b] = [world.device('A'), world.device('B')]
  let seen = 0
  for (const device of [a, b]) {
    device.engine.on('status', (status) => {
      if (status.state !== 'synced') return
      seen += 1
      t.is(status.pending, 0)
      t.deepEqual(status.problems, [])
      t.deepEqual(status.guards, [])
      t.is(status.applied, status.known?.sequence ?? -1)
    })
    await device.start()
  }
  for (let at = 0; at < 40; at++) {
    const device = world.random.below(2) === 0 ? a : b
    const path = `f${world.random.below(5)}`
    device.write(path, `${device.name} ${at}`)
    device.watcher.raise([path])
    await world.pass(world.random.below(1_500))
  }
  await world.pass(1_200_000)
  t.is(a.engine.status.state, 'synced')
  t.is(b.engine.status.state, 'synced')
  t.deepEqual(a.tree(), b.tree())
  t.true(seen > 5)
  await a.stop()
  await b.stop()
})
