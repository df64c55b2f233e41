/** Hints that something moved on the disk. A hint is never truth: the scan is. */

export interface WatchEvents {
  /** WATCH-1 Paths below the root with `/`; their directories are to be listed again. May repeat, be late, be wrong, be missing; never of our own. */
  onPaths(paths: readonly string[]): void
  /** WATCH-2 Events were lost, or the watcher had to start anew: scan everything. */
  onUnknown(reason: string): void
}

/** Tells that something moved on the disk: the contract of its adapters, in numbered rules. */
export interface Watcher {
  /** WATCH-3 Resolves once events of later changes are reported. WATCH-4 Fails with `io` where watching is impossible; the engine then polls. */
  start(events: WatchEvents, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /** WATCH-5 Idempotent; no event afterwards. WATCH-6 Before it: the root itself moved, removed or replaced is told as unknown. */
  stop(): Promise<void>
}
