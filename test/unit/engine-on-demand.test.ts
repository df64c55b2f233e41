/**
 * Contents on demand (`hydrate: 'on-demand'`): the whole tree is known, a content comes when it is read and can be let go, and
 * what is not here is never taken for an edit or a delete (INV-02, INV-03, INV-32, LOCAL-23).
 */

import test, { type ExecutionContext } from 'ava'
import { isTidemarkError } from '../../src/index.js'
import { EngineWorld, noise, stopped } from './engine-world.js'
import { contentAsked, FILES, live, met, read, release, text, told, trash } from './on-demand-world.js'

async function refused(t: ExecutionContext, call: Promise<unknown>, code: string, subject: string): Promise<void> {
  const error = await t.throwsAsync(call)
  if (!isTidemarkError(error)) return t.fail(String(error))
  t.deepEqual([error.code, error.subject], [code, subject])
  t.not(error.next, null)
}

test('INV-32 a fresh device knows the whole tree, has its directories, and asked for no content', async (t) => {
  const world = await EngineWorld.open()
  const [all, few] = [world.device('all'), world.device('few', { hydrate: 'on-demand' })]
  for (const [path, content] of Object.entries(FILES)) all.write(path, content)
  await all.sync()
  await few.start()
  await world.pass(5_000)
  t.deepEqual(few.tree(), { 'notes/': '', 'notes/deep/': '', 'other/': '' })
  t.deepEqual(told(few.engine), Object.fromEntries(Object.keys(FILES).map((path) => [path, 'there placeholder'])))
  t.deepEqual(contentAsked(few), [])
  t.like(few.engine.status, { state: 'synced', pending: 0, problems: [] })
  t.is(few.engine.statusOf('notes').state, 'synced')
  t.is(few.engine.statusOf('notes/a').state, 'placeholder')
  t.deepEqual(
    (await world.run(few.engine.why('notes/a'))).map(({ code }) => code),
    ['placeholder'],
  )
  await stopped(few)
})

test('INV-32 one file that is read comes with exactly its chunks, and is here from then on', async (t) => {
  const [big, other] = [noise(300_000, 1), noise(300_000, 2)]
  const { all, few } = await live({ big, other, small: 'small' })
  t.deepEqual(await read(few, 'big'), big)
  const sizes = few.requests.reduce((sum, { bytesDown }) => sum + bytesDown, 0)
  t.true(sizes > 300_000 && sizes < 330_000, `${sizes} bytes came`)
  t.deepEqual(Uint8Array.from(few.bytes('big')), big)
  t.deepEqual(told(few.engine), { big: 'here synced', other: 'there placeholder', small: 'there placeholder' })
  few.requests = []
  t.deepEqual(await read(few, 'big'), big)
  t.deepEqual(few.asked(), [])
  await all.sync()
  t.is(all.requests.filter(({ request }) => request.type === 'commit').length, 0)
  await stopped(few)
})

test('INV-01 what is here takes part: its edits go up, those of others come down; what is not follows without its content', async (t) => {
  const { world, all, few } = await live()
  await read(few, 'd')
  few.write('d', 'edited here')
  few.watcher.raise(['d'])
  await world.pass(5_000)
  all.write('notes/a', 'edited there')
  await all.sync()
  t.is(all.tree()['d'], 'edited here')
  few.requests = []
  await world.pass(40_000)
  t.deepEqual(contentAsked(few), [])
  t.is(text(await read(few, 'notes/a')), 'edited there')
  all.write('notes/a', 'edited there once more')
  await all.sync()
  await world.pass(40_000)
  t.is(few.tree()['notes/a'], 'edited there once more')
  t.is(few.engine.status.state, 'synced')
  await stopped(few)
})

test('INV-03 what is let go is deleted nowhere, takes no room, and comes again', async (t) => {
  const { world, all, few } = await live()
  await world.run(few.engine.hydrate(''))
  await world.pass(5_000)
  const changes: string[] = []
  few.engine.on('change', ({ type, path }) => changes.push(`${type} ${path}`))
  t.deepEqual(await release(few, 'notes'), { files: 2, bytes: 18, left: [] })
  t.deepEqual(changes, ['release notes/a', 'release notes/deep/b'])
  await world.pass(700_000)
  t.deepEqual(Object.keys(few.tree()), ['d', 'notes/', 'notes/deep/', 'other/', 'other/c'])
  t.deepEqual(trash(few), [])
  t.is(few.engine.status.state, 'synced')
  await all.sync()
  t.deepEqual(all.tree(), { ...FILES, 'notes/': '', 'notes/deep/': '', 'other/': '' })
  t.is(text(await read(few, 'notes/deep/b')), 'content b')
  await stopped(few)
})

