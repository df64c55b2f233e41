/** The wait between a failed cycle and the next: doubling and jittered, so that a crowd does not come back in step. */

import { isTidemarkError } from '../errors.js'
import type { Clock } from '../interfaces/clock.js'
import type { Random } from '../interfaces/random.js'

const FIRST_WAIT_MS = 500
const LAST_WAIT_MS = 60_000

/** `failures`: how many came before this one. Never shorter than the error asks for. Ends early when the signal fires. */
export async function backOff(
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  failures: number,
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  const atLeast = isTidemarkError(error) ? (error.retryAfterMs ?? 0) : 0
  const bound = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10))
  const [chance = 0] = random.bytes(1)
  try {
    await clock.sleep(Math.max(atLeast, Math.floor(bound / 2 + (bound * chance) / 512)), { signal })
  } catch (reason) {
    if (!signal.aborted) throw reason
  }
}
