/** Answers as head and body, and back. The order in which a message's parts lie in the body is the order of the calls here. */

import * as v from 'valibot'
import { type ErrorCode, NEXT_STEPS, TidemarkError } from '../errors.js'
import { arrivingSchema, fromArrivingWire, toArrivingWire } from './arriving-wire.js'
import type { BodyReader, BodyWriter } from './body.js'
import { fromResultsWire, resultsSchema, toResultsWire } from './change-wire.js'
import {
  chunksSchema,
  fromChunksWire,
  fromManifestsWire,
  fromSignaturesWire,
  manifestsSchema,
  signaturesSchema,
  toChunksWire,
  toManifestsWire,
  toSignaturesWire,
} from './content-wire.js'
import {
  cursorSchema,
  fromStandingWire,
  isUnchanged,
  standingSchema,
  toStandingWire,
  UNCHANGED,
  unchangedSchema,
  unchangedSince,
} from './cursor-wire.js'
import { beforeSchema, fromRowsWire, rowsSchema, toRowsWire } from './history-wire.js'
import { LIMITS, MAX_SAFE } from './limits.js'
import type { Answer, ErrorAnswer, PullAnswer, Request, Standing } from './messages.js'
import { fromRevisionWire, revisionSchema, toRevisionWire } from './node-wire.js'
import { count, digest, encodings, flag, key, list, natural, nodeId } from './schema.js'

const ruleSchema = v.pipe(
  v.object({
    algorithm: v.literal('blake2b-256'),
    keyCheck: v.nullable(digest),
    boundarySeed: key,
    averages: v.pipe(
      list(v.strictTuple([v.nullable(natural), count(LIMITS.chunkBytes, 1)]), LIMITS.averages),
      v.minLength(1),
    ),
  }),
  v.check(({ averages }) => {
    const sizes = averages.map(([size]) => size ?? MAX_SAFE + 1)
    return sizes.every((size, at) => at === 0 || size > (sizes[at - 1] ?? 0)) && averages.at(-1)?.[0] === null
  }, 'a table of averages ascends and ends open'),
)

const judged = v.picklist(['current', 'diverged'])
const digestCount = count(LIMITS.digests)
export const answerSchema = v.variant('type', [
  v.object({
    type: v.literal('hello'),
    device: v.picklist(['known', 'new', 'clone']),
    rule: ruleSchema,
    state: standingSchema,
    encodings: v.optional(encodings),
    deltas: v.optional(flag),
  }),
  v.object({
    type: v.literal('pull'),
    state: v.union([unchangedSchema, standingSchema]),
  }),
  v.object({
    type: v.literal('list'),
    at: cursorSchema,
    revisions: list(revisionSchema, LIMITS.pageRevisions),
    after: v.nullable(nodeId),
  }),
  v.object({
    type: v.literal('announce'),
    standing: judged,
    results: resultsSchema,
    missingChunks: digestCount,
    missingManifests: digestCount,
  }),
  v.object({
    type: v.literal('commit'),
    standing: judged,
    results: resultsSchema,
    first: natural,
    last: natural,
    previousHead: natural,
    hash: digest,
  }),
  v.object({ type: v.literal('put'), needWhole: digestCount }),
  v.object({ type: v.literal('get-chunks'), chunks: chunksSchema, absent: count(LIMITS.chunks) }),
  v.object({ type: v.literal('get-signatures'), signatures: signaturesSchema }),
  v.object({ type: v.literal('get-manifests'), manifests: manifestsSchema, absent: count(LIMITS.manifests) }),
  v.object({ type: v.literal('history'), rows: rowsSchema, before: beforeSchema }),
  v.object({ type: v.literal('arriving'), contents: arrivingSchema }),
  v.object({
    type: v.literal('error'),
    code: v.string(),
    message: v.string(),
    subject: v.nullable(v.string()),
    next: v.optional(v.nullable(v.string())),
    retryAfterMs: v.nullable(natural),
  }),
])
export type AnswerWire = v.InferOutput<typeof answerSchema>

