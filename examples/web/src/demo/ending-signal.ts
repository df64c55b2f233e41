/** Ctrl-C: the first one ends in good order, a second one, or four seconds later, ends at once. Folders survive both. */

export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const PATIENCE_MS = 4_000

/** Aborted by the first signal, whose name is the reason. A terminal that is closed ends it as well. */
export function endingSignal(): AbortSignal {
  const ending = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (ending.signal.aborted) process.exit(EXIT.interrupted)
      setTimeout(() => process.exit(EXIT.interrupted), PATIENCE_MS).unref()
      ending.abort(name)
    })
  }
  return ending.signal
}

/** Resolves when the signal fires. */
export function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
