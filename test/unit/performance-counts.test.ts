/** Counts of the performance targets in memory: bytes of frames, requests, rows of the state, calls of the disk (docs/performance.md). */

import test from 'ava'
import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { memoryState, memoryStateStore } from '../../adapters/shared/memory-state-store.js'
import type { StateStore } from '../../src/index.js'
import { EngineWorld, noise, type TestDevice } from './engine-world.js'

const MIB = 1024 * 1024
/** Heads of one exchange over HTTP, up and down: the most that test/integration/http-transport.test.ts lets them be. */
const HEADS = 600
/** As the rule has it for files of 24 to 96 MiB. */
const AVERAGE = 16 * 1024

/** What crossed the wire since the requests were emptied, both directions, heads included. */
function bytesOf({ requests }: TestDevice): number {
  return requests.reduce((sum, { bytesUp, bytesDown }) => sum + bytesUp + bytesDown + HEADS, 0)
}

async function worldOf(averageChunk = AVERAGE): Promise<EngineWorld> {
  return EngineWorld.open({ hasher: await wasmHasher(), averageChunk })
}

/** P2 must come to 1.003 of what rsync sends, and does not yet: a digest goes with the manifest, is asked for, and goes with its chunk. */
const FIRST_SYNC = 1.01

test(`P2 a file of random bytes, first sync: each hop carries at most ${FIRST_SYNC} of it`, async (t) => {
  const world = await worldOf()
  const [a, b] = [world.device('A'), world.device('B')]
  const size = 8 * MIB
  await world.converge(a, b)
  a.write('large', noise(size, 1))
  await a.sync()
  await b.sync()
  for (const device of [a, b]) {
    const share = bytesOf(device) / size
    t.true(share > 1 && share <= FIRST_SYNC, `${device.name}: ${share}`)
  }
})

test('P5 1 MiB is appended: each hop carries it, and no more than a chunk and the heads beside it', async (t) => {
  const world = await worldOf()
  const [a, b] = [world.device('A'), world.device('B')]
  const content = noise(5 * MIB, 2)
  a.write('large', content.subarray(0, 4 * MIB))
  await world.converge(a, b)
  a.write('large', content)
  await a.sync()
  await b.sync()
  for (const device of [a, b]) {
    const bytes = bytesOf(device)
    t.true(bytes > MIB && bytes <= 1_106_000, `${device.name}: ${bytes}`)
  }
})

test('P3 one byte is overwritten: each hop carries no more than the chunks around it', async (t) => {
  const world = await worldOf()
  const [a, b] = [world.device('A'), world.device('B')]
  const content = noise(2 * MIB, 3)
  a.write('large', content)
  await world.converge(a, b)
  content[MIB] = (content[MIB] ?? 0) ^ 1
  a.write('large', content)
  await a.sync()
  await b.sync()
  // rsync needs 197 kB for 256 MiB.
  for (const device of [a, b]) t.true(bytesOf(device) <= 4 * AVERAGE * 2, `${device.name}: ${bytesOf(device)}`)
})

/** What one live edit takes of a device. */
interface Cost {
  readonly disk: number
  readonly batches: number
  readonly rows: number
  readonly requests: readonly string[]
  readonly bytes: number
}

/** Rows that were asked for by key, found in order, put or deleted. */
function countingStore(inner: StateStore, count: (rows: number) => void): StateStore {
  return {
    durability: inner.durability,
    open: (options) => inner.open(options),
    openAside: (options) => inner.openAside(options),
    get: (keys) => (count(keys.length), inner.get(keys)),
    range: async (prefix, after, limit) => {
      const found = await inner.range(prefix, after, limit)
      count(found.length)
      return found
    },
    batch: (puts, deletes) => (count(puts.length + deletes.length), inner.batch(puts, deletes)),
    close: () => inner.close(),
  }
}

/** Keys of `l/` and `r/` rows that were deleted and had never been put. */
function deletedInVain(inner: StateStore, vain: string[]): StateStore {
  const put = new Set<string>()
  return {
    ...countingStore(inner, () => undefined),
    batch: (puts, deletes) => {
      vain.push(...deletes.filter((key) => /^[lr]\//.test(key) && !put.has(key)))
      for (const { key } of puts) put.add(key)
      for (const key of deletes) put.delete(key)
      return inner.batch(puts, deletes)
    },
  }
}

test('P1 a first sync deletes no row that its state store never held: what comes and goes between two batches is not told to it', async (t) => {
  const world = await worldOf()
  const vain: string[] = []
  const device = (name: string): TestDevice =>
    world.device(name, { state: deletedInVain(memoryStateStore({ state: memoryState() }), vain) })
  const [a, b] = [device('A'), device('B')]
  for (let at = 0; at < 200; at++) a.write(`d${at % 4}/f${at}`, `content ${at}`)
  await world.converge(a, b)
  a.write('d0/f0', 'edited')
  b.remove('d1/f1')
  await world.converge(a, b)
  t.deepEqual(vain, [])
})

/** Of both devices, live, beside so many files. */
async function editBeside(files: number): Promise<readonly Cost[]> {
  const world = await worldOf()
  const rows = { A: 0, B: 0 }
  const device = (name: 'A' | 'B'): TestDevice =>
    world.device(name, {
      state: countingStore(memoryStateStore({ state: memoryState() }), (count) => (rows[name] += count)),
    })
  const [a, b] = [device('A'), device('B')]
  for (let at = 0; at < files; at++) a.write(`d${Math.floor(at / 100)}/f${at}`, `content ${at}`)
  for (const one of [a, b]) await one.start()
  await world.pass(60_000)
  for (const one of [a, b]) Object.assign(one, { steps: [], requests: [] })
  Object.assign(rows, { A: 0, B: 0 })
  a.write('d0/f0', 'edited by hand')
  a.watcher.raise(['d0/f0'])
  await world.pass(2_000)
  const costs = [a, b].map((one): Cost => {
    const calls = (seam: string): number => one.steps.filter((step) => step.seam === seam).length
    const of = { disk: calls('disk'), batches: calls('state'), rows: rows[one.name as 'A' | 'B'] }
    return { ...of, requests: one.asked(), bytes: bytesOf(one) }
  })
  const isThere = Buffer.from(b.bytes('d0/f0')).toString() === 'edited by hand'
  for (const one of [a, b]) await one.stop()
  if (!isThere) throw new Error('the edit did not arrive')
  return costs
}

test('P10 P11 a live edit costs beside 10,000 files what it costs beside 1,000: calls of the disk, rows, bytes', async (t) => {
  t.timeout(300_000)
  const [few, many] = [await editBeside(1_000), await editBeside(10_000)]
  for (const [at, cost] of many.entries()) {
    const beside = few[at]
    if (beside === undefined) throw new RangeError('a device is not there')
    t.deepEqual(cost.requests, beside.requests)
    for (const figure of ['disk', 'batches', 'rows', 'bytes'] as const) {
      t.true(beside[figure] > 0 || figure === 'batches', figure)
      t.true(cost[figure] <= 1.2 * beside[figure], `${figure}: ${cost[figure]}, beside few ${beside[figure]}`)
    }
  }
  t.deepEqual(many[0]?.requests, ['commit'], 'one round trip up')
})
