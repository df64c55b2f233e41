/** Pack files give back what was removed. That no crash on the way loses a chunk is swept in pack.test.ts. */

import test from 'ava'
import { CrashDisk } from './crash-disk.js'
import { chunk, storeOn, WORKSPACE } from './pack-world.js'

test('CHUNK-12 A16 files give back what was removed: their sizes before and after, and what stays is whole', async (t) => {
  const disk = new CrashDisk()
  await disk.mkdir('/packs')
  const store = storeOn(disk)
  await store.open()
  const chunks = Array.from({ length: 40 }, (_, at) => chunk(at + 1, 30_000))
  for (const each of chunks) await store.put(WORKSPACE, [each])
  const sizes = async (): Promise<number> => {
    const names = (await disk.readdir(`/packs/${WORKSPACE}`)).map(({ name }) => new TextDecoder().decode(name))
    return names.reduce((sum, name) => sum + disk.sizeOf(`/packs/${WORKSPACE}/${name}`), 0)
  }
  const before = await sizes()
  const stay = chunks.filter((_, at) => at % 8 === 0)
  const go = chunks.filter((_, at) => at % 8 !== 0).map(({ digest }) => digest)
  await store.remove(WORKSPACE, go)
  await store.reclaim(WORKSPACE)
  await store.close()
  const again = storeOn(disk, 2)
  await again.open()
  t.deepEqual(await again.usage(WORKSPACE), { chunks: 5, bytes: 150_000 })
  for (;;) {
    const figures = await again.reclaim(WORKSPACE)
    t.is(figures.after, await sizes())
    if (figures.after >= figures.before) break
  }
  t.true(before > 1_200_000)
  t.true((await sizes()) < 310_000, `${await sizes()} bytes are left of ${before}`)
  t.deepEqual(
    await again.get(
      WORKSPACE,
      stay.map(({ digest }) => digest),
    ),
    stay,
  )
  await again.close()
})
