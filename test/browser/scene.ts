/** Tests of a page, a server and a folder of Node, each in a workspace and a profile of its own. */

import test, { type ExecutionContext } from 'ava'
import type { SyncEngine } from '../../src/index.js'
import { type BrowserWorld, browserWorld, type Desk, type TestProfile } from './browser-world.js'
import { findChromium } from './find-chromium.js'
import type { AppSettings } from './page/engine-page.js'

export interface Scene extends TestProfile {
  /** Of the workspace, and of the folder of the page. */
  readonly name: string
  readonly settings: AppSettings
  readonly desk: Desk
  readonly world: BrowserWorld
}

type Run = (t: ExecutionContext, scene: Scene) => Promise<void>

/** A bound for a case that never ends. */
const PATIENCE_MS = 90_000

/** Gives the function that declares a test; where there is no Chromium, the tests of this file are skipped by name. */
export async function scenes(what: string): Promise<(title: string, run: Run, storage?: 'memory' | 'disk') => void> {
  const found = findChromium()
  if (found.path === null) {
    test.skip(`${what} ${found.lack}`, () => {})
    return () => {}
  }
  const world = await browserWorld(found.path)
  test.after.always('all is closed', () => world.close())
  let workspaces = 0
  return (title, run, storage) => {
    test.serial(title, async (t) => {
      t.timeout(PATIENCE_MS)
      const name = `w${++workspaces}`
      const [profile, desk] = [await world.profile(storage), await world.desk(name)]
      try {
        await run(t, { ...profile, name, desk, world, settings: world.settings(name) })
        t.deepEqual(profile.faults(), [])
      } finally {
        await profile.close()
        await desk.engine.stop()
      }
    })
  }
}

/** Resolves when the engine has applied a change at this path. */
export function applied(engine: SyncEngine, path: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = engine.on('change', (change) => {
      if (change.path !== path) return
      stop()
      resolve()
    })
  })
}
