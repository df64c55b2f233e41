/** What a request says is not told back to whoever reads that (P9). */

import test from 'ava'
import {
  type Cursor,
  decodeAnswer,
  decodeRequest,
  encodeAnswer,
  encodeRequest,
  type PullRequest,
  type Request,
} from '../../src/index.js'
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

const HASHES = ['1'.repeat(64), '2'.repeat(64)] as const

for (const [name, sequence, hash, isTold] of [
  ['the cursor itself', 5, HASHES[0], false],
  ['ahead of it', 6, HASHES[1], true],
  ['of another history', 5, HASHES[1], true],
] as const) {
  test(`a witness that is ${name} is ${isTold ? 'told' : 'not told, and is there for the server'}`, (t) => {
    const cursor = { epoch: 'e'.repeat(32), sequence: 5, hash: HASHES[0] } as unknown as Cursor
    const known = { workspace: 'notes', cursor, witness: { sequence, hash } as unknown as Cursor }
    const groups = [[file(1, 'f', content('x'))]]
    const requests: readonly Request[] = [
      { type: 'pull', ...known },
      { type: 'announce', ...known, groups, manifests: [] },
      { type: 'commit', ...known, key: 'a'.repeat(32), groups, manifests: [], chunks: [] },
    ]
    for (const request of requests) {
      const frame = encodeRequest(request)
      t.is(new TextDecoder().decode(frame).includes('witness'), isTold, request.type)
      t.deepEqual(decodeRequest(frame), request)
    }
  })
}

test('a page that brings something is told whole', async (t) => {
  const { world, brief } = await asked()
  const behind = { ...brief, cursor: world.cursor, witness: world.cursor }
  const answer = await world.ask(behind)
  t.deepEqual(encodeAnswer(answer, behind), encodeAnswer(answer))
  t.deepEqual(decodeAnswer(encodeAnswer(answer, behind), behind), answer)
})
