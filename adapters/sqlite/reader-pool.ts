/**
 * A few connections that only read. Each use is one transaction: one snapshot, whatever a writer does meanwhile.
 * None of them can change the database.
 */

import type { Kysely } from 'kysely'
import { TidemarkError } from '../../src/index.js'
import type { SqlDatabase } from '../shared/sql-driver.js'
import type { MetadataSchema } from '../shared/sql-metadata-schema.js'
import { openSql } from '../shared/sql-open.js'
import type { SqlDriver } from '../shared/sql-open.js'
import { kyselyDatabase } from './kysely-database.js'
import type { KyselyModule } from './load-kysely.js'

interface Reader {
  readonly database: SqlDatabase
  readonly db: Kysely<MetadataSchema>
}

const MOST_READERS = 4

export class ReaderPool {
  readonly #kysely: KyselyModule
  readonly #path: string
  readonly #driver: SqlDriver
  readonly #idle: Reader[] = []
  readonly #waiting: ((reader: Reader) => void)[] = []
  readonly #uses = new Set<Promise<unknown>>()
  #count = 0
  #closed = false

  constructor(kysely: KyselyModule, path: string, driver: SqlDriver) {
    this.#kysely = kysely
    this.#path = path
    this.#driver = driver
  }

  use<T>(run: (db: Kysely<MetadataSchema>) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new TidemarkError('closed', 'the metadata store is not open'))
    const done = this.#use(run)
    const settled = done.then(
      () => undefined,
      () => undefined,
    )
    this.#uses.add(settled)
    void settled.then(() => this.#uses.delete(settled))
    return done
  }

  async #use<T>(run: (db: Kysely<MetadataSchema>) => Promise<T>): Promise<T> {
    const reader = await this.#take()
    try {
      reader.database.exec('BEGIN')
      try {
        // A transaction has its snapshot only from its first read on.
        reader.database.prepare('SELECT id FROM workspaces LIMIT 1').all([])
        return await run(reader.db)
      } finally {
        reader.database.exec('COMMIT')
      }
    } finally {
      this.#giveBack(reader)
    }
  }

  async #take(): Promise<Reader> {
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#count >= MOST_READERS) return new Promise((resolve) => this.#waiting.push(resolve))
    this.#count += 1
    try {
      return this.#connect()
    } catch (error) {
      this.#count -= 1
      throw error
    }
  }

  #connect(): Reader {
    const database = openSql(this.#path, this.#driver, { readOnly: false })
    database.prepare('PRAGMA query_only = 1').all([])
    const dialect = new this.#kysely.SqliteDialect({ database: kyselyDatabase(database) })
    return { database, db: new this.#kysely.Kysely<MetadataSchema>({ dialect }) }
  }

  #giveBack(reader: Reader): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(reader)
    else next(reader)
  }

  /** Waits for the running reads. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#uses)
    for (const { database } of this.#idle.splice(0)) database.close()
  }
}
