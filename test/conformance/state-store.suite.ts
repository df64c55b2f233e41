/** The rules every client database obeys. Runner-neutral: a case throws when its rule is broken. */

import type { StateStore } from '../../src/index.js'
import { assert, codeOf, required } from './assertion.js'
import type { Case } from './case.js'

/** One place for data, empty at first, and what can be done to it from outside. */
export interface StateSubject {
  /** A new store object over the same data. */
  readonly store: () => StateStore
  /** Makes the data look as if a later version had written it. */
  readonly makeNewer?: () => Promise<void>
  /** Destroys a part of the data that was there. */
  readonly damage?: () => Promise<void>
  /** All bytes of the data, to see that nothing touched them. */
  readonly bytes?: () => Promise<string>
}

/** What a subject of a `StateStore` may declare. */
export type StateCapability = 'makeNewer' | 'damage' | 'bytes'

export type StateCase = Case<StateSubject, StateCapability>

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const entry = (key: string, value: string) => ({ key, value: text(value) })
const read = (value: Uint8Array | null | undefined): string | null =>
  value == null ? null : new TextDecoder().decode(value)

async function withStore(subject: StateSubject, run: (store: StateStore) => Promise<void>): Promise<void> {
  const store = subject.store()
  await store.open()
  try {
    await run(store)
  } finally {
    await store.close()
  }
}

const keysIn = async (
  store: StateStore,
  prefix: string,
  after: string | null = null,
  limit = 1_000,
): Promise<readonly string[]> => (await store.range(prefix, after, limit)).map(({ key }) => key)

const LOCK_CASES: readonly StateCase[] = [
  {
    rule: 'STATE-1',
    title: 'a second holder is refused, and served after the first has closed',
    run: async (subject) => {
      const second = subject.store()
      await withStore(subject, async (store) => {
        await store.batch([entry('a', '1')], [])
        assert.equal(await codeOf(() => second.open()), 'locked')
        assert.equal(read((await store.get(['a']))[0]), '1', 'the refused one disturbs nothing')
      })
      await second.open()
      assert.equal(read((await second.get(['a']))[0]), '1')
      await second.close()
    },
  },
  {
    rule: 'STATE-1',
    title: 'opening twice without a close is refused, and changes nothing',
    run: (subject) =>
      withStore(subject, async (store) => {
        assert.equal(await codeOf(() => store.open()), 'locked')
        await store.batch([entry('a', '1')], [])
        assert.equal(read((await store.get(['a']))[0]), '1')
      }),
  },
  {
    rule: 'STATE-1',
    title: 'a fired signal cancels the opening, and leaves no lock',
    run: async (subject) => {
      const abort = new AbortController()
      abort.abort()
      assert.equal(await codeOf(() => subject.store().open({ signal: abort.signal })), 'aborted')
      await withStore(subject, async () => {})
    },
  },
  {
    rule: 'STATE-2',
    title: 'a newer format is refused untouched, and the lock given back',
    needs: ['makeNewer', 'bytes'],
    run: async (subject) => {
      await withStore(subject, (store) => store.batch([entry('a', '1')], []))
      await required(subject.makeNewer)()
      const before = await required(subject.bytes)()
      assert.equal(await codeOf(() => subject.store().open()), 'newer-version')
      assert.equal(await required(subject.bytes)(), before)
      assert.equal(await codeOf(() => subject.store().open()), 'newer-version', 'the lock was given back')
    },
  },
  {
    rule: 'STATE-3 STATE-4',
    title: 'damage is told as corrupt; openAside keeps it and starts empty',
    needs: ['damage'],
    run: async (subject) => {
      await withStore(subject, async (store) => {
        for (let at = 0; at < 20; at += 1) await store.batch([entry(`k${at}`, 'x'.repeat(3_000))], [])
      })
      await required(subject.damage)()
      const store = subject.store()
      assert.equal(await codeOf(() => store.open()), 'corrupt')
      const aside = await store.openAside()
      assert.ok(aside.length > 0)
      assert.deepEqual(await store.range('', null, 10), [])
      await store.batch([entry('new', '1')], [])
      await store.close()
      await withStore(subject, async (again) => assert.deepEqual(await keysIn(again, ''), ['new']))
    },
  },
  {
    rule: 'STATE-4',
    title: 'a second openAside never covers the first',
    needs: ['damage'],
    run: async (subject) => {
      const places = new Set<string>()
      for (let round = 0; round < 3; round += 1) {
        await withStore(subject, (store) => store.batch([entry('a', 'y'.repeat(5_000))], []))
        await required(subject.damage)()
        const store = subject.store()
        places.add(await store.openAside())
        await store.close()
      }
      assert.equal(places.size, 3)
    },
  },
]

