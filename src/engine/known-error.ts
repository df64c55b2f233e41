/** Whatever was thrown, as an error with a code: one that is not ours breaks a rule of ours (`internal`). */

import { type ErrorCode, isTidemarkError, TidemarkError } from '../errors.js'

export function knownError(error: unknown): TidemarkError {
  return isTidemarkError(error) ? error : new TidemarkError('internal', String(error), { cause: error })
}

export function codeOf(error: unknown): ErrorCode {
  return knownError(error).code
}
