/** One life of a process: once it is over, nothing it asked for is ever answered. */

import type { Clock } from '../../src/index.js'

export class Life {
  #isOver = false

  get isOver(): boolean {
    return this.#isOver
  }

  end(): void {
    this.#isOver = true
  }

  /** The clock as this life sees it: sleeps that end after it wake nobody. */
  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: async (ms, options) => {
        try {
          await clock.sleep(ms, options)
        } catch (error) {
          if (!this.#isOver) throw error
        }
        return this.#isOver ? this.never() : undefined
      },
    }
  }

  /** A promise of its own for each who waits: one that never settles keeps all who ever waited for it. */
  never<T>(): Promise<T> {
    return new Promise<T>(() => undefined)
  }
}
