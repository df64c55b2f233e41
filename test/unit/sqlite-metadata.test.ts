/** What the metadata rules leave to the SQLite adapter: the file, its versions, its concurrency and its limits. */

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { ROOT_ID } from '../../src/index.js'
import type {
  ContentRule,
  Digest,
  Epoch,
  KeptRevision,
  MetadataStore,
  Node,
  NodeId,
  WorkspaceHead,
  WorkspaceId,
} from '../../src/index.js'
import { sqliteMetadataStore } from '../../adapters/sqlite/index.js'

const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0')
const nodeId = (value: number): NodeId => hex(value, 32) as NodeId
const digest = (value: number): Digest => hex(value, 64) as Digest
const RULE: ContentRule = {
  algorithm: 'blake2b-256',
  keyCheck: null,
  boundarySeed: hex(7, 32),
  averages: [[null, 4_096]],
}
const WORKSPACE = hex(1, 32) as WorkspaceId

const head = (changes: Partial<WorkspaceHead> = {}): WorkspaceHead => ({
  id: WORKSPACE,
  owner: 'ann',
  name: 'notes',
  epoch: hex(9, 32) as Epoch,
  sequence: 0,
  hash: digest(0),
  horizon: 0,
  rule: RULE,
  ...changes,
})

const node = (id: number, name: string, changes: Partial<Node> = {}): Node => ({
  id: nodeId(id),
  parentId: ROOT_ID,
  name,
  key: name,
  kind: 'file',
  content: digest(id),
  size: 5,
  modifiedAt: -1,
  executable: false,
  conflictOf: null,
  ...changes,
})

const kept = (sequence: number, of: Node, live = true): KeptRevision => ({
  revision: live ? { id: of.id, sequence, node: of } : { id: of.id, sequence, node: null },
  last: of,
  acceptedAt: 1_700_000_000_000,
  hash: digest(1_000 + sequence),
})

