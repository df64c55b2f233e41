/**
 * The server's metadata in one SQLite file: one connection writes, one transaction at a time; others read, each in a
 * snapshot of its own, and never wait for the writer. It holds no policy: the commit rules are the server's.
 */

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Kysely } from 'kysely'
import { TidemarkError } from '../../src/index.js'
import type { MetadataReader, MetadataStore, MetadataWriter, WorkspaceHead, WorkspaceId } from '../../src/index.js'
import { SerialQueue } from '../shared/serial-queue.js'
import type { SqlDatabase } from '../shared/sql-driver.js'
import { closeSqlFile, openSqlFile, stampStatements } from '../shared/sql-file.js'
import type { SqlFormat } from '../shared/sql-file.js'
import { acquireLock } from '../shared/sql-lock.js'
import type { Lock } from '../shared/sql-lock.js'
import { SqlMetadataReader } from '../shared/sql-metadata-reader.js'
import { fromHead, toHead } from '../shared/sql-metadata-rows.js'
import { metadataMigrations } from '../shared/sql-metadata-schema.js'
import type { MetadataSchema } from '../shared/sql-metadata-schema.js'
import { SqlMetadataWriter } from '../shared/sql-metadata-writer.js'
import type { SqlDriver } from '../shared/sql-open.js'
import { kyselyDatabase } from './kysely-database.js'
import { loadKysely } from './load-kysely.js'
import type { KyselyModule } from './load-kysely.js'
import { ReaderPool } from './reader-pool.js'

/** Where the metadata database lies, and what opens it. */
export interface SqliteMetadataStoreOptions {
  /** The database file; beside it lie `-wal`, `-shm` and `-lock`. Its directory is made when absent. */
  readonly path: string
  /** Default 'auto'. */
  readonly driver?: SqlDriver
  /** Takes the lock when the store opens. Default: a lock of its own beside the file. */
  readonly lock?: () => Lock
}

interface Opened {
  readonly lock: Lock
  readonly database: SqlDatabase
  readonly writer: Kysely<MetadataSchema>
  readonly readers: ReaderPool
}

const FORMAT: SqlFormat = { name: 'server metadata', letters: 'TDmd', version: 2 }

function closedError(): TidemarkError {
  return new TidemarkError('closed', 'the metadata store is not open')
}

