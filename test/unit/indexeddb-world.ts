/** What a browser does to a page's databases behind its back: closed connections, transactions given up, other tabs. */

import type { IndexedDbHost } from '../../adapters/browser/indexeddb-host.js'
import { freshOrigin } from '../conformance/indexeddb-hands.js'

export interface WatchedOrigin {
  readonly host: IndexedDbHost
  /** Every connection that was made, in order. */
  readonly connections: IDBDatabase[]
  /** Mode and durability of every transaction, in order. */
  readonly begun: string[]
  /** Rows that were put, by all of them. */
  puts: number
  /** The next transactions end after their first request, each with the error of this name. */
  readonly failing: string[]
}

/** `ignoresDurability`: as a browser that knows no such option. */
export function watchedOrigin({ ignoresDurability = false } = {}): WatchedOrigin {
  const world: WatchedOrigin = { host: freshOrigin(), connections: [], begun: [], puts: 0, failing: [] }
  const factory = world.host.indexedDB
  const open = factory.open.bind(factory)
  factory.open = (...asked) => {
    const request = open(...asked)
    request.addEventListener('success', () => {
      const database = request.result
      world.connections.push(database)
      const begin = database.transaction.bind(database)
      database.transaction = (stores, mode, options) => {
        const transaction = begin(stores, mode, ignoresDurability ? {} : options)
        world.begun.push(`${transaction.mode} ${transaction.durability}`)
        for (const store of [...transaction.objectStoreNames].map((name) => transaction.objectStore(name))) {
          const put = store.put.bind(store)
          store.put = (...row) => {
            world.puts += 1
            return put(...row)
          }
        }
        const name = world.failing.shift()
        if (name !== undefined) giveUp(transaction, name)
        return transaction
      }
    })
    return request
  }
  return world
}

/** As the implementation itself does when its disk is full, or its other half has gone. */
function giveUp(transaction: IDBTransaction, name: string): void {
  const own = transaction as unknown as { _abort(name: string): void; _state: string }
  setImmediate(() => {
    if (own._state !== 'finished') own._abort(name)
  })
}

/** The locks of one origin, as tabs share them. */
export class SharedLocks {
  readonly held = new Set<string>()

  /** Only `ifAvailable` is known. */
  readonly request = (async (
    name: string,
    options: { readonly ifAvailable?: boolean },
    use: (lock: object | null) => unknown,
  ): Promise<unknown> => {
    if (options.ifAvailable !== true) throw new Error('this would wait')
    if (this.held.has(name)) return use(null)
    this.held.add(name)
    try {
      return await use({ name })
    } finally {
      this.held.delete(name)
    }
  }) as unknown as LockManager['request']
}
