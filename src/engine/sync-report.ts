/** What a run did, for `sync()`: the counts of a session between two moments. It counts nothing itself. */

import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import type { Session } from './session.js'
import type { Status } from './status.js'

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

/** Begins to count. The function returned tells what was done since. */
export function counting(
  { progress, link }: Session,
  conflicts: SyncReport['conflicts'],
): (status: Status) => SyncReport {
  const before = { counts: progress.counts, traffic: { ...link.traffic }, conflicts: conflicts.length }
  return ({ problems, guards, known }) => ({
    uploaded: progress.counts.uploaded - before.counts.uploaded,
    downloaded: progress.counts.downloaded - before.counts.downloaded,
    bytesUp: link.traffic.bytesUp - before.traffic.bytesUp,
    bytesDown: link.traffic.bytesDown - before.traffic.bytesDown,
    requests: link.traffic.requests - before.traffic.requests,
    conflicts: conflicts.slice(before.conflicts),
    problems,
    guards,
    cursor: known,
  })
}
