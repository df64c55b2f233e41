/** Roots on real disks with real engines: moved, copied, nested, two in one process, two engines on one (A19). */

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import type { Request, SyncEngine } from '../../src/index.js'
import { rootWorld, treeAt } from './root-world.js'

test('A19 a root that was moved goes on where it stood: one request, nothing travels', async (t) => {
  const world = await rootWorld(t)
  const root = join(world.directory, 'before')
  mkdirSync(join(root, 'sub'), { recursive: true })
  writeFileSync(join(root, 'sub/a.txt'), 'a')
  const before = await world.engineOn(root)
  await before.sync()
  const { cursor } = await before.sync()
  mkdirSync(join(world.directory, 'far'))
  const moved = join(world.directory, 'far/after')
  renameSync(root, moved)
  const after = await world.engineOn(moved)
  const report = await after.sync()
  t.deepEqual([report.requests, report.uploaded, report.downloaded, report.conflicts], [1, 0, 0, []])
  t.deepEqual(report.cursor, cursor)
  writeFileSync(join(moved, 'b.txt'), 'b')
  await after.sync()
  t.deepEqual(await world.onServer(), { 'b.txt': 'b', 'sub/': '', 'sub/a.txt': 'a' })
})

test('A19 INV-30 a root copied with cp -a, both live: the copy becomes a device of its own, nothing is lost or deleted', async (t) => {
  const world = await rootWorld(t)
  const [root, copy] = [join(world.directory, 'root'), join(world.directory, 'copy')]
  mkdirSync(join(root, 'sub/deep'), { recursive: true })
  for (const path of ['a.txt', 'b.txt', 'sub/c.txt', 'sub/deep/d.txt', 'sub/e.txt'])
    writeFileSync(join(root, path), path)
  await (await world.engineOn(root)).sync()
  execFileSync('cp', ['-a', root, copy])
  // Each goes on alone for a while: the copy was behind before anybody knew of it.
  writeFileSync(join(root, 'a.txt'), 'a by the root')
  writeFileSync(join(copy, 'b.txt'), 'b by the copy')
  writeFileSync(join(root, 'sub/c.txt'), 'c by the root')
  writeFileSync(join(copy, 'sub/c.txt'), 'c by the copy')
  writeFileSync(join(copy, 'made.txt'), 'made by the copy')
  const [original, clone] = [await world.engineOn(root), await world.engineOn(copy)]
  const devices = new Set<string>()
  const noteDevices = (request: Request): void => {
    if (request.type === 'hello') devices.add(request.device)
  }
  world.onRequest = noteDevices
  await Promise.all([original.start(), clone.start()])
  for (let round = 0; round < 2; round++) for (const engine of [original, clone]) await engine.sync()
  world.onRequest = () => undefined
  const tree = treeAt(root)
  t.deepEqual(treeAt(copy), tree)
  t.deepEqual(await world.onServer(), tree)
  const copies = Object.keys(tree).filter((path) => path.includes('(conflicted copy'))
  t.is(copies.length, 1)
  t.deepEqual([tree['sub/c.txt'], tree[copies[0] ?? '']].sort(), ['c by the copy', 'c by the root'])
  t.like(tree, { 'a.txt': 'a by the root', 'b.txt': 'b by the copy', 'made.txt': 'made by the copy' })
  t.like(tree, { 'sub/deep/d.txt': 'sub/deep/d.txt', 'sub/e.txt': 'sub/e.txt' })
  await Promise.all([original.stop(), clone.stop()])
  world.onRequest = noteDevices
  for (const [place, name] of [
    [root, 'again by the root'],
    [copy, 'again by the copy'],
  ] as const) {
    writeFileSync(join(place, name), name)
    await (await world.engineOn(place)).sync()
  }
  t.is(devices.size, 2, 'the copy went on under an id of its own')
  world.onRequest = () => undefined
  t.like(await world.onServer(), { 'again by the root': 'again by the root', 'again by the copy': 'again by the copy' })
})

