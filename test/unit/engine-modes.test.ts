/**
 * Modes as a truth table: each mode × what changed here, there, on both sides. What this disk shows, what the server has
 * (seen by a third device), what is held back; and that a second round does nothing and a two-way one settles it.
 */

import test, { type ExecutionContext } from 'ava'
import { EngineWorld, stopped, type TestDevice } from './engine-world.js'
import { MODE_ROWS, type ModeRow } from './engine-modes.table.js'

const SENDING: ReadonlySet<string> = new Set(['commit', 'announce', 'put'])

interface Met {
  readonly world: EngineWorld
  /** The device with the mode. */
  readonly a: TestDevice
  readonly b: TestDevice
}

/** Both devices and the server hold the same; then the mode begins. */
async function begun(mode: 'read-only' | 'upload-only', base: ModeRow['base']): Promise<Met> {
  const world = await EngineWorld.open()
  const [first, b] = [world.device('A'), world.device('B')]
  for (const [path, content] of Object.entries(base)) first.write(path, content)
  await world.converge(first, b)
  const a = first.copy('A', { mode })
  await a.sync()
  return { world, a, b }
}

async function serverTree({ world }: Met): Promise<Record<string, string>> {
  const c = world.device('C')
  await c.sync()
  return c.tree()
}

for (const row of MODE_ROWS) {
  for (const mode of ['read-only', 'upload-only'] as const) {
    test(`INV-02 ${mode}: ${row.title}`, async (t) => {
      const met = await begun(mode, row.base)
      const { a, b } = met
      row.there?.(b)
      await b.sync()
      row.here?.(a)
      const before = a.tree()
      const conflicts: string[] = []
      a.engine.on('conflict', ({ path }) => conflicts.push(path))
      const report = await a.sync()
      const sent = a.asked().filter((type) => SENDING.has(type))
      const expected = row[mode]
      t.deepEqual(a.tree(), expected.disk ?? before, 'this disk')
      t.deepEqual(await serverTree(met), expected.server, 'the server')
      t.deepEqual(
        report.problems.map(({ path, code }) => `${code} ${path}`),
        (expected.held ?? []).map((path) => `held-back ${path}`),
        'held back',
      )
      t.deepEqual(conflicts, expected.conflicts ?? [], 'conflicts')
      if (mode === 'read-only') t.deepEqual(sent, [], 'nothing went up')
      else t.deepEqual(a.tree(), before, 'nothing was changed here')
      const again = await a.sync()
      t.is(again.requests, 1, 'a second round only asks')
      t.deepEqual(again.problems, report.problems)
      await settled(t, met)
    })
  }
}

/** With the mode gone both sides come together, and what was made here is not lost. */
async function settled(t: ExecutionContext, { world, a, b }: Met): Promise<void> {
  const made = Object.values(a.tree()).filter((text) => text === 'here')
  const two = a.copy('A', { mode: 'two-way' })
  await world.converge(two, b)
  t.deepEqual(two.tree(), b.tree(), 'two-way settles it')
  t.is(Object.values(b.tree()).filter((text) => text === 'here').length, made.length)
}

test('a live device that only receives is synced again once the local edit is undone', async (t) => {
  const { world, a } = await begun('read-only', { f: '0' })
  await a.start()
  await world.pass(10_000)
  t.is(a.engine.status.state, 'synced')
  a.write('f', 'edited')
  a.watcher.raise(['f'])
  await world.pass(10_000)
  t.is(a.engine.status.state, 'syncing')
  t.like(a.engine.status.problems, [{ path: 'f', code: 'held-back' }])
  await t.throwsAsync(world.run(a.engine.whenSynced()), { code: 'blocked' } as never)
  a.write('f', '0')
  a.watcher.raise(['f'])
  await world.pass(10_000)
  t.is(a.engine.status.state, 'synced')
  await stopped(a)
})

test('INV-32 a device that only sends is synced when all it has is there, whatever else the server holds', async (t) => {
  const { world, a, b } = await begun('upload-only', { f: '0' })
  b.write('from B', 'b')
  await b.sync()
  a.write('mine', 'm')
  await a.start()
  await world.run(a.engine.whenSynced())
  t.is(a.engine.status.state, 'synced')
  t.is(a.engine.status.pending, 0)
  t.deepEqual(a.tree(), { f: '0', mine: 'm' })
  await b.sync()
  t.deepEqual(b.tree(), { f: '0', 'from B': 'b', mine: 'm' })
  await stopped(a)
})

test('INV-10 what an earlier run was about to send does not go up in a run that only receives', async (t) => {
  const world = await EngineWorld.open()
  const first = world.device('A')
  first.write('f', '0')
  await first.sync()
  first.write('f', '1')
  first.onStep = ({ call }) => {
    if (call === 'commit') first.kill()
  }
  void first.engine.sync()
  await world.pass(20_000)
  first.restart()
  const a = first.copy('A', { mode: 'read-only' })
  const report = await a.sync()
  t.deepEqual(
    a.asked().filter((type) => SENDING.has(type)),
    [],
  )
  t.like(report.problems, [{ path: 'f', code: 'held-back' }])
  t.deepEqual(a.tree(), { f: '1' })
})

test('INV-20 many files deleted here ask nothing where nothing goes up, and stay deleted', async (t) => {
  const base = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`f${at}`, String(at)]))
  const { a, b } = await begun('read-only', base)
  for (const path of Object.keys(base)) a.remove(path)
  const report = await a.sync()
  t.deepEqual(report.guards, [])
  t.is(report.problems.length, 12)
  await b.sync()
  t.is(Object.keys(b.tree()).length, 12)
  t.deepEqual(a.tree(), {})
})

test('nothing goes up in read-only when a person asks for it either: restoring and resolving are refused', async (t) => {
  const { world, a, b } = await begun('read-only', { f: '0', g: '0' })
  b.write('f', '1')
  b.remove('g')
  await b.sync()
  await a.sync()
  const [first] = (await world.run(a.engine.history('f'))).filter(({ state }) => state === 'superseded')
  await t.throwsAsync(world.run(a.engine.restore('f', { sequence: first?.sequence ?? 0 })), {
    code: 'forbidden',
  } as never)
  await t.throwsAsync(world.run(a.engine.restore('g')), { code: 'forbidden' } as never)
  await b.sync()
  t.deepEqual([a.tree(), b.tree()], [{ f: '1' }, { f: '1' }])
})

test('an unknown mode is refused, and its options named', async (t) => {
  const world = await EngineWorld.open()
  t.throws(() => world.device('A', { mode: 'both' as never }), {
    code: 'invalid-option',
    message: /two-way, read-only, upload-only/,
  } as never)
})
