/** The disk in IndexedDB, where the conformance suites do not reach: blocks, orphans, damage, and the folder over it. */

import test, { type ExecutionContext } from 'ava'
import { type IndexedDbDisk, indexedDbDisk } from '../../adapters/browser/indexeddb-disk.js'
import { indexedDbStateStore } from '../../adapters/browser/indexeddb-state-store.js'
import { indexedDbFolder } from '../../adapters/browser/indexeddb-folder.js'
import type { IndexedDbHost } from '../../adapters/browser/indexeddb-host.js'
import type { DiskFile } from '../../adapters/shared/disk.js'
import { memoryServer } from '../../adapters/memory/memory-server.js'
import { loopbackTransport } from '../../adapters/shared/loopback-transport.js'
import { seededRandom } from '../../adapters/shared/seeded-random.js'
import { systemClock, systemRandom } from '../../adapters/shared/system-clock.js'
import { SyncEngine, portableHasher } from '../../src/index.js'
import { codeOf } from '../conformance/assertion.js'
import { answerOf, freshOrigin, inDatabase } from '../conformance/indexeddb-hands.js'
import { watchedOrigin } from './indexeddb-world.js'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

async function put(disk: IndexedDbDisk, path: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.open(path, 'create')
  await file.write(bytes, 0)
  await file.close()
}

/** All of a file, and that nothing comes after it. */
async function contentOf(file: DiskFile): Promise<Buffer> {
  const into = new Uint8Array((await file.stat()).size + 10)
  let length = 0
  for (let count = 1; count > 0; length += count) count = await file.read(into.subarray(length), length)
  return Buffer.from(into.subarray(0, length))
}

async function read(disk: IndexedDbDisk, path: string): Promise<string> {
  const file = await disk.open(path, 'read')
  const content = await contentOf(file)
  await file.close()
  return content.toString()
}

const keysIn = (host: IndexedDbHost, name: string, store: string): Promise<IDBValidKey[]> =>
  inDatabase(host, `tidemark-disk:${name}`, (database) =>
    answerOf(database.transaction(store).objectStore(store).getAllKeys()),
  )

/** The same databases as another page has them. */
const otherPage = (host: IndexedDbHost): IndexedDbHost => ({
  ...host,
  indexedDB: Object.create(host.indexedDB) as IDBFactory,
})

test('DISK-3 writes and cuts at any place and of any length leave the bytes that a buffer would have', async (t) => {
  const random = seededRandom(7)
  const block = 128 * 1024
  const disk = indexedDbDisk({ name: 'any', host: freshOrigin() })
  const file = await disk.open('/root/f', 'create')
  let model = Buffer.alloc(0)
  const around = (): number => Math.max(0, random.below(4) * block + random.below(7) - 3)
  for (let round = 0; round < 120; round++) {
    if (random.below(3) === 0) {
      const length = around()
      await file.truncate(length)
      model = Buffer.concat([model.subarray(0, length), Buffer.alloc(Math.max(0, length - model.length))])
    } else {
      const [position, bytes] = [around(), random.bytes(random.below(4) === 0 ? 2 * block + 5 : random.below(9))]
      await file.write(bytes, position)
      const whole = bytes.length === 0 ? model.length : Math.max(model.length, position + bytes.length)
      model = Buffer.concat([model, Buffer.alloc(whole - model.length)])
      model.set(bytes, bytes.length === 0 ? 0 : position)
    }
    if (!(await contentOf(file)).equals(model)) t.fail(`round ${round}`)
  }
  t.true(model.length > 0)
  await file.close()
})

test('DISK-11 what has no name and is open no more leaves nothing behind', async (t) => {
  const host = freshOrigin()
  const disk = indexedDbDisk({ name: 'any', host })
  const before = await disk.readdir('/root').then(() => keysIn(host, 'any', 'inodes'))
  await put(disk, '/root/a', text('one'))
  const [first, second] = [await disk.open('/root/a', 'write'), await disk.open('/root/a', 'read')]
  await disk.unlink('/root/a')
  await first.write(text('more'), 3)
  await first.close()
  t.is((await contentOf(second)).toString(), 'onemore')
  await second.close()
  t.deepEqual([await keysIn(host, 'any', 'blocks'), await keysIn(host, 'any', 'inodes')], [[], before])
})

