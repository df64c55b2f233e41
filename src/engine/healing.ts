/** Which troubles may end by themselves, and how a failure shows in the status. Data only. */

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
])
/** Failures that the next try may heal, with the status that names them. */
export const AWAY: Partial<Record<ErrorCode, StatusState>> = {
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
