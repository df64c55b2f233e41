/** Pack files: the checksum, the index, what a crash or rot leaves, and that no acknowledged chunk is ever lost. */

import { crc32 as nodeCrc32 } from 'node:zlib'
import test from 'ava'
import type { Digest, StoredChunk, WorkspaceId } from '../../src/index.js'
import { crc32 } from '../../adapters/shared/crc32.js'
import { PackIndex, digestBytes } from '../../adapters/shared/pack-index.js'
import { CrashDisk, LOSSES } from './crash-disk.js'
import type { Loss } from './crash-disk.js'
import { chunk, codeOf, numbers, PACK, seeded, storeOn, WORKSPACE } from './pack-world.js'

test('CRC-32: the known check value, and every length and split as one', (t) => {
  const text = new TextEncoder().encode('123456789')
  t.is(crc32(text), 0xcbf43926)
  t.is(crc32(new Uint8Array(0)), 0)
  const bytes = seeded(5).bytes(300)
  for (let length = 0; length <= 300; length += 1) {
    const part = bytes.subarray(0, length)
    const split = length >> 1
    t.is(crc32(part.subarray(split), crc32(part.subarray(0, split))), crc32(part))
    if (nodeCrc32 !== undefined) t.is(crc32(part), nodeCrc32(part))
  }
})

test('the index agrees with a sorted map through 20,000 random steps, also for digests that fall together', (t) => {
  for (const together of [false, true]) {
    const next = numbers(together ? 3 : 4)
    const index = new PackIndex()
    const model = new Map<Digest, number>()
    for (let step = 1; step <= 20_000; step += 1) {
      const digest = chunk(next() % 3_000, 0).digest
      const key = (together ? `ffffffff${digest.slice(8)}` : digest) as Digest
      if (next() % 3 === 0) {
        t.is(index.delete(digestBytes(key))?.offset, model.get(key))
        model.delete(key)
      } else {
        t.is(
          index.set(digestBytes(key), { pack: 1, offset: step, recordBytes: 1, payloadBytes: 1 })?.offset,
          model.get(key),
        )
        model.set(key, step)
      }
    }
    const sorted = [...model.keys()].sort()
    t.is(index.size, model.size)
    t.deepEqual(
      [...index.after(null)].map(({ digest }) => digest),
      sorted,
    )
    for (const start of sorted.slice(0, 50)) {
      t.deepEqual(
        [...index.after(digestBytes(start))].map(({ digest }) => digest).slice(0, 3),
        sorted.filter((key) => key > start).slice(0, 3),
      )
      t.is(index.get(digestBytes(start))?.offset, model.get(start))
    }
  }
})

/** Acknowledged: in `held`. Asked but not answered, in either direction: in `open`. */
interface Promised {
  readonly held: Map<Digest, StoredChunk>
  readonly open: Set<Digest>
}

/** Puts, removals, roll-over to new packs, compaction, a close and a reopen: some forty chunks. */
async function scenario(disk: CrashDisk, { held, open }: Promised): Promise<void> {
  const put = async (store: ReturnType<typeof storeOn>, chunks: readonly StoredChunk[]): Promise<void> => {
    for (const { digest } of chunks) if (!held.has(digest)) open.add(digest)
    await store.put(WORKSPACE, chunks)
    for (const each of chunks) {
      open.delete(each.digest)
      held.set(each.digest, each)
    }
  }
  const remove = async (store: ReturnType<typeof storeOn>, chunks: readonly StoredChunk[]): Promise<void> => {
    for (const { digest } of chunks) {
      held.delete(digest)
      open.add(digest)
    }
    await store.remove(
      WORKSPACE,
      chunks.map(({ digest }) => digest),
    )
    for (const { digest } of chunks) open.delete(digest)
  }
  const all = Array.from({ length: 24 }, (_, at) => chunk(at + 1, 900 + at * 131))
  const large = Array.from({ length: 4 }, (_, at) => chunk(at + 500, 40_000))
  const first = storeOn(disk, 1)
  await first.open()
  await put(first, all.slice(0, 3))
  await Promise.all([put(first, all.slice(3, 6)), put(first, all.slice(6, 8))])
  await remove(first, all.slice(1, 4))
  await put(first, all.slice(8, 14))
  await first.close()
  const second = storeOn(disk, 2)
  await second.open()
  await put(second, [...all.slice(1, 3), ...all.slice(14, 18)])
  await put(second, large)
  await put(second, all.slice(18))
  await remove(second, [...large, ...all.slice(4, 6)])
  await put(second, [large[0] as StoredChunk])
  for (;;) {
    const { before, after } = await second.reclaim(WORKSPACE)
    if (after >= before) break
  }
  await second.close()
}

