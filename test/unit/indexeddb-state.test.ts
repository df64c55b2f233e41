/** The client database in a browser, where the conformance suite does not reach: what the browser does to it. */

import test from 'ava'
import { forceCloseDatabase } from 'fake-indexeddb'
import { IndexedDbConnection } from '../../adapters/browser/indexeddb-connection.js'
import { indexedDbStateStore } from '../../adapters/browser/indexeddb-state-store.js'
import type { StateStore } from '../../src/index.js'
import { answerOf, bytesOfOrigin, freshOrigin, inDatabase } from '../conformance/indexeddb-hands.js'
import { SharedLocks, type WatchedOrigin, watchedOrigin } from './indexeddb-world.js'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const entry = (key: string, value = key) => ({ key, value: text(value) })
const told = async (store: StateStore): Promise<string> =>
  (await store.range('', null, 100)).map(({ key, value }) => `${key}=${new TextDecoder().decode(value)}`).join(' ')

async function opened(
  world: WatchedOrigin,
  name: string,
  durability: 'strict' | 'relaxed' = 'relaxed',
): Promise<StateStore> {
  const store = indexedDbStateStore({ name, host: world.host, durability })
  await store.open()
  return store
}

test('STATE-7 D9 a batch with a value that cannot be stored does nothing, its deletes included', async (t) => {
  const store = await opened(watchedOrigin(), t.title)
  await store.batch([entry('a'), entry('b')], [])
  for (const value of [() => 0, 'text', null, undefined, { length: 1 }, new Uint16Array(2), Symbol('s')]) {
    const put = { key: 'c', value: value as unknown as Uint8Array }
    t.like(await t.throwsAsync(store.batch([entry('a', 'new'), put], ['b'])), { code: 'invalid', subject: 'c' })
    t.is(await told(store), 'a=a b=b')
  }
  await store.close()
})

test('STATE-7 D9 what cannot be cloned undoes the transaction it is met in', async (t) => {
  const make = (database: IDBDatabase): void => void database.createObjectStore('rows')
  const connection = new IndexedDbConnection(freshOrigin(), { name: 'any', version: 1, stores: ['rows'], make })
  const write = (...rows: readonly (readonly [string, unknown])[]): Promise<void> =>
    connection.transact('readwrite', 'relaxed', (transaction) => {
      const store = transaction.objectStore('rows')
      for (const [key, value] of rows) store.put(value, key)
    })
  const rows = (): Promise<unknown[]> =>
    connection.transact('readonly', 'relaxed', (transaction) =>
      answerOf<unknown[]>(transaction.objectStore('rows').getAll()),
    )
  await write(['a', 1], ['b', 2])
  const failed = await t.throwsAsync(write(['a', 10], ['c', 3], ['d', () => 0]), { any: true })
  t.like(failed, { name: 'DataCloneError' })
  t.deepEqual(await rows(), [1, 2])
})

test('STATE-10 a batch keeps its bytes alone, not the buffer they were a part of', async (t) => {
  const world = watchedOrigin()
  const store = await opened(world, t.title)
  const pool = Buffer.alloc(100_000, 1)
  const batch = store.batch([{ key: 'a', value: pool.subarray(5, 8) }], [])
  pool.fill(2)
  await batch
  await store.close()
  const [name] = (await world.host.indexedDB.databases()).map((found) => found.name!)
  const value = await inDatabase(world.host, name!, (database) =>
    answerOf(database.transaction('state').objectStore('state').get('a') as IDBRequest<Uint8Array>),
  )
  t.deepEqual([value.buffer.byteLength, ...value], [3, 1, 1, 1])
})

