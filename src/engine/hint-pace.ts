/**
 * Hints of a watcher on their way to the marks: the first of a directory passes at once, those that follow within a
 * moment pass together. Whoever appends to a file without a pause costs looks by time, not by append. Loses none.
 */

import type { Clock } from '../interfaces/clock.js'
import type { Dirty } from './dirty.js'
import { directoryOf } from './paths.js'
import { Reminder } from './reminder.js'

/** Between two looks at one directory because of hints, milliseconds. */
const PACE_MS = 50

export class HintPace {
  readonly #clock: Clock
  readonly #dirty: Dirty
  readonly #signal: AbortSignal
  /** Directories that were passed on less than a pace ago. */
  readonly #passed = new Map<string, number>()
  readonly #waiting = new Set<string>()
  readonly #later: Reminder

  constructor(clock: Clock, dirty: Dirty, signal: AbortSignal) {
    this.#clock = clock
    this.#dirty = dirty
    this.#signal = signal
    this.#later = new Reminder(clock, PACE_MS, () => this.#pass([...this.#waiting], clock.monotonic()))
  }

  take(paths: readonly string[]): void {
    this.#dirty.named(paths)
    const now = this.#clock.monotonic()
    const directories = new Set(paths.map(directoryOf))
    const first = [...directories].filter((directory) => !this.#isYoung(directory, now))
    for (const directory of directories) if (this.#isYoung(directory, now)) this.#waiting.add(directory)
    this.#pass(first, now)
    // The end of the engine ends the waiting: its next start looks at everything.
    if (this.#waiting.size > 0) this.#later.arm(this.#signal)
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
}
