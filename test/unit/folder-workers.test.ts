/** The worker threads of the Node folder: same answers as without, and none of them can take the folder down. */

import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { describeSegments, type ReadSegment, segmentStarts } from '../../adapters/node/describe-segments.js'
import { nodeDisk } from '../../adapters/node/node-disk.js'
import { nodeFolder } from '../../adapters/node/node-folder.js'
import { workerFolder } from '../../adapters/node/worker-folder.js'
import { WorkerPool } from '../../adapters/node/worker-pool.js'
import { diskScanner } from '../../adapters/shared/disk-scan.js'
import type { DiskStat } from '../../adapters/shared/disk.js'
import type { SegmentEnd } from '../../adapters/shared/segments.js'
import { type Digest, isTidemarkError, portableHasher } from '../../src/index.js'
import { RULE } from '../conformance/local-store.subject.js'
import { generate } from '../vectors/generators.js'

async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-workers-'))
  try {
    await run(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const STAT: DiskStat = {
  kind: 'file',
  dev: 1n,
  ino: 1n,
  nlink: 1n,
  mode: 0o100644,
  size: 0,
  mtimeNs: 1n,
  ctimeNs: 1n,
  birthtimeNs: 1n,
}

const hasCode = (code: string) => (error: unknown) => isTidemarkError(error) && error.code === code

for (const use of ['shared', 'own'] as const)
  test(`LOCAL-12: a scan in workers, or in a thread of its own, says what a scan in this thread says: ${use}`, (t) =>
    inDirectory(async (directory) => {
      const directories = [directory, join(directory, 'none'), join(directory, 'file')]
      await writeFile(join(directory, 'file'), 'x')
      await symlink('file', join(directory, 'link'))
      for (let index = 0; index < 200; index++) {
        await mkdir(join(directory, `d${index}`))
        await writeFile(join(directory, `d${index}/f`), 'x'.repeat(index))
        directories.push(join(directory, `d${index}`))
      }
      await mkdir(join(directory, 'd7/.tidemark'))
      await writeFile(Buffer.concat([Buffer.from(`${directory}/d8/`), Buffer.from([0xff])]), 'x')
      await writeFile(join(directory, 'd9/\ufffd'), 'x')
      const { scanner, describer } = workerFolder(nodeDisk(), portableHasher(), 2, use)
      const plain = (listings: readonly unknown[]): string =>
        JSON.stringify(structuredClone(listings), (_key, value: unknown) =>
          typeof value === 'bigint' ? String(value) : value instanceof Uint8Array ? [...value] : value,
        )
      const options = { marker: '.tidemark' }
      t.is(
        plain(await scanner.scan(directories, options)),
        plain(await diskScanner(nodeDisk()).scan(directories, options)),
      )
      const controller = new AbortController()
      const scanning = scanner.scan(directories, { ...options, signal: controller.signal })
      controller.abort()
      await t.throwsAsync(scanning, { code: 'aborted' })
      await describer.close()
    }))

test('LOCAL-3: a large file is described alike with 0 and 2 workers, and an abort ends it', (t) =>
  inDirectory(async (directory) => {
    const path = join(directory, 'big')
    await writeFile(
      path,
      Uint8Array.from({ length: 9_000_000 }, (_, index) => (index * 7919) >>> 5),
    )
    const digests: string[] = []
    for (const workers of [0, 2]) {
      const { describer } = workerFolder(nodeDisk(), portableHasher(), workers)
      digests.push((await describer.describe(path, RULE)).digest)
      const controller = new AbortController()
      const running = describer.describe(path, RULE, { signal: controller.signal })
      controller.abort()
      await t.throwsAsync(running, { any: true, message: /cancelled/ })
      await describer.close()
    }
    t.is(digests[0], digests[1])
  }))

test('LOCAL-3: a file of many segments is described alike by 1, 2 and 3 workers, and an abort ends it', (t) =>
  inDirectory(async (directory) => {
    const path = join(directory, 'big')
    await writeFile(path, generate({ type: 'random', seed: 5 }, 51_000_000))
    const found: unknown[] = []
    for (const workers of [1, 2, 3]) {
      const { describer } = workerFolder(nodeDisk(), portableHasher(), workers)
      found.push(await describer.describe(path, RULE))
      const controller = new AbortController()
      const running = describer.describe(path, RULE, { signal: controller.signal })
      controller.abort()
      await t.throwsAsync(running, { any: true, message: /cancelled/ })
      await describer.close()
    }
    t.deepEqual(segmentStarts(51_000_000, 3), [0, 17_000_000, 34_000_000])
    for (const one of found) t.deepEqual(one, found[0])
  }))

test('LOCAL-3: a file that is replaced between two of its segments counts as moved', async (t) => {
  const size = 40_000_000
  const look = (ino: bigint): DiskStat => ({ ...STAT, size, ino })
  const hasher = portableHasher()
  const read = (inos: readonly bigint[]) => {
    const left = [...inos]
    return async (from: number, end: SegmentEnd): Promise<ReadSegment> => {
      const stat = look(left.shift() ?? 1n)
      const digest = hasher.digest('chunk', new Uint8Array([from & 0xff]))
      const count = (('before' in end ? end.before : size) - from) / 1_000_000
      const segment = { from, chunks: Array.from({ length: count }, () => ({ digest, length: 1_000_000 })) }
      return { before: stat, after: stat, segment }
    }
  }
  const described = await describeSegments({ size, hasher, read: read([1n, 1n]) }, segmentStarts(size, 2))
  t.is(described.manifest.chunks.length, 40)
  const moved = describeSegments({ size, hasher, read: read([1n, 2n]) }, segmentStarts(size, 2))
  t.true(hasCode('busy')(await t.throwsAsync(moved)))
})

test('LOCAL-24: chunks of a large file are copied by all workers, as far as there is no gap; an abort ends it', (t) =>
  inDirectory(async (directory) => {
    const disk = nodeDisk()
    const [source, path] = [join(directory, 'big'), join(directory, 'staged')]
    const content = generate({ type: 'random', seed: 7 }, 24 * 1024 * 1024)
    await writeFile(source, content)
    const { describer } = workerFolder(disk, portableHasher(), 2)
    const { chunks } = (await describer.describe(source, RULE)).manifest
    const lengthOf = (count: number): number => chunks.slice(0, count).reduce((sum, { length }) => sum + length, 0)
    const places = [0, 5, Math.floor(chunks.length / 2) + 5, chunks.length - 1, chunks.length]
    for (const wrong of places) {
      const file = await disk.open(path, 'create', 0o600)
      const wanted = chunks.map((chunk, at) => (at === wrong ? { ...chunk, digest: 'f'.repeat(64) as Digest } : chunk))
      const job = { source, from: 0, target: { path, file }, at: 3, chunks: wanted }
      t.is(await describer.copy(job), wrong, String(wrong))
      const bytes = new Uint8Array(lengthOf(wrong))
      await file.read(bytes, 3)
      t.is(Buffer.compare(bytes, content.subarray(0, bytes.length)), 0)
      const controller = new AbortController()
      const copying = describer.copy(job, { signal: controller.signal })
      controller.abort()
      await t.throwsAsync(copying, { code: 'aborted' })
      await file.close()
      await rm(path)
    }
    await describer.close()
  }))

test('LOCAL-24: nothing is written to a file that took the place of the staged one; without a thread it is copied here', (t) =>
  inDirectory(async (directory) => {
    const disk = nodeDisk()
    const [source, path] = [join(directory, 'big'), join(directory, 'staged')]
    await writeFile(source, new Uint8Array(1_000_000))
    const { describer } = workerFolder(disk, portableHasher(), 1)
    const { chunks } = (await describer.describe(source, RULE)).manifest
    const file = await disk.open(path, 'create', 0o600)
    await rm(path)
    await writeFile(path, 'of somebody else')
    const job = { source, from: 0, target: { path, file }, at: 0, chunks }
    await t.throwsAsync(describer.copy(job), { code: 'busy' })
    t.is(await readFile(path, 'utf8'), 'of somebody else')
    const few = chunks.slice(0, 2)
    t.is(await describer.copy({ ...job, chunks: few }), 2)
    t.is(await readFile(path, 'utf8'), 'of somebody else')
    await file.close()
    await describer.close()
  }))

test('an error of the disk comes out of a worker as it went in', (t) =>
  inDirectory(async (directory) => {
    const pool = new WorkerPool(1)
    const stop = new Int32Array(new SharedArrayBuffer(4))
    const answer = await pool.run({ kind: 'describe', path: join(directory, 'none'), rule: RULE, stop })
    t.like(answer, { kind: 'failed', code: 'ENOENT' })
    await symlink('none', join(directory, 'link'))
    t.like(await pool.run({ kind: 'describe', path: join(directory, 'link'), rule: RULE, stop }), { code: 'ELOOP' })
    await pool.close()
  }))

test('a closed pool ends what runs in it, and starts anew with the next task', (t) =>
  inDirectory(async (directory) => {
    await writeFile(join(directory, 'big'), new Uint8Array(30_000_000))
    await writeFile(join(directory, 'small'), new Uint8Array(30))
    const pool = new WorkerPool(1)
    const stop = new Int32Array(new SharedArrayBuffer(4))
    const task = (name: string) => ({ kind: 'describe', path: join(directory, name), rule: RULE, stop }) as const
    const running = [pool.run(task('big')), pool.run(task('big'))]
    const ended = Promise.all(running.map((run) => t.throwsAsync(run)))
    await pool.close()
    await pool.close()
    for (const error of await ended) t.true(hasCode('closed')(error))
    t.like(await pool.run(task('small')), { kind: 'described', description: { manifest: { size: 30 } } })
    await pool.close()
  }))

test('nodeFolder does nothing before it is opened, and everything of its own lies in .tidemark', (t) =>
  inDirectory(async (directory) => {
    const root = join(directory, 'notes')
    const missing = nodeFolder(root)
    t.true(hasCode('root-missing')(await t.throwsAsync(missing.local.open())))
    await mkdir(root)
    const folder = nodeFolder(root)
    await folder.local.open()
    await folder.state.open()
    const second = nodeFolder(root)
    t.true(hasCode('locked')(await t.throwsAsync(second.local.open())))
    await folder.state.batch([{ key: 'k', value: new Uint8Array([1]) }], [])
    const listing = await folder.local.list('')
    t.like(listing, { state: 'complete', entries: [] })
    await folder.state.close()
    await folder.local.close()
    await second.local.open()
    await second.local.close()
  }))

test('many files described at once under one signal: it gets one listener, so that Node prints no warning', (t) =>
  inDirectory(async (directory) => {
    const paths = Array.from({ length: 60 }, (_, at) => join(directory, `f${at}`))
    for (const path of paths) await writeFile(path, 'x')
    const { describer } = workerFolder(nodeDisk(), portableHasher(), 1)
    const abort = new AbortController()
    let listeners = 0
    const listen = abort.signal.addEventListener.bind(abort.signal)
    abort.signal.addEventListener = (...given: Parameters<typeof listen>) => {
      listeners += 1
      listen(...given)
    }
    await Promise.all(paths.map((path) => describer.describe(path, RULE, { signal: abort.signal })))
    t.is(listeners, 1)
    abort.abort()
    await t.throwsAsync(describer.describe(paths[0] ?? '', RULE, { signal: abort.signal }))
    await describer.close()
  }))