export function toAnswerWire(answer: Answer, body: BodyWriter, request: Request | null): AnswerWire {
  switch (answer.type) {
    case 'hello': {
      const { algorithm, keyCheck, boundarySeed, averages } = answer.rule
      const rule = {
        algorithm,
        keyCheck,
        boundarySeed,
        averages: averages.map(([size, average]) => [size, average] as [number | null, number]),
      }
      return {
        type: 'hello',
        device: answer.device,
        rule,
        state: toStandingWire(answer.state),
        ...(answer.encodings === undefined ? {} : { encodings: [...answer.encodings] }),
        ...(answer.deltas === undefined ? {} : { deltas: answer.deltas }),
      }
    }
    case 'pull':
      return toPullWire(answer, request)
    case 'list':
      return { type: 'list', at: answer.at, revisions: answer.revisions.map(toRevisionWire), after: answer.after }
    case 'announce': {
      const results = toResultsWire(answer.results, body)
      const missingChunks = body.digests(answer.missingChunks)
      return {
        type: 'announce',
        standing: answer.standing,
        results,
        missingChunks,
        missingManifests: body.digests(answer.missingManifests),
      }
    }
    case 'commit': {
      const { type, standing, first, last, previousHead, hash } = answer
      return { type, standing, results: toResultsWire(answer.results, body), first, last, previousHead, hash }
    }
    case 'put':
      return { type: 'put', needWhole: body.digests(answer.needWhole) }
    case 'get-chunks': {
      const chunks = toChunksWire(answer.chunks, body)
      return { type: 'get-chunks', chunks, absent: body.digests(answer.absent) }
    }
    case 'get-signatures':
      return { type: 'get-signatures', signatures: toSignaturesWire(answer.signatures, body) }
    case 'get-manifests': {
      const manifests = toManifestsWire(answer.manifests, body)
      return { type: 'get-manifests', manifests, absent: body.digests(answer.absent) }
    }
    case 'history':
      return { type: 'history', rows: toRowsWire(answer.rows), before: answer.before }
    case 'arriving':
      return { type: 'arriving', contents: toArrivingWire(answer.contents) }
    case 'error':
      return toErrorWire(answer)
  }
}

function toPullWire({ type, state }: PullAnswer, request: Request | null): AnswerWire {
  const isBrief = request?.type === 'pull' && request.brief === true && isUnchanged(state, request.cursor)
  return { type, state: isBrief ? UNCHANGED : toStandingWire(state) }
}

function toErrorWire({ type, code, message, subject, next, retryAfterMs }: ErrorAnswer): AnswerWire {
  return {
    type,
    code,
    message: brief(message),
    subject: subject === null ? null : brief(subject),
    ...(next == null ? {} : { next: brief(next) }),
    retryAfterMs,
  }
}

function brief(message: string): string {
  return message.slice(0, LIMITS.messageLength)
}

/** `request`: null where it is not known; an answer that is told by what was asked is refused then. */
export function fromAnswerWire(wire: AnswerWire, body: BodyReader, request: Request | null): Answer {
  switch (wire.type) {
    case 'hello':
      return { ...wire, state: fromStandingWire(wire.state) }
    case 'pull':
      return { ...wire, state: fromPullStanding(wire.state, request) }
    case 'list':
      return { ...wire, revisions: wire.revisions.map(fromRevisionWire) }
    case 'announce': {
      const results = fromResultsWire(wire.results, body)
      const missingChunks = body.digests(wire.missingChunks, 'missingChunks')
      return {
        ...wire,
        results,
        missingChunks,
        missingManifests: body.digests(wire.missingManifests, 'missingManifests'),
      }
    }
    case 'commit':
      return { ...wire, results: fromResultsWire(wire.results, body) }
    case 'put':
      return { ...wire, needWhole: body.digests(wire.needWhole, 'needWhole') }
    case 'get-chunks': {
      const chunks = fromChunksWire(wire.chunks, body)
      return { ...wire, chunks, absent: body.digests(wire.absent, 'absent') }
    }
    case 'get-signatures':
      return { ...wire, signatures: fromSignaturesWire(wire.signatures, body) }
    case 'get-manifests': {
      const manifests = fromManifestsWire(wire.manifests, body)
      return { ...wire, manifests, absent: body.digests(wire.absent, 'absent') }
    }
    case 'history':
      return { ...wire, rows: fromRowsWire(wire.rows) }
    case 'arriving':
      return { ...wire, contents: fromArrivingWire(wire.contents) }
    case 'error': {
      const subject = wire.subject === null ? null : brief(wire.subject)
      const { next, ...rest } = wire
      const said = { ...rest, code: knownCode(wire.code), message: brief(wire.message), subject }
      return next == null ? said : { ...said, next: brief(next) }
    }
  }
}

function fromPullStanding(
  state: typeof UNCHANGED | Parameters<typeof fromStandingWire>[0],
  request: Request | null,
): Standing {
  if (state.standing !== 'unchanged') return fromStandingWire(state)
  if (request?.type === 'pull' && request.brief === true) return unchangedSince(request.cursor)
  throw new TidemarkError('invalid', 'An answer says that nothing changed, and nobody asked so.', {
    subject: 'answer.state',
  })
}

/** A code of a later version is an error all the same. */
function knownCode(code: string): ErrorCode {
  return Object.hasOwn(NEXT_STEPS, code) ? (code as ErrorCode) : 'internal'
}
