/** The truth table of docs/conflicts.md: what A and B do before they hear of each other, and what both show then. */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import test from 'ava'
import { CONFLICT_PAIRS } from './conflict-pairs.table.js'
import { twoDevices } from './engine-world.js'

for (const [one, other, before, first, second, after] of CONFLICT_PAIRS) {
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
    CONFLICT_PAIRS.map(([one, other]) => [one, other]),
  )
})
