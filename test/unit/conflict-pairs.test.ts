/** The truth table of docs/conflicts.md: what A and B do before they hear of each other, and what both show then. */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import test from 'ava'
import { type TestDevice, twoDevices } from './engine-world.js'

type Act = (user: TestDevice) => void
const edit =
  (path: string, content: string): Act =>
  (user) =>
    user.write(path, content)
const move =
  (from: string, to: string): Act =>
  (user) =>
    user.rename(from, to)
const gone =
  (path: string): Act =>
  (user) =>
    user.remove(path)
const and =
  (...acts: readonly Act[]): Act =>
  (user) => {
    for (const act of acts) act(user)
  }
const COPY = 'f (conflicted copy B #)'

/** `before` on both devices; the two first columns are those of the page. */
const ROWS: readonly (readonly [string, string, Act, Act, Act, Readonly<Record<string, string>>])[] = [
  [
    'edits `f`',
    'edits `f` to the same content',
    edit('f', '1'),
    edit('f', 'same!'),
    edit('f', 'same!'),
    { f: 'same!' },
  ],
  [
    'edits `f`',
    'edits `f` to something else',
    edit('f', '1'),
    edit('f', 'A'),
    edit('f', 'of B'),
    { f: 'A', [COPY]: 'of B' },
  ],
  ['edits `f`', 'renames or moves `f`', edit('f', '1'), edit('f', 'of A'), move('f', 'g'), { g: 'of A' }],
  ['edits `f`', 'deletes `f`', edit('f', '1'), edit('f', 'of A'), gone('f'), { f: 'of A' }],
  ['deletes `f`', 'edits `f`', edit('f', '1'), gone('f'), edit('f', 'of B'), { f: 'of B' }],
  ['deletes `f`', 'renames or moves `f`', edit('f', '1'), gone('f'), move('f', 'g'), { g: '1' }],
  ['deletes `f`', 'deletes `f`', edit('f', '1'), gone('f'), gone('f'), {}],
  ['moves `f` to one place', 'moves `f` to another', edit('f', '1'), move('f', 'a'), move('f', 'b'), { a: '1' }],
  [
    'edits and renames `f`',
    'edits `f`',
    edit('f', '1'),
    and(edit('f', 'A'), move('f', 'g')),
    edit('f', 'of B'),
    { g: 'A', [COPY.replace('f', 'g')]: 'of B' },
  ],
  ['makes `f`', 'makes `f` with the same content', and(), edit('f', 'x'), edit('f', 'x'), { f: 'x' }],
  ['makes `f`', 'makes another `f`', and(), edit('f', 'A'), edit('f', 'of B'), { f: 'A', [COPY]: 'of B' }],
  [
    'makes a directory `d`',
    'makes a directory `d`',
    and(),
    edit('d/a', 'A'),
    edit('d/b', 'B'),
    { 'd/': '', 'd/a': 'A', 'd/b': 'B' },
  ],
  [
    'makes a file `x`',
    'makes a directory `x`',
    and(),
    edit('x', 'A'),
    edit('x/in', 'B'),
    { x: 'A', 'x (conflicted copy B #)/': '', 'x (conflicted copy B #)/in': 'B' },
  ],
  [
    'deletes the directory `d`',
    'adds or edits a file in `d`',
    edit('d/a', '1'),
    gone('d'),
    edit('d/b', 'B'),
    { 'd/': '', 'd/b': 'B' },
  ],
  [
    'renames the directory `d`',
    'edits a file in `d`',
    edit('d/a', '1'),
    move('d', 'e'),
    edit('d/a', 'of B'),
    { 'e/': '', 'e/a': 'of B' },
  ],
  [
    'moves `d` into `e`',
    'moves `e` into `d`',
    and(edit('d/a', '1'), edit('e/b', '2')),
    move('d', 'e/d'),
    move('e', 'd/e'),
    { 'e/': '', 'e/b': '2', 'e/d/': '', 'e/d/a': '1' },
  ],
  [
    'changes the executable bit',
    'edits the content',
    edit('f', '1'),
    (user) => user.setExecutable('f', true),
    edit('f', 'of B'),
    { 'f*': 'of B' },
  ],
]

for (const [one, other, before, first, second, after] of ROWS) {
  test(`INV-02 DESIGN 4: A ${one}, B ${other}`, async (t) => {
    const { world, a, b } = await twoDevices()
    a.write('kept', 'k')
    before(a)
    await world.converge(a, b)
    first(a)
    second(b)
    await world.converge(a, b, a)
    for (const device of [a, b]) {
      const { kept, ...shown } = device.tree()
      const named = Object.entries(shown).map(([path, content]) => [path.replace(/ [0-9a-f]{6}\)/, ' #)'), content])
      t.is(kept, 'k')
      t.deepEqual(Object.fromEntries(named), after, device.name)
      t.is(device.engine.status.problems.length + device.engine.status.guards.length, 0)
    }
  })
}

test('the page tells of exactly these pairs', (t) => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/conflicts.md'), 'utf8')
  const table = page.slice(page.indexOf('| A | B |')).split('\n\n')[0] ?? ''
  const pairs = table
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, 3)
        .map((cell) => cell.trim()),
    )
  t.deepEqual(
    pairs,
    ROWS.map(([one, other]) => [one, other]),
  )
})
