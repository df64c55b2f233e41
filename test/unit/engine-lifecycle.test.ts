/**
 * A12: the lifecycle table. Whatever is called twice, at once, in the middle or with a signal that fires: the state stays
 * valid, the next run converges, and nothing goes on behind it.
 */

import test, { type ExecutionContext } from 'ava'
import { isTidemarkError, type SyncEngine } from '../../src/index.js'
import { type EngineWorld, stopped, type TestDevice, twoDevices } from './engine-world.js'

interface Met {
  readonly world: EngineWorld
  readonly a: TestDevice
  readonly b: TestDevice
}

/** A has a file to send, one to take, and one that both edited. */
async function scenario(): Promise<Met> {
  const { world, a, b } = await twoDevices()
  a.write('both', '0')
  a.write('gone', 'g')
  await world.converge(a, b)
  b.write('both', 'by B')
  b.write('theirs', 't')
  b.remove('gone')
  await b.sync()
  a.write('both', 'by A')
  a.write('mine', 'm')
  await world.pass(5_000)
  a.steps = []
  return { world, a, b }
}

async function converges(t: ExecutionContext, { world, a, b }: Met, at: string): Promise<void> {
  a.onStep = () => undefined
  await world.converge(a, b)
  t.deepEqual(a.tree(), b.tree(), at)
  t.deepEqual(Object.values(a.tree()).sort(), ['by A', 'by B', 'm', 't'], at)
  t.deepEqual([...a.own('staging'), ...a.own('moving')], [], at)
  t.is(a.engine.status.state, 'stopped', at)
  t.is(world.clock.nextDue(), null, `${at}: nobody sleeps any more`)
}

const rows: readonly (readonly [string, (engine: SyncEngine) => Promise<unknown>, readonly string[]])[] = [
  ['start twice', (e) => Promise.all([e.start(), e.start()]).then(() => e.start()), []],
  ['stop without start', (e) => e.stop(), []],
  [
    'stop twice at once, and once more',
    (e) =>
      e
        .start()
        .then(() => Promise.all([e.stop(), e.stop()]))
        .then(() => e.stop()),
    [],
  ],
  ['start and stop at once', (e) => Promise.all([e.start(), e.stop()]), []],
  ['stop and start at once', (e) => e.start().then(() => Promise.all([e.stop(), e.start()])), []],
  [
    'start, stop, start',
    (e) =>
      e
        .start()
        .then(() => e.stop())
        .then(() => e.start()),
    [],
  ],
  ['sync while live', (e) => e.start().then(() => e.sync()), []],
  ['two syncs at once, not started', (e) => Promise.all([e.sync(), e.sync()]), []],
  ['sync, plan and why at once', (e) => Promise.all([e.sync(), e.plan(), e.why('mine')]), []],
  ['sync and stop at once', (e) => Promise.all([e.sync(), e.stop()]), ['aborted']],
  ['sync and start at once', (e) => Promise.all([e.sync(), e.start()]), []],
  [
    'pause, resume, stop',
    (e) =>
      e
        .start()
        .then(() => e.pause())
        .then(() => e.resume())
        .then(() => e.stop()),
    [],
  ],
  [
    'pause and stop at once',
    (e) =>
      e
        .start()
        .then(() => Promise.all([e.pause(), e.stop()]))
        .finally(() => e.resume()),
    [],
  ],
  ['pause and sync at once', (e) => Promise.all([e.sync(), e.pause()]).finally(() => e.resume()), ['paused']],
  ['whenSynced and stop at once', (e) => e.start().then(() => Promise.all([e.whenSynced(), e.stop()])), ['closed']],
  ['dispose', (e) => e.start().then(() => e[Symbol.asyncDispose]()), []],
  ['dispose twice', (e) => e[Symbol.asyncDispose]().then(() => e[Symbol.asyncDispose]()), []],
]
for (const [title, act, failures] of rows) {
  test(`A12 ${title}`, async (t) => {
    const met = await scenario()
    const { world, a } = met
    const outcome = await world.run(act(a.engine)).then(
      () => 'done',
      (error: unknown) => (isTidemarkError(error) ? error.code : String(error)),
    )
    t.true(outcome === 'done' || failures.includes(outcome), outcome)
    await stopped(a)
    await converges(t, met, title)
  })
}

test('A12 await using ends the engine', async (t) => {
  const met = await scenario()
  await met.world.run(
    (async () => {
      await using engine = met.a.engine
      await engine.start()
      t.not(engine.status.state, 'stopped')
    })(),
  )
  await converges(t, met, 'await using')
})

const calls: readonly (readonly [string, (engine: SyncEngine, signal: AbortSignal) => Promise<unknown>])[] = [
  ['start', (engine, signal) => engine.start({ signal })],
  ['sync', (engine, signal) => engine.sync({ signal })],
  ['plan', (engine, signal) => engine.plan({ signal })],
  ['why', (engine, signal) => engine.why('mine', { signal })],
  ['whenSynced', (engine, signal) => engine.start().then(() => engine.whenSynced({ signal }))],
]
for (const [name, call] of calls) {
  test(`A12 INV-09 ${name}: its signal fires at the k-th step, for every k until it is through`, async (t) => {
    t.timeout(720_000)
    let [struck, aborted] = [0, 0]
    for (let k = 0; ; k += 1) {
      const met = await scenario()
      const { world, a } = met
      const abort = new AbortController()
      let hit = false
      a.onStep = (_, at) => {
        if (at !== k) return
        hit = true
        abort.abort()
      }
      const outcome = await world.run(call(a.engine, abort.signal)).then(
        () => 'done',
        (error: unknown) => (isTidemarkError(error) ? error.code : String(error)),
      )
      t.true(outcome === 'done' || outcome === 'aborted', `step ${k}: ${outcome}`)
      if (outcome === 'aborted') aborted += 1
      a.onStep = () => undefined
      await stopped(a)
      await converges(t, met, `step ${k}`)
      if (!hit || outcome === 'done') break
      struck += 1
    }
    t.true(struck > 3 && aborted > 3, `${struck} ${aborted}`)
  })
}

test('A12 a signal that has fired already ends each call at once, and nothing is opened', async (t) => {
  const { a } = await scenario()
  const signal = AbortSignal.abort()
  for (const [name, call] of calls) {
    if (name === 'whenSynced') continue
    await t.throwsAsync(call(a.engine, signal), { code: 'aborted' } as never, name)
  }
  t.deepEqual(a.steps, [])
  t.is(a.engine.status.state, 'stopped')
})
