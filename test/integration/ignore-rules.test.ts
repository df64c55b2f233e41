/**
 * Ignore rules and scope over a real disk, a real state store and HTTP, counted: what is selected again is not sent again,
 * and rules cost no file that is opened while nothing changes (DESIGN 4.13, INV-34).
 */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { compareTrees } from '../tree-comparison.js'
import { chunkBytes, realWorld } from './real-device.js'

const FILES = 40

test('deselected and selected again: nothing that is still here travels, what is missing comes', async (t) => {
  const world = await realWorld(t)
  const [a, b] = [await world.device('A'), await world.device('B')]
  mkdirSync(join(a.root, 'photos/2019'), { recursive: true })
  for (let at = 0; at < FILES; at++) writeFileSync(join(a.root, `photos/2019/${at}.raw`), `picture ${at} `.repeat(200))
  writeFileSync(join(a.root, 'notes.txt'), 'notes')
  await a.engine.sync()
  await b.engine.sync()

  const without = await world.device('B', { scope: { exclude: ['photos'] } })
  world.exchanges.length = 0
  await without.engine.sync()
  t.is(chunkBytes(world.exchanges), 0)
  t.deepEqual(compareTrees(a.root, b.root).differences, [], 'nothing was taken from the disk')
  rmSync(join(b.root, 'photos/2019/7.raw'))
  writeFileSync(join(b.root, 'photos/2019/own.raw'), 'not synced')
  await without.engine.sync()
  await a.engine.sync()
  t.true(existsSync(join(a.root, 'photos/2019/7.raw')))
  t.false(existsSync(join(a.root, 'photos/2019/own.raw')))

  rmSync(join(b.root, 'photos/2019/own.raw'))
  const selected = await world.device('B')
  world.exchanges.length = 0
  const report = await selected.engine.sync()
  t.is(chunkBytes(world.exchanges), 'picture 7 '.length * 200)
  t.is(report.uploaded, 0)
  t.deepEqual(report.conflicts, [])
  t.deepEqual(compareTrees(a.root, b.root).differences, [])
})

test('nothing changed: one request, no file is opened, no rule file either', async (t) => {
  const world = await realWorld(t)
  const a = await world.device('A')
  mkdirSync(join(a.root, 'd/build'), { recursive: true })
  writeFileSync(join(a.root, '.tidemarkignore'), '*.log\n')
  writeFileSync(join(a.root, 'd/.tidemarkignore'), 'build/\n!keep.log\n')
  for (const path of ['x.log', 'y', 'd/keep.log', 'd/build/out']) writeFileSync(join(a.root, path), path)
  t.is((await a.engine.sync()).uploaded, 5)
  world.letAge(3_000)
  await a.engine.sync()
  for (let at = 0; at < 2; at++) {
    world.exchanges.length = 0
    a.opened.length = 0
    await a.engine.sync()
    t.deepEqual(a.opened, [])
    t.deepEqual(
      world.exchanges.map(({ request }) => request.type),
      ['hello'],
    )
  }
  writeFileSync(join(a.root, '.tidemarkignore'), '*.txt\n')
  t.is((await a.engine.sync()).uploaded, 2, 'the rules, and what they let in')
  t.is(readFileSync(join(a.root, 'x.log'), 'utf8'), 'x.log')
})
