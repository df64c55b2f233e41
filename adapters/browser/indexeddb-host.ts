/** What IndexedDB needs of its host: the browser's own globals, or others that are given in their place. */

import { TidemarkError } from '../../src/index.js'

/** The globals of one origin. */
export interface IndexedDbHost {
  /** Where the databases are. */
  readonly indexedDB: IDBFactory
  /** Of the same implementation. */
  readonly IDBKeyRange: { bound: (typeof IDBKeyRange)['bound'] }
  /** Web Locks. Without them only the engines of one page are kept apart. */
  readonly locks?: Pick<LockManager, 'request'> | undefined
}

/** @throws io where the browser has no IndexedDB, or does not give it to this page */
export function browserHost(): IndexedDbHost {
  try {
    const { indexedDB, IDBKeyRange, navigator } = globalThis as Partial<typeof globalThis>
    if (indexedDB != null && IDBKeyRange != null) return { indexedDB, IDBKeyRange, locks: navigator?.locks }
  } catch (error) {
    throw storageRefused(error)
  }
  throw storageRefused(undefined)
}

export function storageRefused(cause: unknown): TidemarkError {
  return new TidemarkError('io', 'this browser gives the page no IndexedDB', {
    subject: 'indexedDB',
    next: 'Allow this site to store data (private windows and blocked cookies refuse it), or give a store in memory.',
    cause,
  })
}

/** @throws invalid-option */
export function checkName(name: unknown): void {
  if (typeof name === 'string' && name !== '') return
  throw new TidemarkError('invalid-option', 'a database needs a name of at least one character', { subject: 'name' })
}
