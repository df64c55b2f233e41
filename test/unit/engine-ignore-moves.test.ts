/** Moves into and out of what a device leaves alone, and directories out of its scope (DESIGN 4.13, INV-34, decision 0021). */

import test from 'ava'
import { chunkBytesOf } from './chunk-traffic.js'
import { stopped } from './engine-world.js'
import { again, pair, quiet, RULES } from './ignore-world.js'

// ---- moves

test('INV-34 moved into an ignored place: no delete anywhere, and the node stays where it was', async (t) => {
  for (const both of [true, false]) {
    const { world, a, b } = await pair({ [RULES]: 'ig/', x: '1', 'd/y': '2', 'ig/other': 'o' })
    await a.start()
    await world.pass(10_000)
    a.rename('x', 'ig/x')
    a.rename('d', 'ig/d')
    // Told of both ends, or of the one that lost something only.
    a.watcher.raise(both ? ['x', 'd', 'ig/x', 'ig/d'] : ['x', 'd'])
    await world.pass(30_000)
    t.is(a.engine.status.state, 'synced')
    await stopped(a)
    await b.sync()
    t.deepEqual(b.tree(), { [RULES]: 'ig/', 'd/': '', 'd/y': '2', x: '1' })
    t.deepEqual(a.tree(), { ...b.tree(), 'ig/': '', 'ig/d/': '', 'ig/d/y': '2', 'ig/other': 'o', 'ig/x': '1' })
  }
})

test('INV-34 moved out of an ignored place: a new file', async (t) => {
  const { world, a, b } = await pair({ [RULES]: 'ig/', 'ig/x': '1' })
  a.rename('ig/x', 'x')
  await world.converge(a, b)
  t.is(b.tree()['x'], '1')
})

test('0021 moved elsewhere to an ignored name: the disk follows, then the name is left alone', async (t) => {
  const { world, a, b } = await pair({ 'x.txt': '1', 'd/y': '2' })
  const left = again(a, { ignore: ['*.tmp'] })
  await left.sync()
  b.rename('x.txt', 'x.tmp')
  b.rename('d', 'd.tmp')
  await world.converge(b, left)
  t.deepEqual(left.tree(), { 'd.tmp/': '', 'd.tmp/y': '2', 'x.tmp': '1' })
  left.write('x.tmp', 'mine')
  left.remove('d.tmp')
  await world.converge(left, b)
  t.deepEqual(b.tree(), { 'd.tmp/': '', 'd.tmp/y': '2', 'x.tmp': '1' })
  await quiet(t, left, b)
})

test('0021 moved elsewhere into a directory out of scope: it leaves this disk, an edit goes up before it does', async (t) => {
  const { world, a, b } = await pair({ one: '1', 'd/two': '2', 'd/three': '3', 'away/old': 'o', stays: 's' })
  const left = again(a, { scope: { exclude: ['away'] } })
  await left.sync()
  left.remove('away')
  left.write('d/two', 'edited here')
  left.write('d/new', 'new here')
  b.rename('one', 'away/one')
  b.rename('d', 'away/d')
  await b.sync()
  await world.converge(left, b)
  t.deepEqual(left.tree(), { stays: 's' })
  t.deepEqual(b.tree(), {
    'away/': '',
    'away/d/': '',
    'away/d/new': 'new here',
    'away/d/three': '3',
    'away/d/two': 'edited here',
    'away/old': 'o',
    'away/one': '1',
    stays: 's',
  })
  await quiet(t, left, b)
  t.deepEqual(left.tree(), { stays: 's' })
})

test('0021 moved out of scope while both edited it: both contents live', async (t) => {
  const { world, a, b } = await pair({ x: '1', 'away/old': 'o' })
  const left = again(a, { scope: { exclude: ['away'] } })
  await left.sync()
  left.write('x', 'by A')
  b.rename('x', 'away/x')
  b.write('away/x', 'by B')
  await b.sync()
  await world.converge(left, b)
  const contents = Object.values(b.tree())
  t.true(contents.includes('by A') && contents.includes('by B'), JSON.stringify(b.tree()))
  await quiet(t, left, b)
})

test('0021 moved elsewhere out of an ignored place: it comes', async (t) => {
  const { world, a, b } = await pair({ 'ig/x': '1', 'ig/d/y': '2' })
  const left = again(a, { ignore: ['ig'] })
  await left.sync()
  left.remove('ig')
  b.rename('ig/x', 'x')
  b.rename('ig/d', 'd')
  await world.converge(b, left)
  t.deepEqual(left.tree(), { 'd/': '', 'd/y': '2', x: '1' })
  await quiet(t, left, b)
})

// ---- scope

test('scope: a directory leaves the scope and comes back, and nothing that is still here is sent', async (t) => {
  const { world, a, b } = await pair({ 'big/one': 'first content', 'big/in/two': 'second content', small: 's' })
  const left = again(a, { scope: { exclude: ['big'] } })
  await left.sync()
  t.deepEqual(left.tree(), b.tree(), 'deselecting deletes nothing')
  left.remove('big/in')
  await world.converge(left, b)
  const back = again(left, {})
  await back.sync()
  t.is(chunkBytesOf(back), 'second content'.length)
  t.deepEqual(back.tree(), b.tree())
  await quiet(t, back, b)
})

test('scope: no rule of a file brings back what is out of scope', async (t) => {
  const { a, b } = await pair({ 'big/one': '1', [RULES]: '!big' })
  const left = again(b, { scope: { exclude: ['big'] } })
  await left.sync()
  left.write('big/one', 'not synced')
  await left.sync()
  await a.sync()
  t.is(a.tree()['big/one'], '1')
})
