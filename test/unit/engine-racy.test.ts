/** Stamps that were too young to prove anything: behind them an edit may hide that left no trace (INV-16). */

import test from 'ava'
import { ROOT, twoDevices } from './engine-world.js'

for (const order of ['replaced', 'removed'] as const) {
  test(`an edit that left no trace in the stamp is not ${order} unseen`, async (t) => {
    const { world, a, b } = await twoDevices()
    a.write('f', 'first')
    a.write('other', 'o')
    await world.converge(a, b)
    if (order === 'replaced') a.write('f', 'of A ')
    else a.remove('f')
    await a.sync()
    await world.pass(10_000)
    // One instant: a save that changes nothing, the scan that reads it, and an edit of the same length.
    b.volume.writeFileSync(`${ROOT}/f`, 'first')
    const saved = world.clock.now()
    const moments: string[] = []
    b.onStep = ({ call, path }) => {
      if (moments.length === 0 && call === 'open read' && path === `${ROOT}/f`) moments.push('read')
      if (moments.length !== 1 || call !== 'batch') return
      moments.push('edited')
      b.volume.writeFileSync(`${ROOT}/f`, 'mine!')
      t.is(world.clock.now(), saved, 'the times tell nothing')
    }
    await world.run(b.engine.sync())
    t.deepEqual(moments, ['read', 'edited'])
    b.onStep = () => undefined
    await world.converge(b, a, b)
    t.true(Object.values(b.tree()).includes('mine!'))
    t.deepEqual(a.tree(), b.tree())
  })
}

test('INV-16 a file that was still too young at the second look is looked at until it is not, and no longer', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('f', 'first')
  await world.converge(a, b)
  await a.start()
  await world.pass(10_000)
  a.write('f', 'second')
  a.steps = []
  const reads = (): number => a.opened().filter((path) => path === 'f').length
  a.watcher.raise(['f'])
  await world.pass(300)
  const found = reads()
  // Just before the engine looks again at what was young, 5 s after it saw that; nobody tells it of this edit.
  await world.pass(4_500)
  a.write('f', 'third')
  await world.pass(1_000)
  t.true(reads() > found, 'young at the second look')
  const again = reads()
  await world.pass(5_000)
  t.true(reads() > again, 'and looked at once more')
  const settled = reads()
  await world.pass(60_000)
  t.is(reads(), settled)
})

test('INV-16 how young a stamp is counts from the moment its file is read: of many that arrive at once, the last are not read again', async (t) => {
  const { world, a } = await twoDevices()
  await a.start()
  await world.pass(10_000)
  const paths = Array.from({ length: 192 }, (_, at) => `f${String(at).padStart(3, '0')}`)
  const begun = new Set<string>()
  a.onStep = ({ call, path }) => {
    if (call !== 'open read' || begun.has(path) || !path.startsWith(`${ROOT}/f`)) return undefined
    begun.add(path)
    return world.clock.sleep(1_100)
  }
  for (const path of paths) a.write(path, `content of ${path}`)
  a.steps = []
  a.watcher.raise(paths)
  await world.pass(60_000)
  const reads = paths.map((path) => a.opened().filter((opened) => opened === path).length)
  // 64 are read at once: the first when they were just written, the last 2.2 s later. All are read for what they hold and for their upload.
  const once = new Set(reads.slice(128))
  t.is(once.size, 1)
  t.deepEqual(new Set(reads.slice(0, 64)), new Set([...once].map((count) => count + 1)))
})

test('INV-16 what the engine put in place is read once it is old enough, not before; an edit of it is read at once', async (t) => {
  const { world, a, b } = await twoDevices()
  await world.converge(a, b)
  await a.start()
  await b.start()
  await world.pass(10_000)
  const arrives = async (text: string): Promise<void> => {
    a.write('f', text)
    await world.pass(100)
    a.watcher.raise(['f'])
    await world.pass(1_000)
    t.is(b.tree()['f'], text)
    b.steps = []
    b.watcher.raise(['f'])
    await world.pass(300)
  }
  const reads = (): number => b.opened().filter((path) => path === 'f').length
  await arrives('first')
  t.is(reads(), 0, 'a look finds what was put there')
  await world.pass(10_000)
  t.is(reads(), 1)
  await world.pass(60_000)
  t.is(reads(), 1)
  await arrives('second')
  t.is(reads(), 0)
  b.write('f', 'mine')
  b.watcher.raise(['f'])
  await world.pass(300)
  t.true(reads() > 0)
  await world.pass(10_000)
  t.is(a.tree()['f'], 'mine')
})
