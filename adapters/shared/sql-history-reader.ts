/**
 * Kept revisions by node, by place and by directory (META-19). Each look is one range of an index, newest first, so that
 * its cost follows what it returns. It decides nothing and never reads another workspace.
 */

import type { SelectQueryBuilder } from 'kysely'
import type { HistorySubject, KeptRevision, Sequence, WorkspaceId } from '../../src/index.js'
import { toKept } from './sql-metadata-rows.js'
import type { MetadataDb, MetadataSchema, NodeTable } from './sql-metadata-schema.js'

export interface KeptQuery {
  readonly database: MetadataDb
  readonly workspace: WorkspaceId
  readonly before: Sequence | null
  readonly limit: number
}

type Rows = SelectQueryBuilder<MetadataSchema, 'nodes' | 'superseded', NodeTable>

export async function readKept(
  query: KeptQuery,
  subjects: readonly HistorySubject[],
): Promise<readonly KeptRevision[]> {
  if (query.limit < 1) return []
  const found = new Map<Sequence, KeptRevision>()
  for (const subject of subjects) {
    for (const rows of looksOf(query, subject)) {
      for (const row of await rows.execute()) found.set(row.sequence, toKept(row))
    }
  }
  return [...found.values()].sort((a, b) => b.revision.sequence - a.revision.sequence).slice(0, query.limit)
}

function looksOf(query: KeptQuery, subject: HistorySubject): readonly Rows[] {
  const [nodes, superseded] = [rowsOf(query, 'nodes'), rowsOf(query, 'superseded')]
  switch (subject.of) {
    case 'node':
      return [nodes, superseded].map((rows) => rows.where('id', '=', subject.id))
    case 'place':
      return [isLive(nodes, 1), isLive(nodes, 0), superseded].map((rows) =>
        rows.where('parent_id', '=', subject.parentId).where('name_key', '=', subject.key),
      )
    case 'deletes':
      return [nodes, superseded].map((rows) => isLive(rows, 0).where('parent_id', '=', subject.parentId))
  }
}

function rowsOf({ database, workspace, before, limit }: KeptQuery, table: 'nodes' | 'superseded'): Rows {
  const rows = database.selectFrom(table).selectAll().where('workspace', '=', workspace) as unknown as Rows
  const earlier = before === null ? rows : rows.where('sequence', '<', before)
  return earlier.orderBy('sequence', 'desc').limit(limit)
}

/** A literal: a partial index is taken only where the statement itself says so. */
function isLive(rows: Rows, live: 0 | 1): Rows {
  return rows.where((eb) => eb('live', '=', eb.lit(live)))
}
