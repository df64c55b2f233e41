/**
 * The one door to SQLite: a small, checked shape over `libsql`, `node:sqlite` or `better-sqlite3`.
 * It never binds a value the database would change (a NUL cuts a text, a lone surrogate becomes U+FFFD,
 * a number beyond 2^53-1 loses digits), and never lets a foreign error out.
 */

import { TidemarkError } from '../../src/index.js'
import type { ErrorCode } from '../../src/index.js'

/** What can be bound and what comes back. Numbers are safe integers: no column of ours holds anything else. */
export type SqlValue = string | number | Uint8Array | null
export type SqlRow = Readonly<Record<string, SqlValue>>

export interface SqlStatement {
  /** Whether it returns rows. */
  readonly reader: boolean
  all(parameters: readonly SqlValue[]): SqlRow[]
  get(parameters: readonly SqlValue[]): SqlRow | null
  run(parameters: readonly SqlValue[]): { readonly changes: number; readonly lastInsertRowid: number }
}

export interface SqlDatabase {
  /** Statements are kept by their text: preparing one again is free. */
  prepare(sql: string): SqlStatement
  /** Statements without parameters. */
  exec(sql: string): void
  /** Idempotent. */
  close(): void
}

/** The part of a statement that `libsql`, `better-sqlite3` and `node:sqlite` share. */
interface ForeignStatement {
  readonly reader?: boolean
  all(...parameters: unknown[]): unknown[]
  run(...parameters: unknown[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint }
  safeIntegers?(on: boolean): unknown
  setReadBigInts?(on: boolean): void
  columns?(): readonly unknown[]
}

/** A database handed in: one of `libsql`, `better-sqlite3` or `node:sqlite`. */
export interface ForeignDatabase {
  /** A statement; parameters are given as an array, integers are safe ones. */
  prepare(sql: string): unknown
  /** Statements without parameters. */
  exec(sql: string): unknown
  /** Called once, with no statement running. */
  close(): unknown
}

const LONE_SURROGATE = /\p{Surrogate}/u
const RETURNS_ROWS = /^\s*(select|pragma|with|values|explain)\b|\breturning\b/i
const STATEMENTS_KEPT = 256

function refused(what: string): TidemarkError {
  return new TidemarkError('invalid', `a database value was refused: ${what}`, {
    next: 'Use text, whole numbers up to 2^53-1 and bytes only.',
  })
}

/** Integers go as bigint: libsql would bind a number as a float, and a view on bytes as a whole stays a view. */
function toBound(value: SqlValue): string | bigint | Uint8Array | null {
  if (value === null) return null
  switch (typeof value) {
    case 'string':
      if (value.includes('\0')) throw refused('text with a NUL character')
      if (LONE_SURROGATE.test(value)) throw refused('text with a lone surrogate')
      return value
    case 'number':
      if (!Number.isSafeInteger(value)) throw refused(`the number ${value}`)
      return BigInt(value)
    default:
      if (value instanceof Uint8Array) return value
      throw refused(`a value of type ${typeof value}`)
  }
}

function fromColumn(value: unknown, column: string): SqlValue {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'bigint' || typeof value === 'number') {
    const number = Number(value)
    if (Number.isSafeInteger(number)) return number
    throw new TidemarkError('corrupt', `column ${column} holds a number beyond 2^53-1`, { subject: column })
  }
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  // What libsql gives for bytes when it returns many rows.
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  throw new TidemarkError('corrupt', `column ${column} holds a value of an unknown type`, { subject: column })
}

/** libsql adds `_metadata` to rows; no column of ours has that name. */
function toRow(row: unknown): SqlRow {
  const clean: Record<string, SqlValue> = {}
  for (const [column, value] of Object.entries(row as Record<string, unknown>)) {
    if (column !== '_metadata') clean[column] = fromColumn(value, column)
  }
  return clean
}

const CODES: readonly (readonly [pattern: RegExp, code: ErrorCode, message: string])[] = [
  [
    /SQLITE_(BUSY|LOCKED)|database is locked|database table is locked/,
    'locked',
    'the database is held by someone else',
  ],
  [/SQLITE_FULL|disk is full/, 'no-space', 'the disk is full'],
  [/SQLITE_(CORRUPT|NOTADB)|malformed|not a database/, 'corrupt', 'the database is damaged'],
  [
    /SQLITE_(IOERR|CANTOPEN|READONLY|PERM)|unable to open|Unable to open|disk I\/O|readonly database/,
    'io',
    'the database could not be read or written',
  ],
  [/not open/, 'closed', 'the database was closed before'],
  [/SQLITE_CONSTRAINT|constraint failed/, 'exists', 'a rule of the database was broken'],
]

