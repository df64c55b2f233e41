/** What the server tells of earlier states: by node, by place and by directory, in pages, above the horizon, to its owner only. */

import test from 'ava'
import {
  decodeAnswer,
  encodeAnswer,
  type HistoryAnswer,
  type HistorySubject,
  LIMITS,
  ROOT_ID,
} from '../../src/index.js'
import { ANN, BOB, code, directory, file, id, move, planted, remove, World, X, Y } from './server-world.js'

const node = (number: number): HistorySubject => ({ of: 'node', id: id(number) })
const place = (key: string, parentId = ROOT_ID): HistorySubject => ({ of: 'place', parentId, key })
const deletes = (parentId = ROOT_ID): HistorySubject => ({ of: 'deletes', parentId })

function ask(
  world: World,
  subjects: readonly HistorySubject[],
  before: number | null = null,
  limit = 99,
  principal = ANN,
): Promise<HistoryAnswer> {
  return world.ask({ type: 'history', workspace: 'notes', subjects, before, limit }, principal)
}

/** '7 deleted file' for each row. */
async function told(world: World, ...subjects: readonly HistorySubject[]): Promise<readonly string[]> {
  const { rows } = await ask(world, subjects)
  return rows.map(({ sequence, deleted, node: { name } }) => `${sequence}${deleted ? ' deleted' : ''} ${name}`)
}

/** 3 file X; 6 it is renamed, 7 edited, 8 deleted; 9 another takes its first name; 10 the node is revived in the box. */
async function storied(): Promise<World> {
  const world = await planted()
  await world.commit([[move(3, 3, ROOT_ID, 'renamed')]])
  await world.commit([
    [{ type: 'update', id: id(3), base: 6, content: { digest: Y.given.content, size: 3, modifiedAt: 9 } }],
  ])
  await world.commit([[remove(3, 7)], [file(9, 'file', Y)]])
  await world.commit([[file(3, 'back', X, { parentId: id(1), base: 8 })]])
  return world
}

test('SEC-03: rows by place after rename, delete, re-create and revival', async (t) => {
  const world = await storied()
  t.deepEqual(await told(world, place('file')), ['9 file', '3 file'])
  t.deepEqual(await told(world, place('renamed')), ['8 deleted renamed', '7 renamed', '6 renamed'])
  t.deepEqual(await told(world, place('back', id(1))), ['10 back'])
  t.deepEqual(await told(world, place('back')), [], 'another directory')
  t.deepEqual(await told(world, node(3)), ['10 back', '8 deleted renamed', '7 renamed', '6 renamed', '3 file'])
  t.deepEqual(await told(world, deletes()), ['8 deleted renamed', '5 deleted buried'])
  t.deepEqual(await told(world, node(4), place('file')), ['9 file', '5 deleted buried', '4 buried', '3 file'])
  const { rows } = await ask(world, [node(3)], null, 1)
  t.deepEqual(Object.keys(rows[0] ?? {}).sort(), ['acceptedAt', 'deleted', 'node', 'sequence'], 'nothing of the store')
})

test('pages: from the newest on, as many as asked, and where it goes on', async (t) => {
  const world = await storied()
  const pages: string[] = []
  for (let before: number | null = null; ; ) {
    const answer: HistoryAnswer = await ask(world, [node(3), deletes()], before, 2)
    pages.push(answer.rows.map(({ sequence }) => sequence).join(' '))
    before = answer.before
    if (before === null) break
  }
  t.deepEqual(pages, ['10 8', '7 6', '5 3'])
})

test('SEC-39: an answer fits a frame, however much is kept', async (t) => {
  const world = await new World().open()
  const name = 'n'.repeat(250)
  const attributes = Object.fromEntries([0, 1, 2].map((at) => [`a${at}`, '\u2603'.repeat(1_000)]))
  await world.commit([[directory(1, 'box')]])
  const numbers = Array.from({ length: 500 }, (_, at) => at)
  await world.commit(numbers.map((at) => [directory(10 + at, `${at}${name}`, { attributes, parentId: id(1) })]))
  await world.commit(numbers.map((at) => [remove(10 + at, 2 + at)]))
  let [count, pages] = [0, 0]
  for (let before: number | null = null; ; pages++) {
    const answer: HistoryAnswer = await ask(world, [deletes(id(1))], before, LIMITS.pageRevisions)
    t.deepEqual(decodeAnswer(encodeAnswer(answer)), answer)
    count += answer.rows.length
    before = answer.before
    if (before === null) break
  }
  t.is(count, 500)
  t.true(pages > 0)
})

test('below the horizon: what is superseded or deleted is forgotten, what lives is told', async (t) => {
  const world = await storied()
  world.now = 9_000
  await world.commit([[move(1, 1, ROOT_ID, 'later')]])
  await world.memory.remote.expire(ANN, 'notes', 9_000)
  t.deepEqual(await told(world, node(3), place('file'), place('renamed'), deletes()), ['10 back', '9 file'])
  t.deepEqual(await told(world, place('box')), [])
})

test('SEC-01: a foreign node, place or directory looks exactly like an absent one', async (t) => {
  const world = await storied()
  await world.hello(BOB)
  const foreign = [node(3), place('file'), deletes(), deletes(id(1))]
  const absent = [node(333), place('nothing'), deletes(id(333))]
  t.deepEqual(await ask(world, foreign, null, 9, BOB), await ask(world, absent, null, 9, BOB))
  await t.throwsAsync(
    world.ask({ type: 'history', workspace: 'other', subjects: foreign, before: null, limit: 9 }, BOB),
    code('not-found'),
  )
})
