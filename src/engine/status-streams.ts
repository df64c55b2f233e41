/**
 * Those who follow the status of a path. Nothing is queued: a follower is woken, and reads what is true by then. So the
 * buffer is one state, a slow reader skips the states in between, and the last one is never lost.
 */

import type { PathStatus } from './path-status.js'
import { until } from './timers.js'

interface Follower {
  readonly path: string
  isStale: boolean
  wake: () => void
}

export class StatusStreams {
  readonly #followers = new Set<Follower>()
  #ended = 0

  /** Something may have moved on: at this path, or anywhere. */
  moved(path?: string): void {
    for (const follower of this.#followers) {
      if (path !== undefined && follower.path !== path) continue
      follower.isStale = true
      follower.wake()
    }
  }

  /** Each follower reads a last time, then ends. */
  end(): void {
    this.#ended += 1
    this.moved()
  }

  /** Yields the present state, then each that differs from the one before. Ends with `end` or when the signal fires. */
  async *follow(
    path: string,
    read: () => PathStatus,
    signal: AbortSignal,
  ): AsyncGenerator<PathStatus, void, undefined> {
    const follower: Follower = { path, isStale: true, wake: () => undefined }
    const ended = this.#ended
    this.#followers.add(follower)
    try {
      for (let last = ''; !signal.aborted; ) {
        const moved = new Promise<void>((resolve) => {
          follower.wake = resolve
        })
        const isLast = this.#ended !== ended
        if (follower.isStale) {
          follower.isStale = false
          const status = read()
          const text = JSON.stringify(status)
          if (text !== last) yield status
          last = text
        }
        if (isLast) return
        if (!follower.isStale) await until(moved, signal)
      }
    } finally {
      this.#followers.delete(follower)
    }
  }
}
