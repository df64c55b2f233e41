/**
 * What a directory holds, as lines that compare: the user's files of a root, what the engine keeps beside them, and the
 * rows of a database. A test takes one before and one after, and shows the lines that differ.
 */

import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SqlDatabase } from '../../adapters/shared/sql-driver.js'
import { openSql } from '../../adapters/shared/sql-open.js'

/** Of a database that is only read: SQLite keeps its marks of who reads there. */
const MARKS = /-shm$|(^|\/)(state\.sqlite-)?lock$/

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}

/** Every entry below a directory with kind, mode, time and content; `null` when it is not there. */
export function entriesOf(root: string, skip: (path: string) => boolean = () => false): readonly string[] | null {
  if (!existsSync(root)) return null
  const lines: string[] = []
  const look = (path: string): void => {
    const stat = lstatSync(join(root, path))
    const mode = (stat.mode & 0o7777).toString(8)
    if (stat.isFile())
      lines.push(`${path} file ${mode} ${Math.floor(stat.mtimeMs)} ${digest(readFileSync(join(root, path)))}`)
    else lines.push(`${path} ${stat.isDirectory() ? 'directory' : 'other'} ${mode}`)
    if (!stat.isDirectory()) return
    for (const name of readdirSync(join(root, path)).sort()) {
      const below = path === '' ? name : `${path}/${name}`
      if (!skip(below)) look(below)
    }
  }
  look('')
  return lines
}

/** The user's own. */
export function filesOf(root: string): readonly string[] | null {
  return entriesOf(root, (path) => path === '.tidemark')
}

/** All bytes of what the engine or a server keeps. */
export function keptBytes(directory: string): readonly string[] | null {
  const lines = entriesOf(directory, (path) => MARKS.test(path))
  // opening a directory for reading moves no time of a file, but a journal that was empty may be made
  return lines?.filter((line) => !/-wal file \S+ \S+ e3b0c44298fc1c14$/.test(line)) ?? null
}

/** What was agreed and what is on its way, without the stamps, which a second look may age. */
export function agreedRows(root: string): readonly string[] {
  return read(join(root, '.tidemark/state.sqlite'), (database) => {
    const rows = database.prepare("SELECT k, v FROM state WHERE k >= 'o/' AND k < 't' ORDER BY k").all([]) as {
      k: string
      v: Uint8Array
    }[]
    return rows
      .filter(({ k }) => /^[os]\//.test(k))
      .map(({ k, v }) => {
        const row = JSON.parse(Buffer.from(v).toString()) as Record<string, unknown>
        return `${k} ${JSON.stringify({ ...row, stamp: undefined })}`
      })
  })
}

/** Tables that a refused request may write to: a device's session, and the key of a commit with its refusal (SPEC 1.3). */
const BOOKKEEPING: ReadonlySet<string> = new Set(['devices', 'results'])

/** Every row of a server's metadata but its bookkeeping, and its packs. */
export function serverRows(directory: string): readonly string[] {
  const rows = read(join(directory, 'metadata.sqlite'), (database) => {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all([]) as {
      name: string
    }[]
    return tables
      .filter(({ name }) => !BOOKKEEPING.has(name) && !name.startsWith('sqlite_'))
      .flatMap(({ name }) => {
        const found = database.prepare(`SELECT * FROM "${name}"`).all([]) as Record<string, unknown>[]
        return found.map((row) => `${name} ${JSON.stringify(row, (_, value: unknown) => textOf(value))}`).sort()
      })
  })
  return [...rows, ...(entriesOf(join(directory, 'packs')) ?? [])]
}

function textOf(value: unknown): unknown {
  return value instanceof Uint8Array ? digest(value) : value
}

function read<T>(path: string, run: (database: SqlDatabase) => T): T {
  const database = openSql(path, 'auto', { readOnly: true })
  try {
    return run(database)
  } finally {
    database.close()
  }
}
