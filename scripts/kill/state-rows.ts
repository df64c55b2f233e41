/** Outbox, intents and single rows of a folder's state store, read from a copy: what lies there stays as the kill left it. */

import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSql } from '../../adapters/shared/sql-open.js'

/** By key; empty where there is no store yet. */
export function stateRows(root: string): ReadonlyMap<string, unknown> {
  const path = join(root, '.tidemark/state.sqlite')
  if (!existsSync(path)) return new Map()
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-left-'))
  try {
    const copy = join(directory, 'state.sqlite')
    for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix)
    const database = openSql(copy, 'auto', { readOnly: false })
    try {
      const rows = database.prepare("SELECT k, v FROM state WHERE k GLOB '[oim]/*'").all([])
      return new Map(
        rows.map(({ k, v }) => [String(k), JSON.parse(Buffer.from(v as Uint8Array).toString()) as unknown]),
      )
    } finally {
      database.close()
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
