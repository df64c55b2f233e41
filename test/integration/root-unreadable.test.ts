/** A root that this user may not read or write (INV-19). Tests that run as root put their rights down for it, so this file stands alone. */

import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { rootWorld } from './root-world.js'

const NOBODY = 65_534

/** As a user to whom modes mean something. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return run()
  process.seteuid?.(NOBODY)
  try {
    return await run()
  } finally {
    process.seteuid?.(0)
  }
}

const own = (path: string): void => {
  if (process.geteuid?.() === 0) chownSync(path, NOBODY, NOBODY)
}

for (const [way, part, mode] of [
  ['it cannot be read or entered', '', 0o000],
  ['it cannot be entered', '', 0o400],
  ['the directory above it cannot be entered', '..', 0o000],
  ['our own directory cannot be entered', '.tidemark', 0o000],
  ['its marker cannot be read', '.tidemark/root.json', 0o000],
] as const) {
  test.serial(
    `INV-19 A19 unreadable: ${way}: a named status, nothing deleted; readable again, it goes on`,
    async (t) => {
      const world = await rootWorld(t)
      const root = join(world.directory, 'above/root')
      mkdirSync(root, { recursive: true })
      for (const path of [world.directory, join(world.directory, 'above'), root]) own(path)
      await asNobody(async () => {
        for (const name of ['a.txt', 'b.txt']) writeFileSync(join(root, name), name)
        const engine = await world.engineOn(root)
        const states = new Set<string>()
        engine.on('status', ({ state }) => states.add(state))
        await engine.start()
        await engine.sync()
        chmodSync(join(root, part), mode)
        try {
          await t.throwsAsync(engine.sync(), { code: 'root-unreadable' }, 'while it runs')
          t.true(states.has('paused'))
          await engine.stop()
          const again = await world.engineOn(root)
          await t.throwsAsync(again.start(), { code: 'root-unreadable' }, 'at the start')
        } finally {
          chmodSync(join(root, part), 0o700)
        }
        const back = await world.engineOn(root)
        const { uploaded, downloaded, problems } = await back.sync()
        t.deepEqual([uploaded, downloaded, problems], [0, 0, []])
        await back.stop()
      })
      t.deepEqual(await world.onServer(), { 'a.txt': 'a.txt', 'b.txt': 'b.txt' })
    },
  )
}

test.serial(
  'INV-19 A19 a root that can only be read is one: edits in it go up, what comes waits as a problem',
  async (t) => {
    const world = await rootWorld(t)
    const [root, other] = [join(world.directory, 'root'), join(world.directory, 'other')]
    for (const path of [root, other]) mkdirSync(path)
    for (const path of [world.directory, root, other]) own(path)
    await asNobody(async () => {
      writeFileSync(join(root, 'a.txt'), 'a')
      const engine = await world.engineOn(root)
      await engine.sync()
      writeFileSync(join(other, 'b.txt'), 'b')
      await (await world.engineOn(other)).sync()
      writeFileSync(join(root, 'a.txt'), 'a again')
      chmodSync(root, 0o500)
      try {
        const { uploaded, problems } = await engine.sync()
        t.is(uploaded, 1)
        t.deepEqual(
          problems.map(({ path, code }) => ({ path, code })),
          [{ path: 'b.txt', code: 'write-failed' }],
        )
      } finally {
        chmodSync(root, 0o700)
      }
      t.deepEqual((await engine.sync()).problems, [])
    })
    t.deepEqual(await world.onServer(), { 'a.txt': 'a again', 'b.txt': 'b' })
  },
)
