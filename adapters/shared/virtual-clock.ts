/**
 * Time that stands still until it is moved. Sleepers wake in the order of their due times; nothing here uses a timer of
 * the host, so a seeded run on it repeats exactly.
 */

import { type Clock, TidemarkError } from '../../src/index.js'

interface Sleeper {
  readonly due: number
  readonly wake: () => void
}

export interface VirtualClock extends Clock {
  /** Milliseconds until the next sleeper is due; null when nobody sleeps. */
  nextDue(): number | null
  /** Moves on by `ms` (≥ 0) and wakes all who are due by then, in order. */
  advance(ms: number): void
  /** Wall time jumps, the monotonic clock does not. */
  jump(ms: number): void
}

/** `start`: wall time at the beginning, milliseconds since 1970. */
export function virtualClock(start = 1_700_000_000_000): VirtualClock {
  /** In the order in which they wake. */
  const sleepers: Sleeper[] = []
  let elapsed = 0
  let skew = 0

  function wakeDue(): void {
    while (sleepers[0] !== undefined && sleepers[0].due <= elapsed) sleepers.shift()?.wake()
  }

  /** Behind all who wake earlier or asked earlier. */
  function insert(sleeper: Sleeper): void {
    let at = sleepers.length
    while (at > 0 && (sleepers[at - 1]?.due ?? 0) > sleeper.due) at--
    sleepers.splice(at, 0, sleeper)
  }

  return {
    now: () => start + elapsed + skew,
    monotonic: () => elapsed,
    nextDue: () => (sleepers[0] === undefined ? null : Math.max(0, sleepers[0].due - elapsed)),
    advance(ms) {
      elapsed += ms
      wakeDue()
    },
    jump(ms) {
      skew += ms
    },
    sleep(ms, { signal } = {}) {
      return new Promise((resolve, reject) => {
        const fail = (): void => {
          const at = sleepers.indexOf(sleeper)
          if (at >= 0) sleepers.splice(at, 1)
          reject(new TidemarkError('aborted', 'the sleep was cancelled', { cause: signal?.reason }))
        }
        const sleeper: Sleeper = {
          due: elapsed + ms,
          wake: () => {
            signal?.removeEventListener('abort', fail)
            resolve()
          },
        }
        if (signal?.aborted === true) return fail()
        signal?.addEventListener('abort', fail, { once: true })
        insert(sleeper)
      })
    },
  }
}
