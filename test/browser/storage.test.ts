/** D4: what a browser does with storage: it takes one kind and leaves the other, or has no room. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem } from '../../src/index.js'
import { scenes } from './scene.js'

const inBrowser = await scenes('D4 storage of a browser')

/** Enough that their loss asks a person (INV-20). */
const FILES = Array.from({ length: 12 }, (_, at) => `f${at}`)

inBrowser(
  'D4 INV-19 OPFS is cleared and IndexedDB kept: refused, nothing is deleted, and it can be made anew',
  async (t, scene) => {
    const { tab, name, desk, settings } = scene
    for (const file of FILES) writeFileSync(join(desk.root, file), file)
    await desk.engine.start()
    await desk.engine.whenSynced()
    const page = await tab()
    await page.call('app', 'start', settings)
    await page.call('app', 'whenSynced')
    await page.call('app', 'stop')
    const before = await desk.tree()
    const revisions = desk.engine.status.known?.sequence

    await page.call('app', 'evict', name)
    await page.reload()
    await t.throwsAsync(page.call('app', 'start', settings), { message: /not the directory this engine knows/ })
    await desk.engine.sync()
    t.deepEqual(await desk.tree(), before)
    t.is(desk.engine.status.known?.sequence, revisions, 'nothing was committed')

    await page.call('app', 'unlink', name)
    await page.call('app', 'start', settings)
    await page.call('app', 'whenSynced')
    t.deepEqual(await page.call('app', 'tree', name), before, 'all of it is back')
    t.deepEqual(await desk.tree(), before)
  },
)

inBrowser('D4 INV-08 IndexedDB is cleared and OPFS kept: united by path, no copy and no delete', async (t, scene) => {
  const { tab, name, desk, settings } = scene
  for (const file of FILES) writeFileSync(join(desk.root, file), file)
  await desk.engine.start()
  await desk.engine.whenSynced()
  const page = await tab()
  await page.call('app', 'start', settings)
  await page.call('app', 'whenSynced')
  await page.call('app', 'stop')
  const before = await desk.tree()
  const revisions = desk.engine.status.known?.sequence

  await page.call('app', 'forget')
  await page.reload()
  await page.call('app', 'start', settings)
  await page.call('app', 'whenSynced')
  t.deepEqual(await page.call('app', 'tree', name), before)
  await desk.engine.sync()
  t.deepEqual(await desk.tree(), before)
  t.is(desk.engine.status.known?.sequence, revisions, 'nothing was committed')
})

const MEGABYTE = 1024 * 1024

inBrowser(
  'D4 INV-25 no room: the file is a problem, others go on, and it comes when there is room',
  async (t, scene) => {
    const { tab, name, desk, settings, world } = scene
    const page = await tab()
    await page.call('app', 'start', settings)
    await page.call('app', 'whenSynced')
    await scene.setQuota(world.url, (await page.call<number>('app', 'used')) + 2 * MEGABYTE)
    writeFileSync(join(desk.root, 'large'), Buffer.alloc(12 * MEGABYTE, 'large'))
    writeFileSync(join(desk.root, 'small'), 'small')
    await desk.engine.start()
    await desk.engine.whenSynced()
    await page.call('app', 'problem', 'large')
    const problems = await page.call<readonly Problem[]>('app', 'problems')
    t.deepEqual(
      problems.map(({ path, code }) => [path, code]),
      [['large', 'no-space']],
    )
    t.is(await page.call('app', 'read', name, 'small'), 'small')
    t.is(await page.call('app', 'sizeOf', name, 'large'), -1, 'nothing is half written')
    await scene.setQuota(world.url, null)
    await page.call('app', 'whenSynced')
    t.is(await page.call('app', 'sizeOf', name, 'large'), 12 * MEGABYTE)
    t.deepEqual(await page.call('app', 'problems'), [])
  },
)