test('A19 no root inside a root, in our own directory of one, at a whole disk, at home or above it', async (t) => {
  const world = await rootWorld(t)
  const root = join(world.directory, 'root')
  mkdirSync(join(root, 'sub/deep'), { recursive: true })
  writeFileSync(join(root, 'sub/a.txt'), 'a')
  await (await world.engineOn(root)).sync()
  for (const [path, why] of [
    [join(root, 'sub'), /lies inside the root/],
    [join(root, 'sub/deep'), /lies inside the root/],
    [join(root, '.tidemark'), /lies inside the \.tidemark of another root/],
    [join(root, '.tidemark/trash'), /lies inside the \.tidemark of another root/],
    ['/', /a whole disk|contains the home directory/],
    [homedir(), /is the home directory/],
    [dirname(homedir()), /contains the home directory|a whole disk/],
  ] as const) {
    const error = await t.throwsAsync((await world.engineOn(path)).start(), { code: 'root-nested' })
    t.regex(error?.message ?? '', why)
  }
  t.deepEqual(treeAt(root), { 'sub/': '', 'sub/a.txt': 'a', 'sub/deep/': '' }, 'nothing was made in any of them')
})

test('A19 a directory around a root may be one: the inner root stays out of it, with a problem, and is never touched', async (t) => {
  const world = await rootWorld(t)
  const outer = join(world.directory, 'outer')
  const inner = join(outer, 'inner')
  mkdirSync(inner, { recursive: true })
  writeFileSync(join(inner, 'mine.txt'), 'inner')
  const first = await world.engineOn(inner, { workspace: 'inner' })
  await first.sync()
  writeFileSync(join(outer, 'yours.txt'), 'outer')
  const report = await (await world.engineOn(outer, { workspace: 'outer' })).sync()
  t.deepEqual(
    report.problems.map(({ path, code }) => ({ path, code })),
    [{ path: 'inner', code: 'nested-root' }],
  )
  t.deepEqual(await world.onServer('outer'), { 'yours.txt': 'outer' })
  await t.throwsAsync(first.sync(), { code: 'root-nested' }, 'the inner one is told that it lies in another by now')
  t.deepEqual(await world.onServer('inner'), { 'mine.txt': 'inner' })
})

test('A19 two engines on two roots in one process work side by side and do not mix', async (t) => {
  const world = await rootWorld(t)
  const roots = ['one', 'two'].map((name) => join(world.directory, name))
  const engines: SyncEngine[] = []
  for (const root of roots) {
    mkdirSync(root)
    engines.push(await world.engineOn(root, { workspace: root.endsWith('one') ? 'first' : 'second' }))
  }
  await Promise.all(engines.map((engine) => engine.start()))
  for (let at = 0; at < 20; at++) for (const root of roots) writeFileSync(join(root, `${at}.txt`), `${at} in ${root}`)
  await Promise.all(engines.map((engine) => engine.sync()))
  await Promise.all(engines.map((engine) => engine.sync()))
  for (const [at, workspace] of ['first', 'second'].entries()) {
    const tree = await world.onServer(workspace)
    t.deepEqual(tree, treeAt(roots[at] ?? ''))
    t.is(Object.keys(tree).length, 20)
    t.true(Object.values(tree).every((content) => content.endsWith(roots[at] ?? '')))
  }
})

test('A19 INV-30 two engines on one root: the second is refused and the first goes on, in this process and across two', async (t) => {
  const world = await rootWorld(t)
  const root = join(world.directory, 'root')
  mkdirSync(root)
  const first = await world.engineOn(root)
  await first.start()
  const second = await world.engineOn(root)
  await t.throwsAsync(second.start(), { code: 'locked' })
  await t.throwsAsync(second.sync(), { code: 'locked' })
  writeFileSync(join(root, 'a.txt'), 'a')
  await first.sync()
  t.is(first.status.state === 'stopped', false)
  t.deepEqual(await world.onServer(), { 'a.txt': 'a' })
  const other = (await inAnotherProcess(root)).trim()
  t.is(other, 'locked')
  await first.stop()
  t.is((await inAnotherProcess(root)).trim(), 'opened')
  await second.sync()
  t.is(second.status.known?.sequence, 1)
})

/** Opens the root there, closes it, and tells what came of it. */
async function inAnotherProcess(root: string): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'root-opener.ts'), root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
  await once(child, 'close')
  return said
}

test('INV-08 a marker that a kill left half written goes at the next start; the root is the same', async (t) => {
  const world = await rootWorld(t)
  const root = join(world.directory, 'root')
  mkdirSync(root)
  writeFileSync(join(root, 'a.txt'), 'a')
  const before = await world.engineOn(root)
  await before.sync()
  await before.stop()
  const left = `root-${'a1'.repeat(16)}.json`
  writeFileSync(join(root, '.tidemark', left), '{"format":"tidem')
  const report = await (await world.engineOn(root)).sync()
  t.false(readdirSync(join(root, '.tidemark')).includes(left))
  t.deepEqual([report.requests, report.uploaded, report.downloaded], [1, 0, 0])
})
