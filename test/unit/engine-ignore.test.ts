/**
 * Ignore rules in whole engines (DESIGN 4.13, INV-34): rules added, edited, negated, nested and removed, and what others
 * do meanwhile to what is left out here.
 */

import test from 'ava'
import { twoDevices } from './engine-world.js'
import { chunkBytesOf } from './chunk-traffic.js'
import { again, pair, quiet, RULES } from './ignore-world.js'

// ---- rules come and go

test('INV-34 a rule that is added leaves every file where it is, on every device', async (t) => {
  const { world, a, b } = await pair({ 'x.log': '1', 'd/y.log': '2', keep: '3' })
  a.write(RULES, '*.log\n')
  await world.converge(a, b)
  t.deepEqual(a.tree(), { [RULES]: '*.log\n', 'd/': '', 'd/y.log': '2', keep: '3', 'x.log': '1' })
  t.deepEqual(b.tree(), a.tree())
  a.write('new.log', 'n')
  a.write('x.log', 'edited')
  a.remove('d/y.log')
  await world.converge(a, b)
  t.deepEqual(b.tree(), { [RULES]: '*.log\n', 'd/': '', 'd/y.log': '2', keep: '3', 'x.log': '1' })
  await quiet(t, a, b)
})

test('INV-34 a rule that goes again unites: equal files are adopted without a byte, others become conflicts, what is missing comes', async (t) => {
  const { world, a, b } = await pair({ 'same.log': 'same content', 'edited.log': 'before', 'gone.log': 'comes back' })
  a.write(RULES, '*.log')
  await world.converge(a, b)
  a.write('edited.log', 'by A')
  a.remove('gone.log')
  a.write('new.log', 'new')
  await a.sync()
  a.remove(RULES)
  await a.sync()
  t.is(chunkBytesOf(a), 'by A'.length + 'new'.length + 'comes back'.length + 'before'.length)
  await world.converge(a, b)
  const copies = Object.keys(a.tree()).filter((path) => path.includes('conflicted copy'))
  t.is(copies.length, 1)
  t.deepEqual(a.tree(), {
    [copies[0] ?? '']: 'by A',
    'edited.log': 'before',
    'gone.log': 'comes back',
    'new.log': 'new',
    'same.log': 'same content',
  })
  t.deepEqual(b.tree(), a.tree())
  await quiet(t, a, b)
})

test('INV-34 an edit of a rule lets some in and others out', async (t) => {
  const { world, a, b } = await pair({ one: '1', two: '2', [RULES]: 'one' })
  a.write('one', 'not synced')
  a.write(RULES, 'two')
  await a.sync()
  a.write('two', 'not synced either')
  await world.converge(a, b)
  t.deepEqual(b.tree(), { [RULES]: 'two', one: 'not synced', two: '2' })
  await quiet(t, a, b)
})

test('INV-34 nested and negated rules: a deeper file wins, and what it lets in is synced', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write(RULES, '*.log\nbuild/\n')
  a.write(`deep/${RULES}`, '!keep.log\n/top\n')
  for (const path of ['x.log', 'deep/keep.log', 'deep/x.log', 'deep/top', 'deep/in/top', 'build/out', 'deep/build/out'])
    a.write(path, path)
  await world.converge(a, b)
  t.deepEqual(Object.keys(b.tree()), [RULES, 'deep/', `deep/${RULES}`, 'deep/in/', 'deep/in/top', 'deep/keep.log'])
  a.write(`deep/${RULES}`, '')
  await world.converge(a, b)
  t.deepEqual(
    Object.keys(b.tree()).sort(),
    [RULES, 'deep/', `deep/${RULES}`, 'deep/in/', 'deep/in/top', 'deep/keep.log', 'deep/top'].sort(),
  )
  b.write('deep/keep.log', 'left out again')
  await world.converge(a, b)
  t.is(a.tree()['deep/keep.log'], 'deep/keep.log')
  await quiet(t, a, b)
})

test('INV-34 a directory that a rule leaves out, and all below it, with names that other devices go on using', async (t) => {
  const { world, a, b } = await pair({ 'd/in/one': '1', 'd/two': '2' })
  const only = again(a, { ignore: ['/d'] })
  await only.sync()
  b.write('d/two', 'edited elsewhere')
  b.write('d/three', 'new elsewhere')
  b.remove('d/in')
  await world.converge(b, only)
  t.deepEqual(only.tree(), { 'd/': '', 'd/in/': '', 'd/in/one': '1', 'd/two': '2' })
  t.deepEqual(b.tree(), { 'd/': '', 'd/three': 'new elsewhere', 'd/two': 'edited elsewhere' })
  await quiet(t, only, b)
})

// ---- what others do meanwhile

test('INV-34 an edit elsewhere of what is left out here stays on the server, and comes when the rule goes', async (t) => {
  const { world, a, b } = await pair({ x: '1' })
  const left = again(a, { ignore: ['x'] })
  await left.sync()
  b.write('x', 'edited elsewhere')
  await world.converge(b, left)
  t.deepEqual(left.tree(), { x: '1' })
  const back = again(left, {})
  await world.converge(back, b)
  const names = Object.keys(back.tree())
  t.is(names.length, 2, 'unequal pairs are conflicts')
  t.is(back.tree()['x'], 'edited elsewhere')
  t.deepEqual(back.tree(), b.tree())
})

test('INV-34 a delete elsewhere of what is left out here: it stays here, and goes up as new when the rule goes', async (t) => {
  const { world, a, b } = await pair({ x: '1', y: '2' })
  const left = again(a, { ignore: ['x'] })
  await left.sync()
  b.remove('x')
  await world.converge(b, left)
  t.deepEqual(left.tree(), { x: '1', y: '2' })
  await world.converge(again(left, {}), b)
  t.deepEqual(b.tree(), { x: '1', y: '2' })
})

test('INV-34 a delete here of what is left out here means nothing elsewhere', async (t) => {
  const { world, a, b } = await pair({ 'd/x': '1', y: '2' })
  const left = again(a, { ignore: ['/d/'] })
  await left.sync()
  left.remove('d')
  await world.converge(left, b)
  t.deepEqual(b.tree(), { 'd/': '', 'd/x': '1', y: '2' })
  t.deepEqual(left.tree(), { y: '2' })
  await quiet(t, left)
})

test('INV-34 a new device that ignores a place never brings it', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('d/e/x', '1')
  a.write('y', '2')
  await a.sync()
  const left = again(b, { ignore: ['d'] })
  await left.sync()
  t.deepEqual(left.tree(), { y: '2' })
  t.is(chunkBytesOf(left), 1)
  await quiet(t, left)
  await world.converge(again(left, {}), a)
  t.deepEqual(b.tree(), a.tree())
})

test('INV-34 rules reach a new device before what they are about', async (t) => {
  const { a, b } = await twoDevices()
  const blind = again(a, {})
  for (const path of ['d/x.log', 'd/y', 'x.log']) blind.write(path, path)
  await blind.sync()
  blind.write('d/' + RULES, '*.log')
  await blind.sync()
  await b.sync()
  t.deepEqual(Object.keys(b.tree()), ['d/', `d/${RULES}`, 'd/y', 'x.log'])
})
