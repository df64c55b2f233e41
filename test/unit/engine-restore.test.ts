/** `restore`: an ordinary commit that brings an earlier state back, exactly once, and never over an edit that is not synced. */

import test from 'ava'
import { decodeRequest, isTidemarkError, type Restored } from '../../src/index.js'
import { type EngineWorld, offline, type TestDevice, twoDevices } from './engine-world.js'
import { type RestoreScene, SCENES } from './restore-scenes.table.js'

function restore({ world, engine }: TestDevice, path: string, sequence?: number): Promise<Restored> {
  return world.run(engine.restore(path, sequence === undefined ? {} : { sequence }))
}

async function staged(scene: RestoreScene): Promise<{ world: EngineWorld; a: TestDevice; b: TestDevice }> {
  const { world, a, b } = await twoDevices()
  for (const [at, step] of scene.before.entries()) {
    step(a)
    await a.sync()
    // Without it the first delete would leave nothing in the root, and wait for a person.
    if (at === 0) a.write('kept', 'k')
    if (at === 0) await a.sync()
  }
  await b.sync()
  return { world, a, b }
}

const after = (scene: RestoreScene): Record<string, string> => ({ ...scene.after, kept: 'k' })
const headOf = (device: TestDevice): number => device.engine.status.known?.sequence ?? 0

for (const scene of SCENES) {
  test(`INV-02 restore: ${scene.title}`, async (t) => {
    const { world, a, b } = await staged(scene)
    const before = headOf(b)
    const restored = await restore(b, scene.path, scene.sequence)
    t.like(restored, scene.restored)
    t.is(restored.left.length, 0)
    t.deepEqual(await restore(b, restored.path, restored.sequence), { ...restored, restored: 0 }, 'twice is once')
    await world.converge(b, a, b)
    t.deepEqual(b.tree(), after(scene))
    t.deepEqual(a.tree(), after(scene))
    t.is(headOf(a) - before, scene.restored.restored, 'one revision for each')
    t.is(a.engine.status.problems.length + b.engine.status.problems.length, 0)
  })

  test(`INV-10 restore, its answers lost one after the other: ${scene.title}`, async (t) => {
    const { world, a, b } = await staged(scene)
    const before = headOf(b)
    let commits = 0
    b.onAnswered = (request) => {
      if (request.type === 'commit' && ++commits <= 2) throw offline()
    }
    await restore(b, scene.path, scene.sequence)
    t.true(commits > 2)
    await world.converge(b, a, b)
    t.deepEqual(a.tree(), after(scene))
    t.deepEqual(b.tree(), after(scene))
    t.is(headOf(a) - before, scene.restored.restored)
  })
}

test('INV-10 the answer to any request of a restore is lost for good: the next one settles it, one revision', async (t) => {
  for (const restarted of [false, true]) {
    for (let at = 0; ; at++) {
      const scene = SCENES.find(({ title }) => title === 'a deleted file')!
      const { world, a, b } = await staged(scene)
      const before = headOf(b)
      const cut = new AbortController()
      let asked = 0
      b.onAnswered = () => {
        if (asked++ !== at) return
        cut.abort()
        throw offline()
      }
      const outcome = await world.run(b.engine.restore(scene.path, { signal: cut.signal })).then(
        () => 'done',
        (error: unknown) => (isTidemarkError(error) ? error.code : String(error)),
      )
      if (outcome === 'done') {
        t.true(at >= 4, 'hello, history, commit at least')
        break
      }
      t.is(outcome, 'aborted')
      b.onAnswered = () => undefined
      if (restarted) {
        b.kill()
        b.restart()
      }
      await b.sync()
      if (!('docs/a' in b.tree())) await restore(b, scene.path)
      await world.converge(b, a, b)
      t.deepEqual(a.tree(), after(scene), `cut at ${at}`)
      t.deepEqual(b.tree(), after(scene), `cut at ${at}`)
      t.is(headOf(a) - before, 1, `cut at ${at}`)
    }
  }
})

