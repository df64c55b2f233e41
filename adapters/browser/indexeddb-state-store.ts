/**
 * The client database in a browser: one ordered object store, every batch one transaction. It holds no policy, and never
 * removes a damaged database: the next one is begun beside it, under the next number.
 */

import { type UseStore, getMany, promisifyRequest } from 'idb-keyval'
import { TidemarkError } from '../../src/index.js'
import type { Options, StateEntry, StateStore } from '../../src/index.js'
import { throwIfAborted } from '../shared/folder-problems.js'
import { SerialQueue } from '../shared/serial-queue.js'
import { checkKey, checkRange, closedError, copyKeys, endOfPrefix } from '../shared/state-rules.js'
import { type DatabaseShape, IndexedDbConnection } from './indexeddb-connection.js'
import { damagedDatabase, storageError } from './indexeddb-errors.js'
import { type IndexedDbHost, browserHost, checkName } from './indexeddb-host.js'
import { type NamedLock, takeNamedLock } from './named-lock.js'
import { databaseName, lastNumber, stateLockName } from './state-databases.js'

/** Which client database, and what a resolved batch survives. */
export interface IndexedDbStateStoreOptions {
  /** Of the workspace: each has a database of its own. Not empty. */
  readonly name: string
  /** Default 'relaxed', as in browsers; 'strict' flushes every batch, and is 'relaxed' where a browser cannot do that. */
  readonly durability?: 'strict' | 'relaxed'
  /** Default: the browser's globals. */
  readonly host?: IndexedDbHost
}

const STORE = 'state'
const VERSION = 1
/** Rows of one request: an answer has to fit through the browser's own wire. */
const PAGE = 1_000

interface Opened {
  readonly connection: IndexedDbConnection
  readonly lock: NamedLock
  readonly use: UseStore
  readonly range: IndexedDbHost['IDBKeyRange']
}

class IndexedDbStateStore implements StateStore {
  durability: 'strict' | 'relaxed'
  readonly #name: string
  readonly #host: IndexedDbHost | undefined
  readonly #queue = new SerialQueue()
  #opened: Opened | null = null

  constructor({ name, durability = 'relaxed', host }: IndexedDbStateStoreOptions) {
    checkName(name)
    this.#name = name
    this.durability = durability
    this.#host = host
  }

  async open({ signal }: Options = {}): Promise<void> {
    await this.#queue.run(() => this.#open(signal, 0))
  }

  openAside({ signal }: Options = {}): Promise<string> {
    return this.#queue.run(async () => databaseName(this.#name, (await this.#open(signal, 1)) - 1))
  }

  /** The number it has opened: the last one there is, or one beyond. */
  async #open(signal: AbortSignal | undefined, beyond: number): Promise<number> {
    throwIfAborted(signal)
    const subject = stateLockName(this.#name)
    if (this.#opened !== null) throw new TidemarkError('locked', `${subject} is open already`, { subject })
    const host = this.#host ?? browserHost()
    const lock = await takeNamedLock(host.locks, subject)
    let connection: IndexedDbConnection | null = null
    try {
      const number = Math.max(1, await lastNumber(host.indexedDB, this.#name)) + beyond
      const shape = shapeOf(databaseName(this.#name, number))
      const made = (connection = new IndexedDbConnection(host, shape))
      const wanted = this.durability
      this.durability = await made.transact('readonly', wanted, (transaction) => inspect(transaction, shape.name))
      throwIfAborted(signal)
      const use: UseStore = (mode, callback) =>
        made.transact(mode, wanted, (transaction) => callback(transaction.objectStore(STORE)))
      this.#opened = { connection, lock, use, range: host.IDBKeyRange }
      return number
    } catch (error) {
      connection?.close()
      await lock.release()
      throw storageError(error, subject)
    }
  }

  async get(keys: readonly string[]): Promise<readonly (Uint8Array | null)[]> {
    const wanted = copyKeys(keys)
    return this.#work(async ({ use }) => {
      const found = await getMany<unknown>([...wanted], use)
      return found.map((value, at) => (value === undefined ? null : this.#stored(value, wanted[at]!)))
    })
  }

  async range(prefix: string, after: string | null, limit: number): Promise<readonly StateEntry[]> {
    checkRange(prefix, after, limit)
    return this.#work(({ use, range }) =>
      use('readonly', async (store) => {
        const end = endOfPrefix(prefix)
        const entries: StateEntry[] = []
        let [from, isAbove] = after !== null && after >= prefix ? [after, true] : [prefix, false]
        while (from < end && entries.length < limit) {
          const bounds = range.bound(from, end, isAbove, true)
          const count = Math.min(PAGE, limit - entries.length)
          const [keys, values] = await Promise.all([
            promisifyRequest(store.getAllKeys(bounds, count)) as Promise<string[]>,
            promisifyRequest<unknown[]>(store.getAll(bounds, count)),
          ])
          for (const [at, key] of keys.entries()) entries.push({ key, value: this.#stored(values[at], key) })
          if (keys.length < count) break
          ;[from, isAbove] = [keys[count - 1]!, true]
        }
        return entries
      }),
    )
  }

  async batch(puts: readonly StateEntry[], deletes: readonly string[]): Promise<void> {
    const copies = puts.map(copyPut)
    const gone = copyKeys(deletes)
    return this.#work(({ use }) =>
      use('readwrite', (store) => {
        for (const key of gone) store.delete(key)
        for (const { key, value } of copies) store.put(value, key)
      }),
    )
  }

  close(): Promise<void> {
    return this.#queue.run(async () => {
      const opened = this.#opened
      this.#opened = null
      opened?.connection.close()
      await opened?.lock.release()
    })
  }

  #stored(value: unknown, key: string): Uint8Array {
    if (value instanceof Uint8Array) return value
    throw damagedDatabase(`${key} in tidemark-state:${this.#name}`)
  }

  #work<T>(job: (opened: Opened) => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      if (this.#opened === null) throw closedError()
      try {
        return await job(this.#opened)
      } catch (error) {
        throw storageError(error, `tidemark-state:${this.#name}`)
      }
    })
  }
}

/** The number stands before the name, which may be any text. */
function shapeOf(name: string): DatabaseShape {
  return { name, version: VERSION, stores: [STORE], make: (database) => void database.createObjectStore(STORE) }
}

/** A small state is looked through whole; of a large one the rest is looked at when it is read. Tells what batches get. */
async function inspect(transaction: IDBTransaction, name: string): Promise<'strict' | 'relaxed'> {
  const rows: unknown[] = await promisifyRequest(transaction.objectStore(STORE).getAll(null, PAGE))
  if (!rows.every((row) => row instanceof Uint8Array)) throw damagedDatabase(name)
  return transaction.durability === 'strict' ? 'strict' : 'relaxed'
}

/** Into memory of its own, so that a transaction never meets a value that cannot be stored. */
function copyPut({ key, value }: StateEntry): StateEntry {
  checkKey(key)
  if (value instanceof Uint8Array) return { key, value: new Uint8Array(value) }
  throw new TidemarkError('invalid', 'a state store refused a value that is not a Uint8Array', { subject: key })
}

/**
 * The client database in IndexedDB, one for each name. Two tabs exclude each other by Web Locks, which a page over plain
 * HTTP does not have. Where browsers may evict what a site stores, the state then begins anew and unites with the server.
 */
export function indexedDbStateStore(options: IndexedDbStateStoreOptions): StateStore {
  return new IndexedDbStateStore(options)
}
