/**
 * A root on a file system of its own that is unmounted (INV-19): a real ext4, a real mount point, empty once it is gone. The server
 * loses nothing, the mount point gets nothing that it should not, and all goes on once it is mounted again.
 */

import { readdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { mountRefusal, mountSmall, type Mounted } from '../../scripts/testing/mounted.js'
import { isTidemarkError, type SyncEngine } from '../../src/index.js'
import { type RootWorld, rootWorld, treeAt } from './root-world.js'

const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 20
const FILES = { 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' }

interface Scene {
  readonly world: RootWorld
  readonly mounted: Mounted
  readonly open: (scanEveryMs?: number) => Promise<SyncEngine>
}

async function scene(t: ExecutionContext, state: 'inside' | 'elsewhere'): Promise<Scene> {
  const world = await rootWorld(t)
  const mounted = mountSmall('ext4', world.directory, 16)
  t.teardown(() => mounted.remove())
  for (const [path, content] of Object.entries(FILES)) writeFileSync(join(mounted.path, path), content)
  const elsewhere = state === 'inside' ? {} : { stateAt: join(world.directory, 'state.sqlite') }
  return {
    world,
    mounted,
    open: (scanEveryMs = 600_000) => world.engineOn(mounted.path, { ...elsewhere, scanEveryMs }),
  }
}

async function until(isTrue: () => boolean, what: () => string): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !isTrue(); await sleep(LOOK_EVERY_MS)) {
    if (performance.now() > end) throw new Error(`never: ${what()}`)
  }
}

/** Ours is not the user's. */
function filesAt(root: string): readonly string[] {
  return readdirSync(root).filter((name) => name !== '.tidemark' && name !== 'lost+found')
}

async function serverHas(t: ExecutionContext, world: RootWorld, expected: Record<string, string>): Promise<void> {
  const { 'lost+found/': _, ...there } = await world.onServer()
  t.deepEqual(there, expected)
}

async function whileStopped(t: ExecutionContext, state: 'inside' | 'elsewhere'): Promise<void> {
  const { world, mounted, open } = await scene(t, state)
  const before = await open()
  await before.sync()
  await before.stop()
  mounted.unmountLazily()
  t.deepEqual(filesAt(mounted.path), [])
  const without = await open()
  if (state === 'elsewhere') {
    const error = await t.throwsAsync(without.sync())
    t.true(isTidemarkError(error) && error.code === 'root-replaced', String(error))
    t.deepEqual(filesAt(mounted.path), [])
  } else {
    // Nothing here tells that it ever was another root: it is a new device, which gets everything.
    await without.sync()
    t.deepEqual(filesAt(mounted.path), Object.keys(FILES))
  }
  await without.stop()
  await serverHas(t, world, FILES)
  mounted.mountAgain()
  unlinkSync(join(mounted.path, 'c.txt'))
  const again = await open()
  await again.sync()
  await serverHas(t, world, { 'a.txt': 'a', 'b.txt': 'b' })
}

async function whileLive(t: ExecutionContext, state: 'inside' | 'elsewhere'): Promise<void> {
  const { world, mounted, open } = await scene(t, state)
  const engine = await open(1_000)
  await engine.start()
  await engine.whenSynced()
  const told = new Set<string>()
  engine.on('status', ({ state: said, why }) => told.add(`${said} ${why?.code ?? ''}`))
  mounted.unmountLazily()
  await until(
    () => engine.status.state === 'paused',
    () => `paused: ${JSON.stringify([...told])}`,
  )
  t.is(engine.status.why?.code, 'root-replaced')
  t.deepEqual(readdirSync(mounted.path), [])
  await serverHas(t, world, FILES)
  mounted.mountAgain()
  writeFileSync(join(mounted.path, 'd.txt'), 'd')
  await until(
    () => engine.status.state === 'synced',
    () => `synced again: ${JSON.stringify(engine.status)}`,
  )
  await engine.whenSynced()
  t.deepEqual(filesAt(mounted.path), ['a.txt', 'b.txt', 'c.txt', 'd.txt'])
  t.is(treeAt(mounted.path)['a.txt'], 'a')
  await serverHas(t, world, { ...FILES, 'd.txt': 'd' })
}

const refusal = mountRefusal('ext4')
for (const state of ['inside', 'elsewhere'] as const) {
  for (const [when, run] of [
    ['while it is stopped', whileStopped],
    ['while it runs', whileLive],
  ] as const) {
    const title = `INV-19 A19: the file system of the root is unmounted ${when}, the state ${state === 'inside' ? 'in it' : 'elsewhere'}`
    if (refusal !== null) test.skip(`${title} (capability: ${refusal})`, () => {})
    else
      test.serial(title, async (t) => {
        t.timeout(150_000)
        await run(t, state)
      })
  }
}
