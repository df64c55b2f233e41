/**
 * Much that is new is taken on in parts (option `newNodesAtOnce`, decision 0076): all of it arrives, each part is small, and
 * what has to be seen together (deletes, rules, what a person asks for) is.
 */

import test from 'ava'
import type { CommitRequest } from '../../src/protocol/messages.js'
import { EngineWorld, type TestDevice } from './engine-world.js'

const PARTS = { newNodesAtOnce: 3 }

function fill(device: TestDevice, count: number, directory = 'dir'): void {
  for (let at = 0; at < count; at++) device.write(`${directory}${at % 4}/f${at}`, `content ${at}`)
}

/** Changes of each commit that was sent. */
function commits(device: TestDevice): readonly number[] {
  return device.requests
    .map(({ request }) => request)
    .filter((request): request is CommitRequest => request.type === 'commit')
    .map(({ groups }) => groups.flat().length)
}

/** What the engine brings, in order. */
function brought(device: TestDevice): string[] {
  const paths: string[] = []
  device.engine.on('change', ({ path }) => paths.push(path))
  return paths
}

for (const count of [3, 4, 10, 25]) {
  test(`${count} new files go up and come down in parts of 3`, async (t) => {
    const world = await EngineWorld.open()
    const [a, b] = [world.device('A', PARTS), world.device('B', PARTS)]
    fill(a, count)
    const sent = await a.sync()
    t.is(sent.uploaded, count + Math.min(count, 4))
    // A part and the directories that its files stand in.
    t.true(Math.max(...commits(a)) <= PARTS.newNodesAtOnce * 2, commits(a).join())
    const { downloaded } = await b.sync()
    t.is(downloaded, count + Math.min(count, 4))
    t.deepEqual(b.tree(), a.tree())
    t.is(a.engine.status.state, 'stopped')
  })
}

test('two devices that made the same directories and other files in them unite in parts', async (t) => {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A', PARTS), world.device('B', { newNodesAtOnce: 1 })]
  fill(a, 12)
  fill(b, 12)
  b.write('dir0/only here', 'b')
  b.write('dir1/f1', 'another content')
  await world.converge(a, b)
  await world.converge(a, b)
  t.deepEqual(b.tree(), a.tree())
  // One of a place is the file, the other its copy.
  const copies = Object.keys(a.tree()).filter((path) => path.includes('conflicted copy'))
  t.is(copies.length, 1)
})

test('a rule that arrives with very much else is obeyed before any of that is brought (DESIGN 4.13)', async (t) => {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A'), world.device('B', { newNodesAtOnce: 1 })]
  for (let at = 0; at < 8; at++) a.write(`logs/f${at}.log`, `content ${at}`)
  await a.sync()
  a.write('logs/.tidemarkignore', '*.log\n')
  a.write('logs/kept', 'kept')
  await a.sync()
  const paths = brought(b)
  await b.sync()
  t.deepEqual(paths.sort(), ['logs', 'logs/.tidemarkignore', 'logs/kept'])
})

test('INV-20 what goes is counted whole, and set against what appears, beside very much that is new', async (t) => {
  const world = await EngineWorld.open()
  const a = world.device('A', { newNodesAtOnce: 1 })
  for (let at = 0; at < 20; at++) a.write(`old/f${at}`, `content ${at}`)
  await a.sync()
  // Copied and deleted, as a program does that cannot move.
  for (let at = 0; at < 20; at++) {
    a.write(`new/f${at}`, `content ${at}`)
    a.remove(`old/f${at}`)
  }
  const { guards } = await a.sync()
  t.deepEqual(guards, [])
  for (let at = 0; at < 20; at++) {
    a.write(`more/f${at}`, `other ${at}`)
    a.remove(`new/f${at}`)
  }
  const { guards: asked } = await a.sync()
  t.deepEqual(
    asked.map(({ direction, deletes }) => ({ direction, deletes })),
    [{ direction: 'up', deletes: 20 }],
  )
})

test('plan() tells all that is to be done, and so does a reset', async (t) => {
  const world = await EngineWorld.open()
  const a = world.device('A', PARTS)
  fill(a, 10)
  const { operations } = await world.run(a.engine.plan())
  t.is(operations.length, 14)
  await a.sync()
  world.server = world.newServer()
  await world.server.server.open()
  a.restart()
  const told: number[] = []
  a.engine.on('reset', ({ plan }) => told.push(plan.operations.length))
  await a.sync()
  t.deepEqual(told, [14])
})

test('an option that is none is refused by name', async (t) => {
  const world = await EngineWorld.open()
  for (const newNodesAtOnce of [0, -1, 1.5, 1_000_001, Number.NaN, '3' as never])
    t.throws(() => world.device('A', { newNodesAtOnce }), {
      code: 'invalid-option',
      message: /'newNodesAtOnce'.*1 to 1,000,000/,
    })
})
