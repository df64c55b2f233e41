/**
 * Finds and opens a SQLite library. Loading this file loads none of them: a missing one is an error of the first open,
 * with the command that helps.
 */

import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { TidemarkError } from '../../src/index.js'
import { sqlDatabase, sqlError } from './sql-driver.js'
import type { ForeignDatabase, SqlDatabase } from './sql-driver.js'

/** How a connection is meant. */
export interface ConnectOptions {
  /** The file must be there and is not changed. */
  readonly readOnly: boolean
}

/** Opens a new connection, for a database library of your own choice. Called more than once for one path. */
export type Connect = (path: string, options: ConnectOptions) => ForeignDatabase

/** 'auto' takes what is there: `node:sqlite` where it is stable (Node 24 on), `libsql`, then an experimental `node:sqlite`. */
export type SqlDriver = 'auto' | 'libsql' | 'node:sqlite' | Connect

type NodeSqlite = { readonly DatabaseSync: new (path: string, options: { readOnly: boolean }) => ForeignDatabase }
type Libsql = new (path: string) => ForeignDatabase

const STABLE_SINCE = 24
const FIRST_USABLE = [22, 13] as const

function nodeVersion(): readonly [major: number, minor: number] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return [major, minor]
}

/** Whether this Node has a `node:sqlite` that works without a flag. */
export function hasNodeSqlite(): boolean {
  const [major, minor] = nodeVersion()
  return major > FIRST_USABLE[0] || (major === FIRST_USABLE[0] && minor >= FIRST_USABLE[1])
}

function loadLibsql(): Connect | null {
  let Libsql: Libsql
  try {
    Libsql = createRequire(import.meta.url)('libsql') as Libsql
  } catch (error) {
    if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND') return null
    throw new TidemarkError('missing-package', 'the package libsql is installed but does not load', {
      subject: 'libsql',
      next: 'Install it again for this machine: npm install libsql',
      cause: error,
    })
  }
  return (path, { readOnly }) => new Libsql(readOnly ? `${pathToFileURL(path).href}?mode=ro` : path)
}

function loadNodeSqlite(): Connect | null {
  if (!hasNodeSqlite()) return null
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite' as 'node:fs') as unknown as NodeSqlite
  return (path, { readOnly }) => new DatabaseSync(path, { readOnly })
}

function missing(): TidemarkError {
  return new TidemarkError('missing-package', 'a SQLite library is needed: run `npm install libsql`', {
    subject: 'libsql',
    next: 'npm install libsql',
  })
}

/** The function that opens connections with this driver. @throws missing-package */
export function connectWith(driver: SqlDriver): Connect {
  if (typeof driver === 'function') return driver
  const stable = nodeVersion()[0] >= STABLE_SINCE
  switch (driver) {
    case 'libsql': {
      const connect = loadLibsql()
      if (connect === null) throw missing()
      return connect
    }
    case 'node:sqlite': {
      const connect = loadNodeSqlite()
      if (connect === null)
        throw new TidemarkError('invalid-option', 'this Node has no node:sqlite (22.13 is the first)', {
          subject: 'driver',
          next: 'Use libsql: npm install libsql',
        })
      return connect
    }
    case 'auto': {
      const connect = (stable ? loadNodeSqlite() : null) ?? loadLibsql() ?? loadNodeSqlite()
      if (connect === null) throw missing()
      return connect
    }
  }
}

/** Opens one connection. @throws missing-package, io, locked, corrupt */
export function openSql(path: string, driver: SqlDriver, options: ConnectOptions): SqlDatabase {
  const connect = connectWith(driver)
  try {
    return sqlDatabase(connect(path, options))
  } catch (error) {
    throw sqlError(error)
  }
}