async function expectKept(disk: CrashDisk, { held, open }: Promised): Promise<string | null> {
  const store = storeOn(disk, 3)
  await store.open()
  const digests = [...held.keys()]
  const found = await store.get(WORKSPACE, digests)
  for (const [at, digest] of digests.entries()) {
    const expected = held.get(digest) as StoredChunk
    const got = found[at]
    if (got == null) return `lost ${digest}`
    if (got.encoding !== expected.encoding || Buffer.compare(got.bytes, expected.bytes) !== 0)
      return `changed ${digest}`
  }
  const listed = await store.list(WORKSPACE, null, 10_000)
  for (const { digest } of listed) {
    if (!held.has(digest) && !open.has(digest)) return `came back: ${digest}`
    const [got] = await store.get(WORKSPACE, [digest])
    if (got == null) return `listed but not there: ${digest}`
    held.set(digest, got)
  }
  const late = chunk(9_999, 700)
  await store.put(WORKSPACE, [late])
  if ((await store.missing(WORKSPACE, [late.digest])).length > 0) return 'put after a restart is missing'
  await store.close()
  return null
}

async function callsOfScenario(): Promise<number> {
  const disk = new CrashDisk()
  await disk.mkdir('/packs')
  await scenario(disk, { held: new Map(), open: new Set() })
  return disk.calls
}

async function crashAt(stop: number, loss: Loss): Promise<string | null> {
  const disk = new CrashDisk()
  await disk.mkdir('/packs')
  await disk.syncDirectory('/')
  disk.calls = 0
  disk.stopAt = stop
  const promised: Promised = { held: new Map(), open: new Set() }
  await scenario(disk, promised).catch(() => undefined)
  const restarted = disk.restart(loss)
  const first = await expectKept(restarted, promised)
  if (first !== null) return first
  // A second power loss right after: what the first start found and answered for must have been made durable by it.
  promised.held.set(chunk(9_999, 700).digest, chunk(9_999, 700))
  return expectKept(restarted.restart('gone'), promised)
}

test('INV-08 INV-09 SEC-43 a power loss at every call, seven kinds of loss: no acknowledged chunk lost, none changed, none back', async (t) => {
  const calls = await callsOfScenario()
  t.true(calls > 60)
  for (let stop = 1; stop <= calls; stop += 1) {
    for (const loss of LOSSES) {
      const wrong = await crashAt(stop, loss)
      if (wrong !== null) t.fail(`call ${stop}, ${loss}: ${wrong}`)
    }
  }
  t.pass()
})

test('INV-25 every call failing once with ENOSPC or EIO: the caller is told, the rest goes on, nothing acknowledged is lost', async (t) => {
  const calls = await callsOfScenario()
  for (let stop = 1; stop <= calls; stop += 1) {
    for (const code of ['ENOSPC', 'EIO']) {
      const disk = new CrashDisk()
      await disk.mkdir('/packs')
      await disk.syncDirectory('/')
      disk.calls = 0
      disk.stopAt = stop
      disk.failWith = code
      const promised: Promised = { held: new Map(), open: new Set() }
      const told = await codeOf(scenario(disk, promised))
      if (told !== undefined && told !== 'no-space' && told !== 'io') t.fail(`call ${stop}: ${told}`)
      disk.stopAt = 0
      const wrong = await expectKept(disk.restart('gone'), promised)
      if (wrong !== null) t.fail(`call ${stop}, ${code}: ${wrong}`)
    }
  }
  t.pass()
})

