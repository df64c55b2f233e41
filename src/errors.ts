/**
 * The one error class of the library and its closed list of codes.
 * A per-path trouble is never thrown: it is a `Problem` (model/problem.ts).
 */

/** Every code an error of this library can carry, beside what it means to the person who meets it. */
export const ERROR_CODES = [
  'invalid-option', // an option has a value it cannot have
  'unknown-option', // an option name is not known
  'missing-package', // an optional package has to be installed first
  'closed', // the object was stopped or closed before
  'aborted', // the caller cancelled the call
  'paused', // the app paused the engine
  'blocked', // something waits for a person: a guard, or a problem that does not end by itself
  'offline', // the server could not be reached
  'busy', // the server cannot answer for sure right now
  'rate-limited', // too many requests, or a throttled login
  'unauthorized', // the token or the password is wrong, expired or revoked
  'not-found', // the workspace or object does not exist for this user
  'forbidden', // this user may not do that
  'exists', // the thing to be created is there already
  'invalid', // a message or value breaks a rule of the protocol
  'too-large', // a message or value is beyond a limit
  'malformed-frame', // bytes that are not a frame of this protocol
  'newer-version', // the other side or a stored file uses a newer format
  'unknown-encoding', // an encoding tag this version does not know
  'diverged', // the server history is not the one this device knows
  'expired', // the cursor is older than what the server remembers
  'stale-plan', // the plan is not one that this engine made and has not applied yet
  'stale', // what was to be changed is another by now, here or on the server
  'key-reused', // an idempotency key came back with other changes
  'over-quota', // the workspace or user has used up its quota
  'corrupt', // stored or received bytes do not match their digest or format
  'locked', // another process or engine holds this directory
  'root-missing', // the root of the sync is not there
  'root-not-a-directory', // the root of the sync is not a directory
  'root-unreadable', // the root of the sync cannot be read or written
  'root-replaced', // the root is not the directory this engine knows
  'root-nested', // the root lies inside another root, or is a place that cannot be one
  'no-space', // the disk or the browser storage is full
  'io', // the disk reported an error
  'internal', // a rule of this library was broken by the library itself
] as const

/** The stable code of an error: programs decide by it, never by the message. */
export type ErrorCode = (typeof ERROR_CODES)[number]

/** What to do next where an error says nothing better: nobody is left with a code alone. A host may have better words. */
export const NEXT_STEPS: Readonly<Record<ErrorCode, string>> = {
  'invalid-option': 'Pass a value that the documentation of the option allows.',
  'unknown-option': 'Remove the option, or check its spelling.',
  'missing-package': 'Install the package that is named.',
  closed: 'Make a new one: what was closed stays closed.',
  aborted: 'Call it again to go on.',
  paused: 'Call resume() first.',
  blocked: 'Look at the guards and problems of the status: a person has to decide.',
  offline: 'Check the address and that the server runs; the call may be repeated.',
  busy: 'Wait a moment and try again.',
  'rate-limited': 'Wait a moment and try again.',
  unauthorized: 'Log in again.',
  'not-found': 'Check the name.',
  forbidden: 'Ask whoever runs the server for the right to do that.',
  exists: 'Choose another name, or use what is there.',
  invalid: 'Update the side that sent it.',
  'too-large': 'Send less at once.',
  'malformed-frame': 'Check that this is the address of a Tidemark server, and that nothing alters the bytes.',
  'newer-version': 'Update this side. Nothing was changed.',
  'unknown-encoding': 'Update this side of the connection.',
  diverged: 'Say hello again: the device unites with the history that is there.',
  expired: 'List the whole tree again.',
  'stale-plan': 'Plan again.',
  stale: 'Look at what it is by now, then ask once more.',
  'key-reused': 'Draw a new key for new changes.',
  'over-quota': 'Free space in the workspace, or ask for a larger quota.',
  corrupt: 'Look at what is named; a sound copy is asked for again where there is one.',
  locked: 'Stop the other one first.',
  'root-missing': 'Bring it back (is its disk mounted?) or give another directory.',
  'root-not-a-directory': 'Give a directory.',
  'root-unreadable': 'Give this user the right to read and write it.',
  'root-replaced': 'Put the former directory back, or link this one anew.',
  'root-nested': 'Choose another directory.',
  'no-space': 'Free some space: it goes on by itself.',
  io: 'Look at the cause; check the disk.',
  internal: 'Report it with the log.',
}

/** What an error says beside its code and message. */
export interface TidemarkErrorDetail {
  /** What to do next, as one sentence for a person; by default the one that fits the code. */
  readonly next?: string
  /** The offending thing: a path, an option, a digest, a field. */
  readonly subject?: string
  /** Whether the same call may succeed later without a change by a person. */
  readonly retryable?: boolean
  /** Earliest useful retry, in milliseconds from now. */
  readonly retryAfterMs?: number
  /** Plain data for programs. */
  readonly data?: Readonly<Record<string, unknown>>
  /** What was caught underneath, unchanged. */
  readonly cause?: unknown
}

const BRAND = Symbol.for('tidemark.error')

/** An error with a stable `code`, the offending thing (`subject`) and the next step (`next`). */
export class TidemarkError extends Error {
  readonly [BRAND] = true
  /** One of `ERROR_CODES`: what programs decide by. */
  readonly code: ErrorCode
  /** What to do next, as one sentence for a person. */
  readonly next: string
  /** The offending thing: a path, an option, a digest, a field; null where there is none. */
  readonly subject: string | null
  /** Whether the same call may succeed later without a change by a person. */
  readonly retryable: boolean
  /** Earliest useful retry, in milliseconds from when it was thrown; null: not known. */
  readonly retryAfterMs: number | null
  /** Plain data for programs; empty where there is none. */
  readonly data: Readonly<Record<string, unknown>>

  /** What `detail` leaves out is null, false or empty. */
  constructor(code: ErrorCode, message: string, detail: TidemarkErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'TidemarkError'
    this.code = code
    this.next = detail.next ?? NEXT_STEPS[code]
    this.subject = detail.subject ?? null
    this.retryable = detail.retryable ?? false
    this.retryAfterMs = detail.retryAfterMs ?? null
    this.data = detail.data ?? {}
  }

  /** For logs. Without `cause` and stack, which may tell paths of this machine. */
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
