/**
 * Every way of saving a file (INV-04), seen at the worst moments: after each step of the program both engines look, plan
 * and commit before the next step is done. In memory and on virtual time, so that the moments are the same each run.
 */

import test from 'ava'
import { compareTrees } from '../tree-comparison.js'
import { volumeSource } from '../tree-source.js'
import { SAVES } from '../integration/editors.table.js'
import { type Hands, memoryHands } from '../integration/user-hands.js'
import { EngineWorld, ROOT, stopped, type TestDevice } from './engine-world.js'

/** A program is through with a save within this, virtual milliseconds a step. */
const STEP_MS = 10
/** Long enough for everything to come to rest. */
const REST_MS = 20_000

/** A user whose every change is told by the watcher at once. */
function watched(device: TestDevice): Hands {
  const hands = memoryHands(device.volume, ROOT)
  const told =
    <A extends readonly unknown[]>(run: (path: string, ...rest: A) => void, ...more: readonly string[]) =>
    (path: string, ...rest: A): void => {
      run(path, ...rest)
      device.watcher.raise([path, ...more])
    }
  return {
    ...hands,
    write: told(hands.write),
    append: told(hands.append),
    truncate: told(hands.truncate),
    symlink: (target, path) => told((at: string) => hands.symlink(target, at))(path),
    makeDirectory: told(hands.makeDirectory),
    remove: told(hands.remove),
    rename: (from, to) => told((at: string) => hands.rename(at, to), to)(from),
  }
}

async function nodeAt(world: EngineWorld, path: string) {
  const { metadata } = world.server
  const workspace = await metadata.find('ann', 'notes')
  if (workspace === null) throw new Error('no workspace')
  return metadata.read(workspace, async (reader) => {
    let parentId = '0'.repeat(32)
    for (const name of path.split('/')) {
      const [holder] = await reader.holders([{ parentId: parentId as never, key: name }])
      parentId = holder?.id ?? ''
    }
    const history = parentId === '' ? [] : await reader.history(parentId as never, 10_000)
    return { id: parentId, revisions: history.map(({ revision }) => revision.node) }
  })
}

for (const row of SAVES) {
  test(`INV-04: one node for ever, seen at each step: ${row.title}`, async (t) => {
    const world = await EngineWorld.open()
    const [a, b] = [world.device('A'), world.device('B')]
    const hands = watched(a)
    for (const document of row.documents) hands.write(document, 'one')
    for (const device of [a, b]) await device.start()
    await world.pass(REST_MS)
    const before = await nodeAt(world, row.documents[0] ?? '')
    for (const step of row.steps) {
      if (step !== 'rest') step({ hands, root: ROOT, beside: '/beside' })
      await world.pass(step === 'rest' ? REST_MS : STEP_MS)
    }
    await world.pass(REST_MS)
    const after = await nodeAt(world, row.documents[0] ?? '')
    t.is(after.id, before.id)
    t.true(after.revisions.every((node) => node !== null))
    for (const [path, content] of Object.entries(row.shows)) t.is(String(b.bytes(path)), content, path)
    for (const path of row.gone ?? []) t.false(b.volume.existsSync(`${ROOT}/${path}`), path)
    t.deepEqual([...compareTrees(volumeSource(a.volume, ROOT), volumeSource(b.volume, ROOT)).differences], [])
    t.deepEqual([a.engine.status.state, b.engine.status.state], ['synced', 'synced'])
    await stopped(a, b)
  })
}

test('INV-04: a burst of 200 appends costs looks and commits by time, and not one full scan', async (t) => {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A'), world.device('B')]
  const hands = watched(a)
  hands.write('d/log', 'begin')
  hands.write('e/other', 'x')
  for (const device of [a, b]) await device.start()
  await world.pass(REST_MS)
  a.steps = []
  a.requests = []
  const began = world.clock.now()
  for (let at = 0; at < 200; at++) {
    hands.append('d/log', ` ${at}`)
    await world.pass(STEP_MS)
  }
  const lasted = world.clock.now() - began
  await world.pass(REST_MS)
  const commits = a.requests.filter(({ request }) => request.type === 'commit').length
  const looks = a.steps.filter(({ call, path }) => call === 'readdir' && path === `${ROOT}/d`).length
  // One at the first hint, then one each 50 ms; and in the end one that finds the stamp old enough.
  t.true(commits <= lasted / 50 + 2, `${commits} commits`)
  t.true(looks <= lasted / 50 + 4, `${looks} looks`)
  t.is(a.steps.filter(({ call, path }) => call === 'readdir' && path === `${ROOT}/e`).length, 0)
  t.is(String(b.bytes('d/log')), hands.read('d/log'))
  t.is(b.engine.status.state, 'synced')
  await stopped(a, b)
})

const MOVES: Readonly<Record<string, readonly [from: string, to: string, shown: string]>> = {
  file: ['d/doc', 'e/doc', 'e/doc'],
  directory: ['d', 'e/in', 'e/in/doc'],
}
for (const [what, [from, to, shown]] of Object.entries(MOVES)) {
  test(`INV-04: one node for ever: a ${what} that was moved, and a look between two hints saw it nowhere`, async (t) => {
    const world = await EngineWorld.open()
    const [a, b] = [world.device('A'), world.device('B')]
    a.write('d/doc', 'one')
    a.mkdir('e')
    for (const device of [a, b]) await device.start()
    await world.pass(REST_MS)
    const before = await nodeAt(world, 'd/doc')
    a.rename(from, to)
    a.watcher.raise([from])
    await world.pass(200)
    a.watcher.raise([to])
    await world.pass(REST_MS)
    const after = await nodeAt(world, shown)
    t.is(after.id, before.id)
    t.true(after.revisions.every((node) => node !== null))
    t.deepEqual(b.tree(), a.tree())
    t.is(String(b.bytes(shown)), 'one')
    await stopped(a, b)
  })
}
