/**
 * Opening a SQLite file of ours: who may, in which format, how durable. A newer or foreign file is looked at through
 * its header and a read-only connection only, so that it is refused exactly as it lay there.
 */

import { closeSync, fsyncSync, mkdirSync, openSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { TidemarkError } from '../../src/index.js'
import { openSql } from './sql-open.js'
import type { SqlDatabase } from './sql-driver.js'
import type { SqlDriver } from './sql-open.js'

export interface SqlFormat {
  /** For people: 'client state', 'server metadata'. */
  readonly name: string
  /** Four letters, kept in the header of the file. */
  readonly letters: string
  readonly version: number
}

const MAGIC = 'SQLite format 3\0'
const HEADER_BYTES = 100
const USER_VERSION_AT = 60
const APPLICATION_ID_AT = 68
const CHECKED_ALWAYS_BELOW = 64 * 1024 * 1024

export function applicationId(format: SqlFormat): number {
  return Buffer.from(format.letters, 'latin1').readInt32BE(0)
}

function newer(path: string, format: SqlFormat, version: number): TidemarkError {
  return new TidemarkError(
    'newer-version',
    `the ${format.name} in ${path} has format ${version}, this program knows ${format.version}`,
    {
      subject: path,
      next: 'Update this program. The file was not touched.',
      data: { version, known: format.version },
    },
  )
}

export function damaged(path: string, format: SqlFormat, cause?: unknown): TidemarkError {
  return new TidemarkError('corrupt', `the ${format.name} in ${path} is damaged`, { subject: path, cause })
}

function readHeader(path: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  const file = openSync(path, 'r')
  try {
    return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0))
  } finally {
    closeSync(file)
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** The version as the write-ahead log sees it; the header may lag behind. */
function loggedVersion(path: string, format: SqlFormat, driver: SqlDriver): number {
  const database = openSql(path, driver, { readOnly: true })
  try {
    return Number(database.prepare('PRAGMA user_version').get([])?.['user_version'] ?? 0)
  } catch (error) {
    throw error instanceof TidemarkError && error.code === 'corrupt' ? damaged(path, format, error) : error
  } finally {
    database.close()
  }
}

/** Refuses what is not ours to open. @throws newer-version, corrupt */
function inspect(path: string, format: SqlFormat, driver: SqlDriver): void {
  if (sizeOf(path) === 0) return
  const header = readHeader(path)
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) throw damaged(path, format)
  const version = header.readInt32BE(USER_VERSION_AT)
  const owner = header.readInt32BE(APPLICATION_ID_AT)
  if (owner !== applicationId(format) && (owner !== 0 || version !== 0)) throw damaged(path, format)
  if (version > format.version) throw newer(path, format, version)
  if (sizeOf(`${path}-wal`) === 0) return
  const logged = loggedVersion(path, format, driver)
  if (logged > format.version) throw newer(path, format, logged)
}

export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

/** The file exists, readable by its owner alone, before SQLite makes it readable for all. */
function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
    throw new TidemarkError('io', `${path} could not be made`, { subject: path, cause: error })
  }
  syncDirectory(dirname(path))
}

/** At most 32 MiB: keys are random, so that a batch of a large tree touches pages of the whole file. 2 MiB held too few of them (decision 0079). */
const CACHE = 'cache_size = -32768'

/** Every commit is on the disk when it returns (`fullfsync` means something on macOS only). */
function configure(database: SqlDatabase): void {
  for (const pragma of [
    'journal_mode = WAL',
    'synchronous = FULL',
    'fullfsync = 1',
    'checkpoint_fullfsync = 1',
    'journal_size_limit = 67108864',
    CACHE,
  ]) {
    database.prepare(`PRAGMA ${pragma}`).all([])
  }
}

function check(database: SqlDatabase, path: string, format: SqlFormat): void {
  const answer = database.prepare('PRAGMA quick_check(1)').get([])
  if (answer?.['quick_check'] !== 'ok') throw damaged(path, format)
}

/**
 * Opens, and makes when absent, a database file. The caller holds the lock that goes with it.
 * `version` is 0 in a fresh one: the caller creates its tables and then sets the version (`stampSql`).
 * @throws newer-version, corrupt, io, missing-package
 */
export function openSqlFile(
  path: string,
  format: SqlFormat,
  driver: SqlDriver,
): { readonly database: SqlDatabase; readonly version: number } {
  inspect(path, format, driver)
  const thorough = sizeOf(`${path}-wal`) > 0 || sizeOf(path) < CHECKED_ALWAYS_BELOW
  makeFile(path)
  const database = openSql(path, driver, { readOnly: false })
  try {
    configure(database)
    if (thorough) check(database, path, format)
    const version = Number(database.prepare('PRAGMA user_version').get([])?.['user_version'] ?? 0)
    return { database, version }
  } catch (error) {
    database.close()
    if (error instanceof TidemarkError && error.code === 'corrupt') throw damaged(path, format, error)
    throw error
  }
}

/** The statements that record whose file it is and in which format: to be run in the transaction that makes the tables. */
export function stampStatements(format: SqlFormat): readonly string[] {
  return [`PRAGMA application_id = ${applicationId(format)}`, `PRAGMA user_version = ${format.version}`]
}

/** Brings everything from the log into the file, so that its header speaks for itself; then closes. */
export function closeSqlFile(database: SqlDatabase): void {
  try {
    database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([])
  } finally {
    database.close()
  }
}
