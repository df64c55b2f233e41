/** Something that comes due so long after it was asked for. While nobody asks nothing waits, and nothing wakes the machine. */

import type { Clock } from '../interfaces/clock.js'
import { slept } from './timers.js'

export class Reminder {
  readonly #clock: Clock
  readonly #ms: number
  readonly #run: () => void
  #waits: Promise<void> | null = null

  constructor(clock: Clock, ms: number, run: () => void) {
    this.#clock = clock
    this.#ms = ms
    this.#run = run
  }

  /** Runs once, that long from now, unless the signal fires before. What waits already stands. */
  arm(signal: AbortSignal): void {
    this.#waits ??= this.#wait(signal)
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const isDue = await slept(this.#clock, this.#ms, signal)
    this.#waits = null
    if (isDue) this.#run()
  }

  /** After the signal fired: nothing waits any more. */
  async settled(): Promise<void> {
    await this.#waits
  }
}
