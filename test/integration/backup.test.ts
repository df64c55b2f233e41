/**
 * Backups of a running server on a real disk, and what real engines do when an old one is restored (INV-13, SEC-44): every age,
 * after the world moved on, and no file of anybody goes.
 */

import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { memoryServer, type MemoryServer } from '../../adapters/memory/memory-server.js'
import { connectWith, type Connect } from '../../adapters/shared/sql-open.js'
import { backupDirectory, embeddedStores, restoreDirectory } from '../../adapters/sqlite/index.js'
import type { WorkspaceId } from '../../src/index.js'
import { EngineWorld, type TestDevice } from '../unit/engine-world.js'
import { code, content, file, World } from '../unit/server-world.js'

function directoryFor(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-restore-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function serverOn(world: EngineWorld, directory: string): MemoryServer {
  const { clock, random, hasher } = world
  return memoryServer({ clock, random, hasher, ...embeddedStores({ directory, driver: 'libsql', packBytes: 65_536 }) })
}

/** What the world does between two backups. */
const MOVES: readonly ((a: TestDevice, b: TestDevice) => void)[] = [
  (a) => a.write('one', 'first'),
  (a, b) => [a.write('dir/two', 'second'), b.write('three', 'third')],
  (a) => a.write('one', 'first, edited'),
  (a, b) => [b.rename('dir', 'moved'), a.write('four', 'fourth')],
  (a) => a.remove('three'),
  (a, b) => [a.write('five', 'fifth'), b.write('one', 'edited once more')],
]

for (let age = 0; age <= MOVES.length; age += 1) {
  test(`INV-13 SEC-44 a backup that is ${age} of ${MOVES.length} changes old is restored: both devices unite with it, nothing is deleted`, async (t) => {
    const directory = directoryFor(t)
    const world = await EngineWorld.open()
    world.idleTurns = 200_000
    world.server = serverOn(world, join(directory, 'data'))
    await world.server.server.open()
    const [a, b] = [world.device('A'), world.device('B')]
    a.write('base', 'always there')
    await world.converge(a, b)
    const backup = join(directory, 'backup')
    for (const [at, move] of MOVES.entries()) {
      if (MOVES.length - at === age)
        await backupDirectory({ from: join(directory, 'data'), to: backup, driver: 'libsql' })
      move(a, b)
      await world.converge(a, b)
    }
    if (age === 0) await backupDirectory({ from: join(directory, 'data'), to: backup, driver: 'libsql' })
    b.write('unsent', 'only here yet')
    await world.server.server.close()
    const { workspaces } = await restoreDirectory({ from: backup, to: join(directory, 'again'), driver: 'libsql' })
    t.is(workspaces, 1)
    world.server = serverOn(world, join(directory, 'again'))
    await world.server.server.open()
    const before = { ...a.tree(), ...b.tree() }
    const resets: string[] = []
    for (const device of [a, b]) device.engine.on('reset', ({ reason }) => resets.push(reason))
    await world.converge(a, b)
    await world.converge(a, b)
    t.deepEqual(resets, ['diverged', 'diverged'])
    const after = a.tree()
    t.deepEqual(b.tree(), after)
    // an edit or a move the old server does not know stays as a copy, or comes back to its old place: no content goes
    const contents = new Set(Object.values(after))
    for (const [path, text] of Object.entries(before)) t.true(contents.has(text), `${path}: ${text}`)
    t.is(after['unsent'], 'only here yet')
    const [found] = await world.server.remote.verify()
    t.deepEqual(found?.problems, [])
    await world.server.server.close()
  })
}

for (const ahead of [0, 1, 3]) {
  test(`INV-13 A15 a fail-over under the same epoch lost this device's own acknowledged commits, and gave ${ahead} of their sequences to others: noticed, nothing deleted, all offered again`, async (t) => {
    const directory = directoryFor(t)
    const world = await EngineWorld.open()
    world.idleTurns = 200_000
    const open = async (name: string): Promise<void> => {
      world.server = serverOn(world, join(directory, name))
      await world.server.server.open()
    }
    await open('data')
    const [a, b] = [world.device('A'), world.device('B')]
    a.write('base', 'always there')
    await world.converge(a, b)
    await world.server.server.close()
    cpSync(join(directory, 'data'), join(directory, 'standby'), { recursive: true })
    await open('data')
    a.write('mine', 'acknowledged')
    a.write('base', 'edited, acknowledged')
    await a.sync()
    await world.server.server.close()
    await open('standby')
    for (let at = 0; at < ahead; at += 1) {
      b.write(`theirs${at}`, `of the others ${at}`)
      await b.sync()
    }
    const resets: string[] = []
    a.engine.on('reset', ({ reason }) => resets.push(reason))
    await world.converge(a, b)
    await world.converge(a, b)
    t.deepEqual(resets, ['diverged'])
    t.deepEqual(b.tree(), a.tree())
    const contents = new Set(Object.values(a.tree()))
    for (const text of ['acknowledged', 'edited, acknowledged']) t.true(contents.has(text), text)
    t.is(Object.values(a.tree()).filter((text) => text.startsWith('of the others')).length, ahead)
    await world.server.server.close()
  })
}

async function planted(directory: string): Promise<World> {
  const world = await new World({ ...embeddedStores({ directory, driver: 'libsql', packBytes: 65_536 }) }).open()
  const contents = Array.from({ length: 30 }, (_, at) => content(`${at} `.repeat(4_000)))
  for (const each of contents) await world.put(each)
  await world.commit(contents.map((each, at) => [file(at + 1, `f${at}`, each)]))
  return world
}

test('a backup taken while collection rewrites packs and uploads go on is whole', async (t) => {
  const directory = directoryFor(t)
  const world = await planted(join(directory, 'data'))
  for (let at = 0; at < 60; at += 1) await world.put(content(`orphan ${at} `.repeat(2_000)))
  for (const hours of [0, 24, 24]) {
    world.now += hours * 3_600_000
    await world.memory.remote.maintain()
  }
  world.now += 24 * 3_600_000
  const backups = [0, 1, 2].map((at) =>
    backupDirectory({ from: join(directory, 'data'), to: join(directory, `b${at}`), driver: 'libsql' }),
  )
  const uploads = Array.from({ length: 20 }, (_, at) => {
    const of = content(`late ${at} `.repeat(3_000))
    return world.commit([[file(100 + at, `late${at}`, of)]], { manifests: [of.manifest], chunks: of.chunks })
  })
  await Promise.all([...backups, ...uploads, world.memory.remote.maintain()])
  await world.memory.server.close()
  for (const at of [0, 1, 2]) {
    const to = join(directory, `r${at}`)
    await restoreDirectory({ from: join(directory, `b${at}`), to, driver: 'libsql' })
    const restored = await new World({ ...embeddedStores({ directory: to, driver: 'libsql' }) }).open()
    const [found] = await restored.memory.remote.verify()
    t.like(found, { problemCount: 0 })
    t.true((found?.nodes ?? 0) >= 30)
    await restored.memory.server.close()
  }
})

test('a copy of a stopped directory is a backup; one of a served directory is refused; targets with something in them are, too', async (t) => {
  const directory = directoryFor(t)
  const data = join(directory, 'data')
  const world = await planted(data)
  const restore = (from: string, to: string) =>
    restoreDirectory({ from: join(directory, from), to: join(directory, to), driver: 'libsql' })
  await t.throwsAsync(restore('data', 'r1'), code('locked'))
  await world.memory.server.close()
  cpSync(data, join(directory, 'copy'), { recursive: true })
  const report = await restore('copy', 'r1')
  t.like(report, { workspaces: 1, directory: join(directory, 'r1') })
  await t.throwsAsync(restore('copy', 'r1'), code('exists'))
  await t.throwsAsync(restore('nothing', 'r2'), code('not-found'))
  t.false(existsSync(join(directory, 'r2')))
  t.deepEqual(
    readdirSync(directory).filter((name) => name.includes('partial')),
    [],
  )
  const restored = await new World({ ...embeddedStores({ directory: join(directory, 'r1'), driver: 'libsql' }) }).open()
  t.is((await restored.tree()).length, 30)
  t.is((await restored.pull(world.cursor)).state.standing, 'diverged')
  t.is(restored.cursor.epoch === world.cursor.epoch, false)
  await restored.memory.server.close()
})

test('a log or an index that libsql leaves beside a closed database, until its statements are collected, is not part of what was restored', async (t) => {
  const directory = directoryFor(t)
  const world = await planted(join(directory, 'data'))
  await world.memory.server.close()
  const connect = connectWith('libsql')
  const kept: unknown[] = []
  const driver: Connect = (path, options) => {
    const database = connect(path, options)
    const prepare = (sql: string): unknown => {
      const statement = database.prepare(sql)
      kept.push(statement)
      return statement
    }
    return { prepare, exec: (sql) => database.exec(sql), close: () => database.close() }
  }
  const to = join(directory, 'r')
  const { bytes } = await restoreDirectory({ from: join(directory, 'data'), to, driver })
  const entries = readdirSync(to, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const sizes = entries.map((entry) => [entry.name, statSync(join(entry.parentPath, entry.name)).size] as const)
  t.like(Object.fromEntries(sizes), { 'metadata.sqlite-wal': 0, 'metadata.sqlite-shm': 32_768 })
  t.is(bytes, sizes.reduce((sum, [, size]) => sum + size, 0) - 32_768)
  t.true(kept.length > 0)
})

test('INV-26 verify tells every damage as data: a chunk cut off, a manifest gone, a parent gone, a hash that is another', async (t) => {
  const directory = directoryFor(t)
  const data = join(directory, 'data')
  const world = await planted(data)
  t.like((await world.memory.remote.verify())[0], {
    nodes: 30,
    revisions: 30,
    manifests: 30,
    chunks: 30,
    problemCount: 0,
  })
  t.deepEqual(await world.memory.remote.verify({ owner: 'bob' }), [])
  const id = (await world.memory.metadata.find('ann', 'notes')) as WorkspaceId
  const orphan = file(90, 'lost', content('0 '.repeat(4_000)), { parentId: 'f'.repeat(32) as never })
  await world.memory.metadata.transact(id, async (writer) => {
    const [third] = await writer.keptAfter(2, 1)
    if (third?.last.content == null) throw new RangeError('no content')
    await writer.dropManifests([third.last.content])
    const { type: _type, base: _base, ...node } = orphan
    await writer.append([
      { revision: { id: node.id, sequence: 31, node }, last: node, acceptedAt: 1, hash: 'a'.repeat(64) as never },
    ])
  })
  await world.memory.server.close()
  const [space = ''] = readdirSync(join(data, 'packs')).filter((name) => name !== 'format')
  const first = join(data, 'packs', space, '00000001.pack')
  truncateSync(first, 20_000)
  const again = await new World({ ...embeddedStores({ directory: data, driver: 'libsql' }) }).open()
  const [found] = await again.memory.remote.verify()
  const kinds = new Set(found?.problems.map(({ kind }) => kind))
  t.deepEqual([...kinds].sort(), ['chunk-missing', 'hash', 'manifest-missing', 'parent-missing'])
  t.true(found?.problems.every(({ nodes }) => nodes.length > 0))
  await again.memory.server.close()
})
