/** A8: the 144 cells of the planner table, each against its own expectation, with both commit orders and both ways to look. */

import test from 'ava'
import { ROOT_ID } from '../../src/model/ids.js'
import { CELLS, type Cell, play, setStage, titleOf } from './planner-world/cells.js'
import { EXPECTATIONS } from './planner-world/expectations.js'
import { losses } from './planner-world/ledger.js'
import { World, treeOf } from './planner-world/world.js'

function ends(cell: Cell, first: 'A' | 'B', sight: 'whole' | 'changed'): string {
  const world = new World({ sight })
  const stage = setStage(world.a, cell.base, { parentId: ROOT_ID, name: 'n', mark: '' })
  world.settle()
  play(world.a, stage, cell.a, cell.b)
  play(world.b, stage, cell.b, cell.a)
  world.settle(first === 'A' ? [world.a, world.b] : [world.b, world.a])
  const wrong = [...world.differences(), ...losses(world)]
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  return treeOf(world.server.live()).replace(/ \(conflicted copy (\w+) \w+\)/g, '~$1')
}

for (const cell of CELLS) {
  const title = titleOf(cell)
  test(`A8 ${title}`, (t) => {
    const expected = EXPECTATIONS[title]
    if (expected === undefined) return t.fail('a cell without an expectation')
    const [aFirst, bFirst] = typeof expected === 'string' ? [expected, expected] : expected
    for (const sight of ['whole', 'changed'] as const) {
      t.is(ends(cell, 'A', sight), aFirst, `A commits first, sees what is ${sight}`)
      t.is(ends(cell, 'B', sight), bFirst, `B commits first, sees what is ${sight}`)
    }
  })
}

test('A8 the table has 144 cells and no line too many', (t) => {
  t.is(CELLS.length, 144)
  t.deepEqual(Object.keys(EXPECTATIONS).sort(), CELLS.map(titleOf).sort())
})
