/** A watcher that is raised by hand: what the test or the demo says has changed, has changed. */

import type { WatchEvents, Watcher } from '../../src/index.js'

/** A watcher that says what it is told to say. */
export interface MemoryWatcher extends Watcher {
  /** Paths below the root. Says nothing while not started. */
  raise(paths: readonly string[]): void
  /** As if events had been lost. */
  lose(reason: string): void
}

/** Says nothing by itself. */
export function memoryWatcher(): MemoryWatcher {
  let events: WatchEvents | null = null
  return {
    start: async (listener) => {
      events = listener
    },
    stop: async () => {
      events = null
    },
    raise: (paths) => events?.onPaths(paths),
    lose: (reason) => events?.onUnknown(reason),
  }
}
