/** Our checked database in the shape that kysely's SQLite dialect takes. Streaming is not used and not offered. */

import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { TidemarkError } from '../../src/index.js'
import type { SqlDatabase, SqlStatement, SqlValue } from '../shared/sql-driver.js'

function kyselyStatement(statement: SqlStatement): SqliteStatement {
  return {
    reader: statement.reader,
    all: (parameters) => statement.all(parameters as readonly SqlValue[]),
    run: (parameters) => statement.run(parameters as readonly SqlValue[]),
    iterate: () => {
      throw new TidemarkError('internal', 'rows are not streamed')
    },
  }
}

/** Closing stays with the owner of the database. */
export function kyselyDatabase(database: SqlDatabase): SqliteDatabase {
  return { prepare: (sql) => kyselyStatement(database.prepare(sql)), close: () => undefined }
}
