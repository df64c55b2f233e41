/** What a history request asks about, and kept revisions as rows, in a head. A row is a revision with what a delete left of it. */

import * as v from 'valibot'
import type { HistoryRow, HistorySubject } from '../model/history.js'
import { LIMITS } from './limits.js'
import { fromNodeWire, keptSchema, type KeptWire, toNodeWire } from './node-wire.js'
import { comparisonKey, count, list, natural, nodeId, parentId } from './schema.js'

const subjectSchema = v.variant('t', [
  v.object({ t: v.literal('n'), i: nodeId }),
  v.object({ t: v.literal('p'), p: parentId, k: comparisonKey }),
  v.object({ t: v.literal('d'), p: parentId }),
])
type SubjectWire = v.InferOutput<typeof subjectSchema>

export const subjectsSchema = v.pipe(list(subjectSchema, LIMITS.historySubjects), v.minLength(1))
export const historyLimit = count(LIMITS.pageRevisions, 1)
export const beforeSchema = v.nullable(natural)
export const rowsSchema = list(keptSchema, LIMITS.pageRevisions)

export function toSubjectsWire(subjects: readonly HistorySubject[]): SubjectWire[] {
  return subjects.map((subject) => {
    switch (subject.of) {
      case 'node':
        return { t: 'n', i: subject.id }
      case 'place':
        return { t: 'p', p: subject.parentId, k: subject.key }
      case 'deletes':
        return { t: 'd', p: subject.parentId }
    }
  })
}

export function fromSubjectsWire(wire: readonly SubjectWire[]): readonly HistorySubject[] {
  return wire.map((subject) => {
    switch (subject.t) {
      case 'n':
        return { of: 'node', id: subject.i }
      case 'p':
        return { of: 'place', parentId: subject.p, key: subject.k }
      case 'd':
        return { of: 'deletes', parentId: subject.p }
    }
  })
}

export function toRowsWire(rows: readonly HistoryRow[]): KeptWire[] {
  return rows.map(({ sequence, acceptedAt, deleted, node }) => ({
    q: sequence,
    t: acceptedAt,
    ...(deleted ? { z: true } : {}),
    ...toNodeWire(node),
  })) as KeptWire[]
}

export function fromRowsWire(wire: readonly KeptWire[]): readonly HistoryRow[] {
  return wire.map((row) => ({
    sequence: row.q,
    acceptedAt: row.t,
    deleted: row.z ?? false,
    node: fromNodeWire(row),
  }))
}