/** The tables and the version of the file come into being together, or not at all. */
async function migrate(kysely: KyselyModule, db: Kysely<MetadataSchema>, database: SqlDatabase): Promise<void> {
  const migrator = new kysely.Migrator({
    db,
    provider: { getMigrations: async () => metadataMigrations({ bytes: 'blob' }) },
    disableTransactions: true,
  })
  database.exec('BEGIN IMMEDIATE')
  try {
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw error
    for (const statement of stampStatements(FORMAT)) database.exec(statement)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
  database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([])
}

class SqliteMetadataStore implements MetadataStore {
  readonly #path: string
  readonly #driver: SqlDriver
  readonly #takeLock: () => Lock
  readonly #writes = new SerialQueue()
  #opened: Opened | null = null

  constructor({ path, driver = 'auto', lock }: SqliteMetadataStoreOptions) {
    this.#path = path
    this.#driver = driver
    this.#takeLock = lock ?? (() => takeOwnLock(path, driver))
  }

  open(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return this.#writes.run(async () => {
      if (options.signal?.aborted === true)
        throw new TidemarkError('aborted', 'opening the metadata store was cancelled')
      if (this.#opened !== null)
        throw new TidemarkError('locked', `${this.#path} is open already`, { subject: this.#path })
      const kysely = await loadKysely()
      const lock = this.#takeLock()
      try {
        this.#opened = await this.#openFile(kysely, lock)
      } catch (error) {
        lock.release()
        throw error
      }
    })
  }

  async #openFile(kysely: KyselyModule, lock: Lock): Promise<Opened> {
    const { database, version } = openSqlFile(this.#path, FORMAT, this.#driver)
    try {
      const writer = new kysely.Kysely<MetadataSchema>({
        dialect: new kysely.SqliteDialect({ database: kyselyDatabase(database) }),
      })
      if (version < FORMAT.version) await migrate(kysely, writer, database)
      const readers = new ReaderPool(kysely, this.#path, this.#driver)
      return { lock, database, writer, readers }
    } catch (error) {
      database.close()
      throw error
    }
  }

  async find(owner: string, name: string): Promise<WorkspaceId | null> {
    return this.#snapshot(async (db) => {
      const row = await db
        .selectFrom('workspaces')
        .select('id')
        .where('owner', '=', owner)
        .where('name', '=', name)
        .executeTakeFirst()
      return (row?.id as WorkspaceId | undefined) ?? null
    })
  }

  async workspaces(owner: string): Promise<readonly WorkspaceHead[]> {
    return this.#snapshot(async (db) => {
      const rows = await db.selectFrom('workspaces').selectAll().where('owner', '=', owner).orderBy('name').execute()
      return rows.map(toHead)
    })
  }

  async everyWorkspace(after: WorkspaceId | null, limit: number): Promise<readonly WorkspaceHead[]> {
    return this.#snapshot(async (db) => {
      const rows = await db
        .selectFrom('workspaces')
        .selectAll()
        .where('id', '>', after ?? '')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toHead)
    })
  }

  create(head: WorkspaceHead): Promise<WorkspaceId> {
    return this.#serial(async (db) => {
      const row = await db
        .selectFrom('workspaces')
        .select('id')
        .where('owner', '=', head.owner)
        .where('name', '=', head.name)
        .executeTakeFirst()
      if (row !== undefined) return row.id as WorkspaceId
      await db.insertInto('workspaces').values(fromHead(head)).execute()
      await db.insertInto('hashes').values({ workspace: head.id, sequence: head.sequence, hash: head.hash }).execute()
      return head.id
    })
  }

  transact<T>(workspace: WorkspaceId, run: (writer: MetadataWriter) => Promise<T>): Promise<T> {
    return this.#serial(async (db) => {
      const writer = new SqlMetadataWriter(db, workspace)
      try {
        await writer.head()
        return await run(writer)
      } finally {
        writer.end()
      }
    })
  }

  read<T>(workspace: WorkspaceId, run: (reader: MetadataReader) => Promise<T>): Promise<T> {
    return this.#snapshot(async (db) => {
      const reader = new SqlMetadataReader(db, workspace)
      try {
        await reader.head()
        return await run(reader)
      } finally {
        reader.end()
      }
    })
  }

  /** Queued behind every other writer; on the disk when it resolves, without a trace when it rejects. */
  #serial<T>(run: (db: Kysely<MetadataSchema>) => Promise<T>): Promise<T> {
    return this.#writes.run(async () => {
      if (this.#opened === null) throw closedError()
      const { database, writer } = this.#opened
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = await run(writer)
        database.exec('COMMIT')
        return result
      } catch (error) {
        rollBack(database)
        throw error
      }
    })
  }

  async #snapshot<T>(run: (db: Kysely<MetadataSchema>) => Promise<T>): Promise<T> {
    if (this.#opened === null) throw closedError()
    return this.#opened.readers.use(run)
  }

  close(): Promise<void> {
    return this.#writes.run(async () => {
      const opened = this.#opened
      this.#opened = null
      if (opened === null) return
      try {
        await opened.readers.close()
        closeSqlFile(opened.database)
      } finally {
        opened.lock.release()
      }
    })
  }
}

function takeOwnLock(path: string, driver: SqlDriver): Lock {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  return acquireLock(`${path}-lock`, { subject: path, driver })
}

/** A failed COMMIT may have ended the transaction already; the first error is the one to tell. */
function rollBack(database: SqlDatabase): void {
  try {
    database.exec('ROLLBACK')
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
  }
}

/** The server's metadata in one SQLite file. */
export function sqliteMetadataStore(options: SqliteMetadataStoreOptions): MetadataStore {
  return new SqliteMetadataStore(options)
}
