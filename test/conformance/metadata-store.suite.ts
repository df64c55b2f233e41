/** The rules every server database obeys. Runner-neutral: a case throws when its rule is broken. */

import {
  ROOT_ID,
  type ContentRule,
  type Digest,
  type Epoch,
  type HistorySubject,
  type KeptRevision,
  type MetadataReader,
  type MetadataStore,
  type MetadataWriter,
  type Node,
  type NodeId,
  type WorkspaceHead,
  type WorkspaceId,
} from '../../src/index.js'
import { orphanCases } from './metadata-store-orphans.suite.js'
import { assert, required, withCode } from './assertion.js'
import type { Case } from './case.js'

/** One place for data, empty at first, and what can be done to it from outside. */
export interface MetadataSubject {
  /** A store object over the same data, not open. May be the same object each time, once it was closed. */
  readonly store: () => MetadataStore
  /** Makes the data look as if a later version had written it. */
  readonly makeNewer?: () => Promise<void>
  /** All bytes of the data, to see that nothing touched them. */
  readonly bytes?: () => Promise<string>
}

/** What a subject of a `MetadataStore` may declare. */
export type MetadataCapability = 'makeNewer' | 'bytes'

export type MetadataCase = Case<MetadataSubject, MetadataCapability>

const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0')
const id = (value: number): NodeId => hex(value, 32) as NodeId
const digest = (value: number): Digest => hex(value, 64) as Digest
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

const RULE: ContentRule = {
  algorithm: 'blake2b-256',
  keyCheck: null,
  boundarySeed: hex(7, 32),
  averages: [
    [1_000, 1_024],
    [null, 4_096],
  ],
}
const WORKSPACE = hex(1, 32) as WorkspaceId
const OTHER = hex(2, 32) as WorkspaceId

function head(rest: Partial<WorkspaceHead> = {}): WorkspaceHead {
  const fixed = { id: WORKSPACE, owner: 'ann', name: 'notes', epoch: hex(9, 32) as Epoch }
  return { ...fixed, sequence: 0, hash: digest(1_000), horizon: 0, rule: RULE, ...rest }
}

function node(number: number, name: string, rest: Partial<Node> = {}): Node {
  const content = { kind: 'file', content: digest(number), size: 3, modifiedAt: -5 } as const
  return {
    id: id(number),
    parentId: ROOT_ID,
    name,
    key: name,
    ...content,
    executable: false,
    conflictOf: null,
    ...rest,
  }
}

const directory = (number: number, name: string, rest: Partial<Node> = {}): Node =>
  node(number, name, { kind: 'directory', content: null, size: 0, modifiedAt: 0, ...rest })

const kept = (sequence: number, last: Node, acceptedAt = 1_000 + sequence): KeptRevision => ({
  revision: { id: last.id, sequence, node: last },
  last,
  acceptedAt,
  hash: digest(1_000 + sequence),
})

const buried = (sequence: number, last: Node): KeptRevision => ({
  ...kept(sequence, last),
  revision: { id: last.id, sequence, node: null },
})

async function withStore(subject: MetadataSubject, run: (store: MetadataStore) => Promise<void>): Promise<void> {
  const store = subject.store()
  await store.open()
  try {
    if ((await store.find('ann', 'notes')) === null) await store.create(head())
    await run(store)
  } finally {
    await store.close()
  }
}

const onStore = (run: (store: MetadataStore) => Promise<void>) => (subject: MetadataSubject) => withStore(subject, run)
const write = <T>(store: MetadataStore, run: (writer: MetadataWriter) => Promise<T>): Promise<T> =>
  store.transact(WORKSPACE, run)
const append = (store: MetadataStore, ...rows: KeptRevision[]): Promise<void> =>
  write(store, (writer) => writer.append(rows))
const read = <T>(store: MetadataStore, run: (reader: MetadataReader) => Promise<T>): Promise<T> =>
  store.read(WORKSPACE, run)

/** A tree with an edit, a move and a delete: 5 sequences, 3 nodes. */
async function plant(store: MetadataStore): Promise<void> {
  const box = directory(1, 'box')
  const file = node(2, 'file')
  const gone = node(3, 'gone')
  await append(store, kept(1, box), kept(2, file), kept(3, gone))
  await append(store, kept(4, { ...file, parentId: box.id, executable: true }), buried(5, gone))
}

