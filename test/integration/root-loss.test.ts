/** A root that is lost: a named status, and not a single delete anywhere (INV-19). Real directories, a real server. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { isTidemarkError, type SyncEngine } from '../../src/index.js'
import { ROOT_LOSSES, type RootLoss, type Said } from './root-loss.table.js'
import { type RootWorld, rootWorld, treeAt } from './root-world.js'

const FILES = { 'a.txt': 'a', 'b.txt': 'b', 'sub/': '', 'sub/c.txt': 'c' }

async function synced(
  t: ExecutionContext,
  state: 'inside' | 'elsewhere',
): Promise<{
  world: RootWorld
  root: string
  open: () => Promise<SyncEngine>
}> {
  const world = await rootWorld(t)
  const root = join(world.directory, 'above', 'root')
  mkdirSync(join(root, 'sub'), { recursive: true })
  for (const [path, content] of Object.entries(FILES)) if (content !== '') writeFileSync(join(root, path), content)
  const options = state === 'inside' ? {} : { stateAt: join(world.directory, 'state.sqlite') }
  return { world, root, open: () => world.engineOn(root, options) }
}

/** What a call on the engine came to. */
async function said(engine: SyncEngine, call: () => Promise<unknown>): Promise<Said> {
  try {
    await call()
  } catch (error) {
    if (isTidemarkError(error)) return { code: error.code }
    throw error
  }
  const guard = engine.status.guards[0]
  return guard === undefined ? 'goes on' : { guard: guard.id }
}

async function nothingIsLost(t: ExecutionContext, world: RootWorld): Promise<void> {
  const there = await world.onServer()
  for (const [path, content] of Object.entries(FILES)) t.is(there[path], content, `${path} is on the server`)
}

async function whileRunning(t: ExecutionContext, { lose, running }: RootLoss): Promise<void> {
  const { world, root, open } = await synced(t, 'inside')
  const engine = await open()
  await engine.start()
  await engine.sync()
  const states = new Set<string>()
  engine.on('status', ({ state }) => states.add(state))
  const restore = lose(root)
  t.deepEqual(await said(engine, () => engine.sync()), running)
  if (typeof running === 'object')
    t.true(states.has('guard' in running ? 'guarded' : 'paused'), 'the status has a name for it')
  await nothingIsLost(t, world)
  if (restore === null) return
  restore()
  await engine.sync()
  t.is(engine.status.problems.length, 0)
  t.deepEqual(treeAt(root), FILES, 'back again, it goes on')
  t.deepEqual(await world.onServer(), FILES)
  // A watcher may have gone with the root: it is watched anew, long before the next look at everything.
  const heard = new Promise<void>((resolve) => {
    world.onRequest = ({ type }) => {
      if (type === 'commit') resolve()
    }
  })
  writeFileSync(join(root, 'sub', 'later.txt'), 'later')
  await heard
}

async function atStart(t: ExecutionContext, loss: RootLoss, state: 'inside' | 'elsewhere'): Promise<void> {
  const { world, root, open } = await synced(t, state)
  const before = await open()
  await before.sync()
  const restore = loss.lose(root)
  const expected = state === 'inside' ? (loss.startInside ?? loss.start) : loss.start
  const engine = await open()
  t.deepEqual(await said(engine, () => engine.sync()), expected)
  await nothingIsLost(t, world)
  if (expected === 'goes on') {
    const here = treeAt(root)
    for (const path of Object.keys(FILES)) t.true(path in here, `${path} is brought back`)
  }
  if (restore === null || expected === 'goes on') return
  restore()
  await (await open()).sync()
  t.deepEqual(treeAt(root), FILES, 'back again, it goes on')
  t.deepEqual(await world.onServer(), FILES)
}

for (const loss of ROOT_LOSSES) {
  test(`INV-19 A19 lost while it runs: ${loss.way}`, (t) => whileRunning(t, loss))
  test(`INV-19 A19 lost before the start, the state in it: ${loss.way}`, (t) => atStart(t, loss, 'inside'))
  test(`INV-19 A19 lost before the start, the state elsewhere: ${loss.way}`, (t) => atStart(t, loss, 'elsewhere'))
}
