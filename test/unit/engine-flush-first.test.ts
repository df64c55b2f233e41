/** INV-08, decision 0062: what goes up is durable on this disk before its commit leaves; whoever it was that wrote it. */

import test from 'ava'
import { EngineWorld, ROOT, type TestDevice, twoDevices } from './engine-world.js'

/** Flushes of user files and directories below the root, and commits, in order. The root is flushed for our own sake, too. */
function order({ steps }: TestDevice): readonly string[] {
  return steps
    .filter(({ seam, call, path }) =>
      seam === 'network'
        ? call === 'commit'
        : (call === 'sync' || call === 'syncDirectory') && !path.includes('.tidemark'),
    )
    .map(({ seam, call, path }) => (seam === 'network' ? call : path.slice(ROOT.length)))
    .filter((what) => what !== '')
}

test('a new file and the directories that hold it are flushed, and only then committed', async (t) => {
  const world = await EngineWorld.open()
  const a = world.device('A')
  a.write('dir/f', 'content')
  await a.sync()
  t.deepEqual(order(a), ['/dir/f', '/dir', 'commit'])
})

test('an edit, a rename and a delete: what moved lately, and where something left', async (t) => {
  const { world, a, b } = await twoDevices()
  for (const path of ['edited', 'renamed', 'deleted', 'untouched']) a.write(`dir/${path}`, path)
  await world.converge(a, b)
  await world.pass(300_000)
  a.write('dir/edited', 'edited, longer')
  a.rename('dir/renamed', 'dir/other')
  a.remove('dir/deleted')
  await a.sync()
  t.deepEqual(order(a), ['/dir/edited', '/dir/other', '/dir', 'commit'])
})

test('of a tree brought in for the first time, what has stood for minutes is written back: nothing is flushed for it', async (t) => {
  const world = await EngineWorld.open()
  const a = world.device('A')
  for (let at = 0; at < 20; at++) a.write(`f${at}`, `of ${at}`)
  await world.pass(180_000)
  await a.sync()
  t.deepEqual(order(a), ['commit'])
})

test('later on nothing is taken for old: a clock that jumped after a save tells no age', async (t) => {
  const world = await EngineWorld.open()
  const a = world.device('A')
  await a.sync()
  a.write('f', 'content')
  world.clock.jump(3_600_000)
  await a.sync()
  t.deepEqual(order(a), ['/f', 'commit'])
})

test('INV-35 a file that the disk does not confirm waits with a problem, the others go up; it heals by itself', async (t) => {
  const { world, a, b } = await twoDevices()
  for (const path of ['one', 'two', 'three']) a.write(path, path)
  a.onStep = ({ call, path }) => {
    if (call === 'sync' && path === `${ROOT}/two`) throw Object.assign(new Error('EIO'), { code: 'EIO' })
  }
  const report = await a.sync()
  t.deepEqual(
    report.problems.map(({ path, code }) => [path, code]),
    [['two', 'write-failed']],
  )
  await b.sync()
  t.deepEqual(Object.keys(b.tree()), ['one', 'three'])
  a.onStep = () => undefined
  await world.converge(a, b)
  t.deepEqual(b.tree(), a.tree())
  t.deepEqual((await a.sync()).problems, [])
})
