/** Compressed frames: what pays, what is refused, and how the two ends agree on an encoding (DESIGN 5, SEC-31, SEC-39). */

import test from 'ava'
import { loopbackTransport } from '../../adapters/shared/loopback-transport.js'
import { memoryServer } from '../../adapters/memory/memory-server.js'
import { seededRandom } from '../../adapters/shared/seeded-random.js'
import { virtualClock } from '../../adapters/shared/virtual-clock.js'
import { zlibCompressor } from '../../adapters/node/zlib-compressor.js'
import { Link } from '../../src/engine/link.js'
import { type Compressor, encodeAnswer, LIMITS, type Transport } from '../../src/index.js'
import { openFrame, pressFrame } from '../../src/protocol/frame-encoding.js'
import { packFrame, PREFIX } from '../../src/protocol/frame.js'
import { hasher, seeded } from './server-world.js'

const ZLIB = zlibCompressor()
const DEFLATE_ONLY: Compressor = { ...ZLIB, encodings: ['deflate'] }
const KIB = 1024

const text = (length: number): Uint8Array =>
  new TextEncoder().encode('const x = 1;\n'.repeat(length / 12)).slice(0, length)
const noise = (length: number): Uint8Array => seeded(5).bytes(length)
const frameOf = (body: Uint8Array): Uint8Array => packFrame({ type: 'test' }, [body])
const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b)

const PRESSED: readonly {
  readonly title: string
  readonly body: Uint8Array
  readonly accepted: readonly string[]
  readonly by: Compressor | null
  readonly code: number
}[] = [
  { title: 'text', body: text(10 * KIB), accepted: ['brotli', 'deflate'], by: ZLIB, code: 2 },
  { title: 'a megabyte of text', body: text(1024 * KIB), accepted: ['brotli'], by: ZLIB, code: 2 },
  { title: 'the other side reads one only', body: text(10 * KIB), accepted: ['deflate'], by: ZLIB, code: 1 },
  {
    title: 'this side writes one only',
    body: text(10 * KIB),
    accepted: ['brotli', 'deflate'],
    by: DEFLATE_ONLY,
    code: 1,
  },
  { title: 'nothing in common', body: text(10 * KIB), accepted: ['brotli'], by: DEFLATE_ONLY, code: 0 },
  { title: 'a name of a later version', body: text(10 * KIB), accepted: ['zstd'], by: ZLIB, code: 0 },
  { title: 'nothing accepted', body: text(10 * KIB), accepted: [], by: ZLIB, code: 0 },
  { title: 'no compressor', body: text(10 * KIB), accepted: ['brotli'], by: null, code: 0 },
  { title: 'too short to pay', body: text(100), accepted: ['brotli'], by: ZLIB, code: 0 },
  { title: 'noise', body: noise(20 * KIB), accepted: ['brotli'], by: ZLIB, code: 0 },
  { title: 'a megabyte of noise', body: noise(1024 * KIB), accepted: ['brotli'], by: ZLIB, code: 0 },
]

for (const { title, body, accepted, by, code } of PRESSED) {
  test(`a frame is compressed where both can and it pays: ${title}`, async (t) => {
    const frame = frameOf(body)
    const sent = await pressFrame(frame, by, accepted)
    t.is(sent[5], code)
    t.is(sent.length < frame.length, code !== 0)
    t.true(equal(await openFrame(sent, ZLIB), frame))
  })
}

test('noise of a megabyte costs a sample, not the whole', async (t) => {
  const seen: number[] = []
  const counting: Compressor = {
    ...ZLIB,
    compress: (encoding, bytes) => {
      seen.push(bytes.length)
      return ZLIB.compress(encoding, bytes)
    },
  }
  await pressFrame(frameOf(noise(1024 * KIB)), counting, ['brotli'])
  t.deepEqual(seen, [16 * KIB])
})

/** A frame whose rest is `pressed`, under an encoding byte. */
function foreign(code: number, pressed: Uint8Array): Uint8Array {
  const frame = new Uint8Array(PREFIX + pressed.length)
  frame.set(frameOf(new Uint8Array()).subarray(0, PREFIX))
  frame[5] = code
  frame.set(pressed, PREFIX)
  return frame
}