const sequencesOf = (
  store: MetadataStore,
  subjects: readonly HistorySubject[],
  before: number | null = null,
  limit = 99,
): Promise<readonly number[]> =>
  read(store, async (reader) => (await reader.kept(subjects, before, limit)).map(({ revision }) => revision.sequence))
const at = (parentId: NodeId, key: string): HistorySubject => ({ of: 'place', parentId, key })
const deletesIn = (parentId: NodeId): HistorySubject => ({ of: 'deletes', parentId })
const of = (number: number): HistorySubject => ({ of: 'node', id: id(number) })

/** 1 box, 2 file (root), 3 file moves into box, 4 other takes the name, 5 other goes, 6 file (in box) goes, 7 file comes back, 8 box/b, 9 it goes. */
async function plantPlaces(store: MetadataStore): Promise<void> {
  const file = node(2, 'file')
  const inBox = { ...file, parentId: id(1) }
  await append(store, kept(1, directory(1, 'box')), kept(2, file), kept(3, inBox), kept(4, node(3, 'file')))
  await append(store, buried(5, node(3, 'file')), buried(6, inBox), kept(7, inBox))
  await append(store, kept(8, node(4, 'b', { parentId: id(1) })), buried(9, node(4, 'b', { parentId: id(1) })))
}

const KEPT_CASES: readonly MetadataCase[] = [
  {
    rule: 'META-19',
    title: 'by node, by place and by directory, newest first, each once',
    run: onStore(async (store) => {
      await plantPlaces(store)
      const rows: readonly (readonly [string, readonly HistorySubject[], readonly number[]])[] = [
        ['a node, its deletes too', [of(2)], [7, 6, 3, 2]],
        ['nobody', [of(77), at(ROOT_ID, 'nothing'), deletesIn(id(77))], []],
        ['a place: whoever stood there, deletes too', [at(ROOT_ID, 'file')], [5, 4, 2]],
        ['the same name elsewhere', [at(id(1), 'file')], [7, 6, 3]],
        ['another case is another name', [at(ROOT_ID, 'FILE')], []],
        ['deletes in a directory, of what came back too', [deletesIn(id(1))], [9, 6]],
        ['deletes at the top', [deletesIn(ROOT_ID)], [5]],
        ['several at once, each once', [of(2), at(id(1), 'file'), deletesIn(id(1)), of(2)], [9, 7, 6, 3, 2]],
        ['no subject', [], []],
      ]
      for (const [title, subjects, expected] of rows)
        assert.deepEqual(await sequencesOf(store, subjects), expected, title)
      const [first] = await read(store, (reader) => reader.kept([deletesIn(id(1))], null, 1))
      assert.deepEqual(first, buried(9, node(4, 'b', { parentId: id(1) })))
    }),
  },
  {
    rule: 'META-19',
    title: 'pages: below a sequence, at most so many',
    run: onStore(async (store) => {
      await plantPlaces(store)
      const subjects = [of(2), at(ROOT_ID, 'file'), deletesIn(id(1))]
      assert.deepEqual(await sequencesOf(store, subjects, null, 2), [9, 7])
      assert.deepEqual(await sequencesOf(store, subjects, 7, 3), [6, 5, 4])
      assert.deepEqual(await sequencesOf(store, subjects, 4, 99), [3, 2])
      assert.deepEqual(await sequencesOf(store, subjects, 2, 99), [])
      assert.deepEqual(await sequencesOf(store, subjects, null, 0), [])
    }),
  },
  {
    rule: 'META-19',
    title: 'below the horizon only what lives is kept; a transaction sees its own, another workspace nothing',
    run: onStore(async (store) => {
      await plantPlaces(store)
      await write(store, (writer) => writer.forget(6, 0, []))
      const everything = [of(1), of(2), at(ROOT_ID, 'file'), at(ROOT_ID, 'box'), deletesIn(id(1)), deletesIn(ROOT_ID)]
      assert.deepEqual(await sequencesOf(store, everything), [9, 7, 1])
      await write(store, async (writer) => {
        await writer.append([buried(10, node(2, 'file', { parentId: id(1) }))])
        assert.deepEqual(
          (await writer.kept([deletesIn(id(1))], null, 9)).map(({ revision }) => revision.sequence),
          [10, 9],
        )
      })
      await store.create(head({ id: OTHER, name: 'other' }))
      assert.deepEqual(await store.read(OTHER, (reader) => reader.kept(everything, null, 9)), [])
    }),
  },
]

