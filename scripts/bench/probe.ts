/** A target that is not a workload carried in turn: it prepares what it needs, measures, and says what came of it. */

import type { Outcome } from './outcome.js'

export interface ProbeContext {
  /** The checkout to measure, built. */
  readonly checkout: string
  /** A directory to work in, which exists and is empty. */
  readonly directory: string
  readonly seed: string
  readonly tell: (line: string) => void
}

export interface Probe {
  readonly id: string
  readonly title: string
  run(context: ProbeContext): Promise<readonly Outcome[]>
}
