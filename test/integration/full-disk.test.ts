/**
 * Real disks that are full (INV-25): a tmpfs and an ext4 of a few mebibytes, filled to the last byte by something that is not
 * synced. What does not fit is a problem by name, the rest goes on, nothing half-written is seen; space alone heals it.
 */

import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { seededRandom } from '../../adapters/shared/seeded-random.js'
import { FILE_SYSTEMS, type FileSystem, mountRefusal, mountSmall } from '../../scripts/testing/mounted.js'
import { isTidemarkError, type SyncEngine, toHex } from '../../src/index.js'
import { type RootWorld, rootWorld, treeAt } from './root-world.js'

const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 20
const MEBIBYTES = 24
const MIB = 1024 * 1024
/** Often, so that nobody waits a minute for what the user freed. */
const SOON = { retryEveryMs: 1_000, scanEveryMs: 600_000 } as const

const LARGE = toHex(seededRandom(25).bytes(4 * MIB))

interface Scene {
  readonly world: RootWorld
  /** Of the device whose disk is small. */
  readonly root: string
  readonly other: string
  /** Beside the root, on its disk; `keep` bytes stay free. */
  readonly fill: (keep: number) => void
  readonly free: () => void
}

async function scene(t: ExecutionContext, kind: FileSystem): Promise<Scene> {
  const world = await rootWorld(t)
  const mounted = mountSmall(kind, world.directory, MEBIBYTES)
  t.teardown(() => mounted.remove())
  const root = join(mounted.path, 'root')
  const other = join(world.directory, 'other')
  for (const directory of [root, other]) mkdirSync(directory)
  const ballast = join(mounted.path, 'ballast')
  const spare = join(mounted.path, 'spare')
  return {
    world,
    root,
    other,
    fill: (keep) => {
      writeFileSync(spare, Buffer.alloc(keep, 's'))
      fillUp(ballast)
      unlinkSync(spare)
    },
    free: () => unlinkSync(ballast),
  }
}

/** To the last byte that the disk gives. */
function fillUp(path: string): void {
  const file = openSync(path, 'w')
  for (let piece = MIB; piece >= 1; ) {
    try {
      writeSync(file, Buffer.alloc(piece, 'b'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      piece = Math.floor(piece / 4)
    }
  }
  closeSync(file)
}

async function until(isTrue: () => boolean, what: () => string): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !isTrue(); await sleep(LOOK_EVERY_MS)) {
    if (performance.now() > end) throw new Error(`never: ${what()}`)
  }
}

const isSynced = (engine: SyncEngine) => (): boolean => engine.status.state === 'synced'
const told = (engine: SyncEngine) => (): string => JSON.stringify(engine.status)

async function contentDoesNotFit(t: ExecutionContext, kind: FileSystem): Promise<void> {
  const { world, root, other, fill, free } = await scene(t, kind)
  const stateAt = join(world.directory, 'state.sqlite')
  const engine = await world.engineOn(root, { ...SOON, stateAt })
  await engine.start()
  await engine.whenSynced()
  fill(3 * MIB)
  for (const name of ['a.txt', 'z.txt', 'sub/m.txt']) {
    mkdirSync(join(other, 'sub'), { recursive: true })
    writeFileSync(join(other, name), name)
  }
  writeFileSync(join(other, 'large.bin'), LARGE)
  await (await world.engineOn(other)).sync()
  const codes = (): readonly string[] => engine.status.problems.map(({ path, code }) => `${path} ${code}`)
  await until(() => codes().length > 0 && Object.keys(treeAt(root)).length === 4, told(engine))
  t.deepEqual(codes(), ['large.bin no-space'])
  t.deepEqual(treeAt(root), { 'a.txt': 'a.txt', 'sub/': '', 'sub/m.txt': 'sub/m.txt', 'z.txt': 'z.txt' })
  t.not(engine.status.state, 'synced')
  free()
  await until(isSynced(engine), told(engine))
  t.deepEqual(codes(), [])
  t.is(readFileSync(join(root, 'large.bin'), 'utf8'), LARGE)
}