const READ_CASES: readonly StateCase[] = [
  {
    rule: 'STATE-5',
    title: 'values come in the order of the keys, null where there is none, repeats repeated',
    run: (subject) =>
      withStore(subject, async (store) => {
        await store.batch([entry('a', '1'), entry('b', '2'), { key: 'empty', value: new Uint8Array(0) }], [])
        const found = await store.get(['b', 'missing', 'a', 'b', 'empty'])
        assert.deepEqual(found.map(read), ['2', null, '1', '2', ''])
        assert.deepEqual(await store.get([]), [])
      }),
  },
  {
    rule: 'STATE-5',
    title: 'keys outside 1 to 1,024 characters of U+0020 to U+007E are refused without a trace',
    run: (subject) =>
      withStore(subject, async (store) => {
        for (const bad of ['', 'x'.repeat(1_025), 'a\0b', 'tab\t', 'é', '\u007f', '\ud800', 'line\n']) {
          assert.equal(
            await codeOf(async () => store.batch([entry('good', '1'), entry(bad, '1')], [])),
            'invalid',
            JSON.stringify(bad),
          )
          assert.equal(await codeOf(async () => store.get([bad])), 'invalid')
          assert.equal(await codeOf(async () => store.batch([], [bad])), 'invalid')
        }
        assert.deepEqual(await store.range('', null, 10), [])
        for (const good of [
          'x'.repeat(1_024),
          ' ',
          '~',
          "'; DROP TABLE state; --",
          '"',
          '__proto__',
          'constructor',
          '%',
          '_',
          '\\',
          '*?[a]',
        ]) {
          await store.batch([entry(good, good)], [])
          assert.equal(read((await store.get([good]))[0]), good)
        }
      }),
  },
  {
    rule: 'STATE-5',
    title: 'any bytes come back as they went in, and a change of what came back changes nothing',
    run: (subject) =>
      withStore(subject, async (store) => {
        const all = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256)
        await store.batch([{ key: 'bytes', value: all.subarray(3) }], [])
        const [first] = await store.get(['bytes'])
        assert.deepEqual(Uint8Array.from(first ?? []), all.slice(3))
        first?.fill(0)
        assert.deepEqual(Uint8Array.from((await store.get(['bytes']))[0] ?? []), all.slice(3))
      }),
  },
  {
    rule: 'STATE-6',
    title: 'a range is literal, ascending by code unit, after `after`, at most `limit`',
    run: (subject) =>
      withStore(subject, async (store) => {
        const keys = [
          'a',
          'a%',
          'a%b',
          'a/',
          'a/B',
          'a/a',
          'a/b',
          'a/~',
          'a0',
          'aA',
          'a_',
          'a_b',
          'ab',
          'a~',
          'a~~',
          'b',
          '%',
          '_',
          ' ',
        ]
        await store.batch(
          keys.map((key) => entry(key, key)),
          [],
        )
        const sorted = [...keys].sort()
        for (const prefix of ['', 'a', 'a/', 'a%', 'a_', 'a~', '%', '_', 'zz', 'a/b']) {
          const expected = sorted.filter((key) => key.startsWith(prefix))
          assert.deepEqual(await keysIn(store, prefix), expected, `prefix ${prefix}`)
          for (const after of ['', ...keys, 'a/aa', '~']) {
            const rest = expected.filter((key) => key > after)
            assert.deepEqual(await keysIn(store, prefix, after), rest, `prefix ${prefix} after ${after}`)
            assert.deepEqual(await keysIn(store, prefix, after, 2), rest.slice(0, 2))
          }
        }
      }),
  },
  {
    rule: 'STATE-6',
    title: 'a limit below one or not whole is refused',
    run: (subject) =>
      withStore(subject, async (store) => {
        for (const limit of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
          assert.equal(await codeOf(async () => store.range('', null, limit)), 'invalid')
      }),
  },
]

