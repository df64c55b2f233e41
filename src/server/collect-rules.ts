/** What a garbage collection is told, and what it tells. */

export interface CollectRules {
  /** Milliseconds between being noted and condemned, and between that and removal. */
  readonly leaseMs: number
  /** 'report' changes nothing and tells what would be done now. */
  readonly mode: 'collect' | 'report'
  /** Called between slices of work, so that requests go on. Rejects to end the collection early. */
  readonly pause: () => Promise<void>
}

/** Counts of one run. In a report: of what would be done now. */
export interface Collected {
  /** Chunks that the store holds. */
  readonly chunks: number
  /** Chunks that nothing names, whatever their lease. */
  readonly unnamed: { readonly chunks: number; readonly bytes: number }
  /** Those that were found unnamed for the first time. */
  readonly noted: number
  /** Those that count as absent from this run on. */
  readonly condemned: number
  /** Of those that were named again. */
  readonly kept: number
  /** Those whose bytes are gone; `bytes` as stored. */
  readonly removed: { readonly chunks: number; readonly bytes: number }
  /** Manifests that nothing named and that are gone. */
  readonly forgottenManifests: number
  /** What the store took before and afterwards; null in a report. */
  readonly stored: { readonly before: number; readonly after: number } | null
}
