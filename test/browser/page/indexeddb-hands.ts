/** What conformance tests do to databases of a real IndexedDB from outside. Each subject has a name, which its databases end with. */

import { toHex } from '../../../src/index.js'

let subjects = 0

export function freshName(): string {
  subjects += 1
  return `subject ${subjects}`
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new TypeError('a request failed and does not say why'))
  })
}

/** The last one last. */
async function databasesOf(subject: string): Promise<readonly string[]> {
  const all = (await indexedDB.databases()).map(({ name }) => name ?? '')
  return all.filter((name) => name.endsWith(`:${subject}`)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

async function inDatabase<T>(name: string, run: (database: IDBDatabase) => Promise<T>, version?: number): Promise<T> {
  const database = await done(indexedDB.open(name, version))
  try {
    return await run(database)
  } finally {
    database.close()
  }
}

const NEWER = 99

export async function raiseVersions(subject: string): Promise<void> {
  for (const name of await databasesOf(subject)) await inDatabase(name, async () => undefined, NEWER)
}

/** A row of the last database becomes what nobody writes. */
export async function spoilRow(subject: string, table: string): Promise<void> {
  const name = (await databasesOf(subject)).at(-1)
  if (name === undefined) throw new RangeError(`${subject} has no database`)
  await inDatabase(name, async (database) => {
    const rows = database.transaction(table, 'readwrite').objectStore(table)
    const [key] = await done(rows.getAllKeys())
    await done(rows.put('not bytes', key))
  })
}

/** Names, versions and rows of all databases of a subject. */
export async function bytesOf(subject: string): Promise<string> {
  const dumps: string[] = []
  for (const name of await databasesOf(subject)) {
    await inDatabase(name, async (database) => {
      for (const table of database.objectStoreNames) {
        const rows = database.transaction(table).objectStore(table)
        const all = await Promise.all([done(rows.getAllKeys()), done<unknown[]>(rows.getAll())])
        dumps.push(JSON.stringify([name, database.version, table, ...all], plain))
      }
    })
  }
  return dumps.join('\n')
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? toHex(value) : value
}

export async function deleteDatabases(subject: string): Promise<void> {
  for (const name of await databasesOf(subject)) await done(indexedDB.deleteDatabase(name))
}
