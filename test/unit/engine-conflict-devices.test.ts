/** What one conflict makes on three devices, and what is told of it, in which order. */

import test from 'ava'
import type { Change, ConflictEntry, SyncEngine } from '../../src/index.js'
import { EngineWorld, offline, type TestDevice } from './engine-world.js'

const changesOf = ({ requests }: TestDevice): readonly Change[] =>
  requests.flatMap(({ request }) => (request.type === 'commit' ? request.groups.flat() : []))

const list = ({ world, engine }: TestDevice): Promise<readonly ConflictEntry[]> => world.run(engine.conflicts.list())

test('A18 three devices meet one conflict: exactly the copies the policy says, each on every device', async (t) => {
  for (const order of ['abc', 'bca', 'cab', 'cba']) {
    const world = await EngineWorld.open()
    const devices = { a: world.device('A'), b: world.device('B'), c: world.device('C') }
    const { a, b, c } = devices
    a.write('f.txt', 'base')
    await world.converge(a, b, c)
    a.write('f.txt', 'of A')
    b.write('f.txt', 'of B, longer')
    c.write('f.txt', 'of B, longer')
    const turns = [...order].map((name) => devices[name as 'a' | 'b' | 'c'])
    await world.converge(...turns, ...turns)
    const trees = turns.map((device) => device.tree())
    t.deepEqual(trees[1], trees[0], order)
    t.deepEqual(trees[2], trees[0], order)
    const winner = order.startsWith('a') ? 'of A' : 'of B, longer'
    const loser = winner === 'of A' ? 'of B, longer' : 'of A'
    const { 'f.txt': file, ...copies } = trees[0] ?? {}
    t.is(file, winner)
    t.deepEqual(Object.values(copies), [loser], `${order}: two equal edits are one copy`)
    for (const device of turns) t.is((await list(device)).length, 1)
  }
})

test('A18 three devices meet one conflict with three contents: a copy for each that lost, in any order', async (t) => {
  for (const order of ['abc', 'bca', 'cab']) {
    const world = await EngineWorld.open()
    const devices = { a: world.device('A'), b: world.device('B'), c: world.device('C') }
    devices.a.write('f.txt', 'base')
    await world.converge(devices.a, devices.b, devices.c)
    for (const device of Object.values(devices)) device.write('f.txt', `of ${device.name}`)
    const turns = [...order].map((name) => devices[name as 'a' | 'b' | 'c'])
    await world.converge(...turns, ...turns)
    const [first, ...losers] = turns.map(({ name }) => name)
    for (const device of turns) {
      const { 'f.txt': file, ...copies } = device.tree()
      t.is(file, `of ${first}`, order)
      t.deepEqual(Object.values(copies).sort(), losers.map((name) => `of ${name}`).sort(), order)
      for (const name of losers) t.true(Object.keys(copies).some((path) => path.includes(`copy ${name} `)))
      t.deepEqual(await list(device), await list(turns[0]!))
    }
  }
})

// Simulated world 104: the copy lay under a name that nobody had sent; edited there, it was taken for a new file, and its own was deleted.
for (const [title, paths] of [
  ['one conflict', ['f.txt']],
  ['two conflicts', ['f.txt', 'g.txt']],
] as const) {
  test(`INV-34 the network fails while ${title} is set aside: a copy stands where it was sent to, and is edited there`, async (t) => {
    const world = await EngineWorld.open()
    const [a, b] = [world.device('A'), world.device('B')]
    for (const path of paths) {
      a.write(path, `${path} of A`)
      b.write(path, `${path} of B, longer`)
    }
    await a.sync()
    b.onAnswer = (answer) => {
      if (answer.type === 'get-chunks') throw offline()
      return answer
    }
    await t.throwsAsync(b.sync(), { code: 'offline' })
    b.onAnswer = (answer) => answer
    const copies = changesOf(b).flatMap((change) => (change.type === 'create' ? [change.name] : []))
    t.deepEqual(Object.keys(b.tree()).sort(), [...copies].sort())
    t.deepEqual(b.own('moving'), [])
    for (const path of copies) {
      b.write('saving', 'edited by B')
      b.rename('saving', path)
    }
    await b.sync()
    t.deepEqual(
      changesOf(b).map(({ type }) => type),
      copies.map(() => 'update' as const),
    )
    await world.converge(a, b)
    t.deepEqual(a.tree(), b.tree())
    t.deepEqual(
      Object.values(a.tree()).sort(),
      [...paths.map((path) => `${path} of A`), ...copies.map(() => 'edited by B')].sort(),
    )
  })
}

test('INV-02 INV-32 edited on both sides, and deleted there while the edit goes up: the edit stays under its name', async (t) => {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A'), world.device('B')]
  for (const path of ['f.txt', 'one', 'two']) a.write(path, 'base')
  await world.converge(a, b)
  a.write('f.txt', 'of A')
  a.setExecutable('f.txt', true)
  b.write('f.txt', 'of B, longer')
  await b.sync()
  a.onStep = async ({ call }) => {
    if (call !== 'commit') return
    a.onStep = () => undefined
    b.remove('f.txt')
    await b.engine.sync()
  }
  const { engine } = a
  const claims: string[] = []
  engine.on('status', ({ state, applied }) => {
    if (state === 'synced') claims.push(`${applied} ${Object.keys(a.tree()).sort().join(' ')}`)
  })
  await world.converge(a, b)
  t.deepEqual(a.tree(), { 'f.txt*': 'of A', one: 'base', two: 'base' })
  t.deepEqual(b.tree(), a.tree())
  for (const claim of claims) t.true(claim.endsWith('f.txt* one two'), claim)
})

test('events of a conflict and of its answer, on both devices, in their order', async (t) => {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A'), world.device('B')]
  const told: string[] = []
  const note = (name: string, engine: SyncEngine): void => {
    engine.on('conflict', ({ path, copy }) => told.push(`${name} conflict ${path} ${copy}`))
    engine.on('change', ({ type, path, from, id: _id, ...rest }) =>
      told.push(`${name} ${type} ${path}${from === undefined ? '' : ` from ${from}`}${Object.keys(rest).join()}`),
    )
    engine.on('problem', ({ code }) => told.push(`${name} problem ${code}`))
    engine.on('guard', ({ kind }) => told.push(`${name} guard ${kind}`))
    engine.on('error', ({ code }) => told.push(`${name} error ${code}`))
  }
  a.write('f.txt', 'base')
  await world.converge(a, b)
  note('A', a.engine)
  note('B', b.engine)
  a.write('f.txt', 'of A')
  b.write('f.txt', 'of B, longer')
  await world.converge(a, b, a)
  const [entry] = await list(b)
  told.push('- mine')
  await world.run(b.engine.conflicts.resolve(entry!, 'mine'))
  await world.converge(b, a)
  t.snapshot(told)
})
