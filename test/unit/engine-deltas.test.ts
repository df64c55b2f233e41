/** What an edit of a file costs on the wire, both ways, counted; and that a delta that fails costs a round trip, nothing else. */

import test from 'ava'
import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import type { Answer, Request, WireChunk } from '../../src/index.js'
import { EngineWorld, noise, ROOT, type TestDevice } from './engine-world.js'

const MIB = 1024 * 1024
const LENGTH = MIB

async function twoWithFile(): Promise<{ world: EngineWorld; a: TestDevice; b: TestDevice; old: Uint8Array }> {
  const world = await EngineWorld.open({ hasher: await wasmHasher(), averageChunk: 16 * 1024 })
  const [a, b] = [world.device('A'), world.device('B')]
  const old = noise(LENGTH, 1)
  a.write('file', old)
  await world.converge(a, b)
  return { world, a, b, old }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b)

function sentChunks({ requests }: TestDevice): readonly WireChunk[] {
  return requests.flatMap(({ request }) => (request.type === 'put' || request.type === 'commit' ? request.chunks : []))
}

function gotChunks({ answers }: TestDevice): readonly WireChunk[] {
  return answers.flatMap((answer) => (answer.type === 'get-chunks' ? answer.chunks : []))
}

const encodings = (chunks: readonly WireChunk[]): readonly string[] => [
  ...new Set(chunks.map((chunk) => chunk.encoding)),
]

/** Edits the file on A and brings it to B; the bytes of both syncs, requests and answers. */
async function carried(a: TestDevice, b: TestDevice, next: Uint8Array): Promise<readonly [up: number, down: number]> {
  a.write('file', next)
  const up = await a.sync()
  const down = await b.sync()
  return [up.bytesUp + up.bytesDown, down.bytesUp + down.bytesDown]
}

function overwritten(old: Uint8Array, count: number, bytes: number): Uint8Array {
  const next = old.slice()
  for (let at = 0; at < count; at++) next.set(noise(bytes, 100 + at), Math.floor(((at + 0.5) * old.length) / count))
  return next
}

test('P3, P4 an edit of 1 MiB travels as what is new in it, up and down', async (t) => {
  const rows: readonly (readonly [string, (old: Uint8Array) => Uint8Array, up: number, down: number])[] = [
    ['one byte', (old) => overwritten(old, 1, 1), 3_200, 2_000],
    ['100 bytes in front', (old) => joined(noise(100, 2), old), 4_300, 2_400],
    ['16 times 100 bytes', (old) => overwritten(old, 16, 100), 26_000, 10_000],
    [
      '64 KiB moved to the end',
      (old) => joined(old.subarray(0, 9 * 65_536), old.subarray(10 * 65_536), old.subarray(9 * 65_536, 10 * 65_536)),
      9_000,
      3_500,
    ],
    ['10,000 bytes appended', (old) => joined(old, noise(10_000, 3)), 15_500, 15_000],
  ]
  for (const [title, edit, most, least] of rows) {
    const { a, b, old } = await twoWithFile()
    const next = edit(old)
    const [up, down] = await carried(a, b, next)
    t.log(title, up, down)
    t.true(up <= most, `${title}: ${up} bytes up`)
    t.true(down <= least, `${title}: ${down} bytes down`)
    t.true(encodings(sentChunks(a)).includes('delta'), title)
    t.true(encodings(gotChunks(b)).includes('delta'), title)
    t.true(same(b.bytes('file'), next), title)
  }
})

test('one question for signatures for all chunks of a batch, and none where little changes', async (t) => {
  const { a, b, old } = await twoWithFile()
  a.write('file', overwritten(old, 16, 100))
  await a.sync()
  t.deepEqual(a.asked(), ['hello', 'get-signatures', 'commit'])
  a.write('small', noise(3_000, 5))
  await a.sync()
  a.write('small', overwritten(noise(3_000, 5), 1, 1))
  await a.sync()
  t.deepEqual(a.asked(), ['hello', 'commit'])
  t.deepEqual(encodings(sentChunks(a)), ['identity'])
  await b.sync()
  t.deepEqual(b.tree(), a.tree())
})

test('more new chunks than one frame takes: signatures for each frame', async (t) => {
  const { a, b, old } = await twoWithFile()
  const large = joined(old, noise(3 * MIB, 9))
  await carried(a, b, large)
  const next = overwritten(large, 250, 40)
  const [up, down] = await carried(a, b, next)
  t.true(up < MIB / 4, `${up} bytes up`)
  t.true(down < MIB / 8, `${down} bytes down`)
  const count = a.asked().filter((type) => type === 'get-signatures').length
  t.true(count >= 2 && count <= 6, `${count} questions`)
  t.true(same(b.bytes('file'), next))
})

test('INV-26 the old file is edited while deltas on it come: they are asked for again, whole', async (t) => {
  const { world, a, b, old } = await twoWithFile()
  const next = overwritten(old, 4, 100)
  a.write('file', next)
  await a.sync()
  let edited = false
  b.onAnswer = (answer) => {
    if (answer.type !== 'get-chunks' || edited) return answer
    edited = true
    b.write('file', overwritten(old, 1, 9))
    return answer
  }
  await b.sync()
  const got = b.answers.flatMap((answer) => (answer.type === 'get-chunks' ? [encodings(answer.chunks)] : []))
  t.deepEqual(got[0], ['delta'])
  t.true(got.slice(1).flat().includes('identity'))
  await world.converge(a, b, a)
  t.deepEqual(b.tree(), a.tree())
  t.is(Object.keys(b.tree()).length, 2, 'both edits are kept: one as a conflict copy')
})