test('DISK-11 what a dead tab had open goes with the next opening, what has a name stays', async (t) => {
  const host = freshOrigin()
  const dead = indexedDbDisk({ name: 'any', host })
  await put(dead, '/root/a', text('one'))
  await put(dead, '/root/b', text('two'))
  await put(dead, '/root/c', text('three'))
  await dead.open('/root/a', 'read')
  await dead.open('/root/b', 'read')
  await dead.unlink('/root/a')
  await dead.rename('/root/c', '/root/b')
  t.is((await keysIn(host, 'any', 'blocks')).length, 3)
  t.is(await read(indexedDbDisk({ name: 'any', host }), '/root/b'), 'three')
  t.is((await keysIn(host, 'any', 'blocks')).length, 3, 'in the same page nobody has died')
  t.is(await read(indexedDbDisk({ name: 'any', host: otherPage(host) }), '/root/b'), 'three')
  t.is((await keysIn(host, 'any', 'blocks')).length, 1)
})

test('DISK-11 an open file goes on when another object of the page removes it, and is busy when another page does', async (t) => {
  const host = freshOrigin()
  const disk = indexedDbDisk({ name: 'any', host })
  for (const [where, told] of [
    [host, 'one'],
    [otherPage(host), 'EAGAIN'],
  ] as const) {
    await put(disk, '/root/a', text('one'))
    const file = await disk.open('/root/a', 'read')
    await indexedDbDisk({ name: 'any', host: where }).unlink('/root/a')
    const code = await codeOf(() => file.read(new Uint8Array(3), 0))
    t.is(code ?? (await contentOf(file)).toString(), told)
    await file.close()
    t.deepEqual(await keysIn(host, 'any', 'blocks'), [])
  }
})

test('DISK-5 a rename over a file for which there is no room is not done at all; a lost one is done once', async (t) => {
  const world = watchedOrigin()
  const disk = indexedDbDisk({ name: 'any', host: world.host })
  await put(disk, '/root/a', text('one'))
  await put(disk, '/root/b', text('two'))
  world.failing.push('QuotaExceededError')
  t.is(await codeOf(() => disk.rename('/root/a', '/root/b')), 'ENOSPC')
  t.deepEqual([await read(disk, '/root/a'), await read(disk, '/root/b')], ['one', 'two'])
  world.failing.push('UnknownError', 'AbortError')
  t.is(await codeOf(() => disk.rename('/root/a', '/root/b')), 'EIO')
  t.deepEqual([await read(disk, '/root/a'), await read(disk, '/root/b')], ['one', 'two'])
  world.failing.push('AbortError')
  await disk.rename('/root/a', '/root/b')
  t.deepEqual([await codeOf(() => disk.lstat('/root/a')), await read(disk, '/root/b')], ['ENOENT', 'one'])
  t.is((await keysIn(world.host, 'any', 'blocks')).length, 1)
})

const DAMAGES: readonly {
  readonly what: string
  readonly store: string
  readonly key: IDBValidKey
  readonly row: unknown
}[] = [
  { what: 'a block is missing', store: 'blocks', key: [3, 0], row: undefined },
  { what: 'a block is short', store: 'blocks', key: [3, 0], row: new Uint8Array(2) },
  { what: 'a block is none', store: 'blocks', key: [3, 0], row: 'one' },
  { what: 'an inode is missing', store: 'inodes', key: 3, row: undefined },
]

for (const { what, store, key, row } of DAMAGES) {
  test(`${what}: it is an error, neither absent nor zeros`, async (t) => {
    const host = freshOrigin()
    const disk = indexedDbDisk({ name: 'any', host })
    await put(disk, '/root/f', text('one'))
    await inDatabase(host, 'tidemark-disk:any', async (database) => {
      const rows = database.transaction(store, 'readwrite').objectStore(store)
      await (row === undefined ? answerOf(rows.delete(key)) : answerOf(rows.put(row, key)))
    })
    t.is(await codeOf(() => read(disk, '/root/f')), 'EIO')
  })
}

