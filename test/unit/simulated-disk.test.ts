/** The simulated disk: what a power loss leaves, row by row, and what a dead program, a held file and a clone see. */

import test from 'ava'
import { seededRandom } from '../../adapters/shared/seeded-random.js'
import type { PowerLoss } from '../../adapters/simulation/power-loss.js'
import { SimulatedDisk } from '../../adapters/simulation/simulated-disk.js'
import { codeOf } from '../conformance/assertion.js'
import { CONTENT_ROWS, NAME_ROWS, treeOf } from './simulated-disk.table.js'

function fresh(more: Partial<ConstructorParameters<typeof SimulatedDisk>[0]> = {}): SimulatedDisk {
  let time = 1_700_000_000_000
  return new SimulatedDisk({ now: () => (time += 10), ...more })
}

const ALL_KEPT: PowerLoss = { content: 'kept', names: 'kept' }
const ALL_LOST: PowerLoss = { content: 'absent', names: 'lost' }
const DRAWN: PowerLoss = { content: 'mixed', names: 'mixed' }

for (const { title, act, after } of CONTENT_ROWS) {
  test(`DISK-12 content after a power loss: ${title}`, async (t) => {
    for (const [content, expected] of Object.entries(after) as [keyof typeof after, string | RegExp][]) {
      const disk = fresh()
      disk.user.writeFile('/f', 'old!')
      disk.writeBack()
      await act(disk)
      const text = disk.crash({ content, names: 'kept' }, seededRandom(7)).user.readText('/f')
      t.true(
        typeof expected === 'string' ? text === expected : expected.test(text),
        `${content}: ${JSON.stringify(text)}`,
      )
    }
  })
}

for (const { title, before = [], act, lost, kept } of NAME_ROWS) {
  test(`DISK-12 names after a power loss: ${title}`, async (t) => {
    const play = async (): Promise<SimulatedDisk> => {
      const disk = fresh()
      for (const path of ['/a', '/b']) disk.user.mkdir(path)
      for (const path of before) {
        if (path.endsWith('/')) disk.user.mkdir(path)
        else disk.user.writeFile(path, path)
      }
      disk.writeBack()
      await act(disk)
      return disk
    }
    t.deepEqual(treeOf((await play()).crash({ content: 'kept', names: 'lost' }, seededRandom(1))), lost)
    t.deepEqual(treeOf((await play()).crash({ content: 'kept', names: 'kept' }, seededRandom(1))), kept)
  })
}

test('DISK-12 drawn losses: a moved file is in one of its places, and every draw comes', async (t) => {
  const seen = new Set<string>()
  for (let seed = 0; seed < 200; seed++) {
    const disk = fresh()
    for (const path of ['/a', '/b']) disk.user.mkdir(path)
    disk.user.writeFile('/a/f', 'content')
    disk.writeBack()
    await disk.rename('/a/f', '/b/g')
    await disk.syncDirectory('/a')
    const held = disk.user.hold('/b/g')
    held.write('CONTENT', 0)
    const next = disk.crash(DRAWN, seededRandom(seed))
    const tree = treeOf(next)
    t.is(tree.filter((path) => !path.endsWith('/')).length, 1)
    seen.add(tree.join(' '))
    t.is(
      codeOfSync(() => held.write('x')),
      'EBADF',
    )
    const text = next.user.readText(next.user.exists('/b/g') ? '/b/g' : '/a/f')
    t.true(['content', 'CONTENT', '\0'.repeat(7)].includes(text) || /^C{0,1}O?N?T?E?N?t?e?n?t?/.test(text))
    seen.add(text === 'content' || text === 'CONTENT' ? text : text.startsWith('\0') ? 'zeros' : 'torn')
  }
  t.true(['content', 'CONTENT', 'zeros', 'torn', '/a/ /a/f /b/', '/a/ /b/ /b/g'].every((one) => seen.has(one)))
})

test('DISK-12 drawn losses: a file linked elsewhere and removed keeps one of its names at least', async (t) => {
  const seen = new Set<string>()
  for (let seed = 0; seed < 64; seed++) {
    const disk = fresh()
    disk.user.writeFile('/f', 'content')
    disk.writeBack()
    await disk.link('/f', '/g')
    await disk.unlink('/f')
    seen.add(treeOf(disk.crash(DRAWN, seededRandom(seed))).join(' '))
  }
  t.deepEqual([...seen].sort(), ['/f', '/f /g', '/g'])
})

