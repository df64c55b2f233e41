/** The rules every compressor obeys. Runner-neutral: a case throws when its rule is broken. */

import { type Compressor, FRAME_ENCODINGS, type FrameEncoding } from '../../src/index.js'
import { assert, codeOf } from './assertion.js'
import type { Case } from './case.js'

/** What the cases of a `Compressor` are tried on. */
export interface CompressorSubject {
  /** The compressor that is tried. */
  readonly compressor: Compressor
}

export type CompressorCase = Case<CompressorSubject>

const MIB = 1024 * 1024
const text = (length: number): Uint8Array =>
  new TextEncoder().encode('the quick brown fox; '.repeat(length / 20)).slice(0, length)
const noise = (length: number): Uint8Array => {
  let state = 1
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24)
}

const INPUTS: readonly (readonly [string, Uint8Array])[] = [
  ['nothing', new Uint8Array()],
  ['one byte', Uint8Array.of(7)],
  ['text', text(100_000)],
  ['noise', noise(100_000)],
  ['4 MiB of zeros', new Uint8Array(4 * MIB)],
]

async function forEach(compressor: Compressor, check: (encoding: FrameEncoding) => Promise<void>): Promise<void> {
  for (const encoding of compressor.encodings) await check(encoding)
}

export const COMPRESSOR_CASES: readonly CompressorCase[] = [
  {
    rule: 'COMPRESSOR-1',
    title: 'names at least one encoding, each known and once',
    run: async ({ compressor: { encodings } }) => {
      assert.ok(encodings.length > 0)
      assert.equal(new Set(encodings).size, encodings.length)
      for (const encoding of encodings) assert.ok(FRAME_ENCODINGS.includes(encoding), encoding)
    },
  },
  ...INPUTS.map(
    ([title, bytes]): CompressorCase => ({
      rule: 'COMPRESSOR-2 COMPRESSOR-3',
      title: `${title} comes back, and the input stays as it was`,
      run: async ({ compressor }) => {
        const before = bytes.slice()
        await forEach(compressor, async (encoding) => {
          const pressed = await compressor.compress(encoding, bytes)
          const back = await compressor.decompress(encoding, pressed, bytes.length)
          assert.deepEqual(back, before, encoding)
          assert.deepEqual(bytes, before, encoding)
        })
      },
    }),
  ),
  {
    rule: 'COMPRESSOR-2',
    title: 'text gets smaller',
    run: async ({ compressor }) =>
      forEach(compressor, async (encoding) =>
        assert.ok((await compressor.compress(encoding, text(100_000))).length < 10_000, encoding),
      ),
  },
  {
    rule: 'COMPRESSOR-4 SEC-31',
    title: 'one byte more than allowed is too large, as are 256 MiB of zeros',
    run: async ({ compressor }) =>
      forEach(compressor, async (encoding) => {
        for (const [bytes, most] of [
          [text(1_001), 1_000],
          [Uint8Array.of(1), 0],
          [new Uint8Array(256 * MIB), 4 * MIB],
        ] as const) {
          const pressed = await compressor.compress(encoding, bytes)
          assert.equal(await codeOf(() => compressor.decompress(encoding, pressed, most)), 'too-large', encoding)
        }
      }),
  },
  {
    rule: 'COMPRESSOR-5',
    title: 'bytes that are no stream, half a stream, and a stream with a tail are malformed',
    run: async ({ compressor }) =>
      forEach(compressor, async (encoding) => {
        const whole = await compressor.compress(encoding, text(10_000))
        for (const bytes of [
          new Uint8Array(),
          Uint8Array.of(0xff, 0xff, 0xff, 0xff),
          whole.slice(0, whole.length >> 1),
          Uint8Array.of(...whole, 0),
        ])
          assert.equal(await codeOf(() => compressor.decompress(encoding, bytes, 100_000)), 'malformed-frame', encoding)
      }),
  },
]
