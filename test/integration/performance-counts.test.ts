/** Counts of the performance targets on a real disk and a real wire, heads of HTTP included (docs/performance.md). */

import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { memoryWatcher } from '../../adapters/memory/index.js'
import { since } from '../../scripts/bench/contender.js'
import { compareTrees } from '../tree-comparison.js'
import { chunkBytes, type RealDevice, realWorld } from './real-device.js'

const FILES = 200

function fill(root: string, directory: string): void {
  mkdirSync(join(root, directory), { recursive: true })
  for (let at = 0; at < FILES; at++) writeFileSync(join(root, directory, `f${at}`), `content ${at}`)
}

/** Once it shows everything up to this sequence. */
function reached({ engine }: RealDevice, sequence: number): Promise<void> {
  return new Promise((done) => {
    const look = ({ state, applied }: { readonly state: string; readonly applied: number }): void => {
      if (state !== 'synced' || applied < sequence) return
      undo()
      done()
    }
    const undo = engine.on('status', look)
    look(engine.status)
  })
}

test('P7 a directory is renamed, both engines live: one revision, no chunk byte, at most 2,048 bytes on each hop', async (t) => {
  const world = await realWorld(t)
  const watcher = memoryWatcher()
  const [a, b] = [await world.device('A', { watcher }), await world.device('B', { watcher: memoryWatcher() })]
  fill(a.root, 'many-0')
  for (const one of [a, b]) await one.engine.start()
  await a.engine.sync()
  const { cursor } = await b.engine.sync()
  const sequence = cursor?.sequence ?? 0
  world.letAge(3_000)
  for (const one of [a, b]) await one.engine.sync()
  world.exchanges.length = 0
  const before = [a.wire.bytes, b.wire.bytes] as const
  renameSync(join(a.root, 'many-0'), join(a.root, 'many-1'))
  watcher.raise(['many-0', 'many-1'])
  for (const one of [a, b]) await reached(one, sequence + 1)
  const hops = [since(before[0], a.wire.bytes), since(before[1], b.wire.bytes)]
  t.is(a.engine.status.applied, sequence + 1)
  t.deepEqual(world.exchanges.map(({ request }) => request.type).sort(), ['commit', 'pull'])
  t.is(chunkBytes(world.exchanges), 0)
  for (const bytes of hops) t.true(bytes > 0 && bytes <= 2_048, `${hops.join(' and ')} bytes`)
  t.deepEqual([...compareTrees(a.root, b.root).differences], [])
})

/** With the heads of HTTP. */
const IDLE_BYTES = 600

test(`P9 nothing changed, in a running engine: one request, no file opened, at most ${IDLE_BYTES} bytes`, async (t) => {
  const world = await realWorld(t)
  const a = await world.device('A', { watcher: memoryWatcher() })
  fill(a.root, 'many')
  await a.engine.start()
  await a.engine.sync()
  // Stamps that are too young prove nothing: the first look after they have aged reads, and then knows.
  world.letAge(3_000)
  await a.engine.sync()
  a.opened.length = 0
  const before = a.wire.bytes
  const { requests } = await a.engine.sync()
  const bytes = since(before, a.wire.bytes)
  t.is(requests, 1)
  t.deepEqual(a.opened, [])
  t.true(bytes > 0 && bytes <= IDLE_BYTES, `${bytes} bytes`)
})
