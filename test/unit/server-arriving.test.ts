/** What a server tells of contents on their way: announced, large, of this workspace, and not committed yet (decision 0061). */

import test from 'ava'
import type { ArrivingAnswer, Hint } from '../../src/index.js'
import { id, ANN, BOB, content, type Content, directory, file, World } from './server-world.js'

const MINUTE = 60_000
const LARGE = content('x'.repeat(60), 'y'.repeat(60))
const SMALL = content('s'.repeat(20))

/** Contents of a hundred bytes count as large. */
function world(): Promise<World> {
  return new World({ streaming: { atLeastBytes: 100 } }).open()
}

function arriving(world: World, principal = ANN): Promise<ArrivingAnswer> {
  return world.ask({ type: 'arriving', workspace: 'notes' }, principal)
}

async function paths(world: World): Promise<readonly string[]> {
  return (await arriving(world)).contents.map(({ path }) => path.join('/'))
}

function announce(world: World, name: string, of: Content, number = 1): Promise<unknown> {
  return world.announce([[file(number, name, of)]], [of.manifest])
}

test('an announced content is told of with its path, until it is committed', async (t) => {
  const w = await world()
  await w.announce([[directory(9, 'new')], [file(1, 'f', LARGE, { parentId: id(9) })]], [LARGE.manifest])
  const { contents } = await arriving(w)
  t.deepEqual(contents, [{ id: id(1), path: ['new', 'f'], content: LARGE.given.content, size: 120 }])
  await w.commit([[directory(9, 'new')], [file(1, 'f', LARGE, { parentId: id(9) })]], {
    manifests: [LARGE.manifest],
    chunks: LARGE.chunks,
  })
  t.deepEqual(await paths(w), [])
})

test('told of is only what is large, and lacks something', async (t) => {
  const w = await world()
  await announce(w, 'small', SMALL)
  t.deepEqual(await paths(w), [])
  await w.ask({ type: 'put', workspace: 'notes', manifests: [LARGE.manifest], chunks: LARGE.chunks })
  await announce(w, 'held', LARGE)
  t.deepEqual(await paths(w), [], 'the server has all of it')
})

test('an announced change that would be refused is not on its way', async (t) => {
  const w = await world()
  await w.announce([[file(1, 'f', LARGE, { parentId: id(77) })]], [LARGE.manifest])
  t.deepEqual(await paths(w), [])
})

test('a refused commit does not end it, another content of the node replaces it', async (t) => {
  const w = await world()
  await announce(w, 'f', LARGE)
  await w.commit([[file(1, 'f', LARGE)]])
  t.deepEqual(await paths(w), ['f'])
  const other = content('z'.repeat(200))
  await announce(w, 'renamed', other)
  const { contents } = await arriving(w)
  t.deepEqual(
    contents.map(({ path, size }) => [path.join('/'), size]),
    [['renamed', 200]],
  )
})

test('five minutes without a byte end it, and every put begins them anew', async (t) => {
  const w = await world()
  await announce(w, 'f', LARGE)
  for (let minutes = 0; minutes < 12; minutes += 4) {
    w.now += 4 * MINUTE
    t.deepEqual(await paths(w), ['f'])
    await w.ask({ type: 'put', workspace: 'notes', manifests: [], chunks: LARGE.chunks.slice(0, 1) })
  }
  w.now += 5 * MINUTE + 1
  t.deepEqual(await paths(w), [])
})

test('SEC-01 it is told to nobody but the owner: a foreign workspace looks like an absent one', async (t) => {
  const w = await world()
  await announce(w, 'f', LARGE)
  await t.throwsAsync(arriving(w, BOB), { code: 'not-found' } as object)
  await w.hello(BOB)
  t.deepEqual((await arriving(w, BOB)).contents, [], 'his own of the same name')
})

test('SEC-30 at most 64 are remembered of a workspace, and a path that is too long is left out', async (t) => {
  const w = await world()
  const many = Array.from({ length: 70 }, (_, at) => [file(at + 1, `f${at}`, LARGE)])
  await w.announce(many, [LARGE.manifest])
  t.is((await paths(w)).length, 64)
  const deep = await world()
  const above = Array.from({ length: 17 }, (_, at) => [
    directory(at + 1, 'd'.repeat(250), at === 0 ? {} : { parentId: id(at) }),
  ])
  await deep.announce([...above, [file(99, 'f', LARGE, { parentId: id(17) })]], [LARGE.manifest])
  t.deepEqual(await paths(deep), [])
})

test('hints say so: at the announce, and to whoever subscribes while it comes', async (t) => {
  const w = await world()
  const early: Hint[] = []
  const foreign: Hint[] = []
  w.memory.server.subscribe(ANN, ['notes'], (hint) => early.push(hint))
  w.memory.server.subscribe(BOB, ['notes'], (hint) => foreign.push(hint))
  await announce(w, 'small', SMALL, 2)
  t.deepEqual(early, [])
  await announce(w, 'f', LARGE)
  const told: Hint = { workspace: 'notes', sequence: null, arriving: true }
  t.deepEqual(early, [told])
  const late: Hint[] = []
  w.memory.server.subscribe(ANN, ['notes', 'other'], (hint) => late.push(hint))
  t.deepEqual(late, [told])
  t.deepEqual(foreign, [])
})

for (const [title, streaming, code, subject] of [
  ['an unknown option', { atLeast: 5 }, 'unknown-option', 'streaming.atLeast'],
  ['no bytes', { atLeastBytes: 0 }, 'invalid-option', 'streaming.atLeastBytes'],
  ['half a byte', { atLeastBytes: 0.5 }, 'invalid-option', 'streaming.atLeastBytes'],
] as const) {
  test(`streaming with ${title} is refused by name`, (t) => {
    t.throws(() => new World({ streaming: streaming as object }), { code, message: /.+/ } as object)
    const error = t.throws(() => new World({ streaming: streaming as object })) as { subject?: string } | undefined
    t.is(error?.subject, subject)
  })
}

test('streaming: null tells of nothing', async (t) => {
  const w = await new World({ streaming: null }).open()
  await announce(w, 'f', LARGE)
  t.deepEqual(await paths(w), [])
})
