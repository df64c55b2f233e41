/** The databases of a client database: one at a time is in use, those with lower numbers were set aside as damaged. */

import type { IndexedDbHost } from './indexeddb-host.js'
import { takeNamedLock } from './named-lock.js'

/** Of the lock that whoever uses one of them holds. */
export function stateLockName(name: string): string {
  return `tidemark-state:${name}`
}

export function databaseName(name: string, number: number): string {
  return `tidemark-state-${number}:${name}`
}

async function numbersOf(factory: IDBFactory, name: string): Promise<readonly number[]> {
  return (await factory.databases()).flatMap((database) => {
    const [start, number] = /^tidemark-state-(\d+):/.exec(database.name ?? '') ?? []
    return start !== undefined && database.name === start + name ? [Number(number)] : []
  })
}

/** The highest there is, 0 for none. */
export async function lastNumber(factory: IDBFactory, name: string): Promise<number> {
  return Math.max(0, ...(await numbersOf(factory, name)))
}

/** Deletes all of them. @throws locked while one is in use */
export async function forgetState(name: string, { indexedDB, locks }: IndexedDbHost): Promise<void> {
  const lock = await takeNamedLock(locks, stateLockName(name))
  try {
    for (const number of await numbersOf(indexedDB, name)) await deleted(indexedDB, databaseName(name, number))
  } finally {
    await lock.release()
  }
}

function deleted(factory: IDBFactory, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = factory.deleteDatabase(name)
    request.addEventListener('success', () => resolve())
    request.addEventListener('error', () => reject(request.error ?? new Error(`${name} was not deleted`)))
  })
}