const WRITE_CASES: readonly StateCase[] = [
  {
    rule: 'STATE-7',
    title: 'a batch is all or nothing, and there again after a reopen',
    run: async (subject) => {
      await withStore(subject, async (store) => {
        await store.batch([entry('a', '1'), entry('b', '2')], [])
        assert.equal(await codeOf(async () => store.batch([entry('c', '3'), entry('', 'bad')], ['a'])), 'invalid')
        assert.deepEqual(await keysIn(store, ''), ['a', 'b'])
      })
      await withStore(subject, async (store) => assert.deepEqual(await keysIn(store, ''), ['a', 'b']))
    },
  },
  {
    rule: 'STATE-8',
    title: 'deletes come first, then puts; the last put of a key wins; deleting nothing is fine',
    run: (subject) =>
      withStore(subject, async (store) => {
        await store.batch([entry('a', '1'), entry('b', '1')], [])
        await store.batch([entry('a', '2'), entry('c', '1'), entry('c', '2')], ['a', 'b', 'never'])
        assert.deepEqual((await store.get(['a', 'b', 'c'])).map(read), ['2', null, '2'])
        await store.batch([], [])
      }),
  },
  {
    rule: 'STATE-9',
    title: 'batches take effect in call order, and a read sees every batch called before it',
    run: (subject) =>
      withStore(subject, async (store) => {
        const large = Array.from({ length: 5_000 }, (_, at) => entry(`row/${at}`, 'first'))
        const calls = [store.batch(large, []), store.batch([entry('row/4999', 'second')], ['row/0'])]
        const seen = store.get(['row/0', 'row/1', 'row/4999'])
        await Promise.all(calls)
        assert.deepEqual((await seen).map(read), [null, 'first', 'second'])
      }),
  },
  {
    rule: 'STATE-10',
    title: 'the caller may change its arrays after the call',
    run: (subject) =>
      withStore(subject, async (store) => {
        const value = text('right')
        const puts = [{ key: 'a', value }]
        const deletes = ['b']
        await store.batch([entry('b', '1'), entry('c', '1')], [])
        const first = store.batch(
          Array.from({ length: 3_000 }, (_, at) => entry(`x${at}`, 'x')),
          [],
        )
        const second = store.batch(puts, deletes)
        value.fill(0)
        puts.push(entry('d', 'wrong'))
        deletes[0] = 'c'
        await Promise.all([first, second])
        assert.deepEqual((await store.get(['a', 'b', 'c', 'd'])).map(read), ['right', null, '1', null])
      }),
  },
  {
    rule: 'STATE-11',
    title: 'close is idempotent, lets queued batches end, and calls after it fail with closed',
    run: async (subject) => {
      const store = subject.store()
      assert.equal(await codeOf(() => store.get(['a'])), 'closed', 'before the opening')
      await store.open()
      const batch = store.batch([entry('a', '1')], [])
      await Promise.all([batch, store.close(), store.close()])
      await store.close()
      assert.equal(await codeOf(() => store.get(['a'])), 'closed')
      assert.equal(await codeOf(() => store.range('', null, 1)), 'closed')
      assert.equal(await codeOf(() => store.batch([], [])), 'closed')
      await withStore(subject, async (again) => assert.deepEqual(await keysIn(again, ''), ['a']))
    },
  },
]

export const STATE_CASES: readonly StateCase[] = [...LOCK_CASES, ...READ_CASES, ...WRITE_CASES]
