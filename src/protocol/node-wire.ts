/**
 * Nodes and revisions in a head: short field names, a key left out where it equals the name, defaults left out.
 * The shape rules of the known kinds live here; unknown kinds and attributes pass through.
 */

import * as v from 'valibot'
import type { Digest, NodeId } from '../model/ids.js'
import type { Node } from '../model/node.js'
import type { Revision } from '../model/revision.js'
import { attributes, comparisonKey, digest, flag, kind, name, natural, nodeId, parentId, whole } from './schema.js'

const nodeEntries = {
  i: nodeId,
  p: parentId,
  n: name,
  k: v.optional(comparisonKey),
  d: v.optional(kind),
  c: v.optional(digest),
  s: v.optional(natural),
  m: v.optional(whole),
  x: v.optional(flag),
  o: v.optional(nodeId),
  a: v.optional(attributes),
}

interface NodeWire {
  readonly i: NodeId
  readonly p: NodeId
  readonly n: string
  readonly k?: string | undefined
  readonly d?: string | undefined
  readonly c?: Digest | undefined
  readonly s?: number | undefined
  readonly m?: number | undefined
  readonly x?: boolean | undefined
  readonly o?: NodeId | undefined
  readonly a?: readonly (readonly [string, string])[] | undefined
}

function contentFits(wire: NodeWire): boolean {
  const known = wire.d ?? 'file'
  if (known === 'file') return wire.c !== undefined
  return known !== 'directory' || (wire.c === undefined && (wire.s ?? 0) === 0)
}

function notItself(wire: NodeWire): boolean {
  return wire.p !== wire.i && wire.o !== wire.i
}

const CONTENT_RULE = 'a file has content, a directory has none'
const ITSELF_RULE = 'a node is not its own parent or conflict copy'

export const createSchema = v.pipe(
  v.object({ t: v.literal('c'), b: v.optional(natural), ...nodeEntries }),
  v.check((wire) => contentFits(wire), CONTENT_RULE),
  v.check((wire) => notItself(wire), ITSELF_RULE),
)

const liveSchema = v.pipe(
  v.object({ q: natural, z: v.optional(v.literal(false)), ...nodeEntries }),
  v.check((wire) => contentFits(wire), CONTENT_RULE),
  v.check((wire) => notItself(wire), ITSELF_RULE),
)
/** A revision as kept: `z` says that it is a delete, the rest is the state before it. */
export const keptSchema = v.pipe(
  v.object({ q: natural, t: whole, z: v.optional(flag), ...nodeEntries }),
  v.check((wire) => contentFits(wire), CONTENT_RULE),
  v.check((wire) => notItself(wire), ITSELF_RULE),
)
export type KeptWire = v.InferOutput<typeof keptSchema>

const tombstoneSchema = v.object({ i: nodeId, q: natural, z: v.literal(true) })
export type RevisionWire = v.InferOutput<typeof liveSchema> | v.InferOutput<typeof tombstoneSchema>
export const revisionSchema = v.lazy(
  (input): v.GenericSchema<unknown, RevisionWire> =>
    (isTombstone(input) ? tombstoneSchema : liveSchema) as v.GenericSchema<unknown, RevisionWire>,
)

function isTombstone(input: unknown): boolean {
  return (
    typeof input === 'object' && input !== null && Object.hasOwn(input, 'z') && (input as { z: unknown }).z === true
  )
}

export function toNodeWire(node: Node): NodeWire {
  return {
    i: node.id,
    p: node.parentId,
    n: node.name,
    ...(node.key === node.name ? {} : { k: node.key }),
    ...(node.kind === 'file' ? {} : { d: node.kind }),
    ...(node.content === null ? {} : { c: node.content }),
    ...(node.size === 0 ? {} : { s: node.size }),
    ...(node.modifiedAt === 0 ? {} : { m: node.modifiedAt }),
    ...(node.executable ? { x: true } : {}),
    ...(node.conflictOf === null ? {} : { o: node.conflictOf }),
    ...attributesWire(node.attributes),
  }
}

function attributesWire(given: Node['attributes']): { readonly a?: readonly (readonly [string, string])[] } {
  const pairs = Object.entries(given ?? {})
  return pairs.length === 0 ? {} : { a: pairs.sort(([one], [other]) => (one < other ? -1 : 1)) }
}

export function fromNodeWire(wire: NodeWire): Node {
  return {
    id: wire.i,
    parentId: wire.p,
    name: wire.n,
    key: wire.k ?? wire.n,
    kind: wire.d ?? 'file',
    content: wire.c ?? null,
    size: wire.s ?? 0,
    modifiedAt: wire.m ?? 0,
    executable: wire.x ?? false,
    conflictOf: wire.o ?? null,
    // fromEntries defines own properties, so a name like `__proto__` stays a name
    ...(wire.a === undefined || wire.a.length === 0 ? {} : { attributes: Object.fromEntries(wire.a) }),
  }
}

export function toRevisionWire(revision: Revision): RevisionWire {
  const { id, sequence, node } = revision
  if (node === null) return { i: id, q: sequence, z: true }
  return { q: sequence, ...toNodeWire(node) } as RevisionWire
}

export function fromRevisionWire(wire: RevisionWire): Revision {
  if (wire.z === true) return { id: wire.i, sequence: wire.q, node: null }
  return { id: wire.i, sequence: wire.q, node: fromNodeWire(wire) }
}

/** Upper bound of the bytes a revision takes in a head. A UTF-16 unit of a checked text takes at most 3 there. */
export function revisionWeight(revision: Revision): number {
  const { node } = revision
  if (node === null) return 80
  let units = node.name.length + node.kind.length + (node.key === node.name ? 0 : node.key.length)
  for (const [field, value] of Object.entries(node.attributes ?? {})) units += field.length + value.length + 2
  return 300 + 3 * units
}
