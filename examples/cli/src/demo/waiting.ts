/** Waiting for something to become true, with an end to the patience. */

import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_EVERY_MS = 25
const PATIENCE_MS = 90_000

export interface WaitOptions {
  readonly signal: AbortSignal
  /** Called at each look. */
  readonly onLook?: (() => void) | undefined
}

/** @throws when it does not become true within 90 s */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  { signal, onLook }: WaitOptions,
): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!(await isTrue())) {
    onLook?.()
    if (performance.now() > end) throw new Error(`it did not happen within ${PATIENCE_MS / 1000} s: ${what}`)
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
}
