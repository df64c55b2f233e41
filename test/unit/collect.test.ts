/** What garbage collection and retention do, step by step and by the clock (INV-27, DESIGN 2 and 11). */

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { virtualClock } from '../../adapters/shared/virtual-clock.js'
import { embeddedStores } from '../../adapters/sqlite/index.js'
import type { WorkspaceId } from '../../src/index.js'
import type { Maintained } from '../../src/server/index.js'
import { ANN, code, content, file, id, planted, remove, said, World, X, Y } from './server-world.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const Z = content('zzz', 'y')

async function round(world: World, options: { readonly dryRun?: boolean } = {}): Promise<Maintained> {
  const [done] = await world.memory.remote.maintain(options)
  if (done === undefined) throw new RangeError('no workspace')
  return done
}

const held = async (world: World): Promise<number> => {
  const id = (await world.memory.metadata.find('ann', 'notes')) as WorkspaceId
  return (await world.memory.chunks.usage(id)).chunks
}

test('INV-27 an upload that nobody commits: noted, condemned a lease later, gone after one more; a commit in between keeps it', async (t) => {
  const rows: readonly (readonly [
    hours: number,
    figures: Partial<NonNullable<Maintained['collected']>>,
    chunks: number,
  ])[] = [
    [0, { noted: 0, condemned: 0 }, 4],
    [23, { noted: 0 }, 4],
    [24, { forgottenManifests: 1, noted: 1 }, 4],
    [47, { condemned: 0 }, 4],
    [48, { condemned: 1 }, 4],
    [71, { removed: { chunks: 0, bytes: 0 } }, 4],
    [72, { removed: { chunks: 1, bytes: 3 } }, 3],
    [96, { noted: 0, condemned: 0, removed: { chunks: 0, bytes: 0 } }, 3],
  ]
  const world = await planted()
  await world.put(Z)
  const from = world.now
  await world.commit([[file(9, 'y', Y)]])
  for (const [hours, figures, chunks] of rows) {
    world.now = from + hours * HOUR
    t.like((await round(world)).collected, figures, `after ${hours} h`)
    t.is(await held(world), chunks, `after ${hours} h`)
  }
  await t.notThrowsAsync(world.commit([[file(10, 'again', Z)]], { manifests: [Z.manifest], chunks: Z.chunks }))
})

test('INV-27 a condemned chunk is absent for announce and commit, is still read, and comes back with the next upload', async (t) => {
  const world = await planted()
  await world.put(Z)
  for (const hours of [0, 24, 48]) {
    world.now += hours === 0 ? 0 : 24 * HOUR
    await round(world)
  }
  const [zzz] = Z.chunks
  if (zzz === undefined) throw new RangeError('no chunk')
  const advice = await world.announce([[file(11, 'z', Z)]], [Z.manifest])
  t.true(advice.missingChunks.includes(zzz.digest))
  const refused = await world.commit([[file(11, 'z', Z)]], { manifests: [Z.manifest] })
  t.is(said(refused.results[0]?.[0]), 'refused missing-chunks')
  const read = await world.ask({ type: 'get-chunks', workspace: 'notes', digests: [zzz.digest] })
  t.is(read.chunks.length, 1)
  await world.put(Z)
  t.regex(said((await world.commit([[file(11, 'z', Z)]])).results[0]?.[0]), /^accepted/)
  world.now += 10 * DAY
  t.like(
    (await round(world)).collected,
    { condemned: 0, removed: { chunks: 1, bytes: 2 } },
    'yy, which nobody brought again',
  )
  t.deepEqual((await world.announce([[file(12, 'w', Z)]])).missingChunks, [])
})

test('INV-27 deleted content stays while history is kept, and goes after the horizon passed it', async (t) => {
  const world = await planted()
  await world.put(Z)
  await world.commit([[file(9, 'z', Z)]])
  await world.commit([[remove(9, 6)]])
  const deletedAt = world.now
  for (let day = 1; day <= 29; day += 4) {
    world.now = deletedAt + day * DAY
    await round(world)
  }
  t.is(await held(world), 3, 'kept by history; yy was never named')
  for (let day = 31; day <= 36; day += 1) {
    world.now = deletedAt + day * DAY
    await round(world)
  }
  t.is(await held(world), 1, 'only x is named, by a live node')
  t.is((await world.tree()).length, 3)
})

test('a dry run changes nothing and tells what would be done now', async (t) => {
  const world = await planted()
  await world.put(Z)
  world.now += 40 * DAY
  const { collected, horizon } = await round(world, { dryRun: true })
  t.is(horizon, 0)
  t.like(collected, { noted: 0, condemned: 0, removed: { chunks: 0, bytes: 0 }, stored: null, chunks: 4 })
  await round(world)
  world.now += DAY
  await round(world)
  world.now += DAY
  const before = await round(world, { dryRun: true })
  t.deepEqual(await round(world, { dryRun: true }), before)
  t.like(before.collected, { condemned: 3, unnamed: { chunks: 3, bytes: 6 } })
})

