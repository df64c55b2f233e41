/** Where the engine's own moves took what a hint speaks of. */

import test from 'ava'
import { Dirty } from '../../src/engine/dirty.js'
import { OwnMoves } from '../../src/engine/own-moves.js'

type Moves = readonly (readonly [from: string, to: string])[]

const PLACES: Readonly<Record<string, readonly [moves: Moves, asked: string, places: readonly string[]]>> = {
  'nothing moved': [[], 'a/f', ['a/f']],
  'a file': [[['a/f', 'b/g']], 'a/f', ['a/f', 'b/g']],
  'another file in the same directory': [[['a/f', 'b/g']], 'a/h', ['a/h']],
  'a name that begins like the moved one': [[['a', 'b']], 'ab/f', ['ab/f']],
  'below a directory': [[['a', 'b']], 'a/in/f', ['a/in/f', 'b/in/f']],
  'moved on': [
    [
      ['a', 'b'],
      ['b', 'c'],
    ],
    'a/f',
    ['a/f', 'b/f', 'c/f'],
  ], // prettier-ignore
  'a later move of another to the place it left': [
    [
      ['b', 'c'],
      ['a', 'b'],
    ],
    'a/f',
    ['a/f', 'b/f'],
  ], // prettier-ignore
  'there and back': [
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    'a/f',
    ['a/f', 'b/f'],
  ], // prettier-ignore
  'two that stood there in turn': [
    [
      ['a', 'b'],
      ['a', 'c'],
    ],
    'a/f',
    ['a/f', 'b/f', 'c/f'],
  ], // prettier-ignore
  'a directory into one that took its name': [
    [
      ['a', 'x'],
      ['b', 'a'],
      ['x', 'a/x'],
    ],
    'a/f',
    ['a/f', 'x/f', 'a/x/f'],
  ], // prettier-ignore
  'of itself and of what holds it': [
    [
      ['a/d', 'e'],
      ['a', 'b'],
    ],
    'a/d/f',
    ['a/d/f', 'b/d/f', 'e/f'],
  ], // prettier-ignore
}

for (const [title, [moves, asked, places]] of Object.entries(PLACES)) {
  test(title, (t) => {
    const own = new OwnMoves()
    for (const [from, to] of moves) own.add(from, to)
    t.deepEqual([...own.placesOf(asked)].sort(), [...places].sort())
    t.is([...own.placesOf(asked)][0], asked)
  })
}

test('INV-32 a hint of a file that the engine moved just then: the directory it stands in now is due', (t) => {
  for (const order of ['hinted, then moved', 'moved, then hinted']) {
    const dirty = new Dirty()
    if (order === 'moved, then hinted') dirty.moved('a/f', 'b/f')
    dirty.named(['a/f'])
    dirty.paths(['a/f'])
    if (order === 'hinted, then moved') dirty.moved('a/f', 'b/f')
    t.deepEqual([...dirty.takeLocal().directories].sort(), ['a', 'b'], order)
  }
})

test('a hint of what was never moved marks nothing by its name alone', (t) => {
  const dirty = new Dirty()
  dirty.named(['a/f'])
  t.false(dirty.any)
})

test('more moves than are remembered: everything is due, and they are forgotten with the look at it', (t) => {
  const dirty = new Dirty()
  for (let at = 0; at <= 10_000; at++) dirty.moved(`a/${at}`, `b/${at}`)
  t.true(dirty.takeLocal().everything)
  dirty.named(['a/7'])
  t.false(dirty.any)
})
