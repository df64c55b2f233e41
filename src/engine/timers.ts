/** Waiting on the injected clock, until a signal ends it. */

import type { Clock } from '../interfaces/clock.js'

/** Calls again and again until the signal fires. */
export async function every(clock: Clock, ms: number, signal: AbortSignal, run: () => void): Promise<void> {
  while (!signal.aborted) {
    try {
      await clock.sleep(ms, { signal })
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    run()
  }
}

/** Resolves with the promise, or when the signal fires. */
export async function until(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  let leave = (): void => undefined
  const aborted = new Promise<void>((resolve) => {
    leave = resolve
  })
  signal.addEventListener('abort', leave, { once: true })
  await Promise.race([promise, aborted])
  signal.removeEventListener('abort', leave)
}
