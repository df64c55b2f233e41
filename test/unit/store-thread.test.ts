/** The thread of the Node folder: what a program sees of it beside the contract, which the conformance suite runs on it. */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { nodeFolder } from '../../adapters/node/node-folder.js'
import { startThread } from '../../adapters/node/start-thread.js'
import { startedThread } from '../../adapters/node/thread-lines.js'
import { plainError, thrownError } from '../../adapters/shared/plain-error.js'
import { StoreThread } from '../../adapters/shared/store-thread.js'
import { isTidemarkError, type LocalStore, TidemarkError } from '../../src/index.js'
import { RULE } from '../conformance/local-store.subject.js'

type Use = (root: string) => Promise<void>

const inRoot = async (use: Use): Promise<void> => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-thread-')))
  try {
    await use(root)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

test('LOCAL-12: a scan that is told in parts is told whole, in order and each directory once', (t) =>
  inRoot(async (root) => {
    for (let at = 0; at < 40; at++) {
      await mkdir(join(root, `d${at}`))
      for (let file = 0; file < 70; file++) await writeFile(join(root, `d${at}`, `f${file}`), '')
    }
    const [threaded, here] = [nodeFolder(root).local, nodeFolder(root, { workers: 0 }).local]
    await threaded.open()
    const found = await threaded.scan([''], { deep: true })
    await threaded.close()
    await here.open()
    t.deepEqual([...found], [...(await here.scan([''], { deep: true }))])
    t.is(found.size, 41)
    await here.close()
  }))

test('a thread that is lost fails what was asked of it and what comes, and gives the lock back when it is closed', (t) =>
  inRoot(async (root) => {
    let released = 0
    const worker = startThread('store-worker', { root, workers: 1, known: {}, reserved: [] })
    const lost = await StoreThread.over(startedThread(worker), root, () => ({ release: () => void (released += 1) }))
    if (lost === null) return t.fail('no thread')
    await lost.ask({ kind: 'store', method: 'open', args: [] }, {})
    const ended = worker.terminate()
    const list = { kind: 'store', method: 'list', args: [''] } as const
    t.like(await t.throwsAsync(lost.ask(list, {})), { code: 'io', next: 'Close the folder and open it again.' })
    await ended
    t.like(await t.throwsAsync(lost.ask(list, {})), { code: 'io' })
    t.is(released, 0)
    await lost.end()
    t.is(released, 1)
  }))

test('the reason of an abort is the one its caller gave', (t) =>
  inRoot(async (root) => {
    await writeFile(join(root, 'large'), new Uint8Array(64 << 20))
    const { local } = nodeFolder(root)
    await local.open()
    const abort = new AbortController()
    const reading = t.throwsAsync(local.describe('large', RULE, { signal: abort.signal }))
    abort.abort('enough')
    t.like(await reading, { code: 'aborted', cause: 'enough' })
    t.like(await t.throwsAsync(local.list('', { signal: abort.signal })), { code: 'aborted', cause: 'enough' })
    await local.close()
  }))

test('LOCAL-5: bytes given to a staged file may be changed as soon as it is written, and stay with their owner', (t) =>
  inRoot(async (root) => {
    const { local } = nodeFolder(root)
    await local.open()
    const stage = await local.stage('one')
    const whole = new Uint8Array([1, 2, 3, 4, 5, 6])
    const writing = stage.write(whole.subarray(2, 4))
    whole.fill(9)
    await writing
    // Two small Buffers are views of one and the same memory.
    const other = await local.stage('two')
    await Promise.all([stage.write(Buffer.from('b')), other.write(Buffer.from('c'))])
    await other.discard()
    await stage.finish({ modifiedAt: 1_600_000_000_000, executable: false })
    t.like(await local.create('one', { path: 'a', parent: null }), { outcome: 'done' })
    t.deepEqual([...(await readFile(join(root, 'a')))], [3, 4, 98])
    t.is(whole.byteLength, 6)
    for (const call of [stage.write(whole), stage.finish({ modifiedAt: 0, executable: false })])
      t.like(await t.throwsAsync(call), { code: 'closed' })
    await local.close()
  }))

test('an open folder at rest keeps no process alive', (t) =>
  inRoot(async (root) => {
    const child = fork(join(import.meta.dirname, 'thread-holder.ts'), [root], { execArgv: ['--import', 'tsx'] })
    const [code] = (await once(child, 'exit')) as [number]
    t.is(code, 0)
  }))

test('calls of two folders before open and after close fail alike, with and without a thread', (t) =>
  inRoot(async (root) => {
    for (const workers of [0, 1]) {
      const { local } = nodeFolder(root, { workers })
      const closed = async (store: LocalStore): Promise<void> => {
        t.like(await t.throwsAsync(store.list('')), { code: 'closed', subject: root })
        t.like(
          t.throws(() => store.traits),
          { code: 'closed', subject: root },
        )
        await store.close()
      }
      await closed(local)
      await local.open()
      t.like(await t.throwsAsync(local.open()), { code: 'locked', subject: root })
      await local.close()
      await closed(local)
    }
  }))

for (const [name, error] of [
  ['ours', new TidemarkError('no-space', 'full', { subject: '/x', next: 'Free it.', retryable: true })],
  [
    'ours, with what the disk said',
    new TidemarkError('io', 'a', { cause: Object.assign(new Error('b'), { code: 'EIO' }) }),
  ],
  ['of the disk', Object.assign(new Error('EMFILE: too many'), { code: 'EMFILE' })],
] as const) {
  test(`an error ${name} comes out of a thread as it went in`, (t) => {
    const found = thrownError(structuredClone(plainError(error)))
    t.is(isTidemarkError(found), isTidemarkError(error))
    t.is(found.message, error.message)
    t.is((found as { code?: string }).code, error.code)
    if (!isTidemarkError(found) || !isTidemarkError(error)) return
    t.deepEqual(found.toJSON(), error.toJSON())
    t.is((found.cause as { code?: string } | undefined)?.code, (error.cause as { code?: string } | undefined)?.code)
  })
}