test('INV-10 a directory restored in several batches goes on where it was cut off, each node once', async (t) => {
  const { world, a, b } = await twoDevices()
  const names = Array.from({ length: 1_500 }, (_, at) => `f${at}`)
  for (const name of names) a.write(`docs/${name}`, `content ${name}`)
  a.write('other', 'x')
  await a.sync()
  const whole = a.tree()
  a.remove('docs')
  await a.sync()
  const [guard] = a.engine.status.guards
  t.truthy(guard, 'so many deletes ask')
  await a.start()
  await world.run(a.engine.sync())
  await world.run(a.engine.confirm(guard!))
  await world.run(a.engine.sync())
  await a.stop()
  const before = headOf(a)
  let commits = 0
  const cut = new AbortController()
  a.onAnswered = (request) => {
    if (request.type !== 'commit' || ++commits !== 2) return
    cut.abort()
    throw offline()
  }
  await t.throwsAsync(world.run(a.engine.restore('docs', { signal: cut.signal })), { code: 'aborted' } as never)
  a.onAnswered = () => undefined
  const rest = await restore(a, 'docs')
  t.is(rest.left.length, 0)
  t.is((await restore(a, 'docs')).restored, 0)
  await world.converge(a, b)
  t.deepEqual(a.tree(), whole)
  t.deepEqual(b.tree(), whole)
  t.is(headOf(b) - before, 1_501)
})

// ---- how long

const HOUR = 3_600_000
const DAY = 24 * HOUR
const RETENTION_DAYS = 30

test('DESIGN 2 a deleted file is restorable until the day before its retention ends, whatever is collected meanwhile', async (t) => {
  for (const [title, days, isHeld] of [
    ['the day after', 1, true],
    ['the day before', RETENTION_DAYS - 1, true],
    ['the last hour', RETENTION_DAYS - 1 / 24, true],
    ['the day behind', RETENTION_DAYS + 1, false],
  ] as const) {
    const { world, a, b } = await twoDevices()
    a.write('kept', 'k')
    a.write('docs/a', 'the last words')
    await world.converge(a, b)
    const written = await world.server.remote.maintain()
    a.remove('docs/a')
    await world.converge(a, b)
    const deleted = world.clock.now()
    for (let hours = 6; hours <= days * 24; hours += 6) {
      await world.pass(deleted + Math.min(hours, days * 24) * HOUR - world.clock.now())
      if (hours % 24 === 0) await world.run(world.server.remote.maintain())
    }
    await world.pass(deleted + days * DAY - world.clock.now())
    const [round] = await world.run(world.server.remote.maintain())
    t.is((round?.horizon ?? 0) > (written[0]?.horizon ?? 0), !isHeld, `${title}: the horizon`)
    if (!isHeld) {
      await t.throwsAsync(restore(b, 'docs/a'), { code: 'not-found' } as never, title)
      continue
    }
    await restore(b, 'docs/a')
    await world.converge(b, a, b)
    for (const device of [a, b]) t.is(device.tree()['docs/a'], 'the last words', title)
  }
})

// ---- edits that are not synced

type Edit = (device: TestDevice) => void
const UNSYNCED: readonly (readonly [string, Edit, string, number])[] = [
  ['an edit', (device) => device.write('docs/a', 'my edit'), 'docs/a', 2],
  ['a rename', (device) => device.rename('docs/a', 'docs/mine'), 'docs/a', 2],
  ['a delete', (device) => device.remove('docs/a'), 'docs/a', 2],
]

for (const [title, edit, path, sequence] of UNSYNCED) {
  test(`DESIGN 4.12 refused as stale: ${title} of the file that is not synced yet`, async (t) => {
    const { world, a, b } = await twoDevices()
    for (const content of ['one', 'two, longer']) {
      a.write('docs/a', content)
      await world.converge(a, b)
    }
    edit(b)
    const mine = b.tree()
    const before = headOf(b)
    await t.throwsAsync(restore(b, path, sequence), { code: 'stale' } as never)
    t.deepEqual(b.tree(), mine)
    t.is(headOf(b), before)
    await world.converge(b, a, b)
    t.deepEqual(a.tree(), mine)
  })
}

