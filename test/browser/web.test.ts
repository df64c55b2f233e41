/** The example page as people use it: with the keyboard alone, offline, in two tabs, in the dark, on a small screen. */

import test, { type ExecutionContext } from 'ava'
import { findChromium } from './find-chromium.js'
import { hindrances } from './web/accessibility.js'
import { textAt } from './web/condition.js'
import { chooseByKeys } from './web/conflict-walk.js'
import { runDemo } from './web/demo-child.js'
import { addFiles } from './web/files-walk.js'
import { Keyboard } from './web/keyboard.js'
import { followFolder, reload, secondTab, signOut, workOffline } from './web/live-walk.js'
import { deleteMany } from './web/many-deletes.js'
import { editByKeys, makeByKeys, renameByKeys } from './web/notes-walk.js'
import { bringBackByKeys, restoreByKeys } from './web/past-walk.js'
import { placesOf } from './web/places.js'
import { signInByKeys } from './web/sign-in-walk.js'
import { signedIn, signIn } from './web/signed-in.js'
import { WebPage } from './web/web-page.js'
import type { Visitor } from './web/web-browser.js'
import { type WebWorld, webWorld } from './web/web-world.js'

/** A bound for a case that never ends. */
const PATIENCE_MS = 110_000

const found = findChromium()
if (found.path === null) {
  test.skip(`D6 the example page ${found.lack}`, () => {})
} else {
  const world = await webWorld(found.path)
  test.after.always('all is closed', () => world.close())
  const on = (title: string, run: (t: ExecutionContext, world: WebWorld) => Promise<void>): void => {
    test.serial(title, async (t) => {
      t.timeout(PATIENCE_MS)
      await run(t, world)
    })
  }
  on(
    'D6 the example page shows what the folder does, at once, after a while offline, in two tabs and after a reload',
    live,
  )
  on(
    'D6 the example page, with the keyboard alone: sign in, write, add files, choose between two texts, bring back',
    keyboardAlone,
  )
  on('D6 the example page: nothing grave hinders anybody, in light and dark, on a wide and a narrow screen', accessible)
  on('D6 the example page: many deletes at once ask first, and either answer is followed', manyDeletes)
  on(
    'D6 the demo of the page refuses what it cannot mean, and a port that is taken, and leaves nothing behind',
    demoEnds,
  )
}

/** Nothing was complained of in the end; what went wrong is told with what the page shows by then. */
async function visiting(
  t: ExecutionContext,
  { page, faults, close }: Visitor,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run()
    t.deepEqual(faults(), [])
  } catch (error) {
    t.log(await page.locator('body').ariaSnapshot())
    throw error
  } finally {
    await close()
  }
}

async function live(t: ExecutionContext, { browser, demo, witness }: WebWorld): Promise<void> {
  const visitor = await signedIn(browser, demo)
  const sides = { web: visitor.web, demo, witness }
  await visiting(t, visitor, async () => {
    await followFolder(t, sides)
    await workOffline(t, sides)
    await secondTab(t, sides)
    await reload(t, sides)
    await signOut(t, sides)
  })
}

async function keyboardAlone(t: ExecutionContext, { browser, demo, witness }: WebWorld): Promise<void> {
  const visitor = await browser.visit({ url: demo.url })
  const { page, faults } = visitor
  const walk = { web: new WebPage(page), keys: new Keyboard(page), demo, witness, faults }
  await visiting(t, visitor, async () => {
    const first = (await textAt(demo.folder, 'Welcome.md')) ?? ''
    await signInByKeys(t, walk)
    await editByKeys(t, walk)
    await makeByKeys(t, walk)
    await renameByKeys(walk)
    await addFiles(t, walk)
    await bringBackByKeys(t, walk)
    await restoreByKeys(t, walk, first)
    await chooseByKeys(t, walk)
  })
}

async function accessible(t: ExecutionContext, { browser, demo, witness }: WebWorld): Promise<void> {
  const visitor = await browser.visit({ url: demo.url })
  const { page } = visitor
  const web = new WebPage(page)
  await visiting(t, visitor, async () => {
    await web.heading(1, 'Sign in').waitFor()
    const hinders = [...(await hindrances(page, 'sign in'))]
    await signIn(web, demo)
    for (const { name, prepare, enter, leave } of placesOf({ demo, witness })) {
      await prepare?.(web)
      await enter(web)
      hinders.push(...(await hindrances(page, name)))
      await leave(web)
    }
    t.deepEqual(hinders, [])
  })
}

async function manyDeletes(t: ExecutionContext, { browser, demo }: WebWorld): Promise<void> {
  const visitor = await signedIn(browser, demo, { workspace: 'leaves' })
  await visiting(t, visitor, () =>
    deleteMany(t, visitor.web, async () => {
      t.deepEqual(await hindrances(visitor.page, 'many deletes'), [])
    }),
  )
}

async function demoEnds(t: ExecutionContext, { demo, temporary, left }: WebWorld): Promise<void> {
  const before = left()
  const { port } = new URL(demo.url)
  const rows: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['--help'], 0, /--folder <directory>/],
    [['--prot', '1'], 2, /Unknown option '--prot'/],
    [['--port', '70000'], 2, /--port is a whole number up to 65535/],
    [['--port', port, '--json'], 1, new RegExp(`port ${port} .* is taken\\n.*--port`)],
  ]
  for (const [args, code, says] of rows) {
    const ended = await runDemo(args, temporary)
    t.is(ended.code, code, args.join(' '))
    t.regex(ended.stdout + ended.stderr, says)
  }
  t.deepEqual(left(), before)
  t.is(before.length, 2)
  t.is(await demo.stop(), 130)
  t.deepEqual(left(), [])
}
