/** A server on loopback, a Chromium with one profile, and folders of Node: one account, a device each. */

import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accountClient, httpTransport, nodeFolder } from '../../adapters/node/index.js'
import { SyncEngine } from '../../src/index.js'
import { type HttpWorld, httpWorld, PASSWORD } from '../integration/http-world.js'
import { type OpenPage, type Profile, startChromium } from './chromium.js'
import type { AppSettings } from './page/engine-page.js'
import { servePage } from './page-server.js'

export interface BrowserWorld {
  readonly http: HttpWorld
  /** Where the page is. */
  readonly url: string
  /** A fresh profile, as if of another person's machine. */
  readonly profile: (storage?: 'memory' | 'disk') => Promise<TestProfile>
  /** Of the page's device, called 'B'; its folder is called as the workspace. */
  readonly settings: (workspace: string) => AppSettings
  /** A folder of Node's device, called 'A'. */
  readonly desk: (workspace: string) => Promise<Desk>
  close(): Promise<void>
}

export interface TestProfile extends Omit<Profile, 'open'> {
  /** Of this profile, loaded. */
  readonly tab: () => Promise<OpenPage>
  /** What went wrong in its tabs. */
  readonly faults: () => readonly string[]
}

export interface Desk {
  readonly root: string
  readonly engine: SyncEngine
  /** Directories end in `/`, executable files in `*`. */
  tree(): Promise<Readonly<Record<string, string>>>
}

export async function browserWorld(executablePath: string): Promise<BrowserWorld> {
  const page = await servePage({ modules: ['test/browser/page/engine-page.ts', 'adapters/browser/browser-worker.ts'] })
  const http = await httpWorld({ origins: [new URL(page.url).origin] })
  const chromium = await startChromium(executablePath)
  const home = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-desk-')))
  const account = accountClient({ url: http.url })
  const inPage = await account.register({ name: 'ann', password: PASSWORD, device: 'B' })
  const onDesk = await account.login({ name: 'ann', password: PASSWORD, device: 'A' })
  const desks: SyncEngine[] = []
  return {
    http,
    url: page.url,
    profile: async (storage) => tabsOf(await chromium.profile(storage), page.url),
    settings: (workspace) => ({ folder: workspace, url: http.url, workspace, token: inPage.token }),
    desk: async (workspace) => {
      const root = join(home, workspace)
      await mkdir(root)
      const transport = httpTransport({ url: http.url, workspace, token: onDesk.token, hints: { backoffMs: 50 } })
      const engine = new SyncEngine({ ...nodeFolder(root, { workers: 0 }), transport, deviceName: 'A' })
      desks.push(engine)
      return { root, engine, tree: async () => Object.fromEntries(await entriesBelow(root, '')) }
    },
    close: async () => {
      for (const engine of desks) await engine.stop()
      await chromium.close()
      await http.close()
      page.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}

function tabsOf(profile: Profile, url: string): TestProfile {
  const tabs: OpenPage[] = []
  return {
    ...profile,
    tab: async () => {
      const opened = await profile.open(url)
      tabs.push(opened)
      return opened
    },
    faults: () => tabs.flatMap((opened) => opened.faults()),
  }
}

async function entriesBelow(root: string, at: string): Promise<readonly (readonly [string, string])[]> {
  const found: (readonly [string, string])[] = []
  for (const entry of await readdir(join(root, at), { withFileTypes: true })) {
    const path = at + entry.name
    if (path === '.tidemark') continue
    if (entry.isDirectory()) found.push([`${path}/`, ''], ...(await entriesBelow(root, `${path}/`)))
    else {
      const { mode } = await stat(join(root, path))
      found.push([(mode & 0o100) === 0 ? path : `${path}*`, await readFile(join(root, path), 'utf8')])
    }
  }
  return found.sort(([a], [b]) => (a < b ? -1 : 1))
}
