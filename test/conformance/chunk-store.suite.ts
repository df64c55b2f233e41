/** The rules every chunk store obeys. Runner-neutral: a case throws when its rule is broken. */

import { isTidemarkError, type ChunkStore, type Digest, type StoredChunk, type WorkspaceId } from '../../src/index.js'
import { assert, required, withCode } from './assertion.js'
import type { Case } from './case.js'

/** One place for data, empty at first, and what can be done to it from outside. */
export interface ChunkSubject {
  /** A store object over the same data, not open. May be the same object each time, once it was closed. */
  readonly store: () => ChunkStore
  /** Digest of bytes as the library computes it, for stores that verify by it. */
  readonly digest: (bytes: Uint8Array) => Digest
  /** Flips a bit in the stored bytes of a chunk; the store is closed meanwhile. */
  readonly rot?: (workspace: WorkspaceId, digest: Digest) => Promise<void>
  /** Makes the data look as if a later version had written it. */
  readonly makeNewer?: () => Promise<void>
  /** All bytes of the data, to see that nothing touched them. */
  readonly bytes?: () => Promise<string>
}

/** What a subject of a `ChunkStore` may declare. */
export type ChunkCapability = 'rot' | 'makeNewer' | 'bytes'

export type ChunkCase = Case<ChunkSubject, ChunkCapability>

const WORKSPACE = '1'.padStart(32, '0') as WorkspaceId
const OTHER = '2'.padStart(32, '0') as WorkspaceId

/** Content that differs by number, of `length` bytes. */
function chunk(subject: ChunkSubject, number: number, length = 64): StoredChunk {
  const bytes = Uint8Array.from({ length }, (_, at) => (at * 7 + number * 31 + (at >>> 8)) & 0xff)
  bytes.set([number & 0xff, (number >>> 8) & 0xff].slice(0, length))
  return { digest: subject.digest(bytes), encoding: 'identity', bytes }
}

const plain = (found: StoredChunk | null | undefined) =>
  found ? { digest: found.digest, encoding: found.encoding, bytes: [...found.bytes] } : null
const ascending = (digests: readonly Digest[]): readonly Digest[] => [...digests].sort()

async function withStore(subject: ChunkSubject, run: (store: ChunkStore) => Promise<void>): Promise<void> {
  const store = subject.store()
  await store.open()
  try {
    await run(store)
  } finally {
    await store.close()
  }
}

