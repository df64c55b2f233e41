/** What the engine says of itself. Truthful before all: `synced` is said only when nothing at all is open (INV-32). */

import { type ErrorCode, isTidemarkError } from '../errors.js'
import type { Cursor } from '../model/cursor.js'
import type { Sequence } from '../model/ids.js'
import type { Guard } from '../model/plan.js'
import type { Problem } from '../model/problem.js'

/** Every state there is. `synced` means that nothing at all is open. */
export const STATUS_STATES = [
  'synced',
  'syncing',
  'offline',
  'paused',
  'guarded',
  'reset',
  'unauthorized',
  'stopped',
] as const
/** One of `STATUS_STATES`. */
export type StatusState = (typeof STATUS_STATES)[number]

/** What stands behind a state: the pause of an app, a server that cannot be reached, a root that is gone. */
export interface StatusCause {
  /** What programs decide by. */
  readonly code: ErrorCode
  /** One sentence for a person. */
  readonly message: string
  /** What a person can do; null when it ends by itself. */
  readonly next: string | null
}

/** What the engine says of itself: an immutable picture of one moment. */
export interface Status {
  /** The most pressing of what is so: `guarded` waits for `confirm` or `decline`, `unauthorized` for a new token. */
  readonly state: StatusState
  /** Why it is `paused`, `offline` or `unauthorized`; null in every other state. */
  readonly why: StatusCause | null
  /** Up to where the remote tree is known; null before the first answer of a server. */
  readonly known: Cursor | null
  /** Highest sequence of which this disk shows everything. */
  readonly applied: Sequence
  /** Nodes on which the three trees do not agree yet. */
  readonly pending: number
  /** Paths that cannot be synced for now, each with what to do. */
  readonly problems: readonly Problem[]
  /** Questions that wait for a person: see `SyncEngine.confirm`. */
  readonly guards: readonly Guard[]
}

export function sameStatus(a: Status, b: Status): boolean {
  return (
    a.state === b.state &&
    a.pending === b.pending &&
    a.applied === b.applied &&
    same(a.known, b.known) &&
    same(a.why, b.why) &&
    same(a.problems, b.problems) &&
    same(a.guards, b.guards)
  )
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

export function causeOf(error: unknown): StatusCause | null {
  return isTidemarkError(error) ? { code: error.code, message: error.message, next: error.next } : null
}

/** Before the first start, and where nothing else is known. */
export const STOPPED: Status = {
  state: 'stopped',
  why: null,
  known: null,
  applied: 0,
  pending: 0,
  problems: [],
  guards: [],
}
