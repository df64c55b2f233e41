/** INV-31: Chromium cuts, digests and writes what Node does, byte for byte, and what the golden vectors say. */

import test from 'ava'
import { decodeManifest, fromHex } from '../../src/index.js'
import { VECTORS } from '../unit/content-vectors.js'
import { answer, request, sample } from '../unit/protocol-arbitraries.js'
import { type OpenPage, startChromium } from './chromium.js'
import { findChromium } from './find-chromium.js'
import { type ComputedFrames, computedFrames } from './page/computed-frames.js'
import { type ComputedVectors, computedVectors, HASHERS } from './page/computed-vectors.js'
import { messagesToText } from './page/message-text.js'
import { servePage } from './page-server.js'

const FRAMES = 300
/** Kinds of requests, and of answers, among them the refusal: all are among the frames. */
const KINDS = [11, 12]

const found = findChromium()
if (found.path === null) test.skip(`INV-31 the golden vectors in Chromium ${found.lack}`, () => {})
else declare(await inChromium(found.path))

async function inChromium(path: string) {
  const server = await servePage({ modules: ['test/browser/page/vectors-page.ts'] })
  const chromium = await startChromium(path)
  const close = async (): Promise<void> => {
    await chromium.close()
    server.close()
  }
  try {
    return { page: await chromium.open(server.url), close }
  } catch (error) {
    await close()
    throw error
  }
}

function declare({ page, close }: { readonly page: OpenPage; readonly close: () => Promise<void> }): void {
  test.after.always('Chromium is closed', close)

  for (const hasher of HASHERS) {
    let computed: Promise<ComputedVectors> | null = null
    const computedThere = () => (computed ??= page.call<ComputedVectors>('vectors', 'computed', VECTORS, hasher))

    test.serial(`INV-31 the golden vectors in Chromium, by the ${hasher} hasher, as in Node`, async (t) => {
      const computing = computedThere()
      const here = await computedVectors(VECTORS, hasher)
      t.deepEqual(await computing, here)
      t.deepEqual(page.faults(), [])
    })

    test.serial(`INV-31 the golden vectors in Chromium, by the ${hasher} hasher, as they are written`, async (t) => {
      const there = await computedThere()
      t.deepEqual(there.plain, digestsOf(VECTORS.blake2b256))
      t.deepEqual(there.digests, digestsOf(VECTORS.domains.digests))
      t.deepEqual(
        there.manifests,
        VECTORS.manifests.map(({ encodedHex, digest }) => ({ encodedHex, digest })),
      )
      const tables = there.tables.map(({ multiplier, enter, leave }, at) => ({
        boundarySeed: VECTORS.tables[at]?.boundarySeed,
        multiplier,
        enter: enter.slice(0, 4),
        leave: leave.slice(0, 4),
      }))
      t.deepEqual(tables, VECTORS.tables as never)
      t.deepEqual(
        there.contents.map((one, at) => asWritten(one, VECTORS.contents[at]!.lengths.length)),
        VECTORS.contents.map(({ chunks, lengths, first, last, digest }) => ({ chunks, lengths, first, last, digest })),
      )
      t.deepEqual(page.faults(), [])
    })
  }

  test.serial(
    `INV-31 ${2 * FRAMES} frames made in Chromium are those made in Node, also of what was read`,
    async (t) => {
      const messages = { requests: sample(request, FRAMES), answers: sample(answer, FRAMES) }
      const here = computedFrames(messages)
      t.is(here.made.length, 2 * FRAMES)
      t.deepEqual([messages.requests, messages.answers].map(kinds), KINDS)
      t.deepEqual(await page.call<ComputedFrames>('vectors', 'frames', messagesToText(messages)), here)
      t.deepEqual(here.madeAgain, here.made)
      t.deepEqual(page.faults(), [])
    },
  )
}

const kinds = (messages: readonly { readonly type: string }[]): number => new Set(messages.map(({ type }) => type)).size

const digestsOf = (rows: readonly { readonly digest: string }[]): readonly string[] => rows.map(({ digest }) => digest)

function asWritten({ digest, manifestHex }: ComputedVectors['contents'][number], listed: number) {
  const { chunks } = decodeManifest(fromHex(manifestHex))
  return {
    chunks: chunks.length,
    lengths: chunks.slice(0, listed).map(({ length }) => length),
    first: chunks[0]?.digest ?? null,
    last: chunks.at(-1)?.digest ?? null,
    digest,
  }
}
