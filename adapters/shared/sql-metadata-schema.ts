/**
 * The tables of the server's metadata, for SQLite and, by the two words in `ColumnWords`, for PostgreSQL.
 * The workspace comes first in every key, so that the same schema can be spread over machines. Ids and digests are
 * lower-case hex text and compare by bytes: on PostgreSQL their columns need the collation "C".
 */

import type { Kysely, Migration } from 'kysely'

/** One kept revision. `nodes` holds the current one of each node, `superseded` the older ones above the horizon. */
export interface NodeTable {
  workspace: string
  id: string
  sequence: number
  /** 1, or 0 for a tombstone; the other columns then hold the last state. */
  live: number
  parent_id: string
  name: string
  /** Comparison form of the name. */
  name_key: string
  kind: string
  content: string | null
  size: number
  modified_at: number
  executable: number
  conflict_of: string | null
  /** JSON, null where there are none. */
  attributes: string | null
  accepted_at: number
  /** hash(sequence). */
  hash: string
}

export interface WorkspaceTable {
  id: string
  owner: string
  name: string
  epoch: string
  sequence: number
  hash: string
  horizon: number
  /** ContentRule as JSON. */
  rule: string
}

export interface MetadataSchema {
  workspaces: WorkspaceTable
  nodes: NodeTable
  superseded: NodeTable
  hashes: { workspace: string; sequence: number; hash: string }
  manifests: { workspace: string; digest: string; encoded: Uint8Array }
  results: { workspace: string; principal: string; result_key: string; digest: string; answer: Uint8Array; at: number }
  devices: {
    workspace: string
    device: string
    nonce: string | null
    cursor_sequence: number
    witness_sequence: number
    seen_at: number
  }
  orphans: { workspace: string; kind: string; digest: string; noted_at: number; condemned_at: number | null }
}

export type MetadataDb = Kysely<MetadataSchema>

/** What the two databases call differently. */
export interface ColumnWords {
  readonly bytes: 'blob' | 'bytea'
}

async function createNodeTable(
  db: Kysely<unknown>,
  table: 'nodes' | 'superseded',
  key: 'id' | 'sequence',
): Promise<void> {
  await db.schema
    .createTable(table)
    .addColumn('workspace', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('live', 'smallint', (column) => column.notNull())
    .addColumn('parent_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('name_key', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('content', 'text')
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('modified_at', 'bigint', (column) => column.notNull())
    .addColumn('executable', 'smallint', (column) => column.notNull())
    .addColumn('conflict_of', 'text')
    .addColumn('attributes', 'text')
    .addColumn('accepted_at', 'bigint', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${table}_key`, ['workspace', key])
    .execute()
}

async function createNodeIndexes(db: Kysely<unknown>): Promise<void> {
  const place: string[] = ['workspace', 'parent_id', 'name_key']
  const parent: string[] = ['workspace', 'parent_id', 'id']
  await db.schema.createIndex('nodes_by_sequence').unique().on('nodes').columns(['workspace', 'sequence']).execute()
  await db.schema.createIndex('nodes_by_place').unique().on('nodes').columns(place).where('live', '=', 1).execute()
  await db.schema.createIndex('nodes_by_parent').on('nodes').columns(parent).where('live', '=', 1).execute()
  await db.schema.createIndex('superseded_by_node').on('superseded').columns(['workspace', 'id', 'sequence']).execute()
}

/** What stood at a place, and what was deleted in a directory, newest first; the live holder has an index already. */
async function createHistoryIndexes(db: Kysely<unknown>): Promise<void> {
  const place: string[] = ['workspace', 'parent_id', 'name_key', 'sequence']
  const parent: string[] = ['workspace', 'parent_id', 'sequence']
  await db.schema.createIndex('nodes_dead_at').on('nodes').columns(place).where('live', '=', 0).execute()
  await db.schema.createIndex('nodes_dead_in').on('nodes').columns(parent).where('live', '=', 0).execute()
  await db.schema.createIndex('superseded_at').on('superseded').columns(place).execute()
  await db.schema.createIndex('superseded_dead_in').on('superseded').columns(parent).where('live', '=', 0).execute()
}

async function createWorkspaces(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('workspaces')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('epoch', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('horizon', 'bigint', (column) => column.notNull())
    .addColumn('rule', 'text', (column) => column.notNull())
    .addUniqueConstraint('workspaces_by_name', ['owner', 'name'])
    .execute()
}

async function createRecords(db: Kysely<unknown>, words: ColumnWords): Promise<void> {
  await db.schema
    .createTable('hashes')
    .addColumn('workspace', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('hashes_key', ['workspace', 'sequence'])
    .execute()
  await db.schema
    .createTable('manifests')
    .addColumn('workspace', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('encoded', words.bytes === 'blob' ? 'blob' : 'bytea', (column) => column.notNull())
    .addPrimaryKeyConstraint('manifests_key', ['workspace', 'digest'])
    .execute()
  await db.schema
    .createTable('results')
    .addColumn('workspace', 'text', (column) => column.notNull())
    .addColumn('principal', 'text', (column) => column.notNull())
    .addColumn('result_key', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('answer', words.bytes === 'blob' ? 'blob' : 'bytea', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('results_key', ['workspace', 'principal', 'result_key'])
    .execute()
  await db.schema.createIndex('results_by_age').on('results').columns(['workspace', 'at']).execute()
  await db.schema
    .createTable('devices')
    .addColumn('workspace', 'text', (column) => column.notNull())
    .addColumn('device', 'text', (column) => column.notNull())
    .addColumn('nonce', 'text')
    .addColumn('cursor_sequence', 'bigint', (column) => column.notNull())
    .addColumn('witness_sequence', 'bigint', (column) => column.notNull())
    .addColumn('seen_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('devices_key', ['workspace', 'device'])
    .execute()
}

/** What garbage collection has found, and the two indexes that tell which contents are named. */
async function createOrphans(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('orphans')
    .addColumn('workspace', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('noted_at', 'bigint', (column) => column.notNull())
    .addColumn('condemned_at', 'bigint')
    .addPrimaryKeyConstraint('orphans_key', ['workspace', 'kind', 'digest'])
    .execute()
  await db.schema.createIndex('nodes_by_content').on('nodes').columns(['workspace', 'content']).execute()
  await db.schema.createIndex('superseded_by_content').on('superseded').columns(['workspace', 'content']).execute()
}

/** Every step that ever led here, by name, oldest first. A released step never changes. */
export function metadataMigrations(words: ColumnWords): Record<string, Migration> {
  return {
    '0001-first': {
      async up(db: Kysely<unknown>): Promise<void> {
        await createWorkspaces(db)
        await createNodeTable(db, 'nodes', 'id')
        await createNodeTable(db, 'superseded', 'sequence')
        await createNodeIndexes(db)
        await createRecords(db, words)
      },
    },
    '0002-history-by-place': {
      async up(db: Kysely<unknown>): Promise<void> {
        await createHistoryIndexes(db)
      },
    },
    '0003-orphans': { up: createOrphans },
  }
}
