/** D1, D3, D4: a page, a server and a folder of Node, over real HTTP, in a real Chromium and on a real disk. */

import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CONFLICT_PAIRS, type PairUser } from '../unit/conflict-pairs.table.js'
import { applied, scenes } from './scene.js'

const inBrowser = await scenes('D1 page, server and folder')

inBrowser(
  'D1 what is written in a page reaches a folder of Node, and the reverse, live',
  async (t, { tab, name, desk, settings }) => {
    const page = await tab()
    await page.call('app', 'start', settings)
    await desk.engine.start()
    const there = applied(desk.engine, 'list.txt')
    await page.call('app', 'write', name, 'list.txt', 'buy milk')
    await there
    t.is(await readFile(join(desk.root, 'list.txt'), 'utf8'), 'buy milk')
    await writeFile(join(desk.root, 'calls.txt'), 'call home')
    await desk.engine.whenSynced()
    await page.call('app', 'whenSynced')
    await page.call('app', 'state', 'synced')
    t.deepEqual(await page.call('app', 'tree', name), { 'calls.txt': 'call home', 'list.txt': 'buy milk' })
    t.deepEqual(await page.call('app', 'told'), [])
    await page.call('app', 'stop')
  },
)

/** What a user does, one after the other, as data. */
type Deed =
  | readonly ['write' | 'rename', string, string]
  | readonly ['remove', string]
  | readonly ['setExecutable', string, boolean]

function deedsOf(act: (user: PairUser) => void): readonly Deed[] {
  const deeds: Deed[] = []
  act({
    write: (path, content) => deeds.push(['write', path, content]),
    rename: (from, to) => deeds.push(['rename', from, to]),
    remove: (path) => deeds.push(['remove', path]),
    setExecutable: (path, executable) => deeds.push(['setExecutable', path, executable]),
  })
  return deeds
}

function onDisk(root: string, deeds: readonly Deed[]): void {
  const full = (path: string): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    return join(root, path)
  }
  for (const deed of deeds) {
    if (deed[0] === 'write') writeFileSync(full(deed[1]), deed[2])
    else if (deed[0] === 'rename') renameSync(full(deed[1]), full(deed[2]))
    else if (deed[0] === 'remove') rmSync(full(deed[1]), { recursive: true })
    else chmodSync(full(deed[1]), deed[2] ? 0o755 : 0o644)
  }
}

const unnamed = (tree: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(tree).map(([path, content]) => [path.replace(/ [0-9a-f]{6}\)/, ' #)'), content]))

/** A browser keeps no executable bit: what a page shows has no star. */
const inPage = (tree: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(tree).map(([path, content]) => [path.replace(/\*$/, ''), content]))

/** Without file ids a moved directory is one that went and one that came: both moves are done, and nothing is undone. */
const OTHERWISE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'moves `e` into `d`': { 'e/': '', 'e/d/': '', 'e/d/a': '1', 'e/d/e/': '', 'e/d/e/b': '2' },
}

for (const [one, other, before, first, second, asInNode] of CONFLICT_PAIRS) {
  const after = OTHERWISE[other] ?? asInNode
  inBrowser(`D4 INV-02 DESIGN 4: a folder of Node ${one}, a page that is offline ${other}`, async (t, scene) => {
    const { name, desk } = scene
    const page = await scene.tab()
    // Deletes that leave nothing would ask a person.
    onDisk(desk.root, [['write', 'kept', 'k'], ...deedsOf(before)])
    await desk.engine.start()
    await desk.engine.whenSynced()
    await page.call('app', 'start', scene.settings)
    await page.call('app', 'whenSynced')
    await scene.setOffline(true)
    onDisk(desk.root, deedsOf(first))
    await desk.engine.whenSynced()
    for (const [act, ...given] of deedsOf(second)) await page.call('app', act, name, ...given)
    await scene.setOffline(false)
    await page.call('app', 'whenSynced')
    await desk.engine.whenSynced()
    await page.call('app', 'whenSynced')
    t.deepEqual(unnamed(await page.call('app', 'tree', name)), inPage({ ...after, kept: 'k' }))
    t.deepEqual(unnamed(await desk.tree()), { ...after, kept: 'k' })
    await page.call('app', 'stop')
  })
}