/** The state lies on the full disk, too: not a row can be written. */
async function stateDoesNotFit(t: ExecutionContext, kind: FileSystem): Promise<void> {
  const { world, root, other, fill, free } = await scene(t, kind)
  for (const name of ['keep.txt', 'old.txt']) writeFileSync(join(root, name), name)
  const engine = await world.engineOn(root, SOON)
  const errors: string[] = []
  engine.on('error', (error) => errors.push(isTidemarkError(error) ? error.code : String(error)))
  await engine.start()
  await engine.whenSynced()
  const there = await world.engineOn(other)
  await there.sync()
  fill(0)
  unlinkSync(join(root, 'old.txt'))
  fill(0)
  for (let at = 0; at < 40; at++) writeFileSync(join(other, `new-${at}.txt`), `new ${at} `.repeat(600))
  await there.sync()
  const isShort = (): boolean => errors.length > 0 || engine.status.problems.some(({ code }) => code === 'no-space')
  await until(isShort, told(engine))
  t.not(engine.status.state, 'synced')
  const shown = treeAt(root)
  for (const [path, content] of Object.entries(shown)) t.true(content === path || content.length > 3_000, path)
  free()
  await until(isSynced(engine), () => `${told(engine)()} ${errors.join(' ')}`)
  t.deepEqual(
    [...new Set(errors)].filter((code) => code !== 'no-space'),
    [],
  )
  await there.sync()
  t.deepEqual(treeAt(root), treeAt(other))
  t.false('old.txt' in treeAt(other))
  t.is(Object.keys(treeAt(root)).length, 41)
}

/** Bytes are free, but no further file can be made: what needs none still happens. */
async function noFurtherFile(t: ExecutionContext, kind: FileSystem): Promise<void> {
  const { world, root, other } = await scene(t, kind)
  const stateAt = join(world.directory, 'state.sqlite')
  writeFileSync(join(root, 'script'), 'text')
  const engine = await world.engineOn(root, { ...SOON, stateAt })
  await engine.start()
  await engine.whenSynced()
  const there = await world.engineOn(other)
  await there.sync()
  const crowd = makeCrowd(join(root, '..', 'crowd'))
  for (const name of ['new-1.txt', 'new-2.txt']) writeFileSync(join(other, name), name)
  chmodSync(join(other, 'script'), 0o755)
  await there.sync()
  const codes = (): readonly string[] => engine.status.problems.map(({ path, code }) => `${path} ${code}`)
  const isExecutable = (): boolean => (statSync(join(root, 'script')).mode & 0o100) !== 0
  await until(() => codes().length > 0 && isExecutable(), told(engine))
  t.deepEqual([...codes()].sort(), ['new-1.txt no-space', 'new-2.txt no-space'])
  t.deepEqual(treeAt(root), { script: 'text' })
  t.not(engine.status.state, 'synced')
  rmSync(crowd, { recursive: true })
  await until(isSynced(engine), told(engine))
  t.deepEqual(treeAt(root), treeAt(other))
}

/** A directory with files until the disk takes no more. */
function makeCrowd(path: string): string {
  mkdirSync(path)
  try {
    for (let at = 0; ; at++) writeFileSync(join(path, `${at}`), '')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
  return path
}

/** Started where nothing can be written at all. */
async function startsFull(t: ExecutionContext, kind: FileSystem): Promise<void> {
  const { world, root, fill, free } = await scene(t, kind)
  writeFileSync(join(root, 'a.txt'), 'a')
  fill(0)
  const full = await world.engineOn(root)
  const error = await t.throwsAsync(full.sync())
  t.true(isTidemarkError(error) && error.code === 'no-space', String(error))
  await full.stop()
  free()
  const engine = await world.engineOn(root)
  await engine.sync()
  t.is(engine.status.state, 'stopped')
  t.deepEqual(await world.onServer(), { 'a.txt': 'a' })
}

for (const kind of FILE_SYSTEMS) {
  const refusal = mountRefusal(kind)
  for (const [what, run] of [
    ['a file does not fit: a problem by name, the others come', contentDoesNotFit],
    ['the state does not fit: it waits, says so and loses nothing', stateDoesNotFit],
    ['no further file can be made: a problem by name, a mode comes', noFurtherFile],
    ['a start finds no room: refused by name, and the next one goes on', startsFull],
  ] as const) {
    const title = `INV-25, ${kind} full, ${what}; space heals it`
    if (refusal !== null) test.skip(`${title} (capability: ${refusal})`, () => {})
    else
      test.serial(title, async (t) => {
        t.timeout(150_000)
        await run(t, kind)
      })
  }
}
