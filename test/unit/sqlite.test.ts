/** The SQL door: what it binds and refuses, what it says when no library is there; the lock over processes and kills. */

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { sqliteStateStore } from '../../adapters/node/sqlite-state-store.js'
import { sqlDatabase } from '../../adapters/shared/sql-driver.js'
import type { SqlValue } from '../../adapters/shared/sql-driver.js'
import { acquireLock } from '../../adapters/shared/sql-lock.js'
import { connectWith, hasNodeSqlite, openSql } from '../../adapters/shared/sql-open.js'
import type { SqlDriver } from '../../adapters/shared/sql-open.js'
import { embeddedStores } from '../../adapters/sqlite/index.js'

const DRIVERS: readonly SqlDriver[] = hasNodeSqlite() ? ['libsql', 'node:sqlite'] : ['libsql']
const HOLDER = fileURLToPath(new URL('./lock-holder.ts', import.meta.url))

async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-sql-'))
  try {
    await run(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return undefined
}

async function hold(path: string, driver: string): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', HOLDER, path, driver], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, said: said.toString().trim() }
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

for (const driver of DRIVERS) {
  test(`${String(driver)}: what goes in comes out, as one row and as many`, (t) =>
    inDirectory(async (directory) => {
      const database = openSql(join(directory, 'a'), driver, { readOnly: false })
      const bytes = Uint8Array.of(9, 1, 2, 3, 9).subarray(1, 4)
      const values: readonly SqlValue[] = [
        0,
        -1,
        2 ** 31,
        2 ** 32,
        2 ** 53 - 1,
        -(2 ** 53 - 1),
        '',
        'ü 🦀',
        "'; --",
        null,
        bytes,
        Buffer.from(bytes),
        new Uint8Array(0),
      ]
      for (const value of values) {
        const statement = database.prepare('SELECT ? AS x, typeof(?) AS type')
        const expected = value instanceof Uint8Array ? Uint8Array.from(value) : value
        const type =
          value === null ? 'null' : typeof value === 'number' ? 'integer' : typeof value === 'string' ? 'text' : 'blob'
        t.deepEqual(statement.get([value, value]), { x: expected, type })
        t.deepEqual(statement.all([value, value]), [{ x: expected, type }])
      }
      t.is(database.prepare('SELECT 1 AS x WHERE 0').get([]), null)
      database.close()
    }))

  test(`${String(driver)}: INV-28 SEC-35 what would change on the way is refused before it is bound`, (t) =>
    inDirectory(async (directory) => {
      const database = openSql(join(directory, 'a'), driver, { readOnly: false })
      const statement = database.prepare('SELECT ? AS x')
      for (const bad of [
        'a\0b',
        '\0',
        '\ud800',
        'x\udc00y',
        1.5,
        2 ** 53,
        -(2 ** 53),
        Number.NaN,
        Number.POSITIVE_INFINITY,
        true,
        undefined,
        {},
        [1],
        5n,
      ]) {
        t.is(
          codeOf(() => statement.all([bad as SqlValue])),
          'invalid',
          typeof bad,
        )
      }
      t.is(
        codeOf(() => database.prepare('SELECT 9007199254740992 AS x').get([])),
        'corrupt',
      )
      t.is(
        codeOf(() => database.prepare('SELECT 1.5 AS x').all([])),
        'corrupt',
      )
      database.close()
      t.is(
        codeOf(() => statement.all([1])),
        'closed',
      )
      t.is(
        codeOf(() => database.exec('SELECT 1')),
        'closed',
      )
    }))

  test(`${String(driver)}: foreign errors never leave`, (t) =>
    inDirectory(async (directory) => {
      const database = openSql(join(directory, 'a'), driver, { readOnly: false })
      t.is(
        codeOf(() => database.prepare('SELEKT')),
        'internal',
      )
      database.exec('CREATE TABLE t (x INTEGER PRIMARY KEY)')
      database.prepare('INSERT INTO t VALUES (?)').run([1])
      t.is(
        codeOf(() => database.prepare('INSERT INTO t VALUES (?)').run([1])),
        'exists',
      )
      t.is(
        codeOf(() => openSql(join(directory, 'no', 'such'), driver, { readOnly: false })),
        'io',
      )
      const reader = openSql(join(directory, 'a'), driver, { readOnly: true })
      t.is(
        codeOf(() => reader.exec('DELETE FROM t')),
        'io',
      )
      reader.close()
      database.close()
    }))

  test(`${String(driver)}: INV-30 the lock holds against this process and others, and dies with kill -9`, (t) =>
    inDirectory(async (directory) => {
      const path = join(directory, 'lock')
      const mine = acquireLock(path, { subject: 'the root', driver })
      const error = t.throws(() => acquireLock(path, { subject: 'the root', driver }))
      t.like(error, { code: 'locked', subject: 'the root' })
      t.is((await hold(path, String(driver))).said, 'locked')
      t.is(statSync(path).size, 0, 'the lock writes nothing')
      mine.release()
      mine.release()
      const { child, said } = await hold(path, String(driver))
      t.is(said, 'held')
      t.is(
        codeOf(() => acquireLock(path, { driver })),
        'locked',
      )
      await kill(child)
      acquireLock(path, { driver }).release()
    }))
}

test('two SQLite libraries of one process, which do not see each other, respect the lock all the same', (t) =>
  inDirectory(async (directory) => {
    const path = join(directory, 'lock')
    const held = acquireLock(path, { driver: 'libsql' })
    const other: SqlDriver = (file, options) => connectWith('libsql')(file, options)
    t.is(
      codeOf(() => acquireLock(path, { driver: other })),
      'locked',
    )
    held.release()
  }))

test('a database handed in is used as it is, behind the same checks', async (t) => {
  const calls: unknown[][] = []
  const statement = {
    reader: true,
    all: (...parameters: unknown[]) => {
      calls.push(parameters)
      return [{ x: 7n, _metadata: { duration: 1 } }]
    },
    run: () => ({ changes: 1n, lastInsertRowid: 0n }),
    safeIntegers: () => undefined,
  }
  const database = sqlDatabase({ prepare: () => statement, exec: () => undefined, close: () => undefined })
  t.deepEqual(database.prepare('SELECT').all([5, Buffer.from('a')]), [{ x: 7 }])
  t.deepEqual(calls, [[[5n, Buffer.from('a')]]], 'one array, integers as bigint')
})

test('without libsql: loading works, the first open tells the command', (t) =>
  inDirectory(async (directory) => {
    const root = fileURLToPath(new URL('../../', import.meta.url))
    const bare = join(directory, 'sql-open.mjs')
    const { build } = await import('esbuild')
    await build({
      entryPoints: [join(root, 'adapters/shared/sql-open.ts')],
      outfile: bare,
      bundle: true,
      format: 'esm',
      platform: 'node',
    })
    const script = `import { connectWith } from ${JSON.stringify(bare)}
      try { connectWith('libsql') } catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message })) }`
    const answer = JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: directory, encoding: 'utf8' }),
    ) as { readonly code: string; readonly message: string }
    t.is(answer.code, 'missing-package')
    t.true(answer.message.includes('npm install libsql'))
  }))

