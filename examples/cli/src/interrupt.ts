/** Ctrl-C: the first one ends in good order, the second one, or four seconds later, ends at once. Folders survive both. */

import { EXIT } from './exit-codes.js'

const PATIENCE_MS = 4_000

export type Ending = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

const ENDINGS: readonly Ending[] = ['SIGINT', 'SIGTERM']

/** Aborted by the first of these signals, whose name is the reason. SIGHUP is left alone unless named: `nohup` is to work. */
export function endingSignal(endings: readonly Ending[] = ENDINGS): AbortSignal {
  const ending = new AbortController()
  for (const name of endings) {
    process.on(name, () => {
      if (ending.signal.aborted) process.exit(EXIT.interrupted)
      setTimeout(() => process.exit(EXIT.interrupted), PATIENCE_MS).unref()
      ending.abort(name)
    })
  }
  return ending.signal
}

/** Resolves when the signal fires. */
export function ended(signal: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    const tell = (): void => resolve(signal.reason as Ending)
    if (signal.aborted) tell()
    else signal.addEventListener('abort', tell, { once: true })
  })
}