/** What a database threw, in our words. The text of the statement stays in the cause. */
export function sqlError(cause: unknown): TidemarkError {
  if (cause instanceof TidemarkError) return cause
  const detail =
    cause instanceof Error ? `${String((cause as { code?: unknown }).code)} ${cause.message}` : String(cause)
  const known = CODES.find(([pattern]) => pattern.test(detail))
  if (known === undefined) return new TidemarkError('internal', 'the database refused a statement', { cause })
  const [, code, message] = known
  return new TidemarkError(code, message, { cause, retryable: code === 'no-space' || code === 'locked' })
}

/** Shared by a database and its statements. */
interface Life {
  open: boolean
}

function checkOpen(life: Life): void {
  if (!life.open) throw new TidemarkError('closed', 'the database was closed before')
}

class CheckedStatement implements SqlStatement {
  readonly reader: boolean
  readonly #statement: ForeignStatement
  readonly #life: Life
  /** `node:sqlite` takes parameters spread out, the two others as one array. */
  readonly #spread: boolean

  constructor(statement: ForeignStatement, sql: string, life: Life) {
    this.#statement = statement
    this.#life = life
    this.#spread = statement.setReadBigInts !== undefined
    this.reader = statement.reader ?? RETURNS_ROWS.test(sql)
    if (statement.setReadBigInts !== undefined) statement.setReadBigInts(true)
    else if (this.reader) statement.safeIntegers?.(true)
  }

  #bind(parameters: readonly SqlValue[]): unknown[] {
    checkOpen(this.#life)
    const bound = parameters.map(toBound)
    return this.#spread ? bound : [bound]
  }

  all(parameters: readonly SqlValue[]): SqlRow[] {
    const bound = this.#bind(parameters)
    try {
      return this.#statement.all(...bound).map(toRow)
    } catch (error) {
      throw sqlError(error)
    }
  }

  /** Never by the library's own `get`: libsql leaves the statement standing on its row, deaf to the next parameters. */
  get(parameters: readonly SqlValue[]): SqlRow | null {
    return this.all(parameters)[0] ?? null
  }

  run(parameters: readonly SqlValue[]): { readonly changes: number; readonly lastInsertRowid: number } {
    const bound = this.#bind(parameters)
    try {
      const { changes, lastInsertRowid } = this.#statement.run(...bound)
      return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) }
    } catch (error) {
      throw sqlError(error)
    }
  }
}

class CheckedDatabase implements SqlDatabase {
  readonly #database: ForeignDatabase
  readonly #statements = new Map<string, SqlStatement>()
  readonly #life: Life = { open: true }

  constructor(database: ForeignDatabase) {
    this.#database = database
  }

  prepare(sql: string): SqlStatement {
    checkOpen(this.#life)
    const kept = this.#statements.get(sql)
    if (kept !== undefined) return kept
    const statement = this.#prepareNew(sql)
    if (this.#statements.size >= STATEMENTS_KEPT) {
      for (const oldest of this.#statements.keys()) {
        this.#statements.delete(oldest)
        break
      }
    }
    this.#statements.set(sql, statement)
    return statement
  }

  #prepareNew(sql: string): SqlStatement {
    try {
      return new CheckedStatement(this.#database.prepare(sql) as ForeignStatement, sql, this.#life)
    } catch (error) {
      throw sqlError(error)
    }
  }

  exec(sql: string): void {
    checkOpen(this.#life)
    try {
      this.#database.exec(sql)
    } catch (error) {
      throw sqlError(error)
    }
  }

  close(): void {
    if (!this.#life.open) return
    this.#life.open = false
    this.#statements.clear()
    try {
      this.#database.close()
    } catch (error) {
      throw sqlError(error)
    }
  }
}

/** Puts the checks around a database. It is closed with the result. */
export function sqlDatabase(database: ForeignDatabase): SqlDatabase {
  return new CheckedDatabase(database)
}