/** Lies of a server, or what an honest one may come to say. */
const LIES: readonly (readonly [string, (answer: Answer) => Answer])[] = [
  [
    'lacks all bases',
    (answer) =>
      answer.type === 'get-signatures' ? { ...answer, signatures: answer.signatures.map(() => null) } : answer,
  ],
  [
    'signatures of something else',
    (answer) =>
      answer.type === 'get-signatures'
        ? {
            ...answer,
            signatures: answer.signatures.map((one) => one && { ...one, blocks: one.blocks.map((byte) => byte ^ 1) }),
          }
        : answer,
  ],
  [
    'signatures in the wrong order',
    (answer) =>
      answer.type === 'get-signatures'
        ? { ...answer, signatures: answer.signatures.map((one) => one && { ...one, blocks: turned(one.blocks) }) }
        : answer,
  ],
  [
    'signatures of another length',
    (answer) =>
      answer.type === 'get-signatures'
        ? { ...answer, signatures: answer.signatures.map((one) => one && { ...one, length: one.length + 1 }) }
        : answer,
  ],
]

/** The first two blocks change places. */
function turned(blocks: Uint8Array): Uint8Array {
  return joined(blocks.subarray(6, 12), blocks.subarray(0, 6), blocks.subarray(12))
}

for (const [title, lie] of LIES) {
  test(`whatever a server says of its bases, the content arrives: ${title}`, async (t) => {
    const { a, b, old } = await twoWithFile()
    const next = overwritten(old, 3, 100)
    a.onAnswer = lie
    await carried(a, b, next)
    t.true(a.asked().includes('get-signatures'))
    t.true(same(b.bytes('file'), next))
    t.deepEqual(a.engine.status.problems, [])
  })
}

test('a base that goes between signatures and commit: the chunk goes again, whole', async (t) => {
  for (const edits of [2, 200]) {
    const { world, a, b, old } = await twoWithFile()
    const large = joined(old, noise(3 * MIB, 9))
    await carried(a, b, large)
    const next = overwritten(large, edits, 40)
    a.onAnswered = (request) => {
      if (request.type === 'get-signatures') dropBases(world, request)
    }
    a.write('file', next)
    await a.sync()
    const kinds = encodings(sentChunks(a))
    t.deepEqual([...kinds].sort(), ['delta', 'identity'], `${edits} edits`)
    await b.sync()
    t.true(same(b.bytes('file'), next))
    t.deepEqual(a.engine.status.problems, [])
  }
})

/** Their bytes are lost to the server. */
function dropBases(world: EngineWorld, { digests }: Extract<Request, { type: 'get-signatures' }>): void {
  const { metadata, chunks } = world.server
  void metadata.find('ann', 'notes').then((id) => (id === null ? undefined : chunks.remove(id, digests)))
}

for (const side of ['up', 'down'] as const) {
  test(`a peer that does not know deltas gets and sends whole chunks: ${side}`, async (t) => {
    const { a, b, old } = await twoWithFile()
    const [device, chunksOf] = side === 'up' ? ([a, sentChunks] as const) : ([b, gotChunks] as const)
    device.onAnswer = (answer) => {
      if (answer.type !== 'hello') return answer
      const { deltas: _unknown, ...older } = answer
      return older
    }
    const next = overwritten(old, 3, 100)
    await carried(a, b, next)
    t.deepEqual(encodings(chunksOf(device)), ['identity'])
    t.false(device.asked().includes('get-signatures'))
    t.true(device.requests.every(({ request }) => request.type !== 'get-chunks' || request.have === undefined))
    t.true(same(b.bytes('file'), next))
  })
}

test('a process of an older version behind the same address: the request is made again without deltas', async (t) => {
  const refusals: readonly (readonly [Request['type'], 'invalid' | 'malformed-frame' | 'unknown-encoding'])[] = [
    ['get-signatures', 'invalid'],
    ['commit', 'unknown-encoding'],
    ['put', 'unknown-encoding'],
    ['get-chunks', 'malformed-frame'],
  ]
  for (const [type, code] of refusals) {
    const { a, b, old } = await twoWithFile()
    const large = joined(old, noise(3 * MIB, 9))
    await carried(a, b, large)
    const next = overwritten(large, type === 'put' ? 200 : 3, 40)
    const older = (answer: Answer, request: Request): Answer =>
      request.type === type && isNewer(request)
        ? { type: 'error', code, message: 'not known', subject: null, retryAfterMs: null }
        : answer
    a.onAnswer = older
    b.onAnswer = older
    await carried(a, b, next)
    t.true(same(b.bytes('file'), next), type)
    t.deepEqual([a.engine.status.problems, b.engine.status.problems], [[], []], type)
  }
})

function isNewer(request: Request): boolean {
  if (request.type === 'get-chunks') return request.have !== undefined
  return request.type === 'get-signatures' || ('chunks' in request && encodings(request.chunks).includes('delta'))
}

test('a file that is read on the disk gives each base once, in one opening', async (t) => {
  const { a, b, old } = await twoWithFile()
  a.write('file', overwritten(old, 8, 50))
  await a.sync()
  await b.sync()
  const opened = b.steps.filter(({ call, path }) => call.startsWith('open') && path === `${ROOT}/file`).length
  const chunks = gotChunks(b).filter(({ encoding }) => encoding === 'delta').length
  t.true(chunks >= 8)
  t.log(opened)
  t.true(opened <= 14, `${opened} openings for ${chunks} deltas`)
})
