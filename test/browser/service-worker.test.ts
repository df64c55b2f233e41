/** A service worker, built as one script and run by a real Chromium, syncs the folder of a page over real HTTP, once. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { accountClient, httpTransport, nodeFolder } from '../../adapters/node/index.js'
import { SyncEngine } from '../../src/index.js'
import { httpWorld, PASSWORD } from '../integration/http-world.js'
import { type OpenPage, startChromium } from './chromium.js'
import { findChromium } from './find-chromium.js'
import type { AppSettings } from './page/engine-page.js'
import { servePage } from './page-server.js'

const found = findChromium()
const on = found.path === null ? test.skip : test.serial
const suffix = found.lack === null ? '' : ` ${found.lack}`

interface Scene {
  /** A tab with the app; no engine runs in it before it is started. */
  readonly page: OpenPage
  readonly settings: AppSettings
  /** A folder of Node, the same workspace. */
  readonly root: string
  readonly desk: SyncEngine
}

async function inWorld(executablePath: string, run: (scene: Scene) => Promise<void>): Promise<void> {
  const site = await servePage({
    modules: ['background-page', 'background-service-worker'].map((name) => `test/browser/page/${name}.ts`),
  })
  const http = await httpWorld({ origins: [new URL(site.url).origin] })
  const chromium = await startChromium(executablePath)
  const root = mkdtempSync(join(tmpdir(), 'tidemark-desk-'))
  try {
    const { url } = http
    const client = accountClient({ url })
    const { token } = await client.register({ name: 'ann', password: PASSWORD, device: 'B' })
    const transport = httpTransport({ url, workspace: 'notes', token })
    const desk = new SyncEngine({ ...nodeFolder(root, { workers: 0 }), transport, deviceName: 'A' })
    const page = await chromium.open(site.url)
    const settings = { folder: 'notes', url, workspace: 'notes', token, worker: false }
    await run({ page, settings, root, desk })
    const faults = page.faults()
    if (faults.length > 0) throw new Error(faults.join('\n'))
    await transport.close()
    await client.close()
  } finally {
    await chromium.close()
    await http.close()
    site.close()
    rmSync(root, { recursive: true })
  }
}

const scene = (title: string, run: (t: ExecutionContext, scene: Scene) => Promise<void>): void => {
  on(`${title}${suffix}`, async (t) => {
    t.timeout(60_000)
    await inWorld(found.path ?? '', (given) => run(t, given))
  })
}

for (const [method, when] of [
  ['sync', 'a page sends a message'],
  ['wake', "the browser's own event 'sync' wakes it"],
] as const) {
  scene(`D8 with no engine in any tab, a service worker syncs once both ways when ${when}`, async (t, given) => {
    const { page, settings, root, desk } = given
    writeFileSync(join(root, 'of the desk.txt'), 'call home')
    await desk.sync()
    await page.call('app', 'write', 'notes', 'of the page.txt', 'buy milk')
    t.is(await page.call('background', method, settings), 'done')
    await desk.sync()
    t.is(readFileSync(join(root, 'of the page.txt'), 'utf8'), 'buy milk')
    t.is(await page.call('app', 'read', 'notes', 'of the desk.txt'), 'call home')
    t.false(await page.call('app', 'runsHere'))
  })
}

scene('D8 while a tab has the folder a service worker leaves it alone, and has it afterwards', async (t, given) => {
  const { page, settings, root, desk } = given
  await page.call('app', 'start', settings)
  for (const method of ['sync', 'wake']) t.is(await page.call('background', method, settings), 'left to a tab')
  await page.call('app', 'write', 'notes', 'list.txt', 'buy milk')
  await page.call('app', 'whenSynced')
  await desk.sync()
  t.is(readFileSync(join(root, 'list.txt'), 'utf8'), 'buy milk')
  await page.call('app', 'stop')

  await page.call('app', 'write', 'notes', 'list.txt', 'buy bread')
  t.is(await page.call('background', 'sync', settings), 'done')
  await desk.sync()
  t.is(readFileSync(join(root, 'list.txt'), 'utf8'), 'buy bread')
})

scene(
  'D8 a service worker has databases, handles and locks, and no worker, no access handle, no import()',
  async (t, { page }) => {
    t.deepEqual(await page.call('background', 'names'), {
      indexedDB: true,
      BroadcastChannel: true,
      CompressionStream: true,
      WebAssembly: true,
      locks: true,
      getDirectory: true,
      createWritable: true,
      createSyncAccessHandle: false,
      Worker: false,
      localStorage: false,
      FileSystemObserver: false,
      'import()': false,
    })
  },
)