test('STATE-6 STATE-9 100,000 rows are written in batches and read in pages, in order and each once', async (t) => {
  const store = await opened(watchedOrigin(), t.title)
  const keyOf = (at: number): string => `row/${String(at).padStart(6, '0')}`
  const batches = Array.from({ length: 20 }, (_, batch) =>
    store.batch(
      Array.from({ length: 5_000 }, (_row, at) => entry(keyOf(batch * 5_000 + at), '')),
      [],
    ),
  )
  await Promise.all(batches)
  let after: string | null = null
  let count = 0
  for (;;) {
    // Over the size of one request of the store, so that it has to put pages together.
    const page = await store.range('row/', after, 1_700)
    for (const { key } of page) if (key !== keyOf(count++)) t.fail(`${key} is at ${count - 1}`)
    if (page.length < 1_700) break
    after = page.at(-1)!.key
  }
  t.is(count, 100_000)
  await store.close()
})

for (const { how, close } of [
  { how: 'with a word', close: (database: IDBDatabase) => forceCloseDatabase(database as never) },
  { how: 'without a word', close: (database: IDBDatabase) => database.close() },
]) {
  test(`a connection that the browser closed ${how} is made again`, async (t) => {
    const world = watchedOrigin()
    const store = await opened(world, t.title)
    await store.batch([entry('a')], [])
    close(world.connections.at(-1)!)
    await store.batch([entry('b')], [])
    close(world.connections.at(-1)!)
    t.is(await told(store), 'a=a b=b')
    t.is(world.connections.length, 3)
    await store.close()
  })
}

const LOSSES: readonly { readonly errors: readonly string[]; readonly code: string | null; readonly rows: string }[] = [
  { errors: ['AbortError'], code: null, rows: 'a=2 c=c' },
  { errors: ['UnknownError'], code: null, rows: 'a=2 c=c' },
  { errors: ['AbortError', 'UnknownError'], code: 'io', rows: 'a=a b=b' },
  { errors: ['QuotaExceededError'], code: 'no-space', rows: 'a=a b=b' },
]

for (const { errors, code, rows } of LOSSES) {
  test(`STATE-7 a batch in the midst of which comes ${errors.join(', then ')}`, async (t) => {
    const world = watchedOrigin()
    const store = await opened(world, t.title)
    await store.batch([entry('a'), entry('b')], [])
    world.failing.push(...errors)
    const batch = store.batch([entry('a', '2'), entry('c')], ['b'])
    if (code === null) await t.notThrowsAsync(batch)
    else t.like(await t.throwsAsync(batch), { code, retryable: code === 'no-space' })
    t.is(await told(store), rows)
    await store.batch([entry('d')], [])
    t.regex(await told(store), /d=d$/)
    await store.close()
  })
}

test('STATE-2 whoever raises the format is not kept waiting, and what it made is not touched', async (t) => {
  const world = watchedOrigin()
  const store = await opened(world, t.title)
  await store.batch([entry('a')], [])
  const name = world.connections[0]!.name
  await inDatabase(world.host, name, async () => {}, 2)
  const before = await bytesOfOrigin(world.host)
  t.like(await t.throwsAsync(store.batch([entry('b')], ['a'])), { code: 'newer-version' })
  t.like(await t.throwsAsync(store.get(['a'])), { code: 'newer-version' })
  t.is(await bytesOfOrigin(world.host), before)
  await store.close()
})

test('a database that was deleted under the store is told, and never counts as an empty one', async (t) => {
  const world = watchedOrigin()
  const store = await opened(world, t.title)
  await store.batch([entry('a')], [])
  await answerOf(world.host.indexedDB.deleteDatabase(world.connections[0]!.name))
  t.like(await t.throwsAsync(store.get(['a'])), { code: 'io' })
  t.like(await t.throwsAsync(store.batch([entry('b')], [])), { code: 'io' })
  t.deepEqual(await world.host.indexedDB.databases(), [])
  await store.close()
  await store.open()
  t.is(await told(store), '')
  await store.close()
})

