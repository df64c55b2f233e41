/**
 * What client and server agree on over HTTP, next to the frames: paths, content types, the JSON of accounts and errors.
 * Both ends validate with these schemas; neither trusts the other.
 */

import * as v from 'valibot'
import { ERROR_CODES } from '../../src/index.js'

export const FRAME_TYPE = 'application/octet-stream'
export const JSON_TYPE = 'application/json'
export const EVENTS_TYPE = 'text/event-stream'

/** Bytes of an account request, and of any JSON answer but a list of devices. */
export const JSON_LIMIT = 8 * 1024
/** A client lets an idle connection go after this, ms. */
export const IDLE_CONNECTION_MS = 30_000
/** A comment goes through an idle hint channel this often, ms. */
export const HEARTBEAT_MS = 55_000
/** Workspaces of one hint channel. */
export const MAX_HINT_WORKSPACES = 16
/** Characters of a workspace's name in an address. */
const MAX_WORKSPACE_NAME = 128

const text = (max: number) => v.pipe(v.string(), v.maxLength(max))
const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))
/** Whatever a host gives that fits a header. */
const token = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,1024}$/))

export const RegisterBody = v.strictObject({ name: text(256), password: text(4096) })
export const LoginBody = v.strictObject({ name: text(256), password: text(4096), device: text(400) })
export const PasswordBody = v.strictObject({ current: text(4096), next: text(4096) })
export const WorkspaceNames = v.pipe(
  v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_WORKSPACE_NAME))),
  v.minLength(1),
  v.maxLength(MAX_HINT_WORKSPACES),
)

/** Answers are read leniently: a later server may say more. */
export const LoginAnswer = v.object({ user: id, device: id, token, expiresAt: time })
export const RotateAnswer = v.object({ device: id, token, expiresAt: time })
export const DevicesAnswer = v.object({
  devices: v.pipe(
    v.array(
      v.object({ device: id, label: text(400), createdAt: time, seenAt: time, expiresAt: time, current: v.boolean() }),
    ),
    v.maxLength(1000),
  ),
})
export const HintEvent = v.object({
  workspace: text(MAX_WORKSPACE_NAME),
  sequence: v.nullable(time),
  arriving: v.optional(v.boolean()),
})
export const ErrorBody = v.object({
  error: v.object({
    code: v.picklist(ERROR_CODES),
    message: text(1024),
    subject: v.optional(v.nullable(text(256))),
    next: v.optional(v.nullable(text(1024))),
    retryAfterMs: v.optional(v.nullable(time)),
  }),
})
export type ErrorBody = v.InferOutput<typeof ErrorBody>

/** The parsed value, or null when it has another shape. Own keys only: `__proto__` and its kind are unknown keys like any other. */
export function parseShape<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> | null {
  const parsed = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true })
  return parsed.success ? parsed.output : null
}

/** Text of JSON, or null when it is none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
  } catch {
    return null
  }
}
