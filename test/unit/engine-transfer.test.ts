/** What travels, counted: requests, bytes, opened files; broken transfers go on where they stopped (DESIGN 5). */

import test from 'ava'
import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { stagedName } from '../../src/engine/staging.js'
import type { Digest, NodeId } from '../../src/index.js'
import { EngineWorld, noise, offline, ROOT, type TestDevice } from './engine-world.js'

const MIB = 1024 * 1024
/** The most chunk bytes the engine puts into one request, or asks for in one. */
const FRAME = 2 * MIB

async function fastWorld(): Promise<EngineWorld> {
  return EngineWorld.open({ hasher: await wasmHasher(), averageChunk: 64 * 1024 })
}

/** Of megabytes: a deep comparison would take minutes. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.length).equals(b)
}

/** Chunk bytes the device sent. */
function chunkTraffic(devices: readonly { requests: TestDevice['requests'] }[]): number {
  let bytes = 0
  for (const { requests } of devices) {
    for (const { request } of requests) {
      if (request.type === 'put' || request.type === 'commit') {
        for (const chunk of request.chunks) bytes += chunk.bytes.length
      }
    }
  }
  return bytes
}

test('nothing changed: one request, no file opened, nothing written', async (t) => {
  const world = await fastWorld()
  const a = world.device('A')
  for (let at = 0; at < 50; at++) a.write(`dir${at % 5}/f${at}`, noise(1_000, at))
  await a.sync()
  await a.sync()
  const report = await a.sync()
  t.is(report.requests, 1)
  t.deepEqual(a.asked(), ['hello'])
  t.deepEqual(a.opened(), [])
  t.true(report.bytesUp + report.bytesDown < 2_000)
})

test('a small edit travels with its commit, and carries what changed only', async (t) => {
  const world = await fastWorld()
  const [a, b] = [world.device('A'), world.device('B')]
  const content = noise(4 * MIB, 1)
  a.write('large', content)
  await world.converge(a, b)
  await a.start()
  await world.pass(5_000)
  a.requests = []
  content[2 * MIB] = (content[2 * MIB] ?? 0) ^ 1
  a.write('large', content)
  a.watcher.raise(['large'])
  await world.pass(5_000)
  t.deepEqual(a.asked(), ['get-signatures', 'commit'])
  t.true(a.requests.reduce((sum, { bytesUp, bytesDown }) => sum + bytesUp + bytesDown, 0) < 6_000)
  await a.stop()
  const report = await b.sync()
  t.true(report.bytesDown < 3_000, `${report.bytesDown} bytes down`)
  t.true(same(b.bytes('large'), content))
})

test('many small files share frames', async (t) => {
  const world = await fastWorld()
  const [a, b] = [world.device('A'), world.device('B')]
  for (let at = 0; at < 300; at++) a.write(`d/f${at}`, noise(200, at))
  t.true((await a.sync()).requests <= 5)
  const report = await b.sync()
  t.is(report.downloaded, 301)
  t.true(report.requests <= 15, `${report.requests} requests`)
  t.deepEqual(b.tree(), a.tree())
})

test('a moved directory, a copied file and a touched file carry no chunk', async (t) => {
  const world = await fastWorld()
  const [a, b] = [world.device('A'), world.device('B')]
  const content = noise(MIB, 3)
  a.write('d/large', content)
  await world.converge(a, b)
  a.rename('d', 'e')
  await a.sync()
  t.is(chunkTraffic([a]), 0)
  a.write('copy', content)
  await a.sync()
  t.is(chunkTraffic([a]), 0, 'the server has its chunks')
  const report = await b.sync()
  t.deepEqual(
    b.requests.map(({ request }) => request.type).filter((type) => type === 'get-chunks'),
    [],
    'the copy is made of what lies here',
  )
  t.true(report.bytesDown < 20_000)
  a.write('copy', content)
  t.is((await a.sync()).uploaded, 0, 'a touch is no change (INV-14)')
  t.deepEqual(b.tree(), a.tree())
})

