/** What the process ends with. Part of the interface: scripts decide by it. */

import { isTidemarkError } from 'tidemark'

export const EXIT = { done: 0, failed: 1, usage: 2, remains: 3, guarded: 4, interrupted: 130 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export const EXIT_HELP = `
Exit codes:
  0  done
  1  failed
  2  wrong usage
  3  done, but problems or conflicts remain
  4  a guard waits for your answer
  130  interrupted
`

/** A wrong value is a matter of usage; everything else has failed. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!isTidemarkError(error)) return EXIT.failed
  if (error.code === 'aborted') return EXIT.interrupted
  return error.code === 'invalid-option' || error.code === 'unknown-option' ? EXIT.usage : EXIT.failed
}

/** How a folder was left: guards go before problems. */
export function exitCodeFor(left: { readonly guards: number; readonly problems: number }): ExitCode {
  if (left.guards > 0) return EXIT.guarded
  return left.problems > 0 ? EXIT.remains : EXIT.done
}
