/**
 * A connection to one database that comes back when the browser closes it, and transactions that are all or nothing: what
 * throws inside of one undoes it. Errors go up as the browser made them, but for a database that is gone.
 */

import type { IndexedDbHost } from './indexeddb-host.js'
import { nameOf, vanishedDatabase } from './indexeddb-errors.js'

/** A database as it is made. */
export interface DatabaseShape {
  readonly name: string
  /** The format: a browser refuses a higher one by itself, and touches nothing. */
  readonly version: number
  readonly stores: readonly string[]
  readonly make: (database: IDBDatabase, transaction: IDBTransaction) => void
}

/** May wait for requests of its transaction and for nothing else: else the transaction ends under it. Run twice when lost. */
export type Work<T> = (transaction: IDBTransaction) => PromiseLike<T> | T

/** The browser closed the connection, with or without a word, or lost its own server. */
const LOST = new Set(['InvalidStateError', 'AbortError', 'UnknownError'])

export class IndexedDbConnection {
  readonly #host: IndexedDbHost
  readonly #shape: DatabaseShape
  #database: IDBDatabase | null = null
  #opening: Promise<IDBDatabase> | null = null
  #wasThere = false

  constructor(host: IndexedDbHost, shape: DatabaseShape) {
    this.#host = host
    this.#shape = shape
  }

  /** One transaction over all stores, opened in call order. When the connection was lost, it is made once more. */
  async transact<T>(mode: IDBTransactionMode, durability: IDBTransactionDurability, work: Work<T>): Promise<T> {
    for (let isLast = false; ; isLast = true) {
      const database = this.#database ?? (await this.#connect())
      try {
        return await attempt(() => database.transaction([...this.#shape.stores], mode, { durability }), work)
      } catch (error) {
        if (isLast || !LOST.has(nameOf(error))) throw error
        this.#drop(database)
      }
    }
  }

  /** What runs ends. A later call connects again. */
  close(): void {
    if (this.#database !== null) this.#drop(this.#database)
  }

  #drop(database: IDBDatabase): void {
    database.close()
    if (this.#database === database) this.#database = null
  }

  #connect(): Promise<IDBDatabase> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null
    })
    return this.#opening
  }

  async #open(): Promise<IDBDatabase> {
    const database = await openDatabase(this.#host.indexedDB, this.#shape, !this.#wasThere)
    // Whoever wants to delete it or raise its format waits for this.
    database.onversionchange = database.onclose = () => this.#drop(database)
    this.#wasThere = true
    this.#database = database
    return database
  }
}

function openDatabase(factory: IDBFactory, shape: DatabaseShape, mayMake: boolean): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(shape.name, shape.version)
    let isGone = false
    request.onupgradeneeded = () => {
      const transaction = request.transaction as IDBTransaction
      isGone = !mayMake
      if (isGone) transaction.abort()
      else shape.make(request.result, transaction)
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(isGone ? vanishedDatabase(shape.name) : (request.error as DOMException))
  })
}

async function attempt<T>(begin: () => IDBTransaction, work: Work<T>): Promise<T> {
  const transaction = begin()
  const ended = endOf(transaction)
  try {
    const result = await work(transaction)
    if (transaction.mode !== 'readonly') await ended
    return result
  } catch (error) {
    try {
      transaction.abort()
    } catch {
      // It has ended already.
    }
    await ended.catch(() => undefined)
    // What made the browser give up comes before what its requests said of that.
    throw transaction.error ?? error
  }
}

/** An error event of a request comes before the transaction knows why it ends: only its own end tells. */
function endOf(transaction: IDBTransaction): Promise<void> {
  const ended = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new DOMException('', 'AbortError'))
  })
  ended.catch(() => undefined)
  return ended
}
