/**
 * Hints of a watcher on their way to the marks. A directory that was quiet is looked at almost at once: most programs have
 * written a small file by then. While hints of it keep coming the pause between two looks doubles, so that whoever
 * writes without end costs looks by time, not by write. Loses none.
 */

import type { Clock } from '../interfaces/clock.js'
import type { Dirty } from './dirty.js'
import { directoryOf } from './paths.js'
import { slept } from './timers.js'

/** From the first hint of a directory to its look, milliseconds. */
const LEAST_MS = 2
/** Between two looks at one directory that does not come to rest, milliseconds. */
const MOST_MS = 64

interface Pace {
  waitMs: number
  /** When its look is due, or was. */
  dueAt: number
  waits: boolean
}

export class HintPace {
  readonly #clock: Clock
  readonly #dirty: Dirty
  readonly #signal: AbortSignal
  /** Directories that wait for their look, or had it a moment ago. */
  readonly #paces = new Map<string, Pace>()
  #waits: Promise<void> | null = null

  constructor(clock: Clock, dirty: Dirty, signal: AbortSignal) {
    this.#clock = clock
    this.#dirty = dirty
    this.#signal = signal
  }

  take(paths: readonly string[]): void {
    this.#dirty.named(paths)
    const now = this.#clock.monotonic()
    for (const directory of new Set(paths.map(directoryOf))) this.#note(directory, now)
    this.#waits ??= this.#wait()
  }

  #note(directory: string, now: number): void {
    const pace = this.#paces.get(directory)
    if (pace?.waits === true) return
    const isRestless = pace !== undefined && now - pace.dueAt < MOST_MS
    const waitMs = isRestless ? Math.min(MOST_MS, pace.waitMs * 2) : LEAST_MS
    this.#paces.set(directory, { waitMs, dueAt: now + waitMs, waits: true })
  }

  async #wait(): Promise<void> {
    try {
      // The end of the engine ends the waiting: its next start looks at everything.
      for (let ms = this.#pauseMs(); ms !== null; ms = this.#pauseMs()) {
        if (!(await slept(this.#clock, ms, this.#signal))) return
        this.#pass(this.#clock.monotonic())
      }
    } finally {
      this.#waits = null
    }
  }

  /** Until the next look is due; null when none waits. */
  #pauseMs(): number | null {
    const due = [...this.#paces.values()].filter(({ waits }) => waits).map(({ dueAt }) => dueAt)
    return due.length === 0 ? null : Math.max(1, Math.min(...due) - this.#clock.monotonic())
  }

  #pass(now: number): void {
    const due: string[] = []
    for (const [directory, pace] of this.#paces) {
      if (pace.waits && pace.dueAt <= now) {
        pace.waits = false
        due.push(directory)
      } else if (!pace.waits && now - pace.dueAt >= MOST_MS) this.#paces.delete(directory)
    }
    if (due.length > 0) this.#dirty.again(due)
  }
}
