/** The host's clock and chance, for every adapter that is not given others. */

import { type Clock, type Random, TidemarkError } from '../../src/index.js'

/** The host's time. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms, options = {}) => sleep(ms, options.signal),
  }
}

/** Longest single timer of the hosts, milliseconds: about 24 days. */
const TIMER_MAX = 2 ** 31 - 1

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const until = performance.now() + ms
    let timer: ReturnType<typeof setTimeout>
    const stop = (): void => {
      clearTimeout(timer)
      reject(new TidemarkError('aborted', 'The wait was cancelled', { retryable: true, cause: signal?.reason }))
    }
    // A timer may fire up to a millisecond early, and holds no more than 31 bits.
    const wait = (): void => {
      const left = until - performance.now()
      if (left > 0) {
        timer = setTimeout(wait, Math.min(Math.ceil(left), TIMER_MAX))
        return
      }
      signal?.removeEventListener('abort', stop)
      resolve()
    }
    if (signal?.aborted === true) {
      stop()
      return
    }
    signal?.addEventListener('abort', stop, { once: true })
    wait()
  })
}

/** The host's cryptographically strong chance. */
export function systemRandom(): Random {
  return { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) }
}