test('STATE-3 rows beyond those that are looked at on opening are told as corrupt when they are read', async (t) => {
  const world = watchedOrigin()
  const store = await opened(world, t.title)
  await store.batch(
    Array.from({ length: 1_500 }, (_, at) => entry(`k${String(at).padStart(4, '0')}`)),
    [],
  )
  await inDatabase(world.host, world.connections[0]!.name, (database) =>
    answerOf(database.transaction('state', 'readwrite').objectStore('state').put('text', 'k1400')),
  )
  t.like(await t.throwsAsync(store.get(['k1399', 'k1400'])), { code: 'corrupt' })
  t.like(await t.throwsAsync(store.range('k14', null, 10)), { code: 'corrupt' })
  t.is((await store.range('k13', null, 1_000)).length, 100)
  await store.close()
})

test('STATE-3 STATE-4 a database without its store is set aside as it is', async (t) => {
  const world = watchedOrigin()
  const name = `tidemark-state-1:${t.title}`
  const other = world.host.indexedDB.open(name, 1)
  other.onupgradeneeded = () => void other.result.createObjectStore('strange').put('kept', 1)
  ;(await answerOf(other)).close()
  const store = indexedDbStateStore({ name: t.title, host: world.host })
  t.like(await t.throwsAsync(store.open()), { code: 'corrupt' })
  const before = await bytesOfOrigin(world.host)
  t.is(await store.openAside(), name)
  await store.batch([entry('a')], [])
  await store.close()
  t.true((await bytesOfOrigin(world.host)).split('\n').includes(before))
  await store.open()
  t.is(await told(store), 'a=a')
  await store.close()
})

test('STATE-1 tabs exclude each other by Web Locks; the lock of a tab that died is free', async (t) => {
  const locks = new SharedLocks()
  const host = { ...freshOrigin(), locks }
  const tab = (): StateStore => indexedDbStateStore({ name: t.title, host })
  const [first, second, third] = [tab(), tab(), tab()]
  await first.open()
  t.like(await t.throwsAsync(second.open()), { code: 'locked' })
  await first.close()
  t.deepEqual([...locks.held], [])
  await second.open()
  t.is(locks.held.size, 1)
  t.like(await t.throwsAsync(third.open()), { code: 'locked' })
  locks.held.clear()
  await third.open()
  await third.close()
})

test('a host that has or gives no IndexedDB is told with what to do', async (t) => {
  const host = freshOrigin()
  host.indexedDB.open = () => {
    throw new DOMException('', 'SecurityError')
  }
  for (const given of [{}, { host }]) {
    const refused = { code: 'io', subject: 'indexedDB', next: /Allow this site to store data/ }
    const error = await t.throwsAsync(indexedDbStateStore({ name: t.title, ...given }).open())
    t.like(error, { code: refused.code, subject: refused.subject })
    t.regex((error as unknown as { next: string }).next, refused.next)
  }
})

for (const { asked, ignoresDurability, declared, writes } of [
  { asked: 'strict', ignoresDurability: false, declared: 'strict', writes: 'readwrite strict' },
  { asked: 'relaxed', ignoresDurability: false, declared: 'relaxed', writes: 'readwrite relaxed' },
  { asked: 'strict', ignoresDurability: true, declared: 'relaxed', writes: 'readwrite default' },
] as const) {
  test(`the durability declared is that of the batches: ${asked}, ${writes}`, async (t) => {
    const world = watchedOrigin({ ignoresDurability })
    const store = await opened(world, t.title, asked)
    await store.batch([entry('a')], [])
    t.is(store.durability, declared)
    t.is(world.begun.at(-1), writes)
    await store.close()
  })
}

test('workspaces of one origin never meet, whatever their names', async (t) => {
  const world = watchedOrigin()
  const names = ['a', '1:a', '2:a', 'tidemark-state-1:a', ':a', ' ', '\ud800', '__proto__']
  for (const name of names) {
    const store = await opened(world, `${t.title}${name}`)
    await store.batch([entry('own', name)], [])
    await store.close()
  }
  for (const name of names) {
    const store = await opened(world, `${t.title}${name}`)
    t.is(await told(store), `own=${new TextDecoder().decode(text(name))}`)
    await store.close()
  }
  t.throws(() => indexedDbStateStore({ name: '' }), { message: /name/ })
})