test('INV-02 what is not in step stays: an edit, a file that is being made, a directory with one of them', async (t) => {
  const { world, all, few } = await live()
  await world.run(few.engine.hydrate(''))
  await world.pass(5_000)
  few.write('notes/a', 'edited')
  few.write('notes/new', 'made here')
  t.deepEqual(await release(few, 'notes'), { files: 1, bytes: 9, left: ['notes/a'] })
  t.deepEqual([few.tree()['notes/a'], few.tree()['notes/new']], ['edited', 'made here'])
  few.write('d', 'edited, too')
  await refused(t, release(few, 'd'), 'stale', 'd')
  t.is(few.tree()['d'], 'edited, too')
  await world.pass(120_000)
  await all.sync()
  t.like(all.tree(), { d: 'edited, too', 'notes/a': 'edited', 'notes/new': 'made here', 'notes/deep/b': 'content b' })
  t.is(told(few.engine)['notes/deep/b'], 'there placeholder')
  await stopped(few)
})

test('a call that cannot be done says why', async (t) => {
  const { world, all, few } = await live()
  await all.start()
  await refused(t, release(all, 'd'), 'invalid', 'd')
  await refused(t, release(few, 'none'), 'not-found', 'none')
  await refused(t, world.run(few.engine.hydrate('none')), 'not-found', 'none')
  t.throws(() => few.engine.list('none'), { message: /no directory 'none'/ })
  t.throws(() => few.engine.list('d'), { message: /no directory 'd'/ })
  t.throws(() => few.engine.list('../d'), { message: /no path below the root/ })
  await stopped(all, few)
  t.throws(() => few.engine.list(''), { message: /not running/ })
})

for (const [title, content, copies] of [
  ['the same content: it is that file', 'content d', 0],
  ['another content: both are kept', 'made here without looking', 1],
] as const) {
  test(`INV-02 a file that is made where a placeholder stands, with ${title}`, async (t) => {
    const { world, all, few } = await live()
    few.write('d', content)
    few.watcher.raise(['d'])
    await world.pass(20_000)
    t.is(few.engine.status.state, 'synced')
    await all.sync()
    const beside = Object.entries(all.tree()).filter(([path]) => path.startsWith('d ('))
    t.is(all.tree()['d'], 'content d')
    t.deepEqual(
      beside.map(([, text]) => text),
      Array.from({ length: copies }, () => content),
    )
    t.is(told(few.engine)['d'], copies === 0 ? 'here synced' : 'there placeholder')
    await stopped(few)
  })
}

test('INV-03 a directory that is deleted here takes along what is here; its placeholders stay, and it with them', async (t) => {
  const { world, all, few } = await live()
  await read(few, 'notes/a')
  few.remove('notes')
  few.watcher.raise(['notes'])
  await world.pass(20_000)
  t.deepEqual(Object.keys(few.tree()), ['notes/', 'notes/deep/', 'other/'])
  await all.sync()
  t.deepEqual(Object.keys(all.tree()), ['d', 'notes/', 'notes/deep/', 'notes/deep/b', 'other/', 'other/c'])
  t.is(few.engine.status.state, 'synced')
  await stopped(few)
})

test('a directory is brought whole, a moved one with what is not here; what is here is not asked for twice', async (t) => {
  const { world, all, few } = await live()
  few.rename('notes', 'moved')
  few.watcher.raise(['notes', 'moved'])
  await world.pass(20_000)
  t.deepEqual(await world.run(few.engine.hydrate('moved')), { files: 2, left: [] })
  t.is(few.tree()['moved/deep/b'], 'content b')
  t.deepEqual(await world.run(few.engine.hydrate('moved')), { files: 0, left: [] })
  await all.sync()
  t.is(all.tree()['moved/a'], 'content a')
  await stopped(few)
})

test('without a running engine a file is read and let go all the same; with the option away all contents come', async (t) => {
  const { world, few } = await met()
  t.is(text(await read(few, 'notes/a')), 'content a')
  t.deepEqual(Object.keys(few.tree()), ['notes/', 'notes/a', 'notes/deep/', 'other/'])
  await world.pass(10_000)
  t.like(await release(few, 'notes/a'), { files: 1 })
  t.deepEqual(Object.keys(few.tree()), ['notes/', 'notes/deep/', 'other/'])
  t.deepEqual(trash(few), [])
  const whole = few.copy('few', {})
  await whole.sync()
  t.deepEqual(whole.tree(), { ...FILES, 'notes/': '', 'notes/deep/': '', 'other/': '' })
})

test('rules come without being asked for, hold at once, and are never let go', async (t) => {
  const { few } = await live({ '.tidemarkignore': '*.log', 'x.log': 'left out', y: 'y' })
  t.deepEqual(few.tree(), { '.tidemarkignore': '*.log' })
  t.deepEqual(await release(few, ''), { files: 0, bytes: 0, left: [] })
  t.deepEqual(few.tree(), { '.tidemarkignore': '*.log' })
  await stopped(few)
})
