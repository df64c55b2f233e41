/**
 * The values a head may hold, as valibot schemas, and the one place where a broken one becomes an error.
 * Unknown fields of known objects are dropped, never passed on; wrong types are refused, nothing is coerced.
 */

import * as v from 'valibot'
import { TidemarkError } from '../errors.js'
import { isDigest, isNodeId, isRandomId, ROOT_ID, type Digest, type Epoch, type NodeId } from '../model/ids.js'
import { nameTrouble } from '../model/name.js'
import { LIMITS } from './limits.js'

const TOO_LARGE = 'too-large'
const TOKEN = /^[0-9A-Za-z_-]+$/
const WORD = /^[a-z][a-z0-9-]*$/
const CONTROL = /\p{Cc}/u
const LONE_SURROGATE = /\p{Cs}/u

export const flag = v.boolean()
/** `-0` is a way to say 0 that would not hash alike. */
export const whole = v.pipe(
  v.number(),
  v.safeInteger(),
  v.check((value) => !Object.is(value, -0), 'must not be -0'),
)
/** Sequences, sizes, counts. */
export const natural = count(Number.MAX_SAFE_INTEGER)
export const digest = v.custom<Digest>(isDigest, 'must be 64 lower-case hex digits')
export const parentId = v.custom<NodeId>(isNodeId, 'must be 32 lower-case hex digits')
export const nodeId = v.custom<NodeId>(
  (value) => isNodeId(value) && value !== ROOT_ID,
  'must be 32 lower-case hex digits, not the root',
)
export const epoch = v.custom<Epoch>(isRandomId, 'must be 32 lower-case hex digits')
export const key = v.custom<string>(isRandomId, 'must be 32 lower-case hex digits')
export const token = v.pipe(v.string(), v.maxLength(LIMITS.tokenLength, TOO_LARGE), v.regex(TOKEN))

/** Text that prints on one line and survives any encoding. */
export function text(limit: number) {
  return v.pipe(
    v.string(),
    v.maxLength(limit, TOO_LARGE),
    v.check(
      (value) => !CONTROL.test(value) && !LONE_SURROGATE.test(value),
      'must be valid Unicode without control characters',
    ),
  )
}

export const name = v.pipe(
  v.string(),
  v.check((value) => nameTrouble(value) === null, 'must be a name a node can have'),
)
export const comparisonKey = v.pipe(text(LIMITS.keyLength), v.minLength(1))
export const workspaceName = v.pipe(text(LIMITS.workspaceNameLength), v.minLength(1))
const word = v.pipe(v.string(), v.maxLength(LIMITS.kindLength, TOO_LARGE), v.regex(WORD))
export const kind = word
export const encoding = word
/** Names of frame encodings; those of a later version are names all the same. */
export const encodings = v.pipe(v.array(encoding), v.maxLength(LIMITS.encodings, TOO_LARGE))

/** Pairs, not an object: their names are foreign. */
export const attributes = v.pipe(
  v.array(v.strictTuple([v.pipe(text(LIMITS.attributeNameLength), v.minLength(1)), text(LIMITS.attributeValueLength)])),
  v.maxLength(LIMITS.attributes, TOO_LARGE),
  v.check((pairs) => new Set(pairs.map(([field]) => field)).size === pairs.length, 'must not name an attribute twice'),
  v.check(
    (pairs) => pairs.reduce((sum, [field, value]) => sum + field.length + value.length, 0) <= LIMITS.attributesLength,
    TOO_LARGE,
  ),
)

export function list<Schema extends v.GenericSchema>(schema: Schema, limit: number) {
  return v.pipe(v.array(schema), v.maxLength(limit, TOO_LARGE))
}

export function count(limit: number, least = 0) {
  return v.pipe(
    whole,
    v.check((value) => value >= least, `must be at least ${least}`),
    v.check((value) => value <= limit, TOO_LARGE),
  )
}

/** The checked value; else `invalid` or `too-large` with the offending field as subject. */
export function check<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  at: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true })
  if (result.success) return result.output
  const issue = result.issues[0]
  const field = v.getDotPath(issue)
  const subject = (field === null ? at : `${at}.${field}`).slice(0, LIMITS.messageLength)
  if (issue.message === TOO_LARGE) {
    throw new TidemarkError('too-large', `The field ${subject} is beyond its limit.`, {
      subject,
      next: 'Send less in one request.',
    })
  }
  throw new TidemarkError(
    'invalid',
    `The field ${subject} is not valid: expected ${issue.expected ?? issue.message}.`,
    {
      subject,
    },
  )
}