test('a disk that was deleted while it was in use is an error, and not made anew', async (t) => {
  const host = freshOrigin()
  const disk = indexedDbDisk({ name: 'any', host })
  await put(disk, '/root/f', text('one'))
  await answerOf(host.indexedDB.deleteDatabase('tidemark-disk:any'))
  t.is(await codeOf(() => disk.lstat('/root/f')), 'EIO')
  t.is(await codeOf(() => disk.mkdir('/root/d')), 'EIO')
  t.deepEqual(await host.indexedDB.databases(), [])
})

test('every change has a time of its own, also when the clock stands still or jumps back, and numbers are never given again', async (t) => {
  const host = freshOrigin()
  let now = 1_700_000_000_000
  const seen: bigint[] = []
  const numbers: bigint[] = []
  for (const jump of [0, 0, -5_000, 10]) {
    now += jump
    const disk = indexedDbDisk({ name: 'any', host, now: () => now })
    for (let round = 0; round < 3; round++) {
      await put(disk, '/root/f', text('x'))
      const { ctimeNs, birthtimeNs, ino } = await disk.lstat('/root/f')
      seen.push(birthtimeNs, ctimeNs)
      numbers.push(ino)
      await disk.unlink('/root/f')
    }
    disk.close()
  }
  const sorted = [...seen].sort((a, b) => (a < b ? -1 : 1))
  t.deepEqual(seen, sorted)
  t.deepEqual([new Set(seen).size, new Set(numbers).size], [24, 12])
})

test('DISK-12 only a flush is strict, and it is no empty transaction', async (t) => {
  const world = watchedOrigin()
  const disk = indexedDbDisk({ name: 'any', host: world.host })
  const file = await disk.open('/root/f', 'create')
  await file.write(text('one'), 0)
  t.false(world.begun.some((begun) => begun.endsWith('strict')))
  for (const flush of [() => file.sync(), () => disk.syncDirectory('/root')]) {
    world.begun.length = world.puts = 0
    await flush()
    t.deepEqual([world.begun, world.puts], [['readwrite strict'], 1])
    world.failing.push('QuotaExceededError')
    t.is(await codeOf(flush), 'ENOSPC')
  }
  await file.close()
})

const REFUSED: readonly {
  readonly name: string
  readonly code: string
  readonly run: (disk: IndexedDbDisk) => Promise<unknown>
}[] = [
  { name: 'a top that is moved', code: 'EBUSY', run: (disk) => disk.rename('/', '/root/top') },
  { name: 'a top that is removed', code: 'EBUSY', run: (disk) => disk.rmdir('/') },
  { name: 'a name that is no Unicode', code: 'EILSEQ', run: (disk) => disk.mkdir('/root/\ud800') },
  { name: 'a move to such a name', code: 'EILSEQ', run: (disk) => disk.rename('/root/f', '/root/\udc00') },
  { name: 'a path that climbs', code: 'EINVAL', run: (disk) => disk.lstat('/root/../root') },
  { name: 'a name with a NUL', code: 'EINVAL', run: (disk) => disk.mkdir('/root/a\0b') },
  { name: 'a long name on the way', code: 'ENAMETOOLONG', run: (disk) => disk.lstat(`/root/${'é'.repeat(128)}/f`) },
  { name: 'a second name of a directory', code: 'EPERM', run: (disk) => disk.link('/root/d', '/root/e') },
  { name: 'a directory that is written', code: 'EISDIR', run: (disk) => disk.open('/root/d', 'write') },
  { name: 'bytes of a directory', code: 'EISDIR', run: (disk) => read(disk, '/root/d') },
  {
    name: 'a write through a file opened to read',
    code: 'EBADF',
    run: async (disk) => (await disk.open('/root/f', 'read')).write(text('x'), 0),
  },
]

