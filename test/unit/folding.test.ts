/**
 * Disks that fold names (INV-22), with the shipped engine on both sides: what cannot stand beside its twin is held back
 * for all to see, never merged, never looped, and comes as soon as there is room.
 */

import test from 'ava'
import { Volume } from 'memfs'
import { memfsDisk } from '../../adapters/memory/memfs-disk.js'
import { memoryState } from '../../adapters/shared/memory-state-store.js'
import { diskDescriber } from '../../adapters/shared/disk-describe.js'
import type { Disk } from '../../adapters/shared/disk.js'
import { folderStore } from '../../adapters/shared/folder-store.js'
import { type Folding, FOLDINGS, foldingDisk } from '../folding-disk.js'
import { EngineWorld, ROOT, TestDevice } from './engine-world.js'
import { type Act, FOLDED, type FoldingRow } from './folding.table.js'

interface FoldingDevice {
  readonly device: TestDevice
  readonly disk: Disk
}

function foldingDevice(world: EngineWorld, name: string, folding: Folding): FoldingDevice {
  const volume = Volume.fromJSON({ [ROOT]: null })
  volume.mkdirSync(ROOT, { recursive: true })
  const { clock, random, hasher } = world
  const disk = foldingDisk(memfsDisk(volume, { now: () => clock.now() }), ROOT, folding)
  const local = folderStore({ disk, root: ROOT, random, clock, describer: diskDescriber(disk, hasher) })
  return { device: new TestDevice(world, name, volume, memoryState(), { local }), disk }
}

async function act(world: EngineWorld, { disk }: FoldingDevice, what: Act): Promise<void> {
  world.clock.advance(10)
  const [, how, path, other = ''] = what
  const at = `${ROOT}/${path}`
  if (how === 'rename') return disk.rename(at, `${ROOT}/${other}`)
  if (how === 'remove') return disk.unlink(at)
  for (let slash = at.indexOf('/', ROOT.length + 1); slash > 0; slash = at.indexOf('/', slash + 1))
    await disk.mkdir(at.slice(0, slash)).catch(() => undefined)
  const file = await disk.open(at, 'write').catch(() => disk.open(at, 'create', 0o644))
  await file.truncate(0)
  await file.write(new TextEncoder().encode(other), 0)
  await file.close()
}

/** Spelled so that two trees can be compared although one of the disks rewrites names. */
function spelled(tree: Readonly<Record<string, string>>, { unicode }: Folding): Record<string, string> {
  const entries = Object.entries(tree).filter(([path]) => !path.endsWith('/'))
  const rewrites = unicode === 'nfc' || unicode === 'nfd'
  return Object.fromEntries(entries.map(([path, content]) => [rewrites ? path.normalize('NFC') : path, content]))
}

async function play(row: FoldingRow, folding: Folding) {
  const world = await EngineWorld.open()
  const a = foldingDevice(world, 'A', { case: 'sensitive', unicode: 'exact' })
  const b = foldingDevice(world, 'B', folding)
  const round = async (acts: readonly Act[]): Promise<void> => {
    for (const what of acts) await act(world, what[0] === 'A' ? a : b, what)
    await world.converge(b.device, a.device)
  }
  for (const acts of row.rounds) await round(acts)
  return { world, a, b, round }
}

const foldsFor = {
  case: (folding: Folding) => folding.case === 'preserving',
  unicode: (folding: Folding) => folding.unicode !== 'exact',
}

for (const [kind, folding] of Object.entries(FOLDINGS) as [string, Folding][]) {
  for (const row of FOLDED) {
    if (!foldsFor[row.folds](folding)) continue
    test(`INV-22: ${row.title}, on a disk that folds ${kind}`, async (t) => {
      const { a, b, round } = await play(row, folding)
      const before = a.device.tree()
      t.deepEqual(spelled(b.device.tree(), folding), spelled(row.shows, folding))
      const problems = b.device.engine.status.problems.filter(({ code }) => code === 'unwritable-name')
      t.deepEqual(problems.map(({ path }) => path).sort(), [...row.held].sort())
      // Never looped: more rounds change nothing, on either disk or on the server.
      const shown = b.device.tree()
      for (let more = 0; more < 3; more++) {
        for (const { device } of [b, a]) {
          const { uploaded, downloaded, conflicts } = await device.sync()
          t.deepEqual([uploaded, downloaded, conflicts], [0, 0, []])
        }
      }
      t.deepEqual([a.device.tree(), b.device.tree()], [before, shown])
      // Never lost, and there as soon as it can be.
      await round(row.resolve)
      t.deepEqual(spelled(b.device.tree(), folding), spelled(a.device.tree(), folding))
      t.deepEqual([b.device.engine.status.problems, b.device.engine.status.pending], [[], 0])
      const contents = (tree: Readonly<Record<string, string>>): readonly string[] => Object.values(tree).sort()
      if (!row.resolve.some(([, how]) => how === 'remove'))
        t.deepEqual(contents(a.device.tree()), contents(before), 'every content is there')
    })
  }

  test(`INV-22: what the engine finds out about a disk that folds ${kind}`, async (t) => {
    const world = await EngineWorld.open()
    const { device } = foldingDevice(world, 'B', folding)
    await device.sync()
    const { disk } = foldingDevice(world, 'C', folding)
    const local = folderStore({
      disk,
      root: ROOT,
      random: world.random,
      clock: world.clock,
      describer: diskDescriber(disk, world.hasher),
    })
    await local.open()
    t.deepEqual({ case: local.traits.case, unicode: local.traits.unicode }, folding)
    await local.close()
  })
}
