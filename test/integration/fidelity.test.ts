/** Everything a tree holds arrives as it was (A13), over HTTP, SQLite and packs: on real disks, and on disks in memory. */

import test, { type ExecutionContext } from 'ava'
import { compareTrees, milliseconds } from '../tree-comparison.js'
import { bytesOf, readable, type TreeSource } from '../tree-source.js'
import { FIDELITY, LONG, type FidelityRow } from './fidelity.table.js'
import { type FidelityWorld, fidelityWorld, type SyncedPlace } from './fidelity-world.js'

const places = {
  'real disks': (world: FidelityWorld, name: string) => world.real(name, { workers: 1 }),
  'disks in memory': (world: FidelityWorld, name: string) => world.inMemory(name),
}

/** As the rows tell it: directories end in `/`, executable files in `*`, a long content by its length. */
function tell(source: TreeSource, path = ''): [path: string, content: string][] {
  const told: [string, string][] = []
  for (const name of source.names(path)) {
    if (path === '' && name === '.tidemark') continue
    const at = path === '' ? name : `${path}/${name}`
    const { kind, size, executable } = source.look(at)
    const shown = readable(at)
    if (kind === 'directory') told.push([`${shown}/`, ''], ...tell(source, at))
    else {
      const content = Buffer.alloc(Math.min(size, 65))
      source.read(at, 0, content)
      told.push([executable ? `${shown}*` : shown, size > 64 ? `${size} bytes` : content.toString('utf8')])
    }
  }
  return told
}

async function play(t: ExecutionContext, row: FidelityRow, a: SyncedPlace, b: SyncedPlace): Promise<void> {
  let revisions = 0
  for (const step of row.steps) {
    const before = (await a.engine.sync()).cursor?.sequence ?? 0
    await b.engine.sync()
    step(a.hands, b.hands)
    for (const { engine } of [a, b, a, b]) {
      const report = await engine.sync()
      t.deepEqual([report.conflicts, report.problems, report.guards], [[], [], []])
      revisions = (report.cursor?.sequence ?? 0) - before
    }
  }
  t.deepEqual(tell(b.source).sort(), Object.entries(row.shows).sort())
  for (const [path, ms] of Object.entries(row.times ?? {}))
    t.is(Number(milliseconds(b.source.look(bytesOf(path)).mtimeNs)), ms, path)
  if (row.revisions !== undefined) t.is(revisions, row.revisions)
  t.deepEqual([...compareTrees(a.source, b.source).differences], [...(row.differences ?? [])])
}

for (const [where, make] of Object.entries(places)) {
  for (const row of FIDELITY) {
    if (row.only !== undefined && row.only !== where) continue
    test.serial(`A13, INV-22: ${row.title}, ${where}`, async (t) => {
      const world = await fidelityWorld(t)
      await play(t, row, await make(world, 'A'), await make(world, 'B'))
    })
  }
}

test.serial(
  'A13: a path longer than the real disk takes is a problem there, and nothing else waits for it',
  async (t) => {
    const world = await fidelityWorld(t)
    const [a, b] = [await world.inMemory('A'), await world.real('B', { workers: 1 })]
    a.hands.write([...LONG, 'f'].join('/'), 'far')
    a.hands.write('near', '1')
    await a.engine.sync()
    const report = await b.engine.sync()
    t.true(report.problems.length > 0)
    for (const { path } of report.problems) t.true(path.startsWith(LONG[0] ?? ''), path)
    t.not(b.engine.status.state, 'synced')
    const shown = new Map(tell(b.source))
    t.is(shown.get('near'), '1')
    t.is(shown.get(`${LONG.slice(0, 10).join('/')}/`), '', 'as deep as it goes')
    // What B cannot hold is no delete of B's.
    const later = await b.engine.sync()
    t.is(later.uploaded, 0)
    a.hands.write('near', '2')
    await a.engine.sync()
    await b.engine.sync()
    t.is(b.hands.read('near'), '2')
    a.hands.rename(LONG[0] ?? '', 'short')
    a.hands.rename(['short', ...LONG.slice(1, 10)].join('/'), 'half')
    await a.engine.sync()
    const solved = await b.engine.sync()
    t.deepEqual(solved.problems, [])
    t.deepEqual([...compareTrees(a.source, b.source).differences], [])
  },
)

test.serial(
  'A13: what stands too deep to be reached on a real disk is a problem, no delete, until it is moved',
  async (t) => {
    const world = await fidelityWorld(t)
    const [a, b] = [await world.real('A', { workers: 1 }), await world.real('B', { workers: 1 })]
    const [upper, lower] = [LONG.slice(0, 10).join('/'), LONG.slice(10, 19).join('/')]
    a.hands.write(`${upper}/f`, 'high')
    a.hands.write(`low/${lower}/f`, 'far')
    await a.engine.sync()
    await b.engine.sync()
    // No call of this is too long, the outcome is.
    a.hands.rename('low', `${upper}/low`)
    a.hands.write('near', '1')
    const report = await a.engine.sync()
    t.true(report.problems.length > 0)
    await b.engine.sync()
    t.is(b.hands.read('near'), '1')
    a.hands.rename(`${upper}/low`, 'low')
    for (const { engine } of [a, b]) t.deepEqual((await engine.sync()).conflicts, [])
    // B looked before it moved things back: what it met then is over at its next look.
    for (const { engine } of [a, b]) t.deepEqual((await engine.sync()).problems, [])
    t.is(b.hands.read(`low/${lower}/f`), 'far')
    t.deepEqual([...compareTrees(a.source, b.source).differences], [])
  },
)
