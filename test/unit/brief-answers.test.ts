/** What a request says is not told back to whoever reads that (P9). */

import test from 'ava'
import { decodeAnswer, encodeAnswer, type PullRequest } from '../../src/index.js'
import { code, content, file, World } from './server-world.js'

async function asked(): Promise<{ readonly world: World; readonly plain: PullRequest; readonly brief: PullRequest }> {
  const world = await new World().open()
  const one = content('x')
  await world.put(one)
  await world.commit([[file(1, 'f', one)]])
  const { cursor } = await world.page(world.cursor)
  const plain: PullRequest = { type: 'pull', workspace: 'notes', cursor, witness: cursor }
  return { world, plain, brief: { ...plain, brief: true } }
}

test('P9 a pull that finds nothing new is answered without what it says, and comes out as ever', async (t) => {
  const { world, plain, brief } = await asked()
  const answer = await world.ask(brief)
  const frame = encodeAnswer(answer, brief)
  t.true(frame.length <= 64, `${frame.length} bytes`)
  t.deepEqual(decodeAnswer(frame, brief), answer)
  t.true(encodeAnswer(answer, plain).length > 200, 'a device that did not ask so is told all of it')
  t.true(encodeAnswer(answer).length > 200)
})

test('SEC-48 nothing changed, says a server that was not asked so: refused', async (t) => {
  const { world, plain, brief } = await asked()
  const frame = encodeAnswer(await world.ask(brief), brief)
  t.throws(() => decodeAnswer(frame, plain), code('invalid'))
  t.throws(() => decodeAnswer(frame), code('invalid'))
  t.throws(() => decodeAnswer(frame, { type: 'list', workspace: 'notes', at: null, after: null }), code('invalid'))
})

test('a page that brings something is told whole', async (t) => {
  const { world, brief } = await asked()
  const behind = { ...brief, cursor: world.cursor, witness: world.cursor }
  const answer = await world.ask(behind)
  t.deepEqual(encodeAnswer(answer, behind), encodeAnswer(answer))
  t.deepEqual(decodeAnswer(encodeAnswer(answer, behind), behind), answer)
})