const READ_CASES: readonly MetadataCase[] = [
  {
    rule: 'META-1',
    title: 'a transaction sees its own writes',
    run: onStore(async (store) => {
      await write(store, async (writer) => {
        await writer.append([kept(1, node(1, 'a'))])
        assert.equal((await writer.head()).sequence, 1)
        assert.equal((await writer.head()).hash, digest(1_001))
        assert.deepEqual((await writer.revisions([id(1)])).get(id(1)), kept(1, node(1, 'a')).revision)
        assert.equal((await writer.holders([{ parentId: ROOT_ID, key: 'a' }]))[0]?.id, id(1))
        await writer.putManifests([{ digest: digest(5), encoded: bytes(1, 2) }])
        assert.deepEqual((await writer.manifests([digest(5)])).get(digest(5))?.encoded.length, 2)
        await writer.putResult('ann', 'k', { digest: digest(6), answer: bytes(3) }, 10)
        assert.equal((await writer.result('ann', 'k'))?.digest, digest(6))
      })
    }),
  },
  {
    rule: 'META-2',
    title: 'current revisions with their tombstones, absent ids left out, nodes as they were written',
    run: onStore(async (store) => {
      await plant(store)
      const found = await read(store, (reader) => reader.revisions([id(2), id(3), id(77)]))
      assert.deepEqual([...found.keys()].sort(), [id(2), id(3)])
      assert.deepEqual(found.get(id(2)), {
        id: id(2),
        sequence: 4,
        node: { ...node(2, 'file'), parentId: id(1), executable: true },
      })
      assert.deepEqual(found.get(id(3)), { id: id(3), sequence: 5, node: null })
      assert.equal((await read(store, (reader) => reader.revisions([]))).size, 0)
    }),
  },
  {
    rule: 'META-2',
    title: 'unknown kinds, attributes with foreign names, opaque keys and numbers at the edge come back unchanged',
    run: onStore(async (store) => {
      const odd = node(1, '__proto__', {
        key: 'opaque',
        kind: 'symlink',
        content: null,
        size: Number.MAX_SAFE_INTEGER,
        modifiedAt: -Number.MAX_SAFE_INTEGER,
        conflictOf: id(9),
        attributes: Object.fromEntries([
          ['__proto__', 'x'],
          ['constructor', '%_\\"'],
          ['user.a', 'é\u{1F600}'],
        ]),
      })
      await append(store, kept(1, odd))
      const back = (await read(store, (reader) => reader.revisions([id(1)]))).get(id(1))?.node
      assert.deepEqual(Object.entries(back?.attributes ?? {}).sort(), Object.entries(odd.attributes ?? {}).sort())
      assert.deepEqual({ ...back, attributes: null }, { ...odd, attributes: null })
    }),
  },
  {
    rule: 'META-3',
    title: 'the live holder of each place in the order asked; keys compare by exact code points',
    run: onStore(async (store) => {
      const lower = node(4, 'é%_')
      await append(
        store,
        kept(1, lower),
        kept(2, node(5, 'A')),
        kept(3, node(6, 'x', { key: 'k' })),
        kept(4, node(7, 'gone')),
      )
      await append(store, buried(5, node(7, 'gone')))
      const keys = ['k', 'A', 'a', 'é%_', 'e\u0301%_', 'é__', 'x', 'gone', '']
      const places = keys.map((key) => ({ parentId: ROOT_ID, key }))
      const holders = await read(store, (reader) => reader.holders([...places, { parentId: id(4), key: 'A' }]))
      assert.deepEqual(
        holders.map((holder) => holder?.id ?? null),
        [id(6), id(5), null, id(4), null, null, null, null, null, null],
      )
    }),
  },
  {
    rule: 'META-3',
    title: 'a place that was left is free, and the mover holds its new one',
    run: onStore(async (store) => {
      await plant(store)
      const places = [
        { parentId: ROOT_ID, key: 'file' },
        { parentId: id(1), key: 'file' },
      ]
      const holders = await read(store, (reader) => reader.holders(places))
      assert.deepEqual(
        holders.map((holder) => holder?.id ?? null),
        [null, id(2)],
      )
    }),
  },
  {
    rule: 'META-4',
    title: 'live children ascend by id, page by page',
    run: onStore(async (store) => {
      const box = directory(1, 'box')
      const rows = [9, 3, 7, 5].map((number, at) => kept(2 + at, node(number, `n${number}`, { parentId: box.id })))
      await append(store, kept(1, box), ...rows)
      await append(store, buried(6, node(7, 'n7', { parentId: box.id })), kept(7, node(5, 'n5')))
      const first = await read(store, (reader) => reader.children(box.id, null, 1))
      assert.deepEqual(
        first.map((row) => row.id),
        [id(3)],
      )
      const rest = await read(store, (reader) => reader.children(box.id, id(3), 10))
      assert.deepEqual(
        rest.map((row) => row.id),
        [id(9)],
      )
      assert.deepEqual(
        (await read(store, (reader) => reader.children(ROOT_ID, null, 10))).map((row) => row.id),
        [id(1), id(5)],
      )
    }),
  },
  {
    rule: 'META-5',
    title: 'each node above a sequence once, at its latest, ascending by sequence, page by page',
    run: onStore(async (store) => {
      await plant(store)
      const all = await read(store, (reader) => reader.since(0, 10))
      assert.deepEqual(
        all.map((row) => [row.sequence, row.id]),
        [
          [1, id(1)],
          [4, id(2)],
          [5, id(3)],
        ],
      )
      const page = await read(store, (reader) => reader.since(1, 1))
      assert.deepEqual(
        page.map((row) => row.sequence),
        [4],
      )
      assert.equal((await read(store, (reader) => reader.since(5, 10))).length, 0)
    }),
  },
  {
    rule: 'META-6',
    title: 'live nodes ascend by id, page by page, tombstones left out',
    run: onStore(async (store) => {
      await plant(store)
      assert.deepEqual(
        (await read(store, (reader) => reader.live(null, 10))).map((row) => row.id),
        [id(1), id(2)],
      )
      assert.deepEqual(
        (await read(store, (reader) => reader.live(null, 1))).map((row) => row.id),
        [id(1)],
      )
      assert.deepEqual(
        (await read(store, (reader) => reader.live(id(1), 1))).map((row) => row.id),
        [id(2)],
      )
    }),
  },
  {
    rule: 'META-7',
    title: 'hashes by sequence, hash(0) included, what is beyond the head left out',
    run: onStore(async (store) => {
      await plant(store)
      const hashes = await read(store, (reader) => reader.hashes([0, 1, 5, 6, 99]))
      assert.deepEqual(
        [...hashes].sort(([a], [b]) => a - b),
        [
          [0, digest(1_000)],
          [1, digest(1_001)],
          [5, digest(1_005)],
        ],
      )
    }),
  },
  {
    rule: 'META-8',
    title: 'all kept revisions of a node, newest first; a tombstone remembers the last state',
    run: onStore(async (store) => {
      await plant(store)
      const history = await read(store, (reader) => reader.history(id(3), 10))
      assert.deepEqual(history, [buried(5, node(3, 'gone')), kept(3, node(3, 'gone'))])
      assert.equal((await read(store, (reader) => reader.history(id(3), 1))).length, 1)
      assert.equal((await read(store, (reader) => reader.history(id(77), 1))).length, 0)
    }),
  },
  ...KEPT_CASES,
]

