/** Waiting on the injected clock, until a signal ends it. */

import type { Clock } from '../interfaces/clock.js'

/** True after so long; false once the signal fires. */
export async function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return !signal.aborted
}

/** Resolves with the promise, or when the signal fires. */
export async function until(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  let leave = (): void => undefined
  const aborted = new Promise<void>((resolve) => {
    leave = resolve
  })
  signal.addEventListener('abort', leave, { once: true })
  await Promise.race([promise, aborted])
  signal.removeEventListener('abort', leave)
}
