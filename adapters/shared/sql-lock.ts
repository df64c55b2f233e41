/**
 * A lock that the operating system takes back when its holder dies: an exclusive transaction on a small database
 * that holds nothing. The file stays: removing it would let two holders stand on two files of one name.
 * Nobody but this file may open the lock file: on POSIX closing any descriptor of it in this process drops the lock.
 */

import { statSync } from 'node:fs'
import { TidemarkError } from '../../src/index.js'
import { openSql } from './sql-open.js'
import type { SqlDatabase } from './sql-driver.js'
import type { SqlDriver } from './sql-open.js'

/** Held until it is released, or its process ends. */
export interface Lock {
  /** Idempotent. */
  release(): void
}

/** How a lock is taken, and what it is called. */
export interface LockOptions {
  /** What is locked, for the message. Default: the lock file's path. */
  readonly subject?: string
  /** The SQLite library that holds it. Default 'auto'. */
  readonly driver?: SqlDriver
}

/** Two SQLite libraries in one process do not see each other's POSIX locks, two copies of this module do not share variables. */
const REGISTRY = Symbol.for('tidemark.locks')

function heldHere(): Set<string> {
  const home = globalThis as { [REGISTRY]?: Set<string> }
  home[REGISTRY] ??= new Set()
  return home[REGISTRY]
}

function lockedError(subject: string, cause?: unknown): TidemarkError {
  return new TidemarkError('locked', `${subject} is in use by another process or engine`, {
    subject,
    next: 'Stop the other one first. The lock of a dead process is taken over by itself.',
    cause,
  })
}

function identity(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`
}

function takeExclusive(database: SqlDatabase): void {
  database.prepare('PRAGMA journal_mode = MEMORY').all([])
  database.exec('BEGIN EXCLUSIVE')
}

/**
 * Takes the lock named by the file `path` (made when absent; its directory must be there), or fails at once.
 * @throws locked when another process, or another holder in this one, has it; io, missing-package
 */
export function acquireLock(path: string, options: LockOptions = {}): Lock {
  const subject = options.subject ?? path
  const held = heldHere()
  const before = identity(path)
  if (before !== null && held.has(before)) throw lockedError(subject)
  const database = openSql(path, options.driver ?? 'auto', { readOnly: false })
  let key: string
  try {
    takeExclusive(database)
    key = identity(path) ?? path
    if (held.has(key)) throw lockedError(subject)
    held.add(key)
  } catch (error) {
    database.close()
    if (error instanceof TidemarkError && error.code === 'locked') throw lockedError(subject, error)
    throw error
  }
  let released = false
  return {
    release() {
      if (released) return
      released = true
      held.delete(key)
      database.exec('ROLLBACK')
      database.close()
    },
  }
}
