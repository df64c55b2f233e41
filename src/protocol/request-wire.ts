/** Requests as head and body, and back. The order in which a message's parts lie in the body is the order of the calls here. */

import * as v from 'valibot'
import type { Cursor, Witness } from '../model/cursor.js'
import type { BodyReader, BodyWriter } from './body.js'
import { fromGroupsWire, groupsSchema, toGroupsWire } from './change-wire.js'
import {
  chunksSchema,
  fromChunksWire,
  fromManifestsWire,
  manifestsSchema,
  toChunksWire,
  toManifestsWire,
} from './content-wire.js'
import { cursorSchema, witnessSchema } from './cursor-wire.js'
import { beforeSchema, fromSubjectsWire, historyLimit, subjectsSchema, toSubjectsWire } from './history-wire.js'
import { LIMITS } from './limits.js'
import type { Request } from './messages.js'
import { count, encodings, key, list, nodeId, token, workspaceName } from './schema.js'

const workspace = workspaceName
const accept = v.optional(encodings)
const standing = { workspace, cursor: cursorSchema, witness: v.optional(witnessSchema) }
export const requestSchema = v.variant('type', [
  v.object({
    type: v.literal('hello'),
    workspace,
    device: token,
    session: v.object({ last: v.nullable(token), next: token }),
    cursor: v.nullable(cursorSchema),
    witness: v.nullable(witnessSchema),
    accept,
  }),
  v.object({ type: v.literal('pull'), ...standing, brief: v.optional(v.literal(true)), accept }),
  v.object({ type: v.literal('list'), workspace, at: v.nullable(cursorSchema), after: v.nullable(nodeId), accept }),
  v.object({ type: v.literal('announce'), ...standing, groups: groupsSchema, manifests: manifestsSchema }),
  v.object({
    type: v.literal('commit'),
    ...standing,
    key,
    groups: groupsSchema,
    manifests: manifestsSchema,
    chunks: chunksSchema,
  }),
  v.object({ type: v.literal('put'), workspace, manifests: manifestsSchema, chunks: chunksSchema }),
  v.object({
    type: v.literal('get-chunks'),
    workspace,
    digests: count(LIMITS.chunks, 1),
    have: v.optional(count(LIMITS.chunks)),
    accept,
  }),
  v.object({
    type: v.literal('get-signatures'),
    workspace,
    digests: count(LIMITS.chunks, 1),
    block: count(LIMITS.blockMost, LIMITS.blockLeast),
    accept,
  }),
  v.object({
    type: v.literal('get-manifests'),
    workspace,
    wanted: v.pipe(list(count(LIMITS.bases), LIMITS.manifests), v.minLength(1)),
    accept,
  }),
  v.object({
    type: v.literal('history'),
    workspace,
    subjects: subjectsSchema,
    before: beforeSchema,
    limit: historyLimit,
    accept,
  }),
  v.object({ type: v.literal('arriving'), workspace, accept }),
])
export type RequestWire = v.InferOutput<typeof requestSchema>

export function toRequestWire(request: Request, body: BodyWriter): RequestWire {
  const wire = toPlainWire(request, body)
  if (!('accept' in request) || request.accept === undefined) return wire
  return { ...wire, accept: [...request.accept] } as RequestWire
}

function toPlainWire(request: Request, body: BodyWriter): RequestWire {
  switch (request.type) {
    case 'hello': {
      const { type, workspace, device, session, cursor, witness } = request
      return { type, workspace, device, session: { last: session.last, next: session.next }, cursor, witness }
    }
    case 'pull': {
      const { type, workspace, brief } = request
      return { type, workspace, ...toKnownWire(request), ...(brief && { brief }) }
    }
    case 'list':
      return { type: 'list', workspace: request.workspace, at: request.at, after: request.after }
    case 'announce': {
      const { type, workspace } = request
      return {
        type,
        workspace,
        ...toKnownWire(request),
        groups: toGroupsWire(request.groups),
        manifests: toManifestsWire(request.manifests, body),
      }
    }
    case 'commit': {
      const { type, workspace, key } = request
      const manifests = toManifestsWire(request.manifests, body)
      const chunks = toChunksWire(request.chunks, body)
      return { type, workspace, ...toKnownWire(request), key, groups: toGroupsWire(request.groups), manifests, chunks }
    }
    case 'put': {
      const manifests = toManifestsWire(request.manifests, body)
      return { type: 'put', workspace: request.workspace, manifests, chunks: toChunksWire(request.chunks, body) }
    }
    case 'get-chunks': {
      const { type, workspace, have } = request
      const digests = body.digests(request.digests)
      return { type, workspace, digests, ...(have && { have: body.digests(have) }) }
    }
    case 'get-signatures': {
      const { type, workspace, block } = request
      return { type, workspace, digests: body.digests(request.digests), block }
    }
    case 'get-manifests':
      return {
        type: 'get-manifests',
        workspace: request.workspace,
        wanted: request.wanted.map(({ digest, have }) => {
          body.digests([digest])
          return body.digests(have)
        }),
      }
    case 'history': {
      const { type, workspace, before, limit } = request
      return { type, workspace, subjects: toSubjectsWire(request.subjects), before, limit }
    }
    case 'arriving':
      return { type: 'arriving', workspace: request.workspace }
  }
}

export function fromRequestWire(wire: RequestWire, body: BodyReader): Request {
  switch (wire.type) {
    case 'hello':
    case 'list':
    case 'arriving':
      return wire
    case 'pull':
      return fromKnownWire(wire)
    case 'announce': {
      const manifests = fromManifestsWire(wire.manifests, body)
      return { ...fromKnownWire(wire), groups: fromGroupsWire(wire.groups), manifests }
    }
    case 'commit': {
      const manifests = fromManifestsWire(wire.manifests, body)
      const chunks = fromChunksWire(wire.chunks, body)
      return { ...fromKnownWire(wire), groups: fromGroupsWire(wire.groups), manifests, chunks }
    }
    case 'put': {
      const manifests = fromManifestsWire(wire.manifests, body)
      return { ...wire, manifests, chunks: fromChunksWire(wire.chunks, body) }
    }
    case 'get-chunks': {
      const digests = body.digests(wire.digests, 'digests')
      const { have, ...rest } = wire
      return have === undefined ? { ...rest, digests } : { ...rest, digests, have: body.digests(have, 'have') }
    }
    case 'get-signatures':
      return { ...wire, digests: body.digests(wire.digests, 'digests') }
    case 'get-manifests':
      return {
        ...wire,
        wanted: wire.wanted.map((bases) => ({
          digest: body.digest('wanted.digest'),
          have: body.digests(bases, 'wanted.have'),
        })),
      }
    case 'history':
      return { ...wire, subjects: fromSubjectsWire(wire.subjects) }
  }
}

interface Known {
  readonly cursor: Cursor
  readonly witness: Witness
}

/** The witness of a device that was never told of more than its cursor goes without saying. */
function toKnownWire({ cursor, witness }: Known): Pick<Known, 'cursor'> & Partial<Known> {
  return witness.sequence === cursor.sequence && witness.hash === cursor.hash ? { cursor } : { cursor, witness }
}

function fromKnownWire<T extends { cursor: Cursor; witness?: Witness | undefined }>(wire: T): T & Known {
  const { sequence, hash } = wire.cursor
  return { ...wire, witness: wire.witness ?? { sequence, hash } }
}
