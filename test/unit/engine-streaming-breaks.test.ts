/**
 * Streaming sync when something breaks on the way: it costs time, never data, is not shown, and leaves nothing behind
 * (decision 0061, INV-35, SEC-48).
 */

import test from 'ava'
import type { Answer, Digest } from '../../src/index.js'
import { noise } from './engine-world.js'
import {
  forget,
  GIVEN_UP_MS,
  halfway,
  holdAfter,
  live,
  MIB,
  PUTS,
  received,
  same,
  SIZE,
  stop,
} from './streaming-world.js'

test('the sender gives up: what came goes, and nobody was told anything', async (t) => {
  const { world, a, b } = await halfway()
  t.true(received(b) > 0)
  const before = b.statuses.length
  a.kill()
  await world.pass(60_000)
  t.is(b.own('staging').length, 1, 'it may still come')
  await world.pass(GIVEN_UP_MS)
  t.deepEqual(b.own('staging'), [])
  t.is(b.state.rows.get('m/ahead'), undefined)
  t.deepEqual(
    b.statuses.slice(before).flatMap(({ problems }) => problems),
    [],
  )
  t.is(b.engine.status.state, 'synced')
  await stop(b)
})

test('the sender writes something else meanwhile: that one arrives, and nothing of the first stays', async (t) => {
  const { world, a, b, goOn } = await halfway()
  const second = noise(SIZE, 7)
  a.write('large', second)
  a.watcher.raise(['large'])
  goOn()
  await world.pass(60_000)
  t.true(same(b.bytes('large'), second))
  await world.pass(GIVEN_UP_MS)
  t.deepEqual(b.own('staging'), [])
  await stop(a, b)
})

test('the sender is killed and comes back: what came already does not come again', async (t) => {
  const { world, a, b, content } = await halfway()
  a.kill()
  await world.pass(5_000)
  a.restart()
  await a.start()
  await world.pass(60_000)
  t.true(same(b.bytes('large'), content))
  t.is(received(b), SIZE)
  t.deepEqual(b.own('staging'), [])
  await stop(a, b)
})

for (const how of ['killed', 'stopped'] as const) {
  test(`the receiver is ${how} and comes back: it goes on where it stopped`, async (t) => {
    const { world, a, b, content, goOn } = await halfway()
    const first = received(b)
    if (how === 'killed') b.kill()
    else await b.stop()
    t.is(b.own('staging').length, 1)
    b.restart()
    await b.start()
    await world.pass(20_000)
    goOn()
    await world.pass(20_000)
    t.true(same(b.bytes('large'), content))
    const again = first + received(b) - SIZE
    t.true(again <= 2 * MIB, `${again} bytes came twice`)
    t.deepEqual(b.own('staging'), [])
    await stop(a, b)
  })
}

test('the receiver comes back after it was given up: what lies there goes', async (t) => {
  const { world, a, b } = await halfway()
  b.kill()
  a.kill()
  await world.pass(GIVEN_UP_MS)
  b.restart()
  t.is(b.own('staging').length, 1)
  await b.start()
  await world.pass(3 * 60_000)
  t.deepEqual(b.own('staging'), [])
  await stop(b)
})

test('a pause ends it, and resuming goes on', async (t) => {
  const { world, a, b, content, goOn } = await halfway()
  await world.run(b.engine.pause())
  const steps = b.steps.length
  const first = received(b)
  await world.pass(120_000)
  t.is(b.steps.length, steps, 'neither side is touched')
  goOn()
  await world.pass(20_000)
  t.is(b.steps.length, steps)
  await b.engine.resume()
  await world.pass(20_000)
  t.true(same(b.bytes('large'), content))
  t.true(first > 0)
  t.true(received(b) <= SIZE + 2 * MIB, `${received(b)} bytes for ${SIZE}`)
  await stop(a, b)
})

test('a run without watching takes what is ahead for left over once there is nothing to do', async (t) => {
  const { a, b } = await halfway()
  await b.stop()
  a.kill()
  b.restart()
  await b.sync()
  t.deepEqual(b.own('staging'), [])
  t.is(b.state.rows.get('m/ahead'), undefined)
})