for (const flushed of [false, true]) {
  test(`DISK-12 drawn losses: a number that was given again belongs to one file, ${flushed ? 'the directory flushed' : 'nothing flushed'}`, async (t) => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 64; seed++) {
      const disk = fresh()
      disk.user.mkdir('/a')
      disk.user.writeFile('/f', 'content')
      disk.writeBack()
      const { ino } = await disk.lstat('/f')
      await disk.unlink('/f')
      disk.user.writeFile('/a/g', 'another')
      t.is((await disk.lstat('/a/g')).ino, ino)
      if (flushed) await disk.syncDirectory('/a')
      const next = disk.crash(DRAWN, seededRandom(seed))
      const files = treeOf(next).filter((path) => !path.endsWith('/'))
      for (const path of files) t.is((await next.lstat(path)).ino, ino)
      seen.add(files.join(' '))
    }
    t.deepEqual([...seen].sort(), flushed ? ['/a/g'] : ['', '/a/g', '/f'])
  })
}

/** A user who makes, moves and removes as much as there is, and flushes now and then. */
async function wander(disk: SimulatedDisk, seed: number, steps: number): Promise<void> {
  const random = seededRandom(seed)
  const path = (): string => `/${Array.from({ length: 1 + random.below(3) }, () => 'abc'[random.below(3)]).join('/')}`
  const acts: (() => void | Promise<void>)[] = [
    () => disk.user.mkdir(path()),
    () => disk.user.writeFile(path(), `${random.below(1000)}`),
    () => disk.rename(path(), path()),
    () => disk.rename(path(), path()),
    () => disk.link(path(), path()),
    () => disk.unlink(path()),
    () => disk.rmdir(path()),
    () => disk.syncDirectory(random.below(4) === 0 ? '/' : path()),
  ]
  for (let step = 0; step < steps; step++) await codeOf(async () => acts[random.below(acts.length)]!())
}

test('DISK-12 whatever was done, a power loss leaves a tree whose counts are true, and what is flushed is there', async (t) => {
  for (let seed = 0; seed < 400; seed++) {
    const disk = fresh()
    await wander(disk, seed, 40)
    const flushed = seed % 3 === 0
    if (flushed) disk.writeBack()
    const before = treeOf(disk)
    const kept = treeOf(disk.clone().crash(ALL_KEPT, seededRandom(seed)))
    t.deepEqual(kept, before, `seed ${seed}: with all names kept`)
    const next = disk.crash(flushed ? ALL_LOST : DRAWN, seededRandom(seed))
    const after = treeOf(next)
    if (flushed) t.deepEqual(after, before, `seed ${seed}: all was flushed`)
    t.deepEqual(wrongCounts(next), [], `seed ${seed}`)
    t.deepEqual(
      treeOf(next.crash(ALL_LOST, seededRandom(seed))),
      after,
      `seed ${seed}: a second loss takes nothing more`,
    )
  }
})

test('DISK-12 a directory that was flushed, and all above it, shows after any loss every name it showed', async (t) => {
  let compared = 0
  for (let seed = 0; seed < 400; seed++) {
    const disk = fresh()
    await wander(disk, 10_000 + seed, 40)
    for (const path of ['/a', '/']) await codeOf(() => disk.syncDirectory(path))
    const names = disk.user.readdir('/')
    const below = disk.user.exists('/a') && disk.user.lstat('/a').kind === 'directory' ? disk.user.readdir('/a') : []
    const next = disk.crash(seed % 2 === 0 ? ALL_LOST : DRAWN, seededRandom(seed))
    // What was moved from there to a directory that was not flushed may be back.
    const lacks = (path: string, shown: readonly string[]): readonly string[] => {
      const there = new Set(next.user.readdir(path))
      return shown.filter((one) => !there.has(one))
    }
    t.deepEqual(lacks('/', names), [], `seed ${seed}`)
    if (below.length === 0) continue
    compared++
    t.deepEqual(lacks('/a', below), [], `seed ${seed}`)
  }
  t.true(compared > 100)
})

