/**
 * Streaming sync (DESIGN 5, decision 0061): a device fetches a large content while its sender still uploads it. Counted in
 * chunk bytes before and after the commit.
 */

import test from 'ava'
import { noise } from './engine-world.js'
import { halfway, holdAfter, live, MIB, PUTS, received, same, SIZE, stop, UNDER_WAY } from './streaming-world.js'

test('most of a large file is here before it is committed, nothing is shown of it, and each byte comes once', async (t) => {
  const { world, a, b, content, goOn } = await halfway()
  t.false(a.asked().includes('commit'), 'the sender is still at it')
  const before = received(b)
  t.true(before >= (PUTS - 1) * MIB - UNDER_WAY, `${before} bytes came before the commit`)
  t.is(b.tree()['large'], undefined)
  t.is(b.engine.status.state, 'synced')
  t.deepEqual(b.engine.status.problems, [])
  goOn()
  await world.pass(20_000)
  t.true(same(b.bytes('large'), content))
  t.is(received(b), SIZE)
  t.deepEqual(b.own('staging'), [])
  t.is(b.engine.status.state, 'synced')
  await stop(a, b)
})

test('the sender fetches nothing of its own, and asks once', async (t) => {
  const { world, a, b, goOn } = await halfway()
  goOn()
  await world.pass(20_000)
  t.is(received(a), 0)
  t.true(a.asked().filter((type) => type === 'arriving').length <= 1)
  await stop(a, b)
})

test('of an edit of a large file only what is new comes, ahead of the commit too', async (t) => {
  const { world, a, b } = await live()
  const before = Buffer.from(b.bytes('f'))
  const inserted = noise(5 * MIB, 9)
  const content = Buffer.concat([before.subarray(0, MIB), inserted, before.subarray(MIB)])
  const goOn = holdAfter(a, 4)
  a.write('f', content)
  a.watcher.raise(['f'])
  await world.pass(20_000)
  t.true(received(b) >= MIB, 'some came ahead')
  t.true(same(b.bytes('f'), before), 'the old content stands')
  goOn()
  await world.pass(20_000)
  t.true(same(b.bytes('f'), content))
  t.true(received(b) <= 5.5 * MIB, `${received(b)} bytes for 5 MiB of news`)
  await stop(a, b)
})

test('a new directory with several large files', async (t) => {
  const { world, a, b } = await live()
  const goOn = holdAfter(a, PUTS)
  for (const at of [1, 2, 3]) a.write(`new/f${at}`, noise(5 * MIB, 20 + at))
  a.watcher.raise(['new', 'new/f1', 'new/f2', 'new/f3'])
  await world.pass(30_000)
  t.true(received(b) >= (PUTS - 1) * MIB - UNDER_WAY, `${received(b)} bytes came before the commit`)
  goOn()
  await world.pass(30_000)
  t.deepEqual(b.tree(), a.tree())
  t.is(received(b), 15 * MIB, 'what was on its way when the commit came is waited for')
  await stop(a, b)
})

test('a small file is not told of', async (t) => {
  const { world, a, b } = await live()
  a.write('small', noise(3 * MIB, 3))
  a.watcher.raise(['small'])
  await world.pass(20_000)
  t.true(same(b.bytes('small'), a.bytes('small')))
  t.false(b.asked().includes('arriving'))
  await stop(a, b)
})

// ---- what this device does not want

for (const { title, options, path } of [
  { title: 'of a file that is ignored here', options: { ignore: ['*.iso'] }, path: 'd/large.iso' },
  { title: 'of a file that is out of scope', options: { scope: { exclude: ['d'] } }, path: 'd/large' },
  { title: 'by a device that only sends', options: { mode: 'upload-only' as const }, path: 'd/large' },
]) {
  test(`nothing is fetched ${title}`, async (t) => {
    const { world, a, b, goOn } = await halfway(options, path)
    t.is(received(b), 0)
    goOn()
    await world.pass(20_000)
    t.is(received(b), 0)
    t.deepEqual(b.own('staging'), [])
    await stop(a, b)
  })
}
