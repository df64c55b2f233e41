/** IndexedDB in Node, and what conformance tests do to its databases from outside. */

import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import type { IndexedDbHost } from '../../adapters/browser/indexeddb-host.js'

/** An origin of its own, empty and without Web Locks. */
export function freshOrigin(): IndexedDbHost {
  return { indexedDB: new IDBFactory(), IDBKeyRange }
}

export function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('a request failed without a reason'))
  })
}

/** As it stands, or raised to a version. */
export async function inDatabase<T>(
  { indexedDB }: IndexedDbHost,
  name: string,
  use: (database: IDBDatabase) => Promise<T>,
  version?: number,
): Promise<T> {
  const database = await answerOf(indexedDB.open(name, version))
  try {
    return await use(database)
  } finally {
    database.close()
  }
}

/** Every row of one store becomes something that nobody wrote. */
export function spoilRows(host: IndexedDbHost, name: string, store: string): Promise<void> {
  return inDatabase(host, name, async (database) => {
    const rows = database.transaction(store, 'readwrite').objectStore(store)
    for (const key of await answerOf(rows.getAllKeys())) await answerOf(rows.put('spoiled', key))
  })
}

/** Names, versions and rows of all databases. */
export async function bytesOfOrigin(host: IndexedDbHost): Promise<string> {
  const found = await host.indexedDB.databases()
  const told = found.map(({ name = '', version }) =>
    inDatabase(host, name, async (database) => {
      const stores = [...database.objectStoreNames]
      const rows = stores.map(async (store) => {
        const all = database.transaction(store).objectStore(store)
        return [store, await answerOf(all.getAllKeys()), await answerOf(all.getAll())]
      })
      return JSON.stringify([name, version, await Promise.all(rows)], plain)
    }),
  )
  return (await Promise.all(told)).sort().join('\n')
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}