test('DESIGN 4.12 refused as stale: a deleted file that was edited here is about to come back by itself', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('docs/a', 'one')
  await world.converge(a, b)
  a.remove('docs/a')
  await a.sync()
  b.write('docs/a', 'my edit')
  await t.throwsAsync(restore(b, 'docs/a'), { code: 'stale' } as never)
  await world.converge(b, a, b)
  t.deepEqual(a.tree(), { 'docs/': '', 'docs/a': 'my edit' })
})

test('refused as stale: the server took another revision after both sides were looked at', async (t) => {
  const { world, a, b } = await twoDevices()
  for (const content of ['one', 'two, longer']) {
    a.write('docs/a', content)
    await world.converge(a, b)
  }
  a.write('docs/a', 'three')
  await world.pass(5_000)
  const { server } = world.server
  const handle = server.handle.bind(server)
  let raced = false
  server.handle = async (frame, ...rest) => {
    if (!raced && decodeRequest(frame).type === 'history') {
      raced = true
      await a.engine.sync()
    }
    return handle(frame, ...rest)
  }
  await t.throwsAsync(restore(b, 'docs/a', 2), { code: 'stale' } as never)
  t.true(raced)
  await world.converge(a, b, a)
  t.deepEqual(a.tree(), { 'docs/': '', 'docs/a': 'three' })
  t.deepEqual(b.tree(), a.tree())
})

test('INV-02 a user edits the file at any step of a restore and of the cycle after it: nothing is lost', async (t) => {
  let refused = 0
  for (let at = 0; ; at++) {
    const { world, a, b } = await twoDevices()
    for (const content of ['one', 'two, longer']) {
      a.write('docs/a', content)
      await world.converge(a, b)
    }
    await world.pass(10_000)
    b.steps = []
    let edited = false
    b.onStep = () => {
      if (edited || b.steps.length !== at) return
      edited = true
      b.write('docs/a', 'my edit')
    }
    try {
      await restore(b, 'docs/a', 2)
    } catch (error) {
      if (!isTidemarkError(error) || error.code !== 'stale') throw error
      refused += 1
    }
    await world.run(b.engine.sync())
    b.onStep = () => undefined
    if (!edited) {
      t.true(at > 50, `${at} steps`)
      break
    }
    await world.pass(10_000)
    await world.converge(b, a, b)
    t.true(Object.values(b.tree()).includes('my edit'), `edited at step ${at}: ${JSON.stringify(b.tree())}`)
    t.deepEqual(a.tree(), b.tree())
  }
  t.true(refused > 0)
})

// ---- what is refused

const REFUSED: readonly (readonly [string, string, string, number?])[] = [
  ['a file that is not deleted, without a sequence', 'invalid', 'kept'],
  ['a directory that never was deleted', 'invalid', 'box'],
  ['a path where nothing was', 'not-found', 'box/nothing'],
  ['a sequence of another path', 'not-found', 'kept', 1],
]

for (const [title, code, path, sequence] of REFUSED) {
  test(`restore refused: ${title}`, async (t) => {
    const { a } = await twoDevices()
    a.write('box/in', 'x')
    await a.sync()
    a.write('kept', 'y')
    await a.sync()
    const before = headOf(a)
    await t.throwsAsync(restore(a, path, sequence), { code } as never)
    t.is(headOf(a), before)
  })
}

test('restore without a server is refused as offline, and says so in the status', async (t) => {
  const { a } = await twoDevices()
  a.write('f', 'x')
  a.write('kept', 'k')
  await a.sync()
  a.remove('f')
  await a.sync()
  await a.start()
  await a.world.pass(10_000)
  a.onStep = ({ seam }) => {
    if (seam === 'network') throw offline()
  }
  await t.throwsAsync(restore(a, 'f'), { code: 'offline' } as never)
  t.is(a.engine.status.state, 'offline')
  a.onStep = () => undefined
  await a.world.pass(120_000)
  t.is(a.engine.status.state, 'synced')
  a.statuses = []
  await restore(a, 'f')
  await a.world.pass(10_000)
  t.deepEqual(a.states(), ['syncing', 'synced'], 'not synced as long as it is not on this disk')
  t.deepEqual(a.tree(), { f: 'x', kept: 'k' })
  await a.stop()
})