for (const { name, code, run } of REFUSED) {
  test(`${code}: ${name}`, async (t) => {
    const disk = indexedDbDisk({ name: 'any', host: freshOrigin() })
    await put(disk, '/root/f', text('one'))
    await disk.mkdir('/root/d')
    t.is(await codeOf(() => run(disk)), code)
    t.is(await read(disk, '/root/f'), 'one')
    t.deepEqual((await disk.readdir('/root')).map((entry) => Buffer.from(entry.name).toString()).sort(), ['d', 'f'])
  })
}

const folderOf = (t: ExecutionContext, host: IndexedDbHost) => indexedDbFolder({ name: t.title, host }).local

test('LOCAL-8 a folder is known at the next opening, one at a time has it, and what was put there is there', async (t) => {
  const host = freshOrigin()
  const local = folderOf(t, host)
  const { identity, known } = await local.open()
  t.false(known)
  t.like(await t.throwsAsync(folderOf(t, host).open()), { code: 'locked' })
  const staged = await local.stage('s')
  await staged.write(text('hello'))
  await staged.finish({ modifiedAt: 1_600_000_000_000, executable: true })
  t.is((await local.create('s', { path: 'f', parent: null })).outcome, 'done')
  await local.flush(['f'])
  await local.close()
  const again = folderOf(t, host)
  t.like(await again.open(), { identity, known: true })
  t.like(again.traits, {
    fileIds: 'strong',
    stamps: 'strong',
    unicode: 'exact',
    case: 'sensitive',
    executableBit: true,
  })
  const found = await again.stat('f')
  t.like(found, { state: 'present', entry: { kind: 'file', executable: true, stamp: { size: 5 } } })
  await again.close()
  await local.open()
  await local.close()
})

test('a folder whose database does not open says why', async (t) => {
  const host = freshOrigin()
  t.like(await t.throwsAsync(indexedDbFolder({ name: t.title }).local.open()), { code: 'io', subject: 'indexedDB' })
  await inDatabase(host, `tidemark-disk:${t.title}`, async () => {}, 99)
  t.like(await t.throwsAsync(folderOf(t, host).open()), { code: 'newer-version' })
})

test('an engine over both brings a tree to another and its changes back, and goes on where it was', async (t) => {
  const { server } = memoryServer({ clock: systemClock(), random: systemRandom() })
  await server.open()
  const devices = ['a', 'b'].map((device) => {
    const [name, host] = [`${t.title} ${device}`, freshOrigin()]
    const engine = (): SyncEngine =>
      new SyncEngine({
        ...indexedDbFolder({ name, host }),
        state: indexedDbStateStore({ name, host }),
        transport: loopbackTransport(server, { workspace: 'w', user: 'u', device }),
        hasher: portableHasher(),
        clock: systemClock(),
        random: systemRandom(),
      })
    const sync = async (): Promise<void> => {
      const one = engine()
      await one.sync()
      await one.stop()
    }
    return { disk: indexedDbDisk({ name, host }), sync }
  })
  const [a, b] = [devices[0]!, devices[1]!]
  const large = seededRandom(3).bytes(300_000)
  await a.disk.mkdir('/root/d')
  await put(a.disk, '/root/d/large', large)
  await put(a.disk, '/root/note', text('one'))
  for (const { sync } of [a, b]) await sync()
  const arrived = await b.disk.open('/root/d/large', 'read')
  t.true((await contentOf(arrived)).equals(large))
  await arrived.close()
  await b.disk.rename('/root/d', '/root/e')
  await b.disk.unlink('/root/note')
  await put(b.disk, '/root/e/more', text('two'))
  for (const { sync } of [b, a]) await sync()
  t.is(await codeOf(() => a.disk.lstat('/root/note')), 'ENOENT')
  t.is(await codeOf(() => a.disk.lstat('/root/d')), 'ENOENT')
  t.is(await read(a.disk, '/root/e/more'), 'two')
  t.is((await a.disk.lstat('/root/e/large')).size, large.length)
  await server.close()
})
