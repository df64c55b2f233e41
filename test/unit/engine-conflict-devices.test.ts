/** What one conflict makes on three devices, and what is told of it, in which order. */

import test from 'ava'
import type { ConflictEntry, SyncEngine } from '../../src/index.js'
import { EngineWorld, type TestDevice } from './engine-world.js'

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
