/**
 * Editors and tools on real disks, with live engines on both sides (A14): nothing but the watcher and the server's hints
 * tells them; the periodic scan is an hour away.
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import type { NodeId } from '../../src/index.js'
import { compareTrees } from '../tree-comparison.js'
import { EDITORS, type EditorRow, type Scene } from './editors.table.js'
import { type FidelityWorld, fidelityWorld, type SyncedPlace } from './fidelity-world.js'

const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 20
const HOUR_MS = 3_600_000

interface Live {
  readonly world: FidelityWorld
  readonly a: SyncedPlace
  readonly b: SyncedPlace
  readonly scene: Scene
}

async function live(t: ExecutionContext, watch: 'parcel' | 'fs'): Promise<Live> {
  const world = await fidelityWorld(t)
  const start = (name: string) => world.real(name, { workers: 1, watch }, { scanEveryMs: HOUR_MS })
  const [a, b] = [await start('A'), await start('B')]
  const beside = join(world.directory, 'beside')
  mkdirSync(beside)
  return { world, a, b, scene: { hands: a.hands, root: a.root, beside } }
}

/** Until both say `synced`, at one sequence, over equal trees: looked at again and again, with an end to the patience. */
async function atRest({ a, b }: Live): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const [ours, theirs] = [a.engine.status, b.engine.status]
    const quiet = ours.state === 'synced' && theirs.state === 'synced' && ours.applied === theirs.applied
    const differences = quiet ? differencesOf(a, b) : ['not synced']
    if (differences.length === 0) return
    if (performance.now() > end)
      throw new Error(`no rest: ${JSON.stringify({ differences, ours, theirs, errors: [...a.errors, ...b.errors] })}`)
    await sleep(LOOK_EVERY_MS)
  }
}

function differencesOf(a: SyncedPlace, b: SyncedPlace): readonly string[] {
  try {
    return compareTrees(a.source, b.source).differences
  } catch (error) {
    // Something went away while it was compared.
    return [String(error)]
  }
}

async function idAt(world: FidelityWorld, path: string): Promise<NodeId | undefined> {
  return (await world.live()).get(path)?.id
}

async function play(t: ExecutionContext, row: EditorRow, stage: Live): Promise<void> {
  const { world, a, b, scene } = stage
  const documents = row.documents.map((document) => document.split('>'))
  for (const [path = ''] of documents) if (!path.includes('.git/')) a.hands.write(path, 'one')
  row.before?.(scene)
  await Promise.all([a.engine.start(), b.engine.start()])
  await atRest(stage)
  const before = await Promise.all(documents.map(([path = '']) => idAt(world, path)))
  for (const step of row.steps) {
    if (step === 'rest') await atRest(stage)
    else step(scene)
    await turn()
  }
  await atRest(stage)
  const after = await Promise.all(documents.map((path) => idAt(world, path.at(-1) ?? '')))
  t.deepEqual(after, before, 'one node id per document')
  for (const id of after) {
    const history = await world.history(id as NodeId)
    t.true(
      history.every(({ revision }) => revision.node !== null),
      'history unbroken',
    )
  }
  for (const [path, content] of Object.entries(row.shows)) t.is(b.hands.read(path), content, path)
  const live = await world.live()
  t.deepEqual(
    (row.gone ?? []).filter((path) => live.has(path)),
    [],
  )
  t.deepEqual([...a.conflicts, ...b.conflicts], [])
  t.deepEqual([a.engine.status.problems, b.engine.status.problems, a.errors, b.errors], [[], [], [], []])
}

for (const watch of ['parcel', 'fs'] as const) {
  for (const row of EDITORS) {
    test.serial(`A14, INV-04, INV-15: ${row.title}, watched by ${watch}`, async (t) => {
      t.timeout(150_000)
      await play(t, row, await live(t, watch))
    })
  }
}

for (const watch of ['parcel', 'fs'] as const) {
  test.serial(`A14: 200 appends are not 200 commits, and not one full scan, watched by ${watch}`, async (t) => {
    t.timeout(150_000)
    const stage = await live(t, watch)
    const { world, a, b } = stage
    a.hands.write('d/log', 'begin')
    await Promise.all([a.engine.start(), b.engine.start()])
    await atRest(stage)
    const scanned = [...a.deepScans, ...b.deepScans]
    world.exchanges.length = 0
    for (let at = 0; at < 200; at++) {
      a.hands.append('d/log', ` ${at}`)
      await turn()
    }
    await atRest(stage)
    const commits = world.exchanges.filter(({ request }) => request.type === 'commit').length
    t.true(commits >= 1 && commits <= 40, `${commits} commits`)
    t.deepEqual([...a.deepScans, ...b.deepScans], scanned)
    t.is(b.hands.read('d/log'), a.hands.read('d/log'))
    t.deepEqual([...a.conflicts, ...b.conflicts], [])
  })
}