test('INV-26 CHUNK-7 one flipped bit anywhere in a closed pack: corrupt or whole, never other bytes; then put heals it', async (t) => {
  const chunks = [chunk(1, 64), chunk(5, 80), chunk(3, 0)]
  const digests = chunks.map(({ digest }) => digest)
  const make = async (): Promise<CrashDisk> => {
    const disk = new CrashDisk()
    await disk.mkdir('/packs')
    const store = storeOn(disk)
    await store.open()
    await store.put(WORKSPACE, chunks)
    await store.close()
    return disk
  }
  const size = (await make()).sizeOf(PACK)
  for (let at = 0; at < size; at += 1) {
    const disk = await make()
    disk.flip(PACK, at)
    const store = storeOn(disk, 2)
    await store.open()
    for (const [index, digest] of digests.entries()) {
      const result = await store.get(WORKSPACE, [digest]).catch((error: unknown) => error)
      if (!Array.isArray(result)) {
        if ((result as { code?: string }).code === 'newer-version') continue
        t.is((result as { code?: string }).code, 'corrupt', `byte ${at}`)
        continue
      }
      const [got] = result as readonly (StoredChunk | null)[]
      if (got != null) t.deepEqual(got, chunks[index])
    }
    if ((await codeOf(store.missing(WORKSPACE, []))) === undefined) {
      await store.put(WORKSPACE, chunks)
      t.deepEqual(await store.get(WORKSPACE, digests), chunks, `byte ${at}`)
    }
    await store.close()
  }
})

test('CHUNK-7 a rotten payload is told with its digest, and asked for again', async (t) => {
  const disk = new CrashDisk()
  await disk.mkdir('/packs')
  const chunks = [chunk(1, 64), chunk(2, 64)]
  const store = storeOn(disk)
  await store.open()
  await store.put(WORKSPACE, chunks)
  disk.flip(PACK, disk.sizeOf(PACK) - 1)
  const error = await t.throwsAsync(store.get(WORKSPACE, [(chunks[1] as StoredChunk).digest]))
  t.like(error, { code: 'corrupt', subject: chunks[1]?.digest })
  t.deepEqual(
    await store.missing(
      WORKSPACE,
      chunks.map(({ digest }) => digest),
    ),
    [(chunks[1] as StoredChunk).digest],
  )
  await store.put(WORKSPACE, chunks)
  t.deepEqual(
    await store.get(
      WORKSPACE,
      chunks.map(({ digest }) => digest),
    ),
    chunks,
  )
  await store.close()
})

test('SEC-07 ids that are not ids never reach a path', async (t) => {
  const disk = new CrashDisk()
  await disk.mkdir('/packs')
  const store = storeOn(disk)
  await store.open()
  for (const workspace of ['..', '', '../../etc', 'A'.repeat(32), `${WORKSPACE}/x`, `${WORKSPACE}\n`]) {
    t.is(await codeOf(store.get(workspace as WorkspaceId, [])), 'invalid')
    t.is(await codeOf(store.put(workspace as WorkspaceId, [chunk(1, 1)])), 'invalid')
  }
  for (const digest of ['', 'F'.repeat(64), '../x', `${chunk(1, 1).digest}0`])
    t.is(await codeOf(store.missing(WORKSPACE, [digest as Digest])), 'invalid')
  t.is(await codeOf(store.put(WORKSPACE, [{ ...chunk(1, 1), encoding: 'x'.repeat(33) }])), 'unknown-encoding')
  await store.close()
})

test('a payload that spells records cannot become one, whatever rots before it', async (t) => {
  const disk = new CrashDisk()
  await disk.mkdir('/packs')
  const store = storeOn(disk)
  await store.open()
  const victim = chunk(1, 50)
  const inner = chunk(2, 30)
  await store.put(WORKSPACE, [victim, inner])
  await store.close()
  // The bytes of a whole other pack, with a removal record in it, uploaded as content.
  const other = new CrashDisk()
  await other.mkdir('/packs')
  const source = storeOn(other, 77)
  await source.open()
  await source.put(WORKSPACE, [victim])
  await source.remove(WORKSPACE, [victim.digest])
  await source.close()
  const file = await other.open(PACK, 'read')
  const forged = new Uint8Array(other.sizeOf(PACK))
  await file.read(forged, 0)
  const again = storeOn(disk, 2)
  await again.open()
  const start = disk.sizeOf(PACK)
  await again.put(WORKSPACE, [{ digest: chunk(3, 1).digest, encoding: 'identity', bytes: forged }])
  await again.close()
  disk.flip(PACK, start + 20)
  const last = storeOn(disk, 3)
  await last.open()
  t.deepEqual(await last.get(WORKSPACE, [victim.digest, inner.digest]), [victim, inner])
  await last.close()
})