test('INV-09 a state store killed in the middle keeps every batch it has acknowledged', (t) =>
  inDirectory(async (directory) => {
    const path = join(directory, 'live', 'state.sqlite')
    const store = sqliteStateStore({ path, driver: 'libsql' })
    await store.open()
    for (let batch = 0; batch < 20; batch += 1) {
      await store.batch(
        [
          { key: `a/${batch}`, value: Uint8Array.of(batch) },
          { key: `b/${batch}`, value: Uint8Array.of(batch) },
        ],
        [],
      )
      const copy = join(directory, `copy-${batch}.sqlite`)
      copyFileSync(path, copy)
      copyFileSync(`${path}-wal`, `${copy}-wal`)
      const found = sqliteStateStore({ path: copy, driver: 'libsql' })
      await found.open()
      t.is((await found.range('a/', null, 100)).length, batch + 1)
      t.is((await found.range('b/', null, 100)).length, batch + 1)
      await found.close()
    }
    await store.close()
    t.is(statSync(path).mode & 0o077, 0, 'SEC-17 readable by its owner alone')
  }))

test('embedded stores: one directory, one holder, and a name in the error', (t) =>
  inDirectory(async (root) => {
    const directory = join(root, 'data', 'server')
    const first = embeddedStores({ directory, driver: 'libsql' })
    await first.metadata.open()
    await first.chunks.open()
    const second = embeddedStores({ directory, driver: 'libsql' })
    for (const store of [second.metadata, second.chunks])
      t.like(await t.throwsAsync(store.open()), { code: 'locked', subject: directory })
    await first.metadata.close()
    t.like(await t.throwsAsync(second.metadata.open()), { code: 'locked' }, 'the other store still holds it')
    await first.chunks.close()
    await second.metadata.open()
    await second.chunks.open()
    await Promise.all([second.chunks.close(), second.metadata.close()])
    t.is(statSync(directory).mode & 0o077, 0)
  }))