/** Links and used room against what is there. */
function wrongCounts(disk: SimulatedDisk): readonly string[] {
  const found = new Map<bigint, { path: string; names: number; links: number }>()
  let used = 4096
  const walk = (directory: string): number => {
    let directories = 0
    for (const name of disk.user.readdir(directory === '' ? '/' : directory)) {
      const path = `${directory}/${name}`
      const { kind, ino, nlink, size } = disk.user.lstat(path)
      const one = found.get(ino) ?? { path, names: 0, links: Number(nlink) }
      if (one.names === 0) used += kind === 'directory' ? 4096 : Math.ceil(size / 4096) * 4096
      one.names++
      found.set(ino, one)
      if (kind !== 'directory') continue
      directories++
      one.names = 2 + walk(path)
    }
    return directories
  }
  walk('')
  const wrong = [...found.values()].filter(({ names, links }) => names !== links).map(({ path }) => path)
  return disk.usedBytes === used ? wrong : [...wrong, `${disk.usedBytes} bytes used instead of ${used}`]
}

test('a program that is killed gets no answer any more, loses its handles and nothing else', async (t) => {
  const disk = fresh()
  const file = await disk.open('/f', 'create')
  await file.write(new Uint8Array([1, 2, 3]), 0)
  await disk.unlink('/f')
  await disk.mkdir('/d')
  const held = disk.user.hold('/g')
  const waiting: (() => void)[] = []
  disk.before = () => new Promise((resolve) => waiting.push(resolve))
  let answers = 0
  const late = disk.mkdir('/late').finally(() => answers++)
  t.is(disk.usedBytes, 3 * 4096)
  const next = disk.kill()
  t.is(next.usedBytes, 2 * 4096, 'what only a handle held is gone')
  for (const go of waiting) go()
  for (const call of [late, file.stat(), file.close(), disk.lstat('/d')]) void call.finally(() => answers++)
  await next.lstat('/d')
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  t.is(answers, 0)
  t.deepEqual(treeOf(next), ['/d/', '/g'])
  held.write('still there')
  t.is(next.user.readText('/g'), 'still there', 'a user did not die')
})

test('the hook is told each call in order before anything is done, and may refuse it', async (t) => {
  const disk = fresh()
  const told: string[] = []
  disk.before = (call, path, { to, how, length, position }) => {
    told.push([call, path, to, how, length, position].filter((part) => part !== undefined).join(' '))
    if (call === 'unlink') throw Object.assign(new Error('no'), { code: 'EIO' })
    t.is(call === 'open' && disk.user.exists(path), false, 'nothing is done yet')
  }
  const file = await disk.open('/f', 'create')
  await file.write(new Uint8Array(3), 1)
  await file.sync()
  await file.close()
  await disk.rename('/f', '/g')
  t.is(await codeOf(() => disk.unlink('/g')), 'EIO')
  t.true(disk.user.exists('/g'))
  t.deepEqual(told, [
    'open /f create',
    'file.write /f 3 1',
    'file.sync /f',
    'file.close /f',
    'rename /f /g',
    'unlink /g',
  ])
})

test('a clone has a life of its own, and what was not flushed is not flushed there', async (t) => {
  const disk = fresh()
  const file = await disk.open('/f', 'create')
  await file.write(new TextEncoder().encode('one'), 0)
  await disk.syncDirectory('/')
  const clone = disk.clone()
  await file.write(new TextEncoder().encode(' two'), 3)
  clone.user.append('/f', ' three')
  t.deepEqual([disk.user.readText('/f'), clone.user.readText('/f')], ['one two', 'one three'])
  t.is(disk.user.lstat('/f').ino, clone.user.lstat('/f').ino)
  t.is(clone.crash(ALL_LOST, seededRandom(1)).user.readText('/f'), '')
  t.is(disk.user.readText('/f'), 'one two')
})

test('open files go on after a rename and after their last name, and give back their room when they are closed', async (t) => {
  const disk = fresh({ capacityBytes: 3 * 4096 })
  const held = disk.user.hold('/f')
  held.write('x'.repeat(5000))
  disk.user.rename('/f', '/g')
  disk.user.unlink('/g')
  held.write('y')
  t.is(new TextDecoder().decode(held.read()).slice(0, 3), 'yxx')
  t.is(
    codeOfSync(() => disk.user.writeFile('/h', 'z')),
    'ENOSPC',
  )
  held.close()
  disk.user.writeFile('/h', 'z')
  t.is(
    codeOfSync(() => held.write('y')),
    'EBADF',
  )
  t.is(
    codeOfSync(() => disk.user.append('/h', 'z'.repeat(9000))),
    'ENOSPC',
  )
  t.is(disk.user.readText('/h').length, 8192, 'as much as fits was written')
  t.is(
    codeOfSync(() => disk.user.mkdir('/d')),
    'ENOSPC',
  )
  t.is(disk.usedBytes, 3 * 4096)
})

function codeOfSync(run: () => void): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return (error as { code?: string }).code
  }
}
