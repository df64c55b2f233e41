/**
 * A server as its operator knows it, in real processes: killed in mid-transfer and started again (INV-10, A15), backed up while
 * it runs, verified, collected, restored; each by the command line.
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { embeddedStores } from '../../adapters/sqlite/index.js'
import { compareTrees } from '../tree-comparison.js'
import { seededRandom } from '../../adapters/shared/seeded-random.js'
import { device, document, place, run, start, type Running } from './cli-world.js'

async function serve(
  t: ExecutionContext,
  data: string,
  port = 0,
): Promise<{ readonly server: Running; readonly url: string; readonly port: number }> {
  const server = start(t, ['serve', '--port', String(port), '--json', '--data', data])
  const ready = JSON.parse(await server.says('\n')) as { readonly url: string; readonly port: number }
  return { server, ...ready }
}

function fill(folder: string, seed: number, files: number): void {
  const random = seededRandom(seed)
  for (let at = 0; at < files; at += 1) {
    mkdirSync(join(folder, `d${at % 5}`), { recursive: true })
    writeFileSync(join(folder, `d${at % 5}`, `f${at}`), random.bytes(40_000))
  }
}

/** Names of live nodes with how often each was accepted. */
async function revisions(
  data: string,
): Promise<{ readonly sequence: number; readonly kept: number; readonly live: number }> {
  const { metadata } = embeddedStores({ directory: data })
  await metadata.open()
  try {
    const [head] = await metadata.everyWorkspace(null, 1)
    if (head === undefined) throw new RangeError('no workspace')
    return await metadata.read(head.id, async (reader) => ({
      sequence: head.sequence,
      kept: (await reader.keptAfter(0, 10_000)).length,
      live: await reader.liveCount(),
    }))
  } finally {
    await metadata.close()
  }
}

for (const seed of [1, 2, 3]) {
  test(`INV-10 A15 the server is killed in mid-transfer, moment ${seed}: started again, the device goes on, and nothing was committed twice`, async (t) => {
    const data = join(place(t), 'data')
    const first = await serve(t, data)
    const { home, folder } = await device(t, first.url, 'ann', 'a')
    fill(folder, seed, 120)
    const watching = start(t, ['watch', folder, '--json'], { home })
    // the moment is one of the server's, not of a clock: so many packs' bytes are there
    const least = seed * 1_200_000
    const bytesThere = (): number => {
      try {
        const [space = ''] = readdirSync(join(data, 'packs')).filter((name) => name !== 'format')
        return readdirSync(join(data, 'packs', space)).reduce(
          (sum, name) => sum + readFileSync(join(data, 'packs', space, name)).length,
          0,
        )
      } catch {
        return 0
      }
    }
    while (bytesThere() < least) await new Promise(setImmediate)
    first.server.child.kill('SIGKILL')
    await first.server.ended
    const second = await serve(t, data, first.port)
    await watching.says('"state":"synced"')
    watching.child.kill('SIGTERM')
    t.is((await watching.ended).code, 0)
    const again = await run(t, ['sync', folder, '--json'], { home })
    t.like(document(t, again), { exit: 0, uploaded: 0 })
    second.server.child.kill('SIGTERM')
    t.is((await second.server.ended).code, 0)
    t.deepEqual(await revisions(data), { sequence: 125, kept: 125, live: 125 })
    const verified = await run(t, ['verify', '--data', data, '--json'])
    t.like(document(t, verified), { exit: 0, problems: 0 })
  })
}

test('SEC-44 backup of a running server, verify, gc, restore-backup: each says what it did, and refuses what it must', async (t) => {
  const root = place(t)
  const [data, copy, again] = [join(root, 'data'), join(root, 'copy'), join(root, 'again')]
  const first = await serve(t, data)
  const { home, folder } = await device(t, first.url, 'ann', 'a')
  fill(folder, 7, 20)
  t.is((await run(t, ['sync', folder], { home })).code, 0)
  const backedUp = document(t, await run(t, ['backup', copy, '--data', data, '--json']))
  t.like(backedUp, { exit: 0, workspaces: 1, directory: copy })
  for (const command of ['verify', 'gc'])
    t.like(document(t, await run(t, [command, '--data', data, '--json'])), { exit: 1, error: { code: 'locked' } })
  t.like(document(t, await run(t, ['backup', copy, '--data', data, '--json'])), { exit: 1, error: { code: 'exists' } })
  writeFileSync(join(folder, 'later'), 'written after the backup')
  t.is((await run(t, ['sync', folder], { home })).code, 0)
  first.server.child.kill('SIGTERM')
  t.is((await first.server.ended).code, 0)
  t.like(document(t, await run(t, ['gc', '--dry-run', '--data', data, '--json'])), { exit: 0, dryRun: true })
  t.like(document(t, await run(t, ['verify', '--data', copy, '--json'])), { exit: 0, problems: 0 })
  t.like(document(t, await run(t, ['verify', '--data', join(root, 'none'), '--json'])), {
    exit: 1,
    error: { code: 'not-found' },
  })
  t.is((await run(t, ['restore-backup', copy, '--data', again])).code, 0)
  const second = await serve(t, again, first.port)
  t.is((await run(t, ['sync', folder], { home })).code, 0)
  t.is(readFileSync(join(folder, 'later'), 'utf8'), 'written after the backup')
  const other = join(root, 'other')
  mkdirSync(other)
  t.is((await run(t, ['link', other, 'notes'], { home })).code, 0)
  t.is((await run(t, ['sync', other], { home })).code, 0)
  t.deepEqual(compareTrees(folder, other).differences, [])
  second.server.child.kill('SIGTERM')
  t.is((await second.server.ended).code, 0)
})
