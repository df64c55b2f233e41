/**
 * One holder of a name: in all tabs of the origin by Web Locks, which a tab that dies gives back; where a host has none
 * (pages over plain HTTP), among the engines of one page.
 */

import { TidemarkError } from '../../src/index.js'
import { storageError } from './indexeddb-errors.js'
import type { IndexedDbHost } from './indexeddb-host.js'

export interface NamedLock {
  /** Resolves when the next one can have it. */
  release(): Promise<void>
}

/** Two copies of this module share no variables. */
const REGISTRY = Symbol.for('tidemark.names')

function heldHere(): Set<string> {
  const home = globalThis as { [REGISTRY]?: Set<string> }
  home[REGISTRY] ??= new Set()
  return home[REGISTRY]
}

/** @throws locked at once when another has it */
export function takeNamedLock(locks: IndexedDbHost['locks'], name: string): Promise<NamedLock> {
  return locks === undefined ? fromTable(name) : fromLocks(locks, name)
}

async function fromTable(name: string): Promise<NamedLock> {
  const held = heldHere()
  if (held.has(name)) throw lockedError(name)
  held.add(name)
  return { release: async () => void held.delete(name) }
}

/** A lock lasts as long as what its callback returned is pending. */
function fromLocks(locks: Pick<LockManager, 'request'>, name: string): Promise<NamedLock> {
  return new Promise((resolve, reject) => {
    const requested = locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock === null) throw lockedError(name)
      return new Promise<void>((letGo) => {
        const release = async (): Promise<void> => {
          letGo()
          // Taken away by force counts as released.
          await requested.catch(() => undefined)
        }
        resolve({ release })
      })
    })
    requested.catch((error: unknown) => reject(storageError(error, name)))
  })
}

function lockedError(name: string): TidemarkError {
  return new TidemarkError('locked', `${name} is in use by another tab or engine`, {
    subject: name,
    next: 'Close the other tab, or stop the other engine first. The lock of a closed tab is free by itself.',
  })
}
