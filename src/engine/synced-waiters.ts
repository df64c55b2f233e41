/**
 * Those who wait for `synced`. Only a cycle that began after somebody asked can answer: it has looked at everything that
 * was on the disk at that moment. Nobody waits for what only a person can end.
 */

import { checkAborted, type TidemarkError } from '../errors.js'

interface Waiter {
  /** A cycle began since, with everything due. */
  looked: boolean
  settle(error: TidemarkError | null): void
}

export class SyncedWaiters {
  readonly #waiters = new Set<Waiter>()

  /** Resolves at the first rest in `synced` that a whole new look led to; fails with `aborted`, or with what stands in the way. */
  async wait(signal: AbortSignal): Promise<void> {
    checkAborted(signal)
    let leave = (): void => undefined
    try {
      await new Promise<void>((resolve, reject) => {
        const settle = (error: TidemarkError | null): void => (error === null ? resolve() : reject(error))
        const waiter: Waiter = { looked: false, settle }
        this.#waiters.add(waiter)
        leave = () => {
          this.#waiters.delete(waiter)
          resolve()
        }
        signal.addEventListener('abort', leave, { once: true })
      })
    } finally {
      signal.removeEventListener('abort', leave)
    }
    checkAborted(signal)
  }

  /** Somebody waits for a look that no cycle has begun yet. */
  get unseen(): boolean {
    return [...this.#waiters].some(({ looked }) => !looked)
  }

  /** A cycle begins that looks at everything. */
  begins(): void {
    for (const waiter of this.#waiters) waiter.looked = true
  }

  /** A cycle came to rest in `synced`, or with something that only a person can end. */
  rests(error: TidemarkError | null): void {
    this.#settle(error, ({ looked }) => looked)
  }

  /** There will be no more cycles, or none that could succeed. */
  fails(error: TidemarkError): void {
    this.#settle(error, () => true)
  }

  #settle(error: TidemarkError | null, concerns: (waiter: Waiter) => boolean): void {
    for (const waiter of [...this.#waiters]) {
      if (!concerns(waiter)) continue
      this.#waiters.delete(waiter)
      waiter.settle(error)
    }
  }
}
