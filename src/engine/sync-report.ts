/** What a run did, as counts between two moments. Data only. */

import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import type { CarriedPlan } from './apply-plan.js'
import type { Traffic } from './link.js'
import type { ProgressCounts } from './progress.js'
import type { Status } from './status.js'

/** What a run did, for `sync()`. */
export interface SyncReport {
  readonly uploaded: number
  readonly downloaded: number
  readonly bytesUp: number
  readonly bytesDown: number
  readonly requests: number
  readonly conflicts: readonly { readonly path: string; readonly copy: string }[]
  readonly problems: readonly Problem[]
  readonly guards: Plan['guards']
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