const WRITE_CASES: readonly MetadataCase[] = [
  {
    rule: 'META-9',
    title: 'a gap or a repetition in the sequences is refused without a trace',
    run: onStore(async (store) => {
      await append(store, kept(1, node(1, 'a')))
      for (const sequence of [1, 3]) await assert.rejects(append(store, kept(sequence, node(2, 'b'))))
      await assert.rejects(append(store, kept(2, node(2, 'b')), kept(4, node(3, 'c'))))
      assert.equal((await read(store, (reader) => reader.head())).sequence, 1)
      assert.equal((await read(store, (reader) => reader.since(0, 10))).length, 1)
    }),
  },
  {
    rule: 'META-9',
    title: 'two nodes of one batch may swap names, and one node may come twice',
    run: onStore(async (store) => {
      await append(store, kept(1, node(1, 'a')), kept(2, node(2, 'b')))
      await append(store, kept(3, node(1, 'b')), kept(4, node(2, 'a')), kept(5, node(2, 'a', { executable: true })))
      const holders = await read(store, (reader) =>
        reader.holders(['a', 'b'].map((key) => ({ parentId: ROOT_ID, key }))),
      )
      assert.deepEqual(
        holders.map((holder) => [holder?.id, holder?.sequence]),
        [
          [id(2), 5],
          [id(1), 3],
        ],
      )
    }),
  },
  {
    rule: 'META-9',
    title: 'sequences far beyond 2^32 keep their value',
    run: async (subject) => {
      const store = subject.store()
      await store.open()
      try {
        const base = Number.MAX_SAFE_INTEGER - 2
        await store.create(head({ sequence: base, hash: digest(1) }))
        await append(store, kept(base + 1, node(1, 'a'), 5))
        assert.equal((await read(store, (reader) => reader.head())).sequence, base + 1)
        assert.deepEqual(
          (await read(store, (reader) => reader.since(base, 9))).map((row) => row.sequence),
          [base + 1],
        )
      } finally {
        await store.close()
      }
    },
  },
  {
    rule: 'META-10',
    title: 'the horizon forgets what is superseded, tombstones, results and hashes; live rows and named hashes stay',
    run: onStore(async (store) => {
      await plant(store)
      await write(store, (writer) => writer.putResult('ann', 'old', { digest: digest(1), answer: bytes(1) }, 10))
      await write(store, (writer) => writer.putResult('ann', 'new', { digest: digest(1), answer: bytes(1) }, 20))
      await append(store, kept(6, node(6, 'later')))
      await write(store, (writer) => writer.forget(5, 20, [3, 5]))
      assert.equal((await read(store, (reader) => reader.head())).horizon, 5)
      assert.deepEqual([...(await read(store, (reader) => reader.revisions([id(1), id(2), id(3)]))).keys()].sort(), [
        id(1),
        id(2),
      ])
      assert.deepEqual(
        (await read(store, (reader) => reader.history(id(2), 9))).map((row) => row.revision.sequence),
        [4],
      )
      assert.deepEqual(await read(store, (reader) => reader.history(id(3), 9)), [])
      const hashes = await read(store, (reader) => reader.hashes([0, 1, 2, 3, 4, 5, 6]))
      assert.deepEqual(
        [...hashes.keys()].sort((a, b) => a - b),
        [0, 3, 5, 6],
      )
      assert.equal(await read(store, (reader) => reader.result('ann', 'old')), null)
      assert.notEqual(await read(store, (reader) => reader.result('ann', 'new')), null)
      assert.deepEqual(
        (await read(store, (reader) => reader.since(5, 9))).map((row) => row.sequence),
        [6],
      )
    }),
  },
  {
    rule: 'META-10',
    title: 'the horizon never goes back',
    run: onStore(async (store) => {
      await plant(store)
      await write(store, (writer) => writer.forget(3, 0, []))
      await write(store, (writer) => writer.forget(1, 0, []))
      assert.equal((await read(store, (reader) => reader.head())).horizon, 3)
    }),
  },
  {
    rule: 'META-18',
    title: 'devices are put, replaced and listed ascending',
    run: onStore(async (store) => {
      const record = (device: string, nonce: string | null) => ({
        device,
        nonce,
        cursorSequence: 1,
        witnessSequence: 2,
        seenAt: 3,
      })
      await write(store, async (writer) => {
        await writer.putDevice(record('b', 'n1'))
        await writer.putDevice(record('a', null))
        await writer.putDevice(record('b', 'n2'))
      })
      assert.deepEqual(await read(store, (reader) => reader.devices()), [record('a', null), record('b', 'n2')])
      assert.deepEqual(await read(store, (reader) => reader.device('b')), record('b', 'n2'))
      assert.equal(await read(store, (reader) => reader.device('c')), null)
    }),
  },
  {
    rule: 'META-1',
    title: 'results belong to a principal and are replaced; manifests are put again without harm',
    run: onStore(async (store) => {
      const put = (user: string, key: string, value: number) =>
        write(store, (writer) => writer.putResult(user, key, { digest: digest(value), answer: bytes(value) }, value))
      await put('ann', 'k', 1)
      await put('bob', 'k', 2)
      await put('ann', 'k', 3)
      assert.deepEqual((await read(store, (reader) => reader.result('ann', 'k')))?.digest, digest(3))
      assert.deepEqual((await read(store, (reader) => reader.result('bob', 'k')))?.digest, digest(2))
      assert.equal(await read(store, (reader) => reader.result('ann', 'K')), null)
      const manifest = { digest: digest(4), encoded: bytes(1, 2, 3) }
      for (let time = 0; time < 2; time++) await write(store, (writer) => writer.putManifests([manifest, manifest]))
      const found = await read(store, (reader) => reader.manifests([digest(4), digest(5)]))
      assert.deepEqual([...found.keys()], [digest(4)])
      assert.deepEqual([...(found.get(digest(4))?.encoded ?? [])], [1, 2, 3])
    }),
  },
]

