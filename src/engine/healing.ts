/** Which troubles may end by themselves, and how a failure shows in the status. Tables only. */

import { codeOf } from './known-error.js'
import type { ErrorCode } from '../errors.js'
import type { ProblemCode } from '../model/problem.js'
import type { StatusState } from './status.js'

/** Problems that may end without a change that a watcher sees; the others wait for one. */
export const HEALING: ReadonlySet<ProblemCode> = new Set([
  'unreadable',
  'unlisted',
  'busy',
  'no-space',
  'write-failed',
  'refused',
  'quota',
  'too-deep',
  'ignore-rules',
])
/** Failures that the next try may heal, with the status that names them. */
const AWAY: Partial<Record<ErrorCode, StatusState>> = {
  offline: 'offline',
  busy: 'offline',
  'rate-limited': 'offline',
  'malformed-frame': 'offline',
  unauthorized: 'unauthorized',
  'root-missing': 'paused',
  'root-unreadable': 'paused',
  'root-not-a-directory': 'paused',
  'root-replaced': 'paused',
  'root-nested': 'paused',
}

export function awayOf(error: unknown): StatusState | undefined {
  return AWAY[codeOf(error)]
}

/** Failures that no further try heals before a person has done something. */
const FOR_A_PERSON: ReadonlySet<ErrorCode> = new Set([
  'unauthorized',
  'forbidden',
  'newer-version',
  'unknown-encoding',
  'root-replaced',
  'root-nested',
  'internal',
])

export function needsPerson(error: unknown): boolean {
  return FOR_A_PERSON.has(codeOf(error))
}
