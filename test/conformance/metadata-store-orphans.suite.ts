/** The metadata rules that garbage collection, retention, verification and restoring stand on. Runner-neutral. */

import { assert } from './assertion.js'
import type {
  Digest,
  Epoch,
  KeptRevision,
  MetadataReader,
  MetadataStore,
  MetadataWriter,
  Node,
  NodeId,
  OrphanRecord,
  WorkspaceHead,
  WorkspaceId,
} from '../../src/index.js'
import type { MetadataCase, MetadataSubject } from './metadata-store.suite.js'

/** What the suite's other cases are written with. */
export interface MetadataWords {
  readonly WORKSPACE: WorkspaceId
  readonly OTHER: WorkspaceId
  readonly id: (value: number) => NodeId
  readonly digest: (value: number) => Digest
  readonly head: (rest?: Partial<WorkspaceHead>) => WorkspaceHead
  readonly node: (number: number, name: string, rest?: Partial<Node>) => Node
  readonly kept: (sequence: number, last: Node) => KeptRevision
  readonly buried: (sequence: number, last: Node) => KeptRevision
  readonly onStore: (run: (store: MetadataStore) => Promise<void>) => (subject: MetadataSubject) => Promise<void>
  readonly write: <T>(store: MetadataStore, run: (writer: MetadataWriter) => Promise<T>) => Promise<T>
  readonly read: <T>(store: MetadataStore, run: (reader: MetadataReader) => Promise<T>) => Promise<T>
  readonly append: (store: MetadataStore, ...rows: KeptRevision[]) => Promise<void>
}

export function orphanCases(words: MetadataWords): readonly MetadataCase[] {
  const { digest, onStore, read, write } = words
  const orphan = (value: number, rest: Partial<OrphanRecord> = {}): OrphanRecord => ({
    kind: 'chunk',
    digest: digest(value),
    notedAt: 5,
    condemnedAt: null,
    ...rest,
  })
  return [
    {
      rule: 'META-20',
      title: 'orphans are found by kind and digest, as they were put last',
      run: onStore(async (store) => {
        const manifest = orphan(1, { kind: 'manifest', notedAt: 7 })
        await write(store, (writer) => writer.putOrphans([orphan(1), orphan(2), manifest]))
        await write(store, (writer) => writer.putOrphans([orphan(2, { notedAt: 6, condemnedAt: 9 })]))
        await read(store, async (reader) => {
          const found = await reader.orphans('chunk', [digest(1), digest(2), digest(3)])
          assert.deepEqual([...found.values()].sort(byDigest), [orphan(1), orphan(2, { notedAt: 6, condemnedAt: 9 })])
          assert.deepEqual([...(await reader.orphans('manifest', [digest(1), digest(2)])).values()], [manifest])
        })
      }),
    },
    {
      rule: 'META-21',
      title: 'orphans of a kind ascending by digest, strictly after, at most the limit',
      run: onStore(async (store) => {
        await write(store, (writer) =>
          writer.putOrphans([orphan(30), orphan(1), orphan(2), orphan(4, { kind: 'manifest' })]),
        )
        await read(store, async (reader) => {
          assert.deepEqual(await reader.orphansAfter('chunk', null, 2), [orphan(1), orphan(2)])
          assert.deepEqual(await reader.orphansAfter('chunk', digest(2), 9), [orphan(30)])
          assert.deepEqual(await reader.orphansAfter('chunk', digest(30), 9), [])
        })
      }),
    },
    {
      rule: 'META-26 META-27',
      title: 'dropped orphans are none, of the named kind only; a transaction that rejects changes nothing',
      run: onStore(async (store) => {
        await write(store, (writer) => writer.putOrphans([orphan(1), orphan(2), orphan(1, { kind: 'manifest' })]))
        await write(store, (writer) => writer.dropOrphans('chunk', [digest(1), digest(9)]))
        await assert.rejects(
          write(store, async (writer) => {
            await writer.dropOrphans('chunk', [digest(2)])
            await writer.putOrphans([orphan(3)])
            assert.deepEqual(await writer.orphansAfter('chunk', null, 9), [orphan(3)])
            throw new RangeError('not so')
          }),
        )
        await read(store, async (reader) => {
          assert.deepEqual(await reader.orphansAfter('chunk', null, 9), [orphan(2)])
          assert.equal((await reader.orphansAfter('manifest', null, 9)).length, 1)
        })
      }),
    },
    ...contentCases(words),
    ...lifeCases(words, orphan),
  ]
}

const byDigest = (one: OrphanRecord, other: OrphanRecord): number => (one.digest < other.digest ? -1 : 1)

