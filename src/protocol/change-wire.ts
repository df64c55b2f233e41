/** Changes, groups and what became of them, in a head. Digest lists go into the body. */

import * as v from 'valibot'
import { REFUSALS, type Change, type ChangeGroup, type ChangeResult, type UpdateChange } from '../model/change.js'
import type { BodyReader, BodyWriter } from './body.js'
import { LIMITS } from './limits.js'
import {
  createSchema,
  fromNodeWire,
  fromRevisionWire,
  revisionSchema,
  toNodeWire,
  toRevisionWire,
} from './node-wire.js'
import { comparisonKey, count, digest, flag, list, name, natural, nodeId, parentId, whole } from './schema.js'

const updateSchema = v.pipe(
  v.object({
    t: v.literal('u'),
    i: nodeId,
    b: natural,
    l: v.optional(v.object({ p: parentId, n: name, k: v.optional(comparisonKey) })),
    c: v.optional(v.object({ c: digest, s: v.optional(natural), m: v.optional(whole) })),
    x: v.optional(flag),
    o: v.optional(v.nullable(nodeId)),
  }),
  v.check(
    ({ l, c, x, o }) => l !== undefined || c !== undefined || x !== undefined || o !== undefined,
    'an update changes something',
  ),
  v.check(({ i, l, o }) => l?.p !== i && o !== i, 'a node is not its own parent or conflict copy'),
)
const deleteSchema = v.object({ t: v.literal('d'), i: nodeId, b: natural })

type ChangeWire =
  | v.InferOutput<typeof createSchema>
  | v.InferOutput<typeof updateSchema>
  | v.InferOutput<typeof deleteSchema>

function schemaOf(input: unknown): v.GenericSchema<unknown, ChangeWire> {
  const type =
    typeof input === 'object' && input !== null && Object.hasOwn(input, 't') ? (input as { t: unknown }).t : null
  const schema = type === 'c' ? createSchema : type === 'u' ? updateSchema : deleteSchema
  return schema
}
const changeSchema = v.lazy(schemaOf)

export const groupsSchema = v.pipe(
  list(v.pipe(list(changeSchema, LIMITS.changes), v.minLength(1)), LIMITS.changes),
  v.minLength(1),
  v.check((groups) => groups.reduce((sum, group) => sum + group.length, 0) <= LIMITS.changes, 'too-large'),
)
export type GroupsWire = v.InferOutput<typeof groupsSchema>

function toUpdateWire(change: UpdateChange): ChangeWire {
  const { placement, content } = change
  return {
    t: 'u',
    i: change.id,
    b: change.base,
    ...(placement && {
      l: {
        p: placement.parentId,
        n: placement.name,
        ...(placement.key === placement.name ? {} : { k: placement.key }),
      },
    }),
    ...(content && {
      c: {
        c: content.digest,
        ...(content.size === 0 ? {} : { s: content.size }),
        ...(content.modifiedAt === 0 ? {} : { m: content.modifiedAt }),
      },
    }),
    ...(change.executable === undefined ? {} : { x: change.executable }),
    ...(change.conflictOf === undefined ? {} : { o: change.conflictOf }),
  }
}

function toChangeWire(change: Change): ChangeWire {
  switch (change.type) {
    case 'create':
      return { t: 'c', ...(change.base === undefined ? {} : { b: change.base }), ...toNodeWire(change) } as ChangeWire
    case 'update':
      return toUpdateWire(change)
    case 'delete':
      return { t: 'd', i: change.id, b: change.base }
  }
}

/** In a fixed field order: equal groups give equal JSON, which is what an idempotency key is bound to. */
export function toGroupsWire(groups: readonly ChangeGroup[]): GroupsWire {
  return groups.map((group) => group.map(toChangeWire))
}

function fromChangeWire(wire: ChangeWire): Change {
  switch (wire.t) {
    case 'c':
      return { type: 'create', ...(wire.b === undefined ? {} : { base: wire.b }), ...fromNodeWire(wire) }
    case 'u':
      return {
        type: 'update',
        id: wire.i,
        base: wire.b,
        ...(wire.l && { placement: { parentId: wire.l.p, name: wire.l.n, key: wire.l.k ?? wire.l.n } }),
        ...(wire.c && { content: { digest: wire.c.c, size: wire.c.s ?? 0, modifiedAt: wire.c.m ?? 0 } }),
        ...(wire.x === undefined ? {} : { executable: wire.x }),
        ...(wire.o === undefined ? {} : { conflictOf: wire.o }),
      }
    case 'd':
      return { type: 'delete', id: wire.i, base: wire.b }
  }
}

export function fromGroupsWire(wire: GroupsWire): readonly ChangeGroup[] {
  return wire.map((group) => group.map(fromChangeWire))
}

const resultSchema = v.variant('v', [
  v.object({ v: v.literal('a'), q: natural }),
  v.object({ v: v.literal('u'), q: natural, c: v.optional(revisionSchema) }),
  v.object({
    v: v.literal('r'),
    r: v.picklist(REFUSALS),
    w: nodeId,
    c: v.optional(revisionSchema),
    h: v.optional(revisionSchema),
    g: v.optional(count(LIMITS.digests)),
  }),
])
type ResultWire = v.InferOutput<typeof resultSchema>
export const resultsSchema = list(list(resultSchema, LIMITS.changes), LIMITS.changes)
export type ResultsWire = v.InferOutput<typeof resultsSchema>

function toResultWire(result: ChangeResult, body: BodyWriter): ResultWire {
  switch (result.verdict) {
    case 'accepted':
      return { v: 'a', q: result.sequence }
    case 'unchanged':
      return { v: 'u', q: result.sequence, ...(result.current && { c: toRevisionWire(result.current) }) }
    case 'refused':
      return {
        v: 'r',
        r: result.reason,
        w: result.culprit,
        ...(result.current && { c: toRevisionWire(result.current) }),
        ...(result.holder && { h: toRevisionWire(result.holder) }),
        ...(result.missing && { g: body.digests(result.missing) }),
      }
  }
}

export function toResultsWire(results: readonly (readonly ChangeResult[])[], body: BodyWriter): ResultsWire {
  return results.map((group) => group.map((result) => toResultWire(result, body)))
}

function fromResultWire(wire: ResultWire, body: BodyReader): ChangeResult {
  switch (wire.v) {
    case 'a':
      return { verdict: 'accepted', sequence: wire.q }
    case 'u':
      return { verdict: 'unchanged', sequence: wire.q, current: wire.c ? fromRevisionWire(wire.c) : null }
    case 'r':
      return {
        verdict: 'refused',
        reason: wire.r,
        culprit: wire.w,
        current: wire.c ? fromRevisionWire(wire.c) : null,
        ...(wire.h && { holder: fromRevisionWire(wire.h) }),
        ...(wire.g === undefined ? {} : { missing: body.digests(wire.g, 'results.missing') }),
      }
  }
}

export function fromResultsWire(wire: ResultsWire, body: BodyReader): readonly (readonly ChangeResult[])[] {
  return wire.map((group) => group.map((result) => fromResultWire(result, body)))
}
