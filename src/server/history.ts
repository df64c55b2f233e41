/** Kept revisions of one workspace, newest first, page by page. What was forgotten, and what is foreign, is simply not there. */

import type { KeptRevision, MetadataReader } from '../interfaces/metadata-store.js'
import { LIMITS } from '../protocol/limits.js'
import type { HistoryAnswer, HistoryRequest } from '../protocol/messages.js'
import { revisionWeight } from '../protocol/node-wire.js'

/** What a row says beyond the revision: its time and the mark of a delete. */
const ROW_BYTES = 40

export async function readHistory(reader: MetadataReader, request: HistoryRequest): Promise<HistoryAnswer> {
  const { subjects, before, limit } = request
  const found = await reader.kept(subjects, before, limit + 1)
  const page = fitting(found, limit)
  return {
    type: 'history',
    rows: page.map(({ revision, last, acceptedAt }) => ({
      sequence: revision.sequence,
      acceptedAt,
      deleted: revision.node === null,
      node: last,
    })),
    before: page.length === found.length ? null : (page.at(-1)?.revision.sequence ?? null),
  }
}

/** As many as an answer may hold, at least one. */
function fitting(found: readonly KeptRevision[], limit: number): readonly KeptRevision[] {
  let weight = 0
  for (const [at, { revision, last }] of found.entries()) {
    weight += ROW_BYTES + revisionWeight({ id: revision.id, sequence: revision.sequence, node: last })
    if (at > 0 && (weight > LIMITS.answerWeight || at >= limit)) return found.slice(0, at)
  }
  return found
}
