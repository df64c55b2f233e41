/**
 * Hints of a watcher on their way to the marks: the first of a directory passes at once, those that follow within a
 * moment pass together. Whoever appends to a file without a pause costs looks by time, not by append. Loses none.
 */

import type { Clock } from '../interfaces/clock.js'
import type { Dirty } from './dirty.js'
import { directoryOf } from './paths.js'
import { slept } from './timers.js'

/** Between two looks at one directory because of hints, milliseconds. */
const PACE_MS = 50

export class HintPace {
  readonly #clock: Clock
  readonly #dirty: Dirty
  readonly #signal: AbortSignal
  /** Directories that were passed on less than a pace ago. */
  readonly #passed = new Map<string, number>()
  readonly #waiting = new Set<string>()
  #waits: Promise<void> | null = null

  constructor(clock: Clock, dirty: Dirty, signal: AbortSignal) {
    this.#clock = clock
    this.#dirty = dirty
    this.#signal = signal
  }

  take(paths: readonly string[]): void {
    this.#dirty.named(paths)
    const now = this.#clock.monotonic()
    const directories = new Set(paths.map(directoryOf))
    const first = [...directories].filter((directory) => !this.#isYoung(directory, now))
    for (const directory of directories) if (this.#isYoung(directory, now)) this.#waiting.add(directory)
    this.#pass(first, now)
    if (this.#waiting.size > 0) this.#waits ??= this.#wait()
  }

  #isYoung(directory: string, now: number): boolean {
    const passed = this.#passed.get(directory)
    return passed !== undefined && now - passed < PACE_MS
  }

  #pass(directories: readonly string[], now: number): void {
    if (directories.length === 0) return
    for (const [directory, passed] of this.#passed) if (now - passed >= PACE_MS) this.#passed.delete(directory)
    for (const directory of directories) {
      this.#passed.set(directory, now)
      this.#waiting.delete(directory)
    }
    this.#dirty.again(directories)
  }

  async #wait(): Promise<void> {
    try {
      // The end of the engine ends the waiting: its next start looks at everything.
      while (this.#waiting.size > 0 && (await slept(this.#clock, PACE_MS, this.#signal))) {
        this.#pass([...this.#waiting], this.#clock.monotonic())
      }
    } finally {
      this.#waits = null
    }
  }
}
