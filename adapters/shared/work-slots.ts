/** A bounded number of costly calls at a time, a bounded number waiting, everybody else turned away at once (SEC-21). */

import { TidemarkError } from '../../src/index.js'

export class WorkSlots {
  readonly #slots: number
  readonly #queue: number
  readonly #waiting = new Set<() => void>()
  #busy = 0

  /** `slots` run, `queue` wait. */
  constructor(slots: number, queue: number) {
    this.#slots = slots
    this.#queue = queue
  }

  /** Throws `busy` when the queue is full, `aborted` when the signal fires before the turn has come. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    await this.#enter(signal)
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  #enter(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(aborted(signal))
    if (this.#busy < this.#slots) {
      this.#busy++
      return Promise.resolve()
    }
    if (this.#waiting.size >= this.#queue) {
      return Promise.reject(
        new TidemarkError('busy', 'too many are waiting already', { retryable: true, retryAfterMs: 1000 }),
      )
    }
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        this.#waiting.delete(turn)
        reject(aborted(signal))
      }
      signal?.addEventListener('abort', giveUp, { once: true })
      this.#waiting.add(turn)
    })
  }

  /** The slot goes to the next in line without becoming free in between. */
  #leave(): void {
    for (const turn of this.#waiting) {
      this.#waiting.delete(turn)
      turn()
      return
    }
    this.#busy--
  }
}

function aborted(signal: AbortSignal | undefined): TidemarkError {
  return new TidemarkError('aborted', 'the call was cancelled', { cause: signal?.reason })
}
