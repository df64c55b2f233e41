/**
 * The cursor, counted on a real server over HTTP: a device that knows everything asks once; one that is behind is told
 * of exactly the nodes that changed, each once, at the latest revision (claims 3 and 4 of the patent).
 */

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import type { Revision } from '../../src/index.js'
import { compareTrees } from '../tree-comparison.js'
import { chunkBytes, type Exchange, realWorld } from './real-device.js'

const FILES = 60

function fill(root: string): void {
  for (let at = 0; at < FILES; at++) {
    mkdirSync(join(root, `d${at % 6}`), { recursive: true })
    writeFileSync(join(root, `d${at % 6}/f${at}`), `content ${at}`)
  }
}

/** Every revision the server told of, in order. */
function told(exchanges: readonly Exchange[]): readonly Revision[] {
  return exchanges.flatMap(({ answer }) =>
    (answer.type === 'hello' || answer.type === 'pull') && answer.state.standing === 'current'
      ? answer.state.page.revisions
      : [],
  )
}

test('cursor equal: one request, no chunk byte, no file opened', async (t) => {
  const world = await realWorld(t)
  const a = await world.device('A')
  fill(a.root)
  await a.engine.sync()
  // Stamps that are too young prove nothing: the first look after they have aged reads, and then knows.
  world.letAge(3_000)
  await a.engine.sync()
  for (let at = 0; at < 2; at++) {
    world.exchanges.length = 0
    a.opened.length = 0
    const report = await a.engine.sync()
    t.deepEqual(
      world.exchanges.map(({ request }) => request.type),
      ['hello'],
    )
    t.is(report.requests, 1)
    t.is(chunkBytes(world.exchanges), 0)
    t.deepEqual(a.opened, [])
    t.deepEqual(told(world.exchanges), [])
  }
})

test('cursor behind: exactly the changed nodes, each once, at the latest revision', async (t) => {
  const world = await realWorld(t)
  const [a, b] = [await world.device('A'), await world.device('B')]
  fill(a.root)
  await a.engine.sync()
  const before = (await b.engine.sync()).cursor?.sequence ?? 0
  // five nodes change, one of them three times: seven revisions
  for (const content of ['first', 'second', 'third']) {
    writeFileSync(join(a.root, 'd0/f0'), content)
    await a.engine.sync()
  }
  writeFileSync(join(a.root, 'd1/f1'), 'edited')
  renameSync(join(a.root, 'd2/f2'), join(a.root, 'd3/moved'))
  rmSync(join(a.root, 'd4/f4'))
  renameSync(join(a.root, 'd5'), join(a.root, 'renamed'))
  const after = (await a.engine.sync()).cursor?.sequence ?? 0
  t.is(after - before, 7)
  world.exchanges.length = 0
  b.opened.length = 0
  const report = await b.engine.sync()
  const revisions = told(world.exchanges)
  t.deepEqual(revisions.map(({ node }) => node?.name ?? 'deleted').sort(), ['deleted', 'f0', 'f1', 'moved', 'renamed'])
  t.is(new Set(revisions.map(({ id }) => id)).size, 5)
  t.deepEqual(
    revisions.map(({ sequence }) => sequence),
    [before + 3, before + 4, before + 5, before + 6, before + 7],
    'in order, the thrice edited one at its third revision only',
  )
  t.is(chunkBytes(world.exchanges), 'third'.length + 'edited'.length)
  t.is(report.cursor?.sequence, after)
  t.deepEqual([...compareTrees(a.root, b.root).differences], [])
})