test('the receiver edits the file while its next content arrives: a conflict like any other', async (t) => {
  const { world, a, b } = await live()
  const content = noise(SIZE, 4)
  const goOn = holdAfter(a, PUTS)
  a.write('f', content)
  a.watcher.raise(['f'])
  await world.pass(20_000)
  t.true(received(b) > 0)
  b.write('f', 'mine')
  b.watcher.raise(['f'])
  await world.pass(20_000)
  goOn()
  await world.pass(60_000)
  t.deepEqual(b.tree(), a.tree())
  t.is(b.tree()['f'], 'mine', 'it was committed first')
  const [copy] = Object.keys(b.tree()).filter((path) => path.includes('conflicted copy'))
  t.true(same(b.bytes(copy ?? ''), content))
  await world.pass(GIVEN_UP_MS)
  t.deepEqual(b.own('staging'), [])
  await stop(a, b)
})

test('no room for it: nothing is shown before the commit, and everything else goes on', async (t) => {
  const { world, a, b } = await live()
  const goOn = holdAfter(a, PUTS)
  b.onStep = ({ seam, call, path }) => {
    if (seam === 'disk' && call === 'write' && path.includes('/staging/'))
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
  }
  a.write('large', noise(SIZE, 1))
  a.watcher.raise(['large'])
  await world.pass(20_000)
  t.deepEqual(b.engine.status.problems, [])
  t.is(b.engine.status.state, 'synced')
  t.deepEqual(b.own('staging'), [], 'the room is given back')
  goOn()
  await world.pass(20_000)
  t.deepEqual(
    b.engine.status.problems.map(({ code }) => code),
    ['no-space'],
  )
  b.onStep = () => undefined
  await world.pass(120_000)
  t.deepEqual(b.tree(), a.tree())
  await stop(a, b)
})

// ---- what a server may say of it

type Arriving = Extract<Answer, { type: 'arriving' }>

function lying(change: (answer: Arriving) => Answer): (answer: Answer) => Answer {
  return (answer) => (answer.type === 'arriving' ? change(answer) : answer)
}

const LIES: readonly { readonly of: string; readonly lie: (answer: Answer) => Answer }[] = [
  {
    of: 'a content it does not have',
    lie: lying((given) => ({
      ...given,
      contents: given.contents.map((content) => ({ ...content, content: 'ab'.repeat(32) as Digest })),
    })),
  },
  {
    of: 'another size than that of the content',
    lie: lying((given) => ({ ...given, contents: given.contents.map((content) => ({ ...content, size: 10e9 })) })),
  },
  {
    of: 'chunks that are others',
    lie: (answer) =>
      answer.type !== 'get-chunks'
        ? answer
        : {
            ...answer,
            chunks: answer.chunks.map((chunk) => ({ ...chunk, bytes: chunk.bytes.map((byte) => byte ^ 1) })),
          },
  },
  {
    of: 'nothing after all',
    lie: lying((given) => ({ ...given, contents: [] })),
  },
  {
    of: 'an error',
    lie: lying(() => ({ type: 'error', code: 'internal', message: 'no', subject: null, retryAfterMs: null })),
  },
]

for (const { of, lie } of LIES) {
  test(`SEC-48 a server tells of ${of} on its way: nothing is staged, shown or asked without end`, async (t) => {
    const { world, a, b } = await live()
    const content = noise(SIZE, 1)
    const goOn = holdAfter(a, PUTS)
    b.onAnswer = lie
    a.write('large', content)
    a.watcher.raise(['large'])
    await world.pass(60_000)
    t.deepEqual(b.own('staging'), [])
    t.is(b.engine.status.state, 'synced')
    t.true(b.requests.length < 40, `${b.requests.length} requests in a minute`)
    b.onAnswer = (answer) => answer
    goOn()
    await world.pass(60_000)
    t.true(same(b.bytes('large'), content))
    await stop(a, b)
  })
}

test('SEC-48 a server for which something arrives for ever is asked ever more seldom', async (t) => {
  const { world, a, b } = await halfway()
  let told: Answer | null = null
  b.onAnswer = (answer) => {
    if (answer.type === 'arriving') return (told ??= answer)
    return answer
  }
  await world.pass(60_000)
  a.kill()
  forget(b)
  await world.pass(600_000)
  t.true(b.requests.length <= 3 * 80, `${b.requests.length} requests in ten minutes`)
  t.deepEqual(Object.keys(b.tree()), ['f', 'other'])
  await stop(b)
})
