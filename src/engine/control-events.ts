/** What the control loop is made with, and whom it tells. Types only. */

import type { TidemarkError } from '../errors.js'
import type { Watcher } from '../interfaces/watcher.js'
import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import type { AppliedChange } from './apply-run.js'
import type { ResetReason } from './feed.js'
import type { ProgressCounts } from './progress.js'
import type { SessionOptions } from './session.js'
import type { Status } from './status.js'

export interface ControlOptions extends SessionOptions {
  readonly watcher: Watcher | null
  readonly scanEveryMs: number
  readonly pollEveryMs: number
  readonly retryEveryMs: number
}

export interface ControlEvents {
  onStatus(status: Status): void
  onProgress(counts: ProgressCounts): void
  onChange(change: AppliedChange): void
  onConflict(conflict: { readonly path: string; readonly copy: string }): void
  onProblem(problem: Problem): void
  onGuard(guard: Plan['guards'][number]): void
  onReset(reset: { readonly reason: ResetReason; readonly plan: Plan }): void
  onError(error: TidemarkError): void
  /** Something may have moved on: at this path, or anywhere. */
  onMoved(path?: string): void
}
