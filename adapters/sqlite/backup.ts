/**
 * A copy of a server's data directory, of a running server too, and a directory made from such a copy. The metadata goes
 * first, as one snapshot; then the packs, which by then hold every chunk it names. Nothing half done gets the final name.
 */

import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { TidemarkError, type Epoch, type WorkspaceId } from '../../src/index.js'
import { syncDirectory } from '../shared/sql-file.js'
import { acquireLock } from '../shared/sql-lock.js'
import { openSql, type SqlDriver } from '../shared/sql-open.js'
import { copyPacks } from './copy-packs.js'
import { sqliteMetadataStore } from './sqlite-metadata-store.js'

/** What is copied, and where to. */
export interface BackupOptions {
  /** The data directory of a server, running or stopped. */
  readonly from: string
  /** Made; must not be there, or be empty. */
  readonly to: string
  /** Default 'auto'. */
  readonly driver?: SqlDriver
}

/** What a backup holds. */
export interface BackupReport {
  /** The directory made, absolute. */
  readonly directory: string
  /** Workspaces of all users. */
  readonly workspaces: number
  /** Pack files copied. */
  readonly packs: number
  /** Of all files. */
  readonly bytes: number
}

const METADATA = 'metadata.sqlite'
const ACCOUNTS = 'accounts.sqlite'
const PACKS = 'packs'

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code

/**
 * Copies the data directory of a running or stopped server. Chunks that nothing named at the moment of the snapshot may be
 * missing. @throws not-found, exists, no-space, io
 */
export async function backupDirectory({ from, to, driver = 'auto' }: BackupOptions): Promise<BackupReport> {
  const source = await dataDirectory(from)
  return inPlaceOf(to, async (partial) => {
    for (const name of [METADATA, ACCOUNTS]) await snapshot(join(source, name), join(partial, name), driver)
    return finish(source, partial, driver)
  })
}

/**
 * Makes a data directory from a backup, or from a copy of a stopped server's directory. Every workspace begins a new epoch,
 * so that devices that know a later history unite with it, and delete nothing (INV-13).
 * @throws not-found, exists, locked, newer-version, no-space, io
 */
export async function restoreDirectory({ from, to, driver = 'auto' }: BackupOptions): Promise<BackupReport> {
  const source = await dataDirectory(from)
  const lock = await holdIfServed(source, driver)
  try {
    return await inPlaceOf(to, async (partial) => {
      // a server that was killed left the end of its work in the log beside the file
      for (const name of [METADATA, `${METADATA}-wal`, ACCOUNTS, `${ACCOUNTS}-wal`])
        await copyIfThere(join(source, name), join(partial, name))
      await beginEpochs(join(partial, METADATA), driver)
      return finish(source, partial, driver)
    })
  } finally {
    lock?.release()
  }
}

async function dataDirectory(path: string): Promise<string> {
  const directory = resolve(path)
  const found = await stat(join(directory, METADATA)).catch(() => null)
  if (found?.isFile() === true) return directory
  throw new TidemarkError('not-found', `There is no server data in ${directory}.`, {
    subject: directory,
    next: `Name the directory that holds ${METADATA}.`,
  })
}

async function inPlaceOf<T>(
  to: string,
  fill: (partial: string) => Promise<T>,
): Promise<T & { readonly directory: string }> {
  const directory = resolve(to)
  const present = await readdir(directory).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null
    throw ioError(error, directory)
  })
  if (present !== null && present.length > 0) {
    throw new TidemarkError('exists', `${directory} is there already and not empty.`, {
      subject: directory,
      next: 'Name a directory that is not there.',
    })
  }
  const partial = `${directory}.partial-${randomBytes(4).toString('hex')}`
  try {
    await mkdir(partial, { recursive: true, mode: 0o700 })
    const result = await fill(partial)
    await rename(partial, directory)
    syncDirectory(dirname(directory))
    return { ...result, directory }
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw ioError(error, directory)
  }
}

function ioError(error: unknown, subject: string): TidemarkError {
  if (error instanceof TidemarkError) return error
  const isFull = codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT'
  const reason = error instanceof Error ? error.message : String(error)
  return new TidemarkError(isFull ? 'no-space' : 'io', `${subject} could not be written: ${reason}`, {
    subject,
    cause: error,
  })
}

/** One transaction of the database, whoever writes meanwhile. */
async function snapshot(from: string, to: string, driver: SqlDriver): Promise<void> {
  if ((await stat(from).catch(() => null)) === null) return
  const database = openSql(from, driver, { readOnly: true })
  try {
    database.exec(`VACUUM INTO '${to.replaceAll("'", "''")}'`)
  } finally {
    database.close()
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error
  })
}

/** A directory that a server has open is no copy: it would change while it is read. */
async function holdIfServed(directory: string, driver: SqlDriver) {
  const path = join(directory, 'lock')
  if ((await stat(path).catch(() => null)) === null) return null
  return acquireLock(path, { subject: directory, driver })
}

async function beginEpochs(path: string, driver: SqlDriver): Promise<void> {
  const store = sqliteMetadataStore({ path, driver })
  await store.open()
  try {
    for (let after: WorkspaceId | null = null; ; ) {
      const page = await store.everyWorkspace(after, 100)
      for (const { id } of page)
        await store.transact(id, (writer) => writer.renew(randomBytes(16).toString('hex') as Epoch))
      if (page.length < 100) return
      after = page.at(-1)?.id ?? null
    }
  } finally {
    await store.close()
    await rm(`${path}-lock`, { force: true })
  }
}

async function finish(source: string, partial: string, driver: SqlDriver): Promise<Omit<BackupReport, 'directory'>> {
  const { packs, bytes } = await copyPacks(join(source, PACKS), join(partial, PACKS))
  let sum = bytes
  for (const name of [METADATA, ACCOUNTS]) {
    sum += (await makeDurable(join(partial, name))) ?? 0
    // libsql closes a file when its statements are collected, so that a log may go at any moment; it is empty then
    sum += (await makeDurable(join(partial, `${name}-wal`))) ?? 0
  }
  syncDirectory(partial)
  return { workspaces: countWorkspaces(join(partial, METADATA), driver), packs, bytes: sum }
}

/** Its length; null when it is not there. */
async function makeDurable(path: string): Promise<number | null> {
  const file = await open(path, 'r+').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  })
  if (file === null) return null
  try {
    await file.chmod(0o600)
    await file.sync()
    return (await file.stat()).size
  } finally {
    await file.close()
  }
}

function countWorkspaces(path: string, driver: SqlDriver): number {
  const database = openSql(path, driver, { readOnly: true })
  try {
    return Number(database.prepare('SELECT count(*) AS count FROM workspaces').get([])?.['count'] ?? 0)
  } finally {
    database.close()
  }
}
