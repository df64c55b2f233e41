/** D7: contents on demand, in a page: the whole tree in one listing, and of the contents those that are read. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { ByteRelay } from '../../scripts/bench/byte-relay.js'
import { LIMITS, toHex } from '../../src/index.js'
import { type Exchange, overheard } from '../integration/real-device.js'
import { DIRECTORIES, FILES, type LargeFile, largeWorkspace } from './large-workspace.js'
import type { AppSettings } from './page/engine-page.js'
import { type Scene, scenes } from './scene.js'

const inBrowser = await scenes('D7 contents on demand')

/** For 100,000 files on a machine that has other things to do. */
const PATIENCE_MS = 300_000
const ASKS_CONTENT: ReadonlySet<string> = new Set(['get-chunks', 'get-manifests', 'get-signatures'])
const SENDS: ReadonlySet<string> = new Set(['announce', 'put', 'commit'])

type Counts = Readonly<Record<string, number>>

/** Requests of each type. */
function asked(exchanges: readonly Exchange[]): Counts {
  const counts: Record<string, number> = {}
  for (const { request } of exchanges) counts[request.type] = (counts[request.type] ?? 0) + 1
  return counts
}

function ofThese(exchanges: readonly Exchange[], types: ReadonlySet<string>): readonly string[] {
  return exchanges.map(({ request }) => request.type).filter((type) => types.has(type))
}

function chunksAsked(exchanges: readonly Exchange[]): readonly string[] {
  return exchanges.flatMap(({ request }) => (request.type === 'get-chunks' ? request.digests : [])).sort()
}

function chunksOf(files: readonly LargeFile[]): readonly string[] {
  return files.flatMap(({ content }) => content.manifest.chunks.map(({ digest }) => digest)).sort()
}

function hexOf(text: string): string {
  return toHex(new TextEncoder().encode(text))
}

async function built({ world, settings, name }: Scene): Promise<readonly LargeFile[]> {
  const principal = await world.http.accounts.authenticate(settings.token)
  if (principal === null) throw new Error('nobody has this token')
  return largeWorkspace(world.http.server, principal, name)
}

/** Logs how long it took, and what came to the page and left it meanwhile. */
async function timed<T>(t: ExecutionContext, what: string, relay: ByteRelay, work: () => Promise<T>): Promise<T> {
  const [since, before] = [performance.now(), relay.bytes]
  const done = await work()
  const [up, down] = [relay.bytes.up - before.up, relay.bytes.down - before.down]
  t.log(`${what}: ${((performance.now() - since) / 1_000).toFixed(1)} s, ${up} bytes up, ${down} down`)
  return done
}

inBrowser(
  'D7 100,000 files open in a page in one listing, and three that are read come with exactly their chunks',
  async (t, scene) => {
    t.timeout(PATIENCE_MS)
    const { tab, name, world } = scene
    const relay = await ByteRelay.to(world.http.port)
    const large = await timed(t, 'built', relay, () => built(scene))
    t.true(large.length === 3 && large.every(({ content }) => content.manifest.chunks.length > 10))
    const exchanges: Exchange[] = []
    overheard(world.http.server, exchanges)

    const page = await tab()
    await timed(t, 'opened', relay, async () => {
      const url = `http://127.0.0.1:${relay.port}/sync`
      await page.call('app', 'start', { ...scene.settings, url, hydrate: 'on-demand' })
      await page.call('app', 'state', 'synced')
    })
    const { hello, pull = 0, ...others } = asked(exchanges)
    t.log(`${hello} hello, ${pull} pull`)
    const least = Math.ceil((FILES + DIRECTORIES) / LIMITS.pageRevisions)
    t.true(hello === 1 && pull >= least - 1 && pull <= least, 'the first page comes with hello')
    t.deepEqual(others, {}, 'nothing else is asked')
    const directories = { 'directory here synced': DIRECTORIES }
    t.deepEqual(await page.call('app', 'listing'), { ...directories, 'file there placeholder': FILES })
    const onDisk = Object.keys(await page.call<Readonly<Record<string, string>>>('app', 'tree', name))
    t.is(onDisk.length, DIRECTORIES)
    t.true(onDisk.every((path) => path.endsWith('/')))

    exchanges.length = 0
    for (const { path, bytes } of large) {
      const read = await timed(t, `read ${path}`, relay, () => page.call('app', 'readFile', path))
      t.true(read === toHex(bytes), `${path} has other bytes`)
    }
    t.log(asked(exchanges))
    t.deepEqual(chunksAsked(exchanges), chunksOf(large))
    await page.call('app', 'state', 'synced')
    t.deepEqual(await page.call('app', 'listing'), {
      ...directories,
      'file here synced': large.length,
      'file there placeholder': FILES - large.length,
    })

    const { path, bytes } = large[1]!
    t.is(await page.call('app', 'sizeOf', name, path), bytes.length)
    t.deepEqual(await page.call('app', 'release', path), { files: 1, bytes: bytes.length, left: [] })
    t.is(await page.call('app', 'sizeOf', name, path), -1)
    await timed(t, 'looked again', relay, () => page.call('app', 'whenSynced'))
    t.deepEqual(ofThese(exchanges, SENDS), [])
    t.deepEqual(await page.call('app', 'told'), [])
    await page.call('app', 'stop')
    await relay.close()
  },
  'disk',
)

inBrowser(
  'D7 what was read is here after a reload; an edit of it goes up, and what is not here is deleted nowhere',
  async (t, { tab, name, desk, world, ...scene }) => {
    const files = { a: 'content a', 'notes/b': 'content b', 'notes/c': 'content c' }
    mkdirSync(join(desk.root, 'notes'))
    for (const [path, content] of Object.entries(files)) writeFileSync(join(desk.root, path), content)
    await desk.engine.sync()
    const settings: AppSettings = { ...scene.settings, hydrate: 'on-demand' }
    const page = await tab()
    await page.call('app', 'start', settings)
    await page.call('app', 'state', 'synced')
    t.is(await page.call('app', 'readFile', 'notes/b'), hexOf('content b'))
    await page.call('app', 'whenSynced')

    await page.reload()
    const exchanges: Exchange[] = []
    overheard(world.http.server, exchanges)
    await page.call('app', 'start', settings)
    await page.call('app', 'state', 'synced')
    const listed = { 'directory here synced': 1, 'file here synced': 1, 'file there placeholder': 2 }
    t.deepEqual(await page.call('app', 'listing'), listed)
    t.is(await page.call('app', 'readFile', 'notes/b'), hexOf('content b'))
    t.deepEqual(ofThese(exchanges, ASKS_CONTENT), [])

    await page.call('app', 'write', name, 'notes/b', 'edited in the page')
    await page.call('app', 'whenSynced')
    await desk.engine.sync()
    t.deepEqual(await desk.tree(), { ...files, 'notes/': '', 'notes/b': 'edited in the page' })
    t.deepEqual(await page.call('app', 'tree', name), { 'notes/': '', 'notes/b': 'edited in the page' })
    t.deepEqual(await page.call('app', 'listing'), listed)
    t.deepEqual(await page.call('app', 'told'), [])
    await page.call('app', 'stop')
  },
)