const STORE_CASES: readonly MetadataCase[] = [
  {
    rule: 'META-11',
    title: 'a second holder is refused, and served after the first has closed',
    run: async (subject) => {
      const second = subject.store()
      await withStore(subject, async () => {
        await assert.rejects(second.open(), withCode('locked'))
      })
      await withStore(subject, async (store) => {
        assert.equal(await store.find('ann', 'notes'), WORKSPACE)
      })
    },
  },
  {
    rule: 'META-11',
    title: 'a newer format is refused and nothing of it touched',
    needs: ['makeNewer', 'bytes'],
    run: async (subject) => {
      await withStore(subject, plant)
      await required(subject.makeNewer)()
      const before = await required(subject.bytes)()
      await assert.rejects(subject.store().open(), withCode('newer-version'))
      assert.equal(await required(subject.bytes)(), before)
    },
  },
  {
    rule: 'META-12',
    title: 'workspaces are found by owner and name, exactly',
    run: onStore(async (store) => {
      assert.equal(await store.find('ann', 'notes'), WORKSPACE)
      for (const [owner, name] of [
        ['Ann', 'notes'],
        ['ann', 'Notes'],
        ['ann', 'n%'],
        ['bob', 'notes'],
        ['', ''],
      ] as const) {
        assert.equal(await store.find(owner, name), null)
      }
      await store.create(head({ id: OTHER, owner: 'bob' }))
      assert.equal(await store.find('bob', 'notes'), OTHER)
      assert.deepEqual(
        (await store.workspaces('ann')).map((row) => row.id),
        [WORKSPACE],
      )
      assert.deepEqual(await store.workspaces('bob'), [head({ id: OTHER, owner: 'bob' })])
    }),
  },
  {
    rule: 'META-13',
    title: 'creating a workspace twice gives the first one, with its head',
    run: onStore(async (store) => {
      const both = await Promise.all(
        [3, 4].map((number) => store.create(head({ id: hex(number, 32) as WorkspaceId, name: 'new' }))),
      )
      assert.equal(both[0], both[1])
      assert.equal(await store.create(head({ id: OTHER })), WORKSPACE)
      assert.deepEqual(await read(store, (reader) => reader.head()), head())
    }),
  },
  {
    rule: 'META-14',
    title: 'transactions of one workspace run one at a time, in full',
    run: onStore(async (store) => {
      let running = 0
      const turn = async (number: number): Promise<void> =>
        write(store, async (writer) => {
          running++
          assert.equal(running, 1)
          const { sequence } = await writer.head()
          await Promise.resolve()
          await writer.append([kept(sequence + 1, node(number, `n${number}`))])
          running--
        })
      await Promise.all(Array.from({ length: 20 }, (_, at) => turn(at + 1)))
      assert.equal((await read(store, (reader) => reader.head())).sequence, 20)
    }),
  },
  {
    rule: 'META-15',
    title: 'a resolved transaction survives the store, a rejected one leaves no trace',
    run: async (subject) => {
      await withStore(subject, async (store) => {
        await plant(store)
        const failing = write(store, async (writer) => {
          await writer.append([kept(6, node(6, 'never'))])
          await writer.putManifests([{ digest: digest(6), encoded: bytes(1) }])
          await writer.putResult('ann', 'never', { digest: digest(1), answer: bytes(1) }, 1)
          await writer.putDevice({ device: 'never', nonce: null, cursorSequence: 0, witnessSequence: 0, seenAt: 0 })
          await writer.forget(4, 9, [])
          throw new RangeError('on purpose')
        })
        await assert.rejects(failing, (error) => error instanceof RangeError)
      })
      await withStore(subject, async (store) => {
        const now = await read(store, (reader) => reader.head())
        assert.deepEqual([now.sequence, now.hash, now.horizon], [5, digest(1_005), 0])
        await read(store, async (reader) => {
          assert.equal((await reader.revisions([id(6)])).size, 0)
          assert.equal((await reader.manifests([digest(6)])).size, 0)
          assert.equal(await reader.result('ann', 'never'), null)
          assert.deepEqual(await reader.devices(), [])
          assert.equal((await reader.history(id(3), 9)).length, 2)
        })
        await append(store, kept(6, node(6, 'then')))
      })
    },
  },
  {
    rule: 'META-16',
    title: 'a transaction of one workspace does not see, nor end, with that of another',
    run: onStore(async (store) => {
      await store.create(head({ id: OTHER, name: 'other' }))
      await Promise.all([
        append(store, kept(1, node(1, 'a'))),
        store.transact(OTHER, (writer) => writer.append([kept(1, node(1, 'b')), kept(2, node(2, 'c'))])),
      ])
      const other = await store.read(OTHER, (reader) => reader.since(0, 9))
      assert.deepEqual(
        other.map((row) => row.node?.name),
        ['b', 'c'],
      )
      assert.deepEqual(
        (await read(store, (reader) => reader.since(0, 9))).map((row) => row.node?.name),
        ['a'],
      )
      await assert.rejects(store.transact(hex(99, 32) as WorkspaceId, async () => 1))
    }),
  },
  {
    rule: 'META-17',
    title: 'a read neither waits for a running transaction nor sees any of it',
    run: onStore(async (store) => {
      await plant(store)
      await write(store, async (writer) => {
        await writer.append([kept(6, node(2, 'moved')), buried(7, directory(1, 'box'))])
        const seen = await read(
          store,
          async (reader) => [await reader.head(), await reader.since(4, 9), await reader.live(null, 9)] as const,
        )
        assert.equal(seen[0].sequence, 5)
        assert.deepEqual(
          seen[1].map((row) => row.sequence),
          [5],
        )
        assert.deepEqual(
          seen[2].map((row) => row.sequence),
          [1, 4],
        )
      })
    }),
  },
  {
    rule: 'META-17',
    title: 'a read stands still while others commit',
    run: onStore(async (store) => {
      await plant(store)
      await read(store, async (reader) => {
        assert.equal((await reader.head()).sequence, 5)
        await append(store, kept(6, node(2, 'moved')))
        assert.equal((await reader.head()).sequence, 5)
        assert.equal((await reader.revisions([id(2)])).get(id(2))?.sequence, 4)
        assert.deepEqual((await reader.holders([{ parentId: ROOT_ID, key: 'moved' }]))[0] ?? null, null)
        assert.deepEqual(
          (await reader.since(0, 9)).map((row) => row.sequence),
          [1, 4, 5],
        )
        assert.equal((await reader.hashes([6])).size, 0)
      })
      assert.equal((await read(store, (reader) => reader.head())).sequence, 6)
    }),
  },
  {
    rule: 'META-11',
    title: 'closing is idempotent, and a closed store answers nothing',
    run: async (subject) => {
      const store = subject.store()
      await store.open()
      await store.close()
      await store.close()
      await assert.rejects(store.find('ann', 'notes'), withCode('closed'))
      await assert.rejects(
        store.read(WORKSPACE, async () => 1),
        withCode('closed'),
      )
    },
  },
]

export const METADATA_CASES: readonly MetadataCase[] = [
  ...READ_CASES,
  ...WRITE_CASES,
  ...STORE_CASES,
  ...orphanCases({ WORKSPACE, OTHER, id, digest, head, node, kept, buried, onStore, write, read, append }),
]
