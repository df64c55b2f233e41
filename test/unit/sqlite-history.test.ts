/** History by place in SQLite: databases of the first format get their indexes, and every look is a range of an index. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { Kysely, SqliteDialect } from 'kysely'
import { readKept } from '../../adapters/shared/sql-history-reader.js'
import type { MetadataSchema } from '../../adapters/shared/sql-metadata-schema.js'
import { openSql } from '../../adapters/shared/sql-open.js'
import { kyselyDatabase } from '../../adapters/sqlite/kysely-database.js'
import { sqliteMetadataStore } from '../../adapters/sqlite/index.js'
import {
  type Digest,
  type Epoch,
  type HistorySubject,
  type KeptRevision,
  type Node,
  type NodeId,
  ROOT_ID,
  type WorkspaceId,
} from '../../src/index.js'

const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0')
const WORKSPACE = hex(1, 32) as WorkspaceId
const SUBJECTS: readonly HistorySubject[] = [
  { of: 'node', id: hex(1, 32) as NodeId },
  { of: 'place', parentId: ROOT_ID, key: 'a' },
  { of: 'deletes', parentId: ROOT_ID },
]
const NEW_INDEXES = ['nodes_dead_at', 'nodes_dead_in', 'superseded_at', 'superseded_dead_in']

function kept(sequence: number, live: boolean): KeptRevision {
  const node: Node = {
    id: hex(1, 32) as NodeId,
    parentId: ROOT_ID,
    name: 'a',
    key: 'a',
    kind: 'file',
    content: hex(sequence, 64) as Digest,
    size: 1,
    modifiedAt: 0,
    executable: false,
    conflictOf: null,
  }
  const revision = live ? { id: node.id, sequence, node } : { id: node.id, sequence, node: null }
  return { revision, last: node, acceptedAt: sequence, hash: hex(1_000 + sequence, 64) as Digest }
}

async function planted(t: ExecutionContext): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-history-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, 'metadata.sqlite')
  const store = sqliteMetadataStore({ path, driver: 'libsql' })
  await store.open()
  await store.create({
    id: WORKSPACE,
    owner: 'ann',
    name: 'notes',
    epoch: hex(9, 32) as Epoch,
    sequence: 0,
    hash: hex(0, 64) as Digest,
    horizon: 0,
    rule: { algorithm: 'blake2b-256', keyCheck: null, boundarySeed: hex(7, 32), averages: [[null, 4_096]] },
  })
  await store.transact(WORKSPACE, (writer) => writer.append([kept(1, true), kept(2, true), kept(3, false)]))
  await store.close()
  return path
}

test('META-11, META-19: a database of the first format is migrated when it is opened, and answers by place', async (t) => {
  const path = await planted(t)
  const first = openSql(path, 'libsql', { readOnly: false })
  for (const name of [...NEW_INDEXES, 'nodes_by_content', 'superseded_by_content']) first.exec(`DROP INDEX ${name}`)
  first.exec('DROP TABLE orphans')
  first.exec("DELETE FROM kysely_migration WHERE name <> '0001-first'")
  first.exec('PRAGMA user_version = 1')
  first.close()
  const store = sqliteMetadataStore({ path, driver: 'libsql' })
  await store.open()
  const rows = await store.read(WORKSPACE, (reader) => reader.kept(SUBJECTS, null, 9))
  await store.close()
  t.deepEqual(rows, [kept(3, false), kept(2, true), kept(1, true)])
  const after = openSql(path, 'libsql', { readOnly: true })
  const indexes = after.prepare("SELECT name FROM sqlite_master WHERE type = 'index'").all([])
  t.is(Number(after.prepare('PRAGMA user_version').get([])?.['user_version']), 2)
  after.close()
  for (const name of NEW_INDEXES)
    t.true(
      indexes.some((row) => row['name'] === name),
      name,
    )
})

test('META-19: no look walks a table, and none sorts', async (t) => {
  const path = await planted(t)
  const database = openSql(path, 'libsql', { readOnly: true })
  const statements: string[] = []
  const db = new Kysely<MetadataSchema>({
    dialect: new SqliteDialect({ database: kyselyDatabase(database) }),
    log: ({ query }) => void statements.push(query.sql),
  })
  await readKept({ database: db, workspace: WORKSPACE, before: 9, limit: 9 }, SUBJECTS)
  t.is(statements.length, 7)
  for (const statement of statements) {
    const variables = Array.from({ length: statement.split('?').length - 1 }, () => 1)
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${statement}`).all(variables)
    t.is(steps.length, 1, statement)
    t.regex(String(steps[0]?.['detail']), /^SEARCH \w+ USING INDEX /, statement)
  }
  database.close()
})
