/** Quotas (SEC-30): per workspace and per user, history and orphans included; a refusal is per change, a batch never half applied. */

import test from 'ava'
import { ANN, BOB, code, content, directory, file, planted, remove, said, saidAll, World, X } from './server-world.js'

const big = (letter: string, bytes: number) => content(letter.repeat(bytes))

test('SEC-30 bytes of a workspace: at the limit, one beyond, and held chunks cost nothing again', async (t) => {
  const world = await new World({ quota: { workspaceBytes: 100 } }).open()
  await world.put(big('a', 60))
  await world.put(big('a', 60), big('b', 40))
  await t.throwsAsync(world.put(big('c', 1)), { ...code('over-quota'), message: /100 bytes/ })
  t.deepEqual(await world.memory.remote.usage(ANN, 'notes'), { nodes: 0, chunks: 2, bytes: 100 })
  await world.put(big('b', 40))
  t.is(said((await world.commit([[file(1, 'a', big('a', 60))]])).results[0]?.[0]), 'accepted 1')
})

test('SEC-30 a commit that brings too many bytes: refused by that change alone, and none of them is kept', async (t) => {
  const world = await new World({ quota: { workspaceBytes: 100 } }).open()
  const of = big('c', 101)
  const { results } = await world.commit([[directory(1, 'box')], [file(2, 'c', of)]], {
    manifests: [of.manifest],
    chunks: of.chunks,
  })
  t.deepEqual(saidAll(results), [['accepted 1'], ['refused quota']])
  t.deepEqual(await world.memory.remote.usage(ANN, 'notes'), { nodes: 1, chunks: 0, bytes: 0 })
})

test('SEC-30 announce tells which groups can only end over quota; deletes and what is held pass', async (t) => {
  const world = await planted({ quota: { workspaceBytes: 50 } })
  const [one, two, three] = [big('1', 30), big('2', 30), big('3', 10)]
  const groups = [
    [file(11, 'one', one)],
    [file(12, 'two', two)],
    [file(13, 'three', three)],
    [remove(3, 3)],
    [file(14, 'x', X)],
  ]
  const { results, missingChunks } = await world.announce(groups, [one.manifest, two.manifest, three.manifest])
  t.deepEqual(saidAll(results), [
    ['refused missing-chunks'],
    ['refused quota'],
    ['refused missing-chunks'],
    ['accepted 0'],
    ['accepted 0'],
  ])
  t.deepEqual([...missingChunks].sort(), [...one.chunks, ...three.chunks].map(({ digest }) => digest).sort())
})

test('SEC-30 nodes of a workspace: groups pass or fail whole, and what frees room passes first', async (t) => {
  const world = await planted({ quota: { workspaceNodes: 5 } })
  const { results } = await world.commit([
    [directory(10, 'd')],
    [directory(11, 'e'), directory(12, 'f')],
    [directory(13, 'g')],
    [directory(14, 'h')],
    [remove(3, 3), directory(15, 'i')],
  ])
  t.deepEqual(saidAll(results), [
    ['accepted 6'],
    ['refused quota', 'refused quota'],
    ['accepted 7'],
    ['refused quota'],
    ['accepted 8', 'accepted 9'],
  ])
  t.is((await world.tree()).length, 5)
  t.deepEqual(await world.memory.remote.usage(ANN, 'notes'), { nodes: 5, chunks: 3, bytes: 4 })
})

test('SEC-30 limits of a user count all workspaces, and no other user', async (t) => {
  const world = await new World({ quota: { userBytes: 100, userNodes: 2 } }).open()
  const other = { session: { last: null, next: 'n' }, cursor: null, witness: null, type: 'hello', device: 'd' } as const
  await world.ask({ ...other, workspace: 'second' })
  await world.ask({ ...other, workspace: 'notes' }, BOB)
  await world.put(big('a', 60))
  const put = (workspace: string, letter: string, principal = ANN) =>
    world.ask({ type: 'put', workspace, manifests: [], chunks: big(letter, 60).chunks }, principal)
  await t.throwsAsync(put('second', 'b'), code('over-quota'))
  await t.notThrowsAsync(put('notes', 'b', BOB))
  await world.commit([[directory(1, 'a')], [directory(2, 'b')]])
  t.is(said((await world.commit([[directory(3, 'c')]])).results[0]?.[0]), 'refused quota')
  t.deepEqual(await world.memory.remote.usage(ANN), { nodes: 2, chunks: 1, bytes: 60 })
})

test('SEC-30 uploads at once never pass the limit together', async (t) => {
  const world = await new World({ quota: { workspaceBytes: 100 } }).open()
  const puts = Array.from({ length: 10 }, (_, at) => world.put(big(String(at), 30)))
  const done = await Promise.allSettled(puts)
  const { bytes } = await world.memory.remote.usage(ANN, 'notes')
  t.true(bytes <= 100 && bytes >= 30, `${bytes}`)
  t.is(done.filter(({ status }) => status === 'fulfilled').length, bytes / 30)
})

test('SEC-30 options are checked', (t) => {
  t.throws(() => new World({ quota: { userBytes: -1 } }), code('invalid-option'))
  t.throws(() => new World({ quota: { bytes: 1 } as object }), code('unknown-option'))
})
