/**
 * Contents on demand when something breaks: a full disk, a server that goes away, a process that ends, a state from before, a
 * program that writes late. Nothing is deleted by it, and nothing is lost (INV-02, INV-03, INV-09, INV-18, INV-25).
 */

import test from 'ava'
import { offline, ROOT, stopped } from './engine-world.js'
import { live, met, read, release, text, told, trash } from './on-demand-world.js'

test('INV-25 a disk that is full: the bytes are read all the same, and nothing is left open', async (t) => {
  const { world, few } = await live()
  few.onStep = ({ call }) => {
    if (call === 'open create') throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
  }
  t.is(text(await read(few, 'd')), 'content d')
  t.deepEqual(await world.run(few.engine.hydrate('d')), { files: 0, left: ['d'] })
  few.onStep = () => undefined
  await world.pass(90_000)
  t.like(few.engine.status, { state: 'synced', problems: [], pending: 0 })
  t.is(told(few.engine)['d'], 'there placeholder')
  t.deepEqual(few.own('staging'), [])
  await stopped(few)
})

test('a server that goes away meanwhile: the call fails, and what was asked for comes when it is back', async (t) => {
  const { world, few } = await live()
  few.onStep = ({ call }) => {
    if (call === 'get-chunks' || call === 'get-manifests') throw offline()
  }
  const failing = few.engine.readFile('d')
  failing.catch(() => undefined)
  await world.pass(2_000)
  const abort = new AbortController()
  const given = few.engine.hydrate('other', { signal: abort.signal })
  given.catch(() => undefined)
  abort.abort()
  few.onStep = () => undefined
  await world.pass(120_000)
  await Promise.allSettled([failing, given])
  t.is(few.tree()['d'], 'content d')
  t.is(told(few.engine)['other/c'], 'there placeholder', 'who gave up gets nothing later')
  t.is(few.engine.status.state, 'synced')
  await stopped(few)
})

test('INV-09 a release that is cut off at any step: nothing is deleted anywhere, and the file is here or a placeholder', async (t) => {
  const outcomes = new Set<string>()
  for (let at = 0; ; at++) {
    const { world, all, few } = await met()
    await world.run(few.engine.hydrate('d'))
    await world.pass(10_000)
    few.restart()
    await few.start()
    await world.pass(5_000)
    const from = few.steps.length
    few.onStep = (_step, index) => {
      if (index === from + at) few.kill()
    }
    const calls = few.engine.release('d')
    let isOver = false
    calls.then(
      () => (isOver = true),
      () => (isOver = true),
    )
    await world.pass(20_000)
    few.kill()
    few.restart()
    await few.start()
    await world.pass(90_000)
    const state = told(few.engine)['d'] ?? 'lost'
    outcomes.add(state)
    t.true(['here synced', 'there placeholder'].includes(state), `step ${at}: ${state}`)
    t.is(few.engine.status.state, 'synced', `step ${at}`)
    t.is(text(await read(few, 'd')), 'content d')
    await few.stop()
    await all.sync()
    t.deepEqual(Object.keys(all.tree()), ['d', 'notes/', 'notes/a', 'notes/deep/', 'notes/deep/b', 'other/', 'other/c'])
    if (isOver) {
      t.true(at > 5, `${at} steps`)
      break
    }
  }
  t.deepEqual([...outcomes].sort(), ['here synced', 'there placeholder'])
})

test('INV-03 a state from before a release takes what was let go for no delete', async (t) => {
  const { world, all, few } = await live()
  await read(few, 'd')
  await world.pass(5_000)
  const before = few.copy('few')
  await release(few, 'd')
  await world.pass(5_000)
  await few.stop()
  // The folder of now under the state of then.
  few.state = before.state
  few.restart()
  await few.start()
  await world.pass(90_000)
  t.is(told(few.engine)['d'], 'there placeholder')
  await few.stop()
  await all.sync()
  t.is(all.tree()['d'], 'content d')
})

test('INV-18 a write through an old handle into what is let go stands beside it', async (t) => {
  const { world, all, few } = await live()
  await read(few, 'd')
  await world.pass(5_000)
  const handle = few.volume.openSync(`${ROOT}/d`, 'r+')
  await few.setModified('d', world.clock.now())
  few.onStep = ({ call, path }) => {
    if (call !== 'rename' || path !== `${ROOT}/d`) return
    void world.clock.sleep(500).then(() => {
      few.volume.writeSync(handle, 'late words, longer than before')
      few.volume.closeSync(handle)
    })
  }
  await release(few, 'd')
  await world.pass(90_000)
  await stopped(few)
  await all.sync()
  const beside = Object.entries(all.tree()).filter(([path]) => path.startsWith('d ('))
  t.is(all.tree()['d'], 'content d')
  t.deepEqual(
    beside.map(([, content]) => content),
    ['late words, longer than before'],
  )
  t.deepEqual(trash(few), [])
})