test('a manifest that a revision names and that is not there: nothing of the workspace is collected, the others are', async (t) => {
  const world = await planted()
  await world.put(Z)
  const id = (await world.memory.metadata.find('ann', 'notes')) as WorkspaceId
  await world.memory.metadata.transact(id, (writer) => writer.dropManifests([X.given.content]))
  await world.ask({
    type: 'hello',
    workspace: 'other',
    device: 'd',
    session: { last: null, next: 'n' },
    cursor: null,
    witness: null,
  })
  for (let day = 0; day < 5; day += 1) {
    world.now += 31 * DAY
    const done = await world.memory.remote.maintain()
    t.deepEqual(done.map(({ name, failure }) => [name, failure?.code ?? null]).sort(), [
      ['notes', 'corrupt'],
      ['other', null],
    ])
  }
  t.is(await held(world), 4)
})

test('retention: days that are not seen for long are forgotten, the cursors of the others keep their hashes; both are told the truth', async (t) => {
  const world = await planted()
  const cursor = (await world.page(world.cursor)).cursor
  await world.hello(ANN, cursor)
  world.now += 40 * DAY
  await world.commit([[file(20, 'new', X)]])
  await round(world)
  t.is((await world.pull(cursor)).state.standing, 'current', 'the horizon stands at this cursor')
  t.is((await world.pull(world.cursor)).state.standing, 'expired', 'below the horizon')
  world.now += 200 * DAY
  await world.commit([[file(21, 'newer', X)]])
  await round(world)
  t.is((await world.pull(cursor)).state.standing, 'expired')
  const wrong = { ...cursor, hash: X.given.content }
  t.is((await world.pull(wrong)).state.standing, 'expired', 'its hash is forgotten: nobody can say more')
  const again = await world.hello(ANN, cursor, { last: 'n0', next: 'n2' })
  t.is(again.device, 'new', 'a forgotten device is new, not a clone')
})

test('the loop runs on the clock, one round at a time, and close ends it', async (t) => {
  const clock = virtualClock()
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
  }
  const events: string[] = []
  const world = new World({
    clock,
    maintenance: { intervalMinutes: 30 },
    log: (build) => void events.push(build().event),
  })
  await world.open()
  await settle()
  t.is(clock.nextDue(), 60_000)
  clock.advance(60_000)
  await settle()
  t.is(events.filter((event) => event === 'server.collected').length, 1)
  t.is(clock.nextDue(), 30 * 60_000)
  const asked = world.memory.remote.maintain()
  clock.advance(30 * 60_000)
  await asked
  await settle()
  t.is(events.filter((event) => event === 'server.collected').length, 3)
  await world.memory.server.close()
  t.is(clock.nextDue(), null)
})

test('options of maintenance are checked', (t) => {
  for (const [options, expected] of [
    [{ retentionDays: 0 }, 'invalid-option'],
    [{ leaseHours: Number.NaN }, 'invalid-option'],
    [{ intervalMinutes: -1 }, 'invalid-option'],
    [{ keepDays: 3 } as object, 'unknown-option'],
  ] as const)
    t.throws(() => new World({ maintenance: options }), code(expected))
  t.notThrows(() => new World({ maintenance: { retentionDays: null } }))
})

test('A16 on disk: 400 files of 64 KiB are deleted, and the data directory gives their bytes back', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-collect-'))
  try {
    const world = await new World({
      ...embeddedStores({ directory, driver: 'libsql', packBytes: 4 * 1024 * 1024 }),
    }).open()
    const bytesBelow = (): number => {
      const [space = ''] = readdirSync(join(directory, 'packs')).filter((name) => name !== 'format')
      const names = readdirSync(join(directory, 'packs', space))
      return names.reduce((sum, name) => sum + statSync(join(directory, 'packs', space, name)).size, 0)
    }
    const contents = Array.from({ length: 400 }, (_, at) => content(`${at} `.repeat(16_384).slice(0, 65_536)))
    for (const each of contents) await world.put(each)
    for (let at = 0; at < 400; at += 100)
      await world.commit(
        contents.slice(at, at + 100).map((each, index) => [file(1_000 + at + index, `f${at + index}`, each)]),
      )
    const before = bytesBelow()
    const doomed = contents.flatMap((_, at) => (at % 4 === 0 ? [] : [[remove(1_000 + at, at + 1)]]))
    await world.commit(doomed)
    for (const days of [31, 1, 1, 1]) {
      world.now += days * DAY + 1
      await round(world)
    }
    const after = bytesBelow()
    t.log(`${before} bytes before, ${after} afterwards`)
    t.true(before >= 400 * 60_000)
    t.true(after <= 0.55 * before)
    const { collected } = await round(world)
    t.is(collected?.stored?.after, after)
    t.is(await held(world), 100)
    await world.memory.server.close()
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})

test('requests are answered while a collection is at work', async (t) => {
  const world = await planted()
  for (let at = 0; at < 60; at += 1) await world.put(content(`orphan ${at}`))
  let isThrough = false
  const rounds = (async () => {
    for (const hours of [0, 24, 24, 24]) {
      world.now += hours * HOUR
      await round(world)
    }
    isThrough = true
  })()
  let answered = 0
  while (!isThrough) {
    await world.pull(world.cursor)
    const put = await world.commit([[file(100 + answered, `f${answered}`, X)]], {
      manifests: [X.manifest],
      chunks: X.chunks,
    })
    t.regex(said(put.results[0]?.[0]), /^accepted/)
    answered += 1
  }
  await rounds
  t.true(answered > 3)
  t.is(await held(world), 1)
  t.is((await world.tree()).filter(({ node }) => node?.parentId === id(0)).length, answered + 2)
})
