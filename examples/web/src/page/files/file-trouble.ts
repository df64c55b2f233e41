/** What the browser's file system says when it refuses, as errors for a person. Nothing becomes "gone" but what was not found. */

import { isTidemarkError, TidemarkError, type TidemarkErrorDetail, type ErrorCode } from 'tidemark'

type Words = readonly [code: ErrorCode, trouble: string, next: string]

/** Names of DOMExceptions. */
const WORDS: Readonly<Record<string, Words>> = {
  NotFoundError: ['not-found', 'is not there any more', 'Look where it is by now.'],
  TypeMismatchError: ['exists', 'is taken by something of another kind', 'Choose another name.'],
  NoModificationAllowedError: ['busy', 'is being written to right now', 'Wait a moment and try again.'],
  InvalidModificationError: ['busy', 'has something new in it', 'Look at it, then try again.'],
  QuotaExceededError: [
    'no-space',
    'does not fit: the storage of this browser is full',
    'Free some space, then try again.',
  ],
  NotAllowedError: ['io', 'may not be touched by this page', 'Allow this site to store data.'],
  // What a browser says of a name that none of its files can have.
  TypeError: ['invalid', 'cannot be called so in this browser', 'Choose another name.'],
}

const OTHER: Words = ['io', 'could not be read or written', 'Try again; reload the page if that does not help.']

export function fileTrouble(error: unknown, path: string): TidemarkError {
  if (isTidemarkError(error)) return error
  const [code, trouble, next] = WORDS[errorName(error)] ?? OTHER
  const detail: TidemarkErrorDetail = { subject: path, next, cause: error }
  return new TidemarkError(code, `'${path}' ${trouble}`, detail)
}

export function isMissing(error: unknown): boolean {
  return errorName(error) === 'NotFoundError'
}

/** A file stands where a directory was asked for, or the reverse. */
export function isOtherKind(error: unknown): boolean {
  return errorName(error) === 'TypeMismatchError'
}

export function isHeld(error: unknown): boolean {
  return errorName(error) === 'NoModificationAllowedError'
}

/** A directory that should have been empty. */
export function isFilled(error: unknown): boolean {
  return errorName(error) === 'InvalidModificationError'
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : ''
}
