/** Errors for people and for programs: code, offending thing, next step. Never a stack, unless it was asked for. */

import { type ErrorCode, isTidemarkError, NEXT_STEPS } from 'tidemark'

export interface Explained {
  readonly code: ErrorCode | 'usage'
  readonly message: string
  readonly subject: string | null
  readonly next: string
}

/** In words of this command line, for errors that come with nothing but the step that fits their code. */
const NEXT: Readonly<Partial<Record<ErrorCode, string>>> = {
  offline: 'Start the server, or check the address that the folder is linked to.',
  busy: 'Wait a moment and run it again.',
  'rate-limited': 'Wait a moment and run it again.',
  unauthorized: "Log in again: 'tidemark login <name>'.",
  'not-found': "Check the name; 'tidemark sync' makes a workspace that is not there yet.",
  corrupt: 'Look at the file that is named; a copy of it was not made.',
  'newer-version': 'Update tidemark here.',
  'no-space': 'Free some space, then run it again.',
  internal: 'Run it again with TIDEMARK_DEBUG=1 and report what it prints.',
}

export function explain(error: unknown): Explained {
  if (!isTidemarkError(error)) {
    const message = error instanceof Error ? error.message : String(error)
    return { code: 'internal', message, subject: null, next: NEXT.internal ?? NEXT_STEPS.internal }
  }
  const { code, message, subject, next } = error
  return { code, message, subject, next: next === NEXT_STEPS[code] ? (NEXT[code] ?? next) : next }
}
