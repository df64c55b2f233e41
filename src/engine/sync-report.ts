/** What a run did, as counts between two moments. Data only. */

import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import type { CarriedPlan } from './apply-plan.js'
import type { Traffic } from './link.js'
import type { ProgressCounts } from './progress.js'
import type { Status } from './status.js'

/** What a run did, for `sync()`. */
export interface SyncReport {
  /** Changes the server accepted. */
  readonly uploaded: number
  /** Nodes brought to this disk. */
  readonly downloaded: number
  /** Bytes of frames sent. */
  readonly bytesUp: number
  /** Bytes of frames received. */
  readonly bytesDown: number
  /** Requests made, also those that failed. */
  readonly requests: number
  /** Files of which both contents were kept; the losing one is `copy`. Paths below the root. */
  readonly conflicts: readonly { readonly path: string; readonly copy: string }[]
  /** Paths that could not be synced, each with what to do. Empty when all is well. */
  readonly problems: readonly Problem[]
  /** Questions that wait for a person, and what waits with them was not done. */
  readonly guards: Plan['guards']
  /** Up to where the remote tree is known; null when no server ever answered. */
  readonly cursor: Status['known']
}

/** What `apply()` did. What the plan does not name was not done. */
export interface ApplyReport extends SyncReport, CarriedPlan {}

/** Everything that is counted, at one moment. */
export interface Tally {
  readonly counts: ProgressCounts
  readonly traffic: Readonly<Traffic>
  readonly conflicts: SyncReport['conflicts']
}

export function reportOf(before: Tally, after: Tally, { problems, guards, known }: Status): SyncReport {
  return {
    uploaded: after.counts.uploaded - before.counts.uploaded,
    downloaded: after.counts.downloaded - before.counts.downloaded,
    bytesUp: after.traffic.bytesUp - before.traffic.bytesUp,
    bytesDown: after.traffic.bytesDown - before.traffic.bytesDown,
    requests: after.traffic.requests - before.traffic.requests,
    conflicts: after.conflicts.slice(before.conflicts.length),
    problems,
    guards,
    cursor: known,
  }
}
