/**
 * Accounts in one SQLite file: one connection, one transaction at a time, each on the disk when its call resolves.
 * It holds no policy, and never sees a password or a token.
 */

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Kysely } from 'kysely'
import type {
  AccountDevice,
  AccountStore,
  AccountUser,
  ThrottleChange,
  ThrottleRecord,
} from '../../src/accounts/index.js'
import { checkAborted, TidemarkError } from '../../src/index.js'
import { SerialQueue } from '../shared/serial-queue.js'
import {
  changeThrottles,
  deleteDevices,
  findDevice,
  findUser,
  insertDevice,
  insertUser,
  listDevices,
  swapDevice,
  swapPassword,
  sweepAccounts,
} from '../shared/sql-account-queries.js'
import { accountMigrations } from '../shared/sql-account-schema.js'
import type { AccountDb, AccountSchema } from '../shared/sql-account-schema.js'
import { sqlError } from '../shared/sql-driver.js'
import type { SqlDatabase } from '../shared/sql-driver.js'
import { closeSqlFile, openSqlFile, stampStatements } from '../shared/sql-file.js'
import type { SqlFormat } from '../shared/sql-file.js'
import { acquireLock } from '../shared/sql-lock.js'
import type { Lock } from '../shared/sql-lock.js'
import type { SqlDriver } from '../shared/sql-open.js'
import { kyselyDatabase } from './kysely-database.js'
import { loadKysely } from './load-kysely.js'
import type { KyselyModule } from './load-kysely.js'

/** Where the account database lies, and what opens it. */
export interface SqliteAccountStoreOptions {
  /** The database file; beside it lie `-wal`, `-shm` and `-lock`. Its directory is made when absent. */
  readonly path: string
  /** Default 'auto'. */
  readonly driver?: SqlDriver | undefined
}

interface Opened {
  readonly lock: Lock
  readonly database: SqlDatabase
  readonly db: Kysely<AccountSchema>
}

const FORMAT: SqlFormat = { name: 'accounts', letters: 'TDac', version: 1 }

/** Accounts in one SQLite file. */
export function sqliteAccountStore(options: SqliteAccountStoreOptions): AccountStore {
  return new SqliteAccountStore(options)
}

class SqliteAccountStore implements AccountStore {
  readonly #path: string
  readonly #driver: SqlDriver
  readonly #queue = new SerialQueue()
  #opened: Opened | null = null

  constructor({ path, driver = 'auto' }: SqliteAccountStoreOptions) {
    this.#path = path
    this.#driver = driver
  }

  open(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return this.#queue.run(async () => {
      checkAborted(options.signal)
      if (this.#opened !== null)
        throw new TidemarkError('locked', `${this.#path} is open already`, { subject: this.#path })
      const kysely = await loadKysely()
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
      const lock = acquireLock(`${this.#path}-lock`, { subject: this.#path, driver: this.#driver })
      try {
        this.#opened = await this.#openFile(kysely, lock)
      } catch (error) {
        lock.release()
        throw error
      }
    })
  }

  createUser(user: AccountUser): Promise<boolean> {
    return this.#write((db) => insertUser(db, user))
  }

  userByKey(key: string): Promise<AccountUser | null> {
    return this.#read((db) => findUser(db, 'name_key', key))
  }

  userById(id: string): Promise<AccountUser | null> {
    return this.#read((db) => findUser(db, 'id', id))
  }

  setPassword(id: string, expected: string, password: string): Promise<boolean> {
    return this.#write((db) => swapPassword(db, id, expected, password))
  }

  addDevice(device: AccountDevice): Promise<void> {
    return this.#write((db) => insertDevice(db, device))
  }

  deviceByToken(digest: string): Promise<AccountDevice | null> {
    return this.#read((db) => findDevice(db, digest))
  }

  replaceDevice(expectedToken: string, device: AccountDevice): Promise<boolean> {
    return this.#write((db) => swapDevice(db, expectedToken, device))
  }

  devices(user: string): Promise<readonly AccountDevice[]> {
    return this.#read((db) => listDevices(db, user))
  }

  removeDevices(user: string, ids: readonly string[]): Promise<readonly string[]> {
    return this.#write((db) => deleteDevices(db, user, ids))
  }

  throttle<T>(
    subjects: readonly string[],
    decide: (records: ReadonlyMap<string, ThrottleRecord>) => ThrottleChange<T>,
  ): Promise<T> {
    return this.#write((db) => changeThrottles(db, subjects, decide))
  }

  sweep(before: Parameters<AccountStore['sweep']>[0]): Promise<void> {
    return this.#write((db) => sweepAccounts(db, before))
  }

  close(): Promise<void> {
    return this.#queue.run(() => {
      const opened = this.#opened
      this.#opened = null
      if (opened === null) return
      try {
        closeSqlFile(opened.database)
      } finally {
        opened.lock.release()
      }
    })
  }

  async #openFile(kysely: KyselyModule, lock: Lock): Promise<Opened> {
    const { database, version } = openSqlFile(this.#path, FORMAT, this.#driver)
    try {
      const db = new kysely.Kysely<AccountSchema>({
        dialect: new kysely.SqliteDialect({ database: kyselyDatabase(database) }),
      })
      if (version < FORMAT.version) await migrate(kysely, db, database)
      return { lock, database, db }
    } catch (error) {
      database.close()
      throw error
    }
  }

  #read<T>(run: (db: AccountDb) => Promise<T>): Promise<T> {
    return this.#queue.run(() => run(this.#held().db))
  }

  #write<T>(run: (db: AccountDb) => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      const { database, db } = this.#held()
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = await run(db)
        database.exec('COMMIT')
        return result
      } catch (error) {
        rollBack(database)
        throw error
      }
    })
  }

  #held(): Opened {
    if (this.#opened === null) throw new TidemarkError('closed', 'the account store is not open')
    return this.#opened
  }
}

/** The tables and the version of the file come into being together, or not at all. */
async function migrate(kysely: KyselyModule, db: Kysely<AccountSchema>, database: SqlDatabase): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve(accountMigrations()) }
  const migrator = new kysely.Migrator({ db, provider, disableTransactions: true })
  database.exec('BEGIN IMMEDIATE')
  try {
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw sqlError(error)
    for (const statement of stampStatements(FORMAT)) database.exec(statement)
    database.exec('COMMIT')
  } catch (error) {
    rollBack(database)
    throw error
  }
  database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([])
}

/** A failed COMMIT may have ended the transaction already; the first error is the one to tell. */
function rollBack(database: SqlDatabase): void {
  try {
    database.exec('ROLLBACK')
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
  }
}