function contentCases({ digest, head, id, node, kept, buried, onStore, write, read, append, OTHER }: MetadataWords) {
  const cases: readonly MetadataCase[] = [
    {
      rule: 'META-22',
      title: 'contents of live nodes, superseded revisions and tombstones, each once; below the horizon no more',
      run: onStore(async (store) => {
        const twin = node(5, 'twin', { content: digest(1) })
        await append(store, kept(1, node(1, 'a')), kept(2, node(2, 'b')), kept(3, twin))
        await append(store, kept(4, node(1, 'a', { content: digest(8) })), buried(5, node(2, 'b')))
        const contents = (after: Digest | null, limit: number) => read(store, (reader) => reader.contents(after, limit))
        assert.deepEqual(await contents(null, 9), [digest(1), digest(2), digest(8)])
        assert.deepEqual(await contents(digest(1), 1), [digest(2)])
        await write(store, (writer) => writer.forget(5, 0, []))
        assert.deepEqual(await contents(null, 9), [digest(1), digest(8)])
      }),
    },
    {
      rule: 'META-23 META-28',
      title: 'manifests held, ascending, with the size of their encoding; dropped ones are gone (META-28)',
      run: onStore(async (store) => {
        const put = [3, 1, 2].map((number) => ({ digest: digest(number), encoded: new Uint8Array(number * 10) }))
        await write(store, (writer) => writer.putManifests(put))
        const after = (digest: Digest | null, limit: number) =>
          read(store, (reader) => reader.manifestsAfter(digest, limit))
        assert.deepEqual(await after(null, 2), [
          { digest: digest(1), bytes: 10 },
          { digest: digest(2), bytes: 20 },
        ])
        assert.deepEqual(await after(digest(2), 9), [{ digest: digest(3), bytes: 30 }])
        await write(store, (writer) => writer.dropManifests([digest(1), digest(77)]))
        assert.equal((await read(store, (reader) => reader.manifests([digest(1), digest(2)]))).size, 1)
        await write(store, (writer) => writer.putManifests(put))
        assert.equal((await after(null, 9)).length, 3)
      }),
    },
    {
      rule: 'META-24 META-25',
      title: 'every kept revision by sequence, and how many nodes are live',
      run: onStore(async (store) => {
        const moved = node(1, 'moved')
        await append(store, kept(1, node(1, 'a')), kept(2, node(2, 'b')), kept(3, moved), buried(4, node(2, 'b')))
        await read(store, async (reader) => {
          const rows = [kept(1, node(1, 'a')), kept(2, node(2, 'b')), kept(3, moved), buried(4, node(2, 'b'))]
          assert.deepEqual(await reader.keptAfter(0, 9), rows)
          assert.deepEqual(await reader.keptAfter(1, 2), rows.slice(1, 3))
          assert.equal(await reader.liveCount(), 1)
        })
        await write(store, (writer) => writer.forget(4, 0, []))
        assert.deepEqual(await read(store, (reader) => reader.keptAfter(0, 9)), [kept(3, moved)])
      }),
    },
    {
      rule: 'META-31',
      title: 'workspaces of every owner, ascending by id, in pages',
      run: onStore(async (store) => {
        await store.create(head({ id: OTHER, owner: 'bob' }))
        await store.create(head({ id: id(7) as string as WorkspaceId, owner: 'cat' }))
        const ids = async (after: WorkspaceId | null, limit: number) =>
          (await store.everyWorkspace(after, limit)).map(({ owner }) => owner)
        assert.deepEqual(await ids(null, 9), ['ann', 'bob', 'cat'])
        assert.deepEqual(await ids(null, 2), ['ann', 'bob'])
        assert.deepEqual(await ids(OTHER, 9), ['cat'])
      }),
    },
  ]
  return cases
}

function lifeCases(
  { digest, node, kept, onStore, write, read, append }: MetadataWords,
  orphan: (value: number, rest?: Partial<OrphanRecord>) => OrphanRecord,
) {
  const device = (name: string, seenAt: number) => ({
    device: name,
    nonce: 'n',
    cursorSequence: 1,
    witnessSequence: 1,
    seenAt,
  })
  const cases: readonly MetadataCase[] = [
    {
      rule: 'META-29',
      title: 'devices last seen before a time are forgotten, the others stay',
      run: onStore(async (store) => {
        await write(store, async (writer) => {
          for (const record of [device('old', 4), device('edge', 5), device('new', 6)]) await writer.putDevice(record)
          await writer.dropDevices(5)
        })
        const left = await read(store, (reader) => reader.devices())
        assert.deepEqual(
          left.map(({ device: name }) => name),
          ['edge', 'new'],
        )
        assert.equal(await read(store, (reader) => reader.device('old')), null)
      }),
    },
    {
      rule: 'META-30',
      title: 'another epoch keeps the tree and its hashes, and forgets devices, results and orphans',
      run: onStore(async (store) => {
        await append(store, kept(1, node(1, 'a')))
        const epoch = 'e'.repeat(32) as Epoch
        await write(store, async (writer) => {
          await writer.putDevice(device('d', 4))
          await writer.putResult('ann', 'k', { digest: digest(6), answer: Uint8Array.of(1) }, 10)
          await writer.putOrphans([orphan(1), orphan(2, { kind: 'manifest' })])
        })
        await write(store, (writer) => writer.renew(epoch))
        await read(store, async (reader) => {
          assert.equal((await reader.head()).epoch, epoch)
          assert.equal((await reader.head()).sequence, 1)
          assert.equal((await reader.hashes([1])).size, 1)
          assert.equal((await reader.live(null, 9)).length, 1)
          assert.deepEqual(await reader.devices(), [])
          assert.equal(await reader.result('ann', 'k'), null)
          assert.deepEqual(await reader.orphansAfter('chunk', null, 9), [])
          assert.deepEqual(await reader.orphansAfter('manifest', null, 9), [])
        })
      }),
    },
  ]
  return cases
}
