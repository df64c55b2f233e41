/**
 * The one error class of the library and its closed list of codes.
 * A per-path trouble is never thrown: it is a `Problem` (model/problem.ts).
 */

/** Every code an error of this library can carry, with what it means to the person who meets it. */
export const ERROR_CODES = {
  'invalid-option': 'an option has a value it cannot have',
  'unknown-option': 'an option name is not known',
  'missing-package': 'an optional package has to be installed first',
  closed: 'the object was stopped or closed before',
  aborted: 'the caller cancelled the call',
  offline: 'the server could not be reached',
  busy: 'the server cannot answer for sure right now',
  'rate-limited': 'too many requests, or a throttled login',
  unauthorized: 'the token or the password is wrong, expired or revoked',
  'not-found': 'the workspace or object does not exist for this user',
  forbidden: 'this user may not do that',
  exists: 'the thing to be created is there already',
  invalid: 'a message or value breaks a rule of the protocol',
  'too-large': 'a message or value is beyond a limit',
  'malformed-frame': 'bytes that are not a frame of this protocol',
  'newer-version': 'the other side or a stored file uses a newer format',
  'unknown-encoding': 'an encoding tag this version does not know',
  diverged: 'the server history is not the one this device knows',
  expired: 'the cursor is older than what the server remembers',
  stale: 'what was to be changed is another by now, here or on the server',
  'key-reused': 'an idempotency key came back with other changes',
  'over-quota': 'the workspace or user has used up its quota',
  corrupt: 'stored or received bytes do not match their digest or format',
  locked: 'another process or engine holds this directory',
  'root-missing': 'the root of the sync is not there',
  'root-not-a-directory': 'the root of the sync is not a directory',
  'root-unreadable': 'the root of the sync cannot be read or written',
  'root-replaced': 'the root is not the directory this engine knows',
  'root-nested': 'the root lies inside another root, or is a place that cannot be one',
  'no-space': 'the disk or the browser storage is full',
  io: 'the disk reported an error',
  internal: 'a rule of this library was broken by the library itself',
} as const

export type ErrorCode = keyof typeof ERROR_CODES

export interface TidemarkErrorDetail {
  /** What to do next, as one sentence for a person. */
  readonly next?: string
  /** The offending thing: a path, an option, a digest, a field. */
  readonly subject?: string
  /** Whether the same call may succeed later without a change by a person. */
  readonly retryable?: boolean
  /** Earliest useful retry, in milliseconds from now. */
  readonly retryAfterMs?: number
  /** Plain data for programs. */
  readonly data?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

const BRAND = Symbol.for('tidemark.error')

/** An error with a stable `code`, the offending thing (`subject`) and the next step (`next`). */
export class TidemarkError extends Error {
  readonly [BRAND] = true
  readonly code: ErrorCode
  readonly next: string | null
  readonly subject: string | null
  readonly retryable: boolean
  readonly retryAfterMs: number | null
  readonly data: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, detail: TidemarkErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'TidemarkError'
    this.code = code
    this.next = detail.next ?? null
    this.subject = detail.subject ?? null
    this.retryable = detail.retryable ?? false
    this.retryAfterMs = detail.retryAfterMs ?? null
    this.data = detail.data ?? {}
  }

  toJSON(): Record<string, unknown> {
    const { code, message, next, subject, retryable, data } = this
    return { code, message, next, subject, retryable, data }
  }
}

/** True for errors of this library, also across two copies of it (where `instanceof` fails). */
export function isTidemarkError(value: unknown): value is TidemarkError {
  return typeof value === 'object' && value !== null && BRAND in value
}

/** Throws `aborted` when the caller's signal has fired. */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new TidemarkError('aborted', 'the call was cancelled', { cause: signal.reason })
}
