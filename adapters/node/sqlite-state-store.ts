/**
 * The client database on Node: one ordered table in a SQLite file, every batch one durable transaction.
 * It holds no policy, and never removes a damaged file: that is set aside for a person.
 */

import { mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { TidemarkError } from '../../src/index.js'
import type { StateEntry, StateStore } from '../../src/index.js'
import { SerialQueue } from '../shared/serial-queue.js'
import { closeSqlFile, damaged, openSqlFile, stampStatements, syncDirectory } from '../shared/sql-file.js'
import type { SqlFormat } from '../shared/sql-file.js'
import type { SqlDatabase } from '../shared/sql-driver.js'
import { acquireLock } from '../shared/sql-lock.js'
import type { Lock } from '../shared/sql-lock.js'
import type { SqlDriver } from '../shared/sql-open.js'
import { checkRange, closedError, copyKeys, copyPuts, endOfPrefix } from '../shared/state-rules.js'

/** Where a client database lies, and what opens it. */
export interface SqliteStateStoreOptions {
  /** The database file; beside it lie `-wal`, `-shm` and `-lock`. Its directory is made when absent. */
  readonly path: string
  /** Default 'auto'. */
  readonly driver?: SqlDriver
}

const FORMAT: SqlFormat = { name: 'client state', letters: 'TDst', version: 1 }
const TABLES = [
  'CREATE TABLE format (name TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID',
  `INSERT INTO format VALUES ('tidemark client state', ${FORMAT.version})`,
  'CREATE TABLE state (k TEXT NOT NULL PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID',
]
const KEYS_AT_ONCE = 64
/** The event loop gets a turn after so many rows of a large batch. */
const ROWS_PER_TURN = 1_000

class SqliteStateStore implements StateStore {
  readonly durability = 'strict'
  readonly #path: string
  readonly #driver: SqlDriver
  readonly #queue = new SerialQueue()
  #lock: Lock | null = null
  #database: SqlDatabase | null = null

  constructor({ path, driver = 'auto' }: SqliteStateStoreOptions) {
    this.#path = path
    this.#driver = driver
  }

  open(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return this.#queue.run(() => {
      if (options.signal?.aborted === true) throw new TidemarkError('aborted', 'opening the state store was cancelled')
      this.#open(() => undefined)
    })
  }

  openAside(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<string> {
    return this.#queue.run(() => {
      if (options.signal?.aborted === true) throw new TidemarkError('aborted', 'opening the state store was cancelled')
      return this.#open(() => setAside(this.#path))
    })
  }

  #open<T>(before: () => T): T {
    if (this.#database !== null)
      throw new TidemarkError('locked', `${this.#path} is open already`, { subject: this.#path })
    const lock = acquireStateLock(this.#path, this.#driver)
    try {
      const result = before()
      const { database, version } = openSqlFile(this.#path, FORMAT, this.#driver)
      if (version === 0) createTables(database)
      this.#database = database
      this.#lock = lock
      return result
    } catch (error) {
      lock.release()
      throw error
    }
  }

  get(keys: readonly string[]): Promise<readonly (Uint8Array | null)[]> {
    return this.#work(copyKeys(keys), (database, wanted) => {
      const found = new Map<string, Uint8Array>()
      for (let from = 0; from < wanted.length; from += KEYS_AT_ONCE) {
        const part = wanted.slice(from, from + KEYS_AT_ONCE)
        for (const row of database.prepare(selectFor(part.length)).all(part))
          found.set(row['k'] as string, row['v'] as Uint8Array)
      }
      // A key asked for twice gives two arrays: each answer is the caller's own.
      const given = new Set<string>()
      return wanted.map((key) => {
        const value = found.get(key) ?? null
        if (value === null || !given.has(key)) {
          given.add(key)
          return value
        }
        return value.slice()
      })
    })
  }

  range(prefix: string, after: string | null, limit: number): Promise<readonly StateEntry[]> {
    checkRange(prefix, after, limit)
    return this.#work(null, (database) => {
      const fromAfter = after !== null && after >= prefix
      const statement = database.prepare(
        `SELECT k, v FROM state WHERE k ${fromAfter ? '>' : '>='} ? AND k < ? ORDER BY k LIMIT ?`,
      )
      const rows = statement.all([fromAfter ? after : prefix, endOfPrefix(prefix), limit])
      return rows.map((row) => ({ key: row['k'] as string, value: row['v'] as Uint8Array }))
    })
  }

  batch(puts: readonly StateEntry[], deletes: readonly string[]): Promise<void> {
    return this.#work({ puts: copyPuts(puts), deletes: copyKeys(deletes) }, async (database, changes) => {
      database.exec('BEGIN IMMEDIATE')
      try {
        await inTurns(changes.deletes, database.prepare('DELETE FROM state WHERE k = ?'), (key) => [key])
        await inTurns(
          changes.puts,
          database.prepare('INSERT OR REPLACE INTO state VALUES (?, ?)'),
          ({ key, value }) => [key, value],
        )
        database.exec('COMMIT')
      } catch (error) {
        rollBack(database)
        throw error
      }
    })
  }

  async #work<I, T>(input: I, job: (database: SqlDatabase, input: I) => T | Promise<T>): Promise<T> {
    if (this.#database === null) throw closedError()
    return this.#queue.run(async () => {
      if (this.#database === null) throw closedError()
      try {
        return await job(this.#database, input)
      } catch (error) {
        throw error instanceof TidemarkError && error.code === 'corrupt' ? damaged(this.#path, FORMAT, error) : error
      }
    })
  }

  close(): Promise<void> {
    return this.#queue.run(() => {
      const database = this.#database
      this.#database = null
      try {
        if (database !== null) closeSqlFile(database)
      } finally {
        this.#lock?.release()
        this.#lock = null
      }
    })
  }
}

function selectFor(keys: number): string {
  return `SELECT k, v FROM state WHERE k IN (${'?, '.repeat(keys - 1)}?)`
}

async function inTurns<T>(
  items: readonly T[],
  statement: { run(parameters: readonly (string | Uint8Array)[]): unknown },
  bind: (item: T) => readonly (string | Uint8Array)[],
): Promise<void> {
  let count = 0
  for (const item of items) {
    statement.run(bind(item))
    count += 1
    if (count % ROWS_PER_TURN === 0) await setImmediate()
  }
}

/** A failed COMMIT may have ended the transaction already; the first error is the one to tell. */
function rollBack(database: SqlDatabase): void {
  try {
    database.exec('ROLLBACK')
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
  }
}

function createTables(database: SqlDatabase): void {
  database.exec('BEGIN IMMEDIATE')
  for (const statement of [...TABLES, ...stampStatements(FORMAT)]) database.exec(statement)
  database.exec('COMMIT')
  database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([])
}

function acquireStateLock(path: string, driver: SqlDriver): Lock {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  return acquireLock(`${path}-lock`, { subject: path, driver })
}

/** Renames the database and what lies beside it to the first free `….damaged-N`. */
function setAside(path: string): string {
  const exists = (candidate: string) => statSync(candidate, { throwIfNoEntry: false }) !== undefined
  let number = 1
  while (exists(`${path}.damaged-${number}`)) number += 1
  const aside = `${path}.damaged-${number}`
  for (const suffix of ['-wal', '-shm', '']) {
    if (exists(path + suffix)) renameSync(path + suffix, aside + suffix)
  }
  syncDirectory(dirname(path))
  return aside
}

/** The client database in one SQLite file. */
export function sqliteStateStore(options: SqliteStateStoreOptions): StateStore {
  return new SqliteStateStore(options)
}
