/** What stands under the watcher of a real folder: a way of the host to be told of changes. It knows no rules. */

/** A running watch. Paths are absolute. */
export interface WatchBackend {
  start(root: string, report: WatchReport): Promise<void>
  stop(): Promise<void>
}

export interface WatchReport {
  changed(paths: readonly string[]): void
  lost(reason: string): void
}