const REFUSED: readonly {
  readonly title: string
  readonly frame: () => Promise<Uint8Array>
  readonly by: Compressor | null
  readonly code: string
}[] = [
  { title: 'an unknown encoding', frame: async () => foreign(3, text(100)), by: ZLIB, code: 'unknown-encoding' },
  { title: 'no compressor here', frame: async () => foreign(1, text(100)), by: null, code: 'unknown-encoding' },
  {
    title: 'one this side does not read',
    frame: async () => foreign(2, text(100)),
    by: DEFLATE_ONLY,
    code: 'unknown-encoding',
  },
  { title: 'no stream at all', frame: async () => foreign(1, noise(100)), by: ZLIB, code: 'malformed-frame' },
  {
    title: 'a stream with a tail',
    frame: async () => foreign(1, Uint8Array.of(...(await ZLIB.compress('deflate', text(500))), 9)),
    by: ZLIB,
    code: 'malformed-frame',
  },
  {
    title: 'more than a frame may hold',
    frame: async () => foreign(1, await ZLIB.compress('deflate', noise(LIMITS.frameBytes))),
    by: ZLIB,
    code: 'too-large',
  },
  {
    title: 'a bomb: more than 100 times and 1 MiB',
    frame: async () => foreign(2, await ZLIB.compress('brotli', new Uint8Array(3 * 1024 * KIB))),
    by: ZLIB,
    code: 'too-large',
  },
]

for (const { title, frame, by, code } of REFUSED) {
  test(`SEC-31 SEC-39 refused with ${code}: ${title}`, async (t) => {
    const given = await frame()
    await t.throwsAsync(openFrame(given, by), { code })
  })
}

/** Encoding bytes of the frames that passed, up and down: hello, put, get-chunks. */
async function talk(server: Compressor | null, client: Compressor | null, isOlder = false): Promise<readonly string[]> {
  const clock = virtualClock()
  const random = seededRandom(1)
  const memory = memoryServer({ clock, random, compressor: server })
  await memory.server.open()
  const inner = loopbackTransport(memory.server, { workspace: 'notes', user: 'ann' })
  const seen: string[] = []
  const transport: Transport = {
    workspace: 'notes',
    subscribe: (handlers) => inner.subscribe(handlers),
    close: () => inner.close(),
    exchange: async (frame) => {
      const answer = isOlder && frame[5] !== 0 ? UNKNOWN_ENCODING : await inner.exchange(frame)
      seen.push(`${frame[5]}${answer[5]}`)
      return answer
    },
  }
  const link = new Link({ transport, clock, random, compressor: client, tries: 1, onTrouble: () => undefined })
  const { signal } = new AbortController()
  const session = { last: null, next: 'n' }
  await link.ask({ type: 'hello', workspace: 'notes', device: 'd', session, cursor: null, witness: null }, signal)
  const bytes = text(20 * KIB)
  const digest = hasher.digest('chunk', bytes)
  const chunks = [{ digest, encoding: 'identity', bytes }]
  await link.ask({ type: 'put', workspace: 'notes', manifests: [], chunks }, signal)
  const answer = await link.ask({ type: 'get-chunks', workspace: 'notes', digests: [digest] }, signal)
  if (!equal(answer.chunks[0]?.bytes ?? new Uint8Array(), bytes)) throw new Error('other bytes came back')
  return seen
}

/** What a server without compression says to a compressed frame. */
const UNKNOWN_ENCODING = encodeAnswer({
  type: 'error',
  code: 'unknown-encoding',
  message: 'Frame encoding 2 is not known.',
  subject: 'encoding',
  retryAfterMs: null,
})

test('both ends agree on an encoding with hello, and chunks travel in it both ways', async (t) => {
  t.deepEqual(await talk(ZLIB, ZLIB), ['02', '20', '02'])
  t.deepEqual(await talk(ZLIB, DEFLATE_ONLY), ['01', '10', '01'])
})

test('where one end has no compressor everything travels as it is', async (t) => {
  t.deepEqual(await talk(null, ZLIB), ['00', '00', '00'])
  t.deepEqual(await talk(ZLIB, null), ['00', '00', '00'])
})

test('an older process behind the same address refuses the encoding: the request goes again as it is', async (t) => {
  t.deepEqual(await talk(ZLIB, ZLIB, true), ['02', '20', '00', '02'])
})
