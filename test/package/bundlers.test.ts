/**
 * D8: an app that a bundler built from the packed package syncs in a real Chromium under a strict content security policy,
 * with its worker and its fast hash; and where one of the two cannot be had, it syncs without.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { accountClient, httpTransport, nodeFolder } from '../../adapters/node/index.js'
import { SyncEngine } from '../../src/index.js'
import { findChromium } from '../browser/find-chromium.js'
import { httpWorld, PASSWORD } from '../integration/http-world.js'
import { type BuildName, BUILDS, built, writeApp } from './bundlers/builds.js'
import { servedFrom, type Site, type SiteOptions, viteInDevelopment } from './bundlers/sites.js'
import { type Held, startWatched, type WatchedBrowser } from './bundlers/watched-page.js'
import { installPacked, type Project, repository } from './packed.js'

interface Row {
  readonly title: string
  readonly from: BuildName | 'vite in development'
  readonly site?: SiteOptions
  /** What the app gives as the option `worker`: where the script is. */
  readonly option?: string
  /** Where the script of the worker comes from; null: there is none, the page does the work. */
  readonly worker: RegExp | null
  readonly held: Held
}

const BOTH: Held = { inPage: 1, inWorkers: 1 }
const NONE: Held = { inPage: 0, inWorkers: 0 }
const IN_PAGE: Held = { inPage: 1, inWorkers: 0 }
const OF_VITE = /\/assets\/browser-worker-[\w-]+\.js$/

const ROWS: readonly Row[] = [
  { title: 'vite build, as it comes', from: 'vite', worker: OF_VITE, held: BOTH },
  {
    title: 'vite in development, packages bundled ahead',
    from: 'vite in development',
    worker: /\/node_modules\/tidemark\/dist\/browser-worker\.js/,
    held: BOTH,
  },
  {
    title: 'esbuild, the worker beside the script of the page',
    from: 'beside',
    worker: /:\d+\/browser-worker\.js$/,
    held: BOTH,
  },
  {
    title: 'esbuild, the worker elsewhere, given as the option',
    from: 'elsewhere',
    option: '/workers/folder.js',
    worker: /:\d+\/workers\/folder\.js$/,
    held: BOTH,
  },
  {
    title: 'esbuild, a worker of the app that imports it',
    from: 'own',
    option: '/workers/own.js',
    worker: /:\d+\/workers\/own\.js$/,
    held: BOTH,
  },
  {
    title: 'vite, where no WebAssembly is allowed',
    from: 'vite',
    site: { webAssembly: false },
    worker: OF_VITE,
    held: NONE,
  },
  {
    title: 'esbuild, where no WebAssembly is allowed',
    from: 'beside',
    site: { webAssembly: false },
    worker: /:\d+\/browser-worker\.js$/,
    held: NONE,
  },
  {
    title: 'vite, where the worker is not there',
    from: 'vite',
    site: { inItsPlace: 'nothing' },
    worker: null,
    held: IN_PAGE,
  },
  {
    title: 'esbuild, where a page comes in the place of the worker',
    from: 'beside',
    site: { inItsPlace: 'the page' },
    worker: null,
    held: IN_PAGE,
  },
  {
    title: 'esbuild, where the option names a worker that is not there',
    from: 'elsewhere',
    option: '/nowhere.js',
    worker: null,
    held: IN_PAGE,
  },
]

const found = findChromium()
const on = found.path === null ? test.skip : test.serial
const suffix = found.lack === null ? '' : ` ${found.lack}`

let project: Project
const outputs = new Map<BuildName, string>()
let browser: WatchedBrowser

if (found.path !== null) {
  test.before('pack, install and build', async (t) => {
    t.timeout(120_000)
    project = await installPacked()
    writeApp(project)
    for (const name of Object.keys(BUILDS) as BuildName[]) outputs.set(name, await built(project, name))
    browser = await startWatched(found.path)
  })
  test.after.always('all is closed', async () => {
    await browser?.close()
    project?.close()
  })
}

const siteOf = ({ from, site }: Row): Promise<Site> =>
  from === 'vite in development' ? viteInDevelopment(project) : servedFrom(outputs.get(from)!, site)

for (const row of ROWS) {
  on(`D8 ${row.title}: a page syncs both ways, ${wordOf(row)}${suffix}`, async (t) => {
    const site = await siteOf(row)
    try {
      await syncsBothWays(t, row, site)
    } finally {
      await site.close()
    }
  })
}

function wordOf({ worker, held }: Row): string {
  if (worker === null) return 'and works in the page'
  return held.inWorkers > 0 ? 'in a worker, by the fast hash' : 'in a worker, by the plain hash'
}

async function syncsBothWays(t: ExecutionContext, row: Row, site: Site): Promise<void> {
  const http = await httpWorld({ origins: [new URL(site.url).origin] })
  const root = mkdtempSync(join(tmpdir(), 'tidemark-desk-'))
  const page = await browser.open(site.url)
  try {
    const { url } = http
    const client = accountClient({ url })
    const { token } = await client.register({ name: 'ann', password: PASSWORD, device: 'page' })
    const transport = httpTransport({ url, workspace: 'notes', token })
    const desk = new SyncEngine({ ...nodeFolder(root, { workers: 0 }), transport, deviceName: 'desk' })
    writeFileSync(join(root, 'of the desk.txt'), 'call home')
    await desk.sync()

    await page.call('write', 'of the page.txt', 'buy milk')
    await page.call('start', { url, token, worker: row.option ?? null })
    await desk.sync()
    t.is(readFileSync(join(root, 'of the page.txt'), 'utf8'), 'buy milk')
    t.is(await page.call('read', 'of the desk.txt'), 'call home')

    await runsAsTold(t, row, site, page)
    await page.call('stop')
    await page.withoutWorkers()
    t.deepEqual(page.faults(), [])
    await transport.close()
    await client.close()
  } finally {
    await page.close()
    await http.close()
    rmSync(root, { recursive: true })
  }
}

async function runsAsTold(
  t: ExecutionContext,
  { worker, held }: Row,
  { asked }: Site,
  page: Awaited<ReturnType<WatchedBrowser['open']>>,
): Promise<void> {
  if (worker === null) await page.withoutWorkers()
  else t.regex(page.workers().join(), worker)
  t.is(page.workers().length, worker === null ? 0 : 1)
  t.deepEqual(await page.webAssembly(), held)
  // The part that does the work is loaded by a page only where no worker does it.
  if (asked !== null)
    t.is(
      asked.some((path) => /handle-store/.test(path)),
      worker === null,
      asked.join(),
    )
}

test('D8 docs/embedding-browser.md shows the commands that are run here', (t) => {
  const document = readFileSync(join(repository, 'docs/embedding-browser.md'), 'utf8')
  for (const name of ['vite', 'beside'] as const) {
    const { program, args } = BUILDS[name]
    t.true(document.includes(`npx ${program} ${args.join(' ')}\n`), name)
  }
  const entry = BUILDS.elsewhere.args[1]
  t.true(document.includes(entry), entry)
})