async function inDirectory(run: (path: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-metadata-'))
  try {
    await run(join(directory, 'metadata.sqlite'))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function withStore(path: string, run: (store: MetadataStore) => Promise<void>): Promise<void> {
  const store = sqliteMetadataStore({ path, driver: 'libsql' })
  await store.open()
  try {
    await run(store)
  } finally {
    await store.close()
  }
}

const codeOf = (run: Promise<unknown>): Promise<string | undefined> =>
  run.then(
    () => undefined,
    (error: unknown) => (error as { code?: string }).code,
  )

test('every attribute of a revision comes back, over a reopen; history knows tombstones by their last state', (t) =>
  inDirectory(async (path) => {
    const full = node(2, `it's "%_' \\ ü 🦀`, {
      executable: true,
      conflictOf: nodeId(5),
      modifiedAt: 2 ** 41,
      size: 2 ** 53 - 1,
      attributes: JSON.parse('{"__proto__":"x","a":"b"}') as Record<string, string>,
    })
    await withStore(path, async (store) => {
      await store.create(head())
      await store.transact(WORKSPACE, (writer) =>
        writer.append([
          kept(1, full),
          kept(2, node(3, 'dir', { kind: 'directory', content: null })),
          kept(3, full, false),
        ]),
      )
    })
    await withStore(path, async (store) =>
      store.read(WORKSPACE, async (reader) => {
        t.deepEqual(await reader.head(), head({ sequence: 3, hash: digest(1_003) }))
        t.deepEqual(await reader.history(full.id, 10), [kept(3, full, false), kept(1, full)])
        t.deepEqual(await reader.since(0, 10), [
          kept(2, node(3, 'dir', { kind: 'directory', content: null })).revision,
          kept(3, full, false).revision,
        ])
      }),
    )
  }))

test('INV-24 two live nodes at one place are refused by the schema itself; names may trade places in one batch', (t) =>
  inDirectory(async (path) =>
    withStore(path, async (store) => {
      await store.create(head())
      await store.transact(WORKSPACE, (writer) => writer.append([kept(1, node(1, 'a')), kept(2, node(2, 'b'))]))
      t.is(await codeOf(store.transact(WORKSPACE, (writer) => writer.append([kept(3, node(3, 'a'))]))), 'exists')
      await store.transact(WORKSPACE, (writer) => writer.append([kept(3, node(1, 'b')), kept(4, node(2, 'a'))]))
      const holders = await store.read(WORKSPACE, (reader) =>
        reader.holders([
          { parentId: ROOT_ID, key: 'a' },
          { parentId: ROOT_ID, key: 'A' },
          { parentId: ROOT_ID, key: 'b' },
        ]),
      )
      t.deepEqual(
        holders.map((revision) => revision?.id ?? null),
        [nodeId(2), null, nodeId(1)],
      )
    }),
  ))

test('META-17 a snapshot neither waits for a writer nor sees it', (t) =>
  inDirectory(async (path) =>
    withStore(path, async (store) => {
      await store.create(head())
      await store.transact(WORKSPACE, async (writer) => {
        await writer.append([kept(1, node(1, 'a'))])
        t.is((await writer.head()).sequence, 1)
        t.is((await store.read(WORKSPACE, (reader) => reader.head())).sequence, 0)
      })
      await store.read(WORKSPACE, async (reader) => {
        t.is((await reader.head()).sequence, 1)
        await store.transact(WORKSPACE, (writer) => writer.append([kept(2, node(2, 'b'))]))
        t.is((await reader.head()).sequence, 1, 'the snapshot stays where it began')
        t.is((await reader.live(null, 10)).length, 1)
      })
    }),
  ))

test('more readers than connections, and a close that waits for them', (t) =>
  inDirectory(async (path) =>
    withStore(path, async (store) => {
      await store.create(head())
      const heads = Array.from({ length: 40 }, () => store.read(WORKSPACE, (reader) => reader.head()))
      await store.close()
      t.is((await Promise.all(heads)).length, 40)
      t.is(await codeOf(store.read(WORKSPACE, (reader) => reader.head())), 'closed')
    }),
  ))

test('INV-28 sequences are exact at 2^31, 2^32 and 2^53-1, and refused beyond', (t) =>
  inDirectory(async (path) =>
    withStore(path, async (store) => {
      for (const [at, start] of [2 ** 31 - 1, 2 ** 32 - 1, 2 ** 53 - 2].entries()) {
        const id = hex(100 + at, 32) as WorkspaceId
        await store.create(head({ id, name: `n${at}`, sequence: start, hash: digest(4) }))
        await store.transact(id, (writer) => writer.append([kept(start + 1, node(1, 'a'))]))
        t.is((await store.read(id, (reader) => reader.head())).sequence, start + 1)
        t.deepEqual(
          (await store.read(id, (reader) => reader.since(start, 5))).map(({ sequence }) => sequence),
          [start + 1],
        )
      }
      const last = hex(102, 32) as WorkspaceId
      t.is(await codeOf(store.transact(last, (writer) => writer.append([kept(2 ** 53, node(2, 'b'))]))), 'internal')
      t.is((await store.read(last, (reader) => reader.head())).sequence, 2 ** 53 - 1)
    }),
  ))

test('a batch of 1,000 changes with 1,000 places, and lists longer than a statement allows', (t) =>
  inDirectory(async (path) =>
    withStore(path, async (store) => {
      await store.create(head())
      const nodes = Array.from({ length: 1_000 }, (_, at) =>
        node(at + 1, `n${at}`, { parentId: nodeId(100_000 + (at % 300)) }),
      )
      await store.transact(WORKSPACE, (writer) => writer.append(nodes.map((each, at) => kept(at + 1, each))))
      await store.read(WORKSPACE, async (reader) => {
        const holders = await reader.holders(nodes.map(({ parentId, key }) => ({ parentId, key })))
        t.deepEqual(
          holders.map((revision) => revision?.id),
          nodes.map(({ id }) => id),
        )
        const ids = Array.from({ length: 40_000 }, (_, at) => nodeId(at))
        t.is((await reader.revisions(ids)).size, 1_000)
      })
    }),
  ))

test('calls after the end of a transaction fail, and a failed one leaves no trace', (t) =>
  inDirectory(async (path) =>
    withStore(path, async (store) => {
      await store.create(head())
      const escaped = await store.transact(WORKSPACE, async (writer) => writer)
      t.is(await codeOf(escaped.append([kept(1, node(1, 'a'))])), 'closed')
      const failure = new Error('on purpose')
      const failed = store.transact(WORKSPACE, async (writer) => {
        await writer.append([kept(1, node(1, 'a'))])
        throw failure
      })
      t.is(await t.throwsAsync(failed), failure)
      t.is((await store.read(WORKSPACE, (reader) => reader.head())).sequence, 0)
    }),
  ))

test('META-11 locked for a second holder; newer and foreign files are refused untouched', (t) =>
  inDirectory(async (path) => {
    await withStore(path, async () => {
      t.is(await codeOf(sqliteMetadataStore({ path, driver: 'libsql' }).open()), 'locked')
    })
    const bytes = readFileSync(path)
    bytes.writeInt32BE(3, 60)
    writeFileSync(path, bytes)
    t.is(await codeOf(sqliteMetadataStore({ path, driver: 'libsql' }).open()), 'newer-version')
    t.deepEqual(readFileSync(path), bytes)
    t.deepEqual(
      readdirSync(join(path, '..')).filter((name) => !/^metadata\.sqlite(-lock|-wal|-shm)?$/.test(name)),
      [],
    )
    bytes.writeInt32BE(1, 60)
    bytes.write('XXXX', 68, 'latin1')
    writeFileSync(path, bytes)
    t.is(await codeOf(sqliteMetadataStore({ path, driver: 'libsql' }).open()), 'corrupt')
    t.deepEqual(readFileSync(path), bytes)
  }))

test('SEC-35 text from outside is data, whatever it spells', (t) =>
  inDirectory(async (path) =>
    withStore(path, async (store) => {
      await store.create(head())
      const hostile = [
        `'; DROP TABLE nodes; --`,
        `" OR "1"="1`,
        '%',
        '_',
        '\\',
        `x') UNION SELECT 1 --`,
        '?1',
        ':a',
        '$1',
        '__proto__',
      ]
      await store.transact(WORKSPACE, async (writer) => {
        await writer.append(hostile.map((name, at) => kept(at + 1, node(at + 1, name))))
        for (const text of hostile)
          await writer.putResult(text, text, { digest: digest(1), answer: new TextEncoder().encode(text) }, 1)
      })
      await store.read(WORKSPACE, async (reader) => {
        const holders = await reader.holders(hostile.map((key) => ({ parentId: ROOT_ID, key })))
        t.deepEqual(
          holders.map((revision) => revision?.node?.name),
          hostile,
        )
        for (const text of hostile)
          t.deepEqual((await reader.result(text, text))?.answer, new TextEncoder().encode(text))
      })
      t.is(await store.find(`' OR 1=1 --`, 'notes'), null)
      for (const bad of ['a\0b', '\ud800']) t.is(await codeOf(store.find(bad, 'x')), 'invalid')
    }),
  ))