for (const how of ['killed', 'stopped', 'offline'] as const) {
  test(`a broken upload goes on where it stopped: ${how} after four puts`, async (t) => {
    const world = await fastWorld()
    const a = world.device('A')
    a.write('other', 'o')
    await a.sync()
    const content = noise(12 * MIB, 5)
    a.write('large', content)
    let puts = 0
    a.onAnswered = (request) => {
      if (request.type !== 'put' || request.chunks.length === 0) return
      puts += 1
      if (puts < 4) return
      if (how === 'killed') a.kill()
      else if (how === 'offline') throw offline()
      else void a.engine.stop()
    }
    const broken = a.sync()
    broken.catch(() => undefined)
    for (let at = 0; at < 200; at++) await world.pass(1_000)
    const sent = chunkTraffic([a])
    if (how === 'killed') a.restart()
    else a.onAnswered = () => undefined
    await a.sync()
    const again = sent + chunkTraffic([a]) - content.length
    t.true(puts >= 4)
    t.true(again <= 3 * FRAME, `${again} bytes went twice: at most what was under way`)
    const b = world.device('B')
    await b.sync()
    t.true(same(b.bytes('large'), content))
  })

  test(`a broken download goes on where it stopped: ${how} after six answers`, async (t) => {
    const world = await fastWorld()
    const [a, b] = [world.device('A'), world.device('B')]
    const content = noise(16 * MIB, 6)
    a.write('large', content)
    await a.sync()
    let answers = 0
    let received = 0
    b.onAnswer = (answer) => {
      if (answer.type !== 'get-chunks') return answer
      answers += 1
      if (answers >= 7 && how === 'offline') throw offline()
      received += answer.chunks.reduce((sum, { bytes }) => sum + bytes.length, 0)
      if (answers === 7) {
        if (how === 'killed') b.kill()
        else if (how === 'stopped') void b.engine.stop()
      }
      return answer
    }
    const broken = b.sync()
    broken.catch(() => undefined)
    for (let at = 0; at < 200; at++) await world.pass(1_000)
    t.true(b.own('staging').length > 0 || how === 'stopped')
    if (how === 'killed') b.restart()
    b.onAnswer = (answer) => {
      if (answer.type === 'get-chunks') received += answer.chunks.reduce((sum, { bytes }) => sum + bytes.length, 0)
      return answer
    }
    await b.sync()
    const again = received - content.length
    t.true(answers >= 7)
    t.true(again <= 4 * FRAME, `${again} bytes came twice: at most three requests ahead and the one being written`)
    t.true(same(b.bytes('large'), content))
    t.deepEqual(b.own('staging'), [])
  })
}

test('INV-17 a file that is written to while it is sent: what is committed stood on the disk at one instant', async (t) => {
  const world = await fastWorld()
  const [a, b] = [world.device('A'), world.device('B')]
  a.write('other', 'o')
  await world.converge(a, b)
  const first = noise(3 * MIB, 1)
  const second = noise(3 * MIB, 2)
  a.write('large', first)
  a.onStep = ({ call }) => {
    if (call !== 'put') return
    a.onStep = () => undefined
    a.write('large', second)
  }
  await a.sync()
  await world.converge(a, b)
  t.true(same(b.bytes('large'), second))
})

/** By the name of each file: what it is called while it is staged. */
function stagedNames({ state }: TestDevice): ReadonlyMap<string, string> {
  const rows = [...state.rows].flatMap(([key, row]) => (key.startsWith('s/') ? [new TextDecoder().decode(row)] : []))
  const nodes = rows.map((row) => (JSON.parse(row) as { node: { id: NodeId; name: string; content: Digest } }).node)
  return new Map(nodes.map(({ id, name, content }) => [name, stagedName(id, content)]))
}

test('INV-25 what a large file had taken when there was no room for it is there for a small one', async (t) => {
  const world = await fastWorld()
  const [a, b] = [world.device('A'), world.device('B')]
  a.write('large', noise(3 * MIB, 1))
  a.write('small', 'small')
  a.write('other', 'other')
  await a.sync()
  const stagedOf = (name: string): string => `${ROOT}/.tidemark/staging/${stagedNames(a).get(name)}`
  const sizeOf = (name: string): number => b.volume.statSync(stagedOf(name), { throwIfNoEntry: false })?.size ?? 0
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })
  const told: string[] = []
  b.onStep = async ({ call, path }) => {
    if (call !== 'write') return
    // The small ones come when the large one has taken all there is.
    if (path === stagedOf('large') && sizeOf('large') > 0) {
      while (told.length < 2) await world.clock.sleep(1)
      throw full
    }
    const name = ['small', 'other'].find((each) => path === stagedOf(each))
    if (name === undefined) return
    while (told.length < 2 && sizeOf('large') === 0) await world.clock.sleep(1)
    told.push(name)
    if (sizeOf('large') > 0) throw full
  }
  await b.sync()
  t.deepEqual(
    b.engine.status.problems.map(({ path, code }) => [path, code]),
    [['large', 'no-space']],
  )
  t.deepEqual(b.tree(), { small: 'small', other: 'other' })
  t.deepEqual(told.slice(0, 2).sort(), ['other', 'small'])
  b.onStep = () => undefined
  await world.converge(b, a)
  t.deepEqual(Object.keys(b.tree()).sort(), ['large', 'other', 'small'])
})
