/** What IndexedDB says when it fails, in the codes of this library. */

import { TidemarkError, isTidemarkError } from '../../src/index.js'
import { storageRefused } from './indexeddb-host.js'

/** Name of a DOMException, '' for anything that has none. */
export function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : ''
}

/** `subject`: the database. Errors of this library stay what they are. */
export function storageError(error: unknown, subject: string): TidemarkError {
  if (isTidemarkError(error)) return error
  switch (nameOf(error)) {
    case 'QuotaExceededError':
      return new TidemarkError('no-space', `the browser has no more room for ${subject}`, {
        subject,
        next: 'Free some space on this device, or let the site store more: it goes on by itself.',
        retryable: true,
        cause: error,
      })
    case 'VersionError':
      return new TidemarkError('newer-version', `${subject} was written by a newer version`, {
        subject,
        next: 'Reload the page to get the newer version. Nothing was changed.',
        cause: error,
      })
    case 'SecurityError':
    case 'NotAllowedError':
      return storageRefused(error)
    // A store that is not there, a value whose bytes the browser has lost.
    case 'NotFoundError':
    case 'NotReadableError':
    case 'DataError':
      return damagedDatabase(subject, error)
    default:
      return new TidemarkError('io', `${subject} failed: ${String(error)}`, {
        subject,
        next: 'Reload the page. If it fails again, look at the cause.',
        cause: error,
      })
  }
}

export function damagedDatabase(subject: string, cause?: unknown): TidemarkError {
  return new TidemarkError('corrupt', `${subject} is damaged`, {
    subject,
    next: 'It can be set aside, which deletes nothing of it, and begun anew.',
    cause,
  })
}

/** Gone while it was in use. It is not made anew in silence: what was in it would count as absent. */
export function vanishedDatabase(subject: string): TidemarkError {
  return new TidemarkError('io', `${subject} was deleted while it was in use`, {
    subject,
    next: 'Start again: it begins anew, and unites with the server. Ask for persistent storage to keep browsers from it.',
  })
}
