/**
 * Somebody works on, while a plan is applied (INV-18): an edit, a move, a delete or a new file, on either side, before any
 * step of it. Nothing is lost, and nothing is done that was not planned. A stride keeps it short; 1 is every step.
 */

import test, { type ExecutionContext } from 'ava'
import { deedsOf, deedsSeen, everything, planned } from './engine-apply-world.js'
import type { TestDevice } from './engine-world.js'

const STRIDE = Number(process.env['TIDEMARK_STRIDE'] ?? 7)

interface Strike {
  readonly name: string
  readonly side: 'here' | 'there'
  readonly deed: (device: TestDevice) => void
  /** What must be somewhere in the end, beside everything that nobody touched. */
  readonly keeps: readonly string[]
  /** What may be gone, because it was deleted after it was there. */
  readonly mayLose: readonly string[]
}

const STRIKES: readonly Strike[] = [
  strike('here', 'edits a file', (at) => at.write('edited', 'in between'), ['in between'], ['edited by B']),
  strike('here', 'edits a file that goes up', (at) => at.write('mine', 'in between'), ['in between'], ['mine by A']),
  strike('here', 'moves a file', (at) => at.rename('swap1', 'elsewhere'), ['swap1 0', 'swap2 0'], []),
  strike('here', 'deletes a file', (at) => at.remove('edited'), [], ['edited by B']),
  strike(
    'here',
    'creates a file where one comes',
    (at) => at.write('new/file', 'in between'),
    ['in between'],
    ['new by B'],
  ),
  strike('there', 'edits a file', (at) => at.write('edited', 'in between'), ['in between'], ['edited by B']),
  strike('there', 'edits a file that goes up', (at) => at.write('mine', 'in between'), ['in between', 'mine by A'], []),
  strike('there', 'moves a file', (at) => at.rename('swap1', 'elsewhere'), ['swap1 0', 'swap2 0'], []),
  strike('there', 'deletes a file', (at) => at.remove('mine'), ['mine by A'], []),
  strike(
    'there',
    'creates a file where one comes',
    (at) => at.write('made', 'in between'),
    ['in between', 'made by A'],
    [],
  ),
]

function strike(
  side: Strike['side'],
  name: string,
  deed: Strike['deed'],
  keeps: readonly string[],
  mayLose: readonly string[],
): Strike {
  return { side, name, deed, keeps, mayLose }
}

const MINE = ['mine by A', 'made by A', 'both by A']
const THEIRS = ['edited by B', 'both by B', 'new by B', 'swap1 0', 'swap2 0', 'dir/inside 0', 'old/x 0', 'moved 0']

/** Runs the apply once for each k, with the deed before its k-th step. */
async function sweep(t: ExecutionContext, { side, deed, keeps, mayLose }: Strike, stride: number): Promise<number> {
  for (let k = 0, struck = 0; ; k += stride) {
    const { world, a, b } = await everything()
    await world.pass(5_000)
    const record = await planned(world, a)
    let hit = false
    let count = 0
    a.onStep = async () => {
      if (count++ !== k) return
      hit = true
      try {
        deed(side === 'here' ? a : b)
      } catch {
        return // it stands elsewhere, or is gone: nothing is done
      }
      if (side === 'there') await b.engine.sync()
    }
    const report = await world.run(a.engine.apply(record.plan))
    a.onStep = () => undefined
    if (!hit) return struck
    struck += 1
    const at = `step ${k}`
    const allowed = new Set(deedsOf(record.plan.operations))
    for (const seen of deedsSeen(a, record)) t.true(allowed.has(seen), `${at}: ${seen} was not planned`)
    t.is(report.done.length + report.dropped.length, record.plan.operations.length, at)
    await world.converge(a, b)
    t.deepEqual(a.tree(), b.tree(), at)
    const contents = new Set(Object.values(a.tree()))
    for (const content of [...MINE, ...THEIRS]) {
      if (!mayLose.includes(content)) t.true(contents.has(content), `${at}: ${content} is lost`)
    }
    for (const content of keeps) t.true(contents.has(content), `${at}: ${content} is lost`)
    t.deepEqual([a.own('staging'), a.own('moving')], [[], []], at)
  }
}

for (const row of STRIKES) {
  test(`A7 INV-18 while a plan is applied, at any step somebody ${row.name} ${row.side}: nothing is lost, nothing else is done`, async (t) => {
    t.timeout(300_000)
    t.true((await sweep(t, row, STRIDE)) > 20)
  })
}
