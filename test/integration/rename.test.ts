/** Renames on a real disk over HTTP (A6): one revision, no chunk, no opened file; crossing moves neither lose nor copy. */

import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { compareTrees } from '../tree-comparison.js'
import { chunkBytes, type RealDevice, type RealWorld, realWorld } from './real-device.js'

const FILES = 10_000

test.serial('a directory of 10,000 files is renamed: one revision, no chunk, no file opened', async (t) => {
  t.timeout(180_000)
  const world = await realWorld(t)
  const [a, b] = [await world.device('A'), await world.device('B')]
  for (let at = 0; at < FILES; at++) {
    const directory = join(a.root, `top/d${at % 40}`)
    if (at < 40) mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, `f${at}`), `content ${at % 100}`)
  }
  const sent = await a.engine.sync()
  await b.engine.sync()
  // What was written a moment ago is read once more: its stamp proves nothing yet.
  world.letAge(3_000)
  await a.engine.sync()
  await b.engine.sync()
  renameSync(join(a.root, 'top'), join(a.root, 'renamed'))
  world.exchanges.length = 0
  a.opened.length = 0
  b.opened.length = 0
  const up = await a.engine.sync()
  const down = await b.engine.sync()
  t.is(up.cursor?.sequence, (sent.cursor?.sequence ?? 0) + 1)
  t.is(up.uploaded, 1)
  t.is(chunkBytes(world.exchanges), 0)
  t.is(down.downloaded, 0)
  t.deepEqual(a.opened, [])
  t.deepEqual(b.opened, [])
  t.true(up.bytesUp < 2_000 && down.bytesDown < 2_000)
  const compared = compareTrees(a.root, b.root)
  t.deepEqual([...compared.differences], [])
  t.is(compared.files, FILES)
  t.is(compared.directories, 41)
})

async function synced(world: RealWorld): Promise<readonly [RealDevice, RealDevice]> {
  const devices = [await world.device('A'), await world.device('B')] as const
  for (const directory of ['A', 'B', 'C']) {
    mkdirSync(join(devices[0].root, directory))
    writeFileSync(join(devices[0].root, directory, 'inside'), directory)
  }
  for (const file of ['a', 'b', 'c']) writeFileSync(join(devices[0].root, file), `file ${file}`)
  for (const device of devices) await device.engine.sync()
  return devices
}

function rotate(root: string, ...names: readonly string[]): void {
  const last = names.at(-1) ?? ''
  renameSync(join(root, last), join(root, 'aside'))
  for (let at = names.length - 1; at > 0; at--) renameSync(join(root, names[at - 1] ?? ''), join(root, names[at] ?? ''))
  renameSync(join(root, 'aside'), join(root, names[0] ?? ''))
}

const moves: readonly {
  readonly title: string
  readonly onA: (root: string) => void
  readonly onB: (root: string) => void
  readonly revisions: number
}[] = [
  {
    title: 'A into B here, B into A there',
    onA: (root) => renameSync(join(root, 'A'), join(root, 'B/A')),
    onB: (root) => renameSync(join(root, 'B'), join(root, 'A/B')),
    revisions: 1,
  },
  {
    title: 'a cycle of three over two devices',
    onA: (root) => renameSync(join(root, 'A'), join(root, 'B/A')),
    onB: (root) => {
      renameSync(join(root, 'B'), join(root, 'C/B'))
      renameSync(join(root, 'C'), join(root, 'A/C'))
    },
    revisions: 2,
  },
  { title: 'two files swap names', onA: (root) => rotate(root, 'a', 'b'), onB: () => undefined, revisions: 2 },
  { title: 'two directories swap names', onA: (root) => rotate(root, 'A', 'B'), onB: () => undefined, revisions: 2 },
  { title: 'a chain a→b→c→a', onA: (root) => rotate(root, 'a', 'b', 'c'), onB: () => undefined, revisions: 3 },
  { title: 'a chain of directories', onA: (root) => rotate(root, 'A', 'B', 'C'), onB: () => undefined, revisions: 3 },
  {
    title: 'the same swap on both devices',
    onA: (root) => rotate(root, 'a', 'b'),
    onB: (root) => rotate(root, 'a', 'b'),
    revisions: 2,
  },
]

for (const { title, onA, onB, revisions } of moves) {
  test(`no cycle, no loss, no conflict copy: ${title}`, async (t) => {
    const world = await realWorld(t)
    const [a, b] = await synced(world)
    onA(a.root)
    onB(b.root)
    world.exchanges.length = 0
    const reports = []
    for (const device of [a, b, a, b]) reports.push(await device.engine.sync())
    t.deepEqual(
      reports.flatMap(({ conflicts }) => conflicts),
      [],
    )
    t.deepEqual([...compareTrees(a.root, b.root).differences], [])
    t.is(chunkBytes(world.exchanges), 0)
    const compared = compareTrees(a.root, a.root)
    t.is(compared.files, 6)
    t.is(compared.directories, 3)
    t.is((reports.at(-1)?.cursor?.sequence ?? 0) - 9, revisions)
  })
}
