/** What every state store checks alike (STATE-5, STATE-6): keys, limits and the end of a prefix. */

import { TidemarkError } from '../../src/index.js'
import type { StateEntry } from '../../src/index.js'

const KEY = /^[\x20-\x7e]{1,1024}$/
const PREFIX = /^[\x20-\x7e]{0,1024}$/

function invalid(what: string, subject: string): TidemarkError {
  return new TidemarkError('invalid', `a state store refused ${what}`, { subject })
}

export function checkKey(key: string): void {
  if (!KEY.test(key)) throw invalid('a key: 1 to 1,024 characters of U+0020 to U+007E are allowed', key)
}

export function checkRange(prefix: string, after: string | null, limit: number): void {
  if (!PREFIX.test(prefix)) throw invalid('a prefix', prefix)
  if (after !== null && !PREFIX.test(after)) throw invalid('a start', after)
  if (!Number.isSafeInteger(limit) || limit < 1) throw invalid('a limit', String(limit))
}

/** The first string above all that start with the prefix: U+007F sorts above every allowed character. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\x7f`
}

/** Copies, so that the caller may change its arrays after the call (STATE-10). */
export function copyPuts(puts: readonly StateEntry[]): readonly StateEntry[] {
  return puts.map(({ key, value }) => {
    checkKey(key)
    return { key, value: value.slice() }
  })
}

export function copyKeys(keys: readonly string[]): readonly string[] {
  for (const key of keys) checkKey(key)
  return [...keys]
}

export function closedError(): TidemarkError {
  return new TidemarkError('closed', 'the state store is not open', {
    next: 'Open it first; after a close make a new one.',
  })
}
