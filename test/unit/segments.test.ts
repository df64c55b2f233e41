/** Segments: wherever the readers of a content begin, what is joined is what one reader says. */

import test from 'ava'
import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { describeContent } from '../../src/content/describe.js'
import { joinSegments, type Segment, segmentDescriber, type SegmentEnd } from '../../adapters/shared/segments.js'
import { generate, type Generator, xorshift32 } from '../vectors/generators.js'
import { RULE } from './content-rules.table.js'

const KIB = 1024
const hasher = await wasmHasher()

/** What a reader says of a part, handed over in pieces of `piece` bytes, and how much it took. */
function read(bytes: Uint8Array, piece: number, from: number, end: SegmentEnd): { segment: Segment; taken: number } {
  const describer = segmentDescriber({ hasher, rule: RULE, size: bytes.length }, from, end)
  const last = 'before' in end ? end.before : bytes.length
  let at = from
  for (let isEnough = false; at < last && !isEnough; at = Math.min(last, at + piece)) {
    isEnough = describer.push(bytes.subarray(at, Math.min(last, at + piece)))
  }
  return { segment: describer.finish(), taken: at - from }
}

async function joined(bytes: Uint8Array, starts: readonly number[], piece: number) {
  let twice = 0
  const segments = starts.map(
    (from, at) => read(bytes, piece, from, { before: starts[at + 1] ?? bytes.length }).segment,
  )
  const chunks = await joinSegments(bytes.length, segments, async (from, at) => {
    const { segment, taken } = read(bytes, piece, from, { at })
    twice += taken
    return segment
  })
  return { chunks, twice }
}

const CONTENTS: readonly (readonly [name: string, generator: Generator, size: number])[] = [
  ['random', { type: 'random', seed: 11 }, 3_000 * KIB],
  ['random, to the byte', { type: 'random', seed: 12 }, 1_234_567],
  ['one byte again and again: no cut is shared, unless by chance', { type: 'constant', byte: 0 }, 1_000 * KIB + 1],
  ['one chunk', { type: 'random', seed: 13 }, 700],
  ['one byte', { type: 'random', seed: 14 }, 1],
  ['nothing', { type: 'random', seed: 15 }, 0],
]

for (const [name, generator, size] of CONTENTS) {
  test(`a content in segments is what it is in one: ${name}`, async (t) => {
    const bytes = generate(generator, size)
    const whole = describeContent(bytes, { hasher, rule: RULE }).manifest.chunks
    const below = xorshift32(size + 1)
    for (let round = 0; round < 20; round++) {
      const cuts = Array.from({ length: 1 + (below() % 5) }, () => below() % Math.max(1, size))
      const starts = [...new Set([0, ...cuts])].sort((a, b) => a - b)
      const { chunks } = await joined(bytes, starts, 1 + (below() % (300 * KIB)))
      t.deepEqual(chunks, whole, `from ${starts.join(', ')}`)
    }
  })
}

test('a segment that begins at a cut is never read again', async (t) => {
  const bytes = generate({ type: 'random', seed: 16 }, 2_000 * KIB)
  const whole = describeContent(bytes, { hasher, rule: RULE }).manifest.chunks
  let cut = 0
  for (const { length } of whole.slice(0, 40)) cut += length
  const segments = [read(bytes, 64 * KIB, 0, { before: cut }), read(bytes, 64 * KIB, cut, { before: bytes.length })]
  const chunks = await joinSegments(
    bytes.length,
    segments.map(({ segment }) => segment),
    () => Promise.reject(new Error('read again')),
  )
  t.deepEqual(chunks, whole)
})

test('of random content little is read twice: a few chunks at each seam', async (t) => {
  const bytes = generate({ type: 'random', seed: 17 }, 8_000 * KIB)
  const starts = [0, 2_000 * KIB, 4_000 * KIB, 6_000 * KIB]
  const { twice } = await joined(bytes, starts, 16 * KIB)
  t.true(twice > 0 && twice <= 3 * 16 * 8 * KIB, `${twice} bytes`)
})

test('whoever reads between two segments and finds nothing is told so, instead of being asked for ever', async (t) => {
  const empty = async (from: number): Promise<Segment> => ({ from, chunks: [] })
  await t.throwsAsync(joinSegments(10, [], empty), {
    any: true,
    message: /without a chunk/,
  })
})
