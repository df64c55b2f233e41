/** The pause after a failure: doubling up to a minute, half of it chance, on the injected clock. Ends early when it works again. */

import type { Clock } from '../interfaces/clock.js'
import type { Random } from '../interfaces/random.js'
import { slept } from './timers.js'

const FIRST_WAIT_MS = 500
const LAST_WAIT_MS = 60_000

export class BackOff {
  readonly #parts: { readonly clock: Clock; readonly random: Random }
  #failures = 0
  #pausing: AbortController | null = null

  constructor(parts: { readonly clock: Clock; readonly random: Random }) {
    this.#parts = parts
  }

  /** `atLeast`, milliseconds: as the server asked. */
  async pause(atLeast: number, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#parts
    const bound = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures++, 10))
    const [chance = 0] = random.bytes(1)
    const pausing = new AbortController()
    this.#pausing = pausing
    try {
      const joint = AbortSignal.any([signal, pausing.signal])
      await slept(clock, Math.max(atLeast, Math.floor(bound / 2 + (bound * chance) / 512)), joint)
    } finally {
      this.#pausing = null
    }
  }

  /** It works: the next failure starts from the shortest pause, and a pause that runs is over. */
  works(): void {
    this.#failures = 0
    this.#pausing?.abort()
  }
}