export const CHUNK_CASES: readonly ChunkCase[] = [
  {
    rule: 'CHUNK-1',
    title: 'a second holder is refused, and served after the first has closed',
    run: async (subject) => {
      const second = subject.store()
      await withStore(subject, async () => {
        await assert.rejects(second.open(), withCode('locked'))
      })
      await withStore(subject, async (store) => {
        assert.deepEqual(await store.missing(WORKSPACE, []), [])
      })
    },
  },
  {
    rule: 'CHUNK-1',
    title: 'a newer format is refused and nothing of it touched',
    needs: ['makeNewer', 'bytes'],
    run: async (subject) => {
      await withStore(subject, (store) => store.put(WORKSPACE, [chunk(subject, 1)]))
      await required(subject.makeNewer)()
      const before = await required(subject.bytes)()
      await assert.rejects(subject.store().open(), withCode('newer-version'))
      assert.equal(await required(subject.bytes)(), before)
    },
  },
  {
    rule: 'CHUNK-2',
    title: 'names what is not held, each once, and never looks into another workspace',
    run: async (subject) => {
      await withStore(subject, async (store) => {
        const [a, b, c] = [1, 2, 3].map((number) => chunk(subject, number)) as [StoredChunk, StoredChunk, StoredChunk]
        await store.put(WORKSPACE, [a])
        await store.put(OTHER, [b])
        const asked = [a, b, c, b, a, c].map(({ digest }) => digest)
        assert.deepEqual(ascending(await store.missing(WORKSPACE, asked)), ascending([b.digest, c.digest]))
        assert.deepEqual(ascending(await store.missing(OTHER, asked)), ascending([a.digest, c.digest]))
        assert.deepEqual(await store.get(OTHER, [a.digest]), [null])
        assert.deepEqual(
          (await store.list(OTHER, null, 9)).map(({ digest }) => digest),
          [b.digest],
        )
        await store.remove(OTHER, [a.digest])
        assert.deepEqual(await store.missing(WORKSPACE, [a.digest]), [])
      })
    },
  },
  {
    rule: 'CHUNK-3',
    title: 'what was put is there after closing and opening, of any length, byte for byte',
    run: async (subject) => {
      const chunks = [1, 2, 255, 4_096, 65_537, 2 * 1024 * 1024].map((length, at) => chunk(subject, at + 1, length))
      await withStore(subject, (store) => store.put(WORKSPACE, chunks))
      await withStore(subject, async (store) => {
        const found = await store.get(
          WORKSPACE,
          chunks.map(({ digest }) => digest),
        )
        for (const [at, { digest, encoding, bytes }] of chunks.entries()) {
          assert.equal(found[at]?.digest, digest)
          assert.equal(found[at]?.encoding, encoding)
          assert.deepEqual(found[at]?.bytes, bytes)
        }
      })
    },
  },
  {
    rule: 'CHUNK-3',
    title: 'many puts at once all hold, and the caller may change its arrays afterwards',
    run: async (subject) => {
      await withStore(subject, async (store) => {
        const chunks = Array.from({ length: 40 }, (_, at) => chunk(subject, at + 1, 300))
        await Promise.all(chunks.map((one) => store.put(WORKSPACE, [{ ...one, bytes: one.bytes }])))
        const expected = chunks.map(plain)
        for (const { bytes } of chunks) bytes.fill(0)
        const found = await store.get(
          WORKSPACE,
          expected.flatMap((one) => one?.digest ?? []),
        )
        assert.deepEqual(found.map(plain), expected)
        found[0]?.bytes.fill(9)
        assert.deepEqual(plain((await store.get(WORKSPACE, [chunks[0]?.digest ?? ('' as Digest)]))[0]), expected[0])
      })
    },
  },
  {
    rule: 'CHUNK-4',
    title: 'putting a held digest again changes nothing, within one put and over two',
    run: async (subject) => {
      await withStore(subject, async (store) => {
        const one = chunk(subject, 1)
        await store.put(WORKSPACE, [one, one])
        await store.put(WORKSPACE, [one])
        assert.deepEqual(plain((await store.get(WORKSPACE, [one.digest]))[0]), plain(one))
        assert.deepEqual(await store.list(WORKSPACE, null, 9), [{ digest: one.digest, length: one.bytes.length }])
        await store.put(WORKSPACE, [])
      })
    },
  },
  {
    rule: 'CHUNK-5',
    title: 'an encoding the store does not know is kept as it came, with its bytes',
    run: async (subject) => {
      const odd = { ...chunk(subject, 3), encoding: 'later-encoding' }
      const raw = { ...odd, bytes: Uint8Array.of(9, 8, 7) }
      await withStore(subject, (store) => store.put(WORKSPACE, [raw]))
      await withStore(subject, async (store) => {
        assert.deepEqual(plain((await store.get(WORKSPACE, [raw.digest]))[0]), plain(raw))
        assert.deepEqual(await store.list(WORKSPACE, null, 1), [{ digest: raw.digest, length: 3 }])
      })
    },
  },
  {
    rule: 'CHUNK-6',
    title: 'answers in the order asked, null where not held, and twice when asked twice',
    run: async (subject) => {
      await withStore(subject, async (store) => {
        const [a, b, c] = [1, 2, 3].map((number) => chunk(subject, number)) as [StoredChunk, StoredChunk, StoredChunk]
        await store.put(WORKSPACE, [a, c])
        const found = await store.get(
          WORKSPACE,
          [c, b, a, c].map(({ digest }) => digest),
        )
        assert.deepEqual(found.map(plain), [plain(c), null, plain(a), plain(c)])
        assert.deepEqual(await store.get(WORKSPACE, []), [])
      })
    },
  },
  {
    rule: 'CHUNK-7',
    title: 'bytes that rotted are reported with their digest, never returned; others are served',
    needs: ['rot'],
    run: async (subject) => {
      const [bad, good] = [1, 2].map((number) => chunk(subject, number, 500)) as [StoredChunk, StoredChunk]
      await withStore(subject, (store) => store.put(WORKSPACE, [bad, good]))
      await required(subject.rot)(WORKSPACE, bad.digest)
      await withStore(subject, async (store) => {
        const isIt = (error: unknown): boolean =>
          isTidemarkError(error) && error.code === 'corrupt' && error.subject === bad.digest
        await assert.rejects(store.get(WORKSPACE, [bad.digest]), isIt)
        assert.deepEqual(plain((await store.get(WORKSPACE, [good.digest]))[0]), plain(good))
      })
    },
  },
  {
    rule: 'CHUNK-8',
    title: 'lists ascending by digest, page by page, with stored lengths',
    run: async (subject) => {
      await withStore(subject, async (store) => {
        const chunks = Array.from({ length: 25 }, (_, at) => chunk(subject, at + 1, 10 + at))
        await store.put(WORKSPACE, chunks)
        const expected = ascending(chunks.map(({ digest }) => digest))
        const seen: Digest[] = []
        for (let after: Digest | null = null; ; ) {
          const page = await store.list(WORKSPACE, after, 7)
          assert.ok(page.length <= 7)
          for (const info of page)
            assert.equal(info.length, chunks.find(({ digest }) => digest === info.digest)?.bytes.length)
          seen.push(...page.map(({ digest }) => digest))
          if (page.length < 7) break
          after = page.at(-1)?.digest ?? null
        }
        assert.deepEqual(seen, expected)
      })
    },
  },
  {
    rule: 'CHUNK-9',
    title: 'removed chunks are absent at once and after opening again, others stay, and may be put anew',
    run: async (subject) => {
      const [a, b, c] = [1, 2, 3].map((number) => chunk(subject, number)) as [StoredChunk, StoredChunk, StoredChunk]
      await withStore(subject, async (store) => {
        await store.put(WORKSPACE, [a, b])
        await store.remove(WORKSPACE, [a.digest, c.digest])
        assert.deepEqual(await store.get(WORKSPACE, [a.digest]), [null])
      })
      await withStore(subject, async (store) => {
        assert.deepEqual(await store.missing(WORKSPACE, [a.digest, b.digest]), [a.digest])
        assert.deepEqual(
          (await store.list(WORKSPACE, null, 9)).map(({ digest }) => digest),
          [b.digest],
        )
        await store.put(WORKSPACE, [a])
      })
      await withStore(subject, async (store) => {
        assert.deepEqual((await store.get(WORKSPACE, [a.digest, b.digest])).map(plain), [plain(a), plain(b)])
      })
    },
  },
  {
    rule: 'CHUNK-11',
    title: 'usage counts each held chunk once, without what was removed, also after opening again',
    run: async (subject) => {
      const chunks = [1, 2, 3].map((number) => chunk(subject, number, 100 * number))
      await withStore(subject, async (store) => {
        assert.deepEqual(await store.usage(WORKSPACE), { chunks: 0, bytes: 0 })
        await store.put(WORKSPACE, chunks)
        await store.put(WORKSPACE, chunks.slice(0, 2))
        await store.put(OTHER, chunks.slice(0, 1))
        assert.deepEqual(await store.usage(WORKSPACE), { chunks: 3, bytes: 600 })
        await store.remove(
          WORKSPACE,
          chunks.slice(1, 2).map(({ digest }) => digest),
        )
        assert.deepEqual(await store.usage(WORKSPACE), { chunks: 2, bytes: 400 })
      })
      await withStore(subject, async (store) => {
        assert.deepEqual(await store.usage(WORKSPACE), { chunks: 2, bytes: 400 })
        assert.deepEqual(await store.usage(OTHER), { chunks: 1, bytes: 100 })
      })
    },
  },
  {
    rule: 'CHUNK-12',
    title: 'what removed chunks took is given back, and every held chunk stays',
    run: async (subject) => {
      const chunks = Array.from({ length: 24 }, (_, number) => chunk(subject, number, 20_000))
      const stay = chunks.filter((_, at) => at % 6 === 0)
      const go = chunks.filter((_, at) => at % 6 !== 0).map(({ digest }) => digest)
      await withStore(subject, async (store) => {
        for (const each of chunks) await store.put(WORKSPACE, [each])
        await store.remove(WORKSPACE, go)
        for (let calls = 0; ; calls += 1) {
          const { before, after } = await store.reclaim(WORKSPACE)
          assert.ok(after <= before && calls < 30)
          if (after < before) continue
          assert.ok(after < 2 * 80_000, `${after} bytes are kept for 80,000`)
          break
        }
      })
      await withStore(subject, async (store) => {
        const digests = stay.map(({ digest }) => digest)
        assert.deepEqual((await store.get(WORKSPACE, digests)).map(plain), stay.map(plain))
        assert.deepEqual(await store.missing(WORKSPACE, go), go)
      })
    },
  },
  {
    rule: 'CHUNK-10',
    title: 'closing is idempotent, and a closed store answers nothing',
    run: async (subject) => {
      const store = subject.store()
      await store.open()
      await store.close()
      await store.close()
      await assert.rejects(store.missing(WORKSPACE, []), withCode('closed'))
      await assert.rejects(store.put(WORKSPACE, [chunk(subject, 1)]), withCode('closed'))
    },
  },
]
