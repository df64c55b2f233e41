/** Adapters that break one rule each, made of ours. The cases of that rule have to find it. */

import { memfs } from 'memfs'
import { loopbackTransport } from '../../adapters/shared/loopback-transport.js'
import { memfsDisk } from '../../adapters/memory/memfs-disk.js'
import { memoryAccountStore } from '../../adapters/memory/memory-account-store.js'
import { memoryChunkStore } from '../../adapters/shared/memory-chunk-store.js'
import { memoryMetadataStore } from '../../adapters/shared/memory-metadata-store.js'
import { memoryState, memoryStateStore } from '../../adapters/shared/memory-state-store.js'
import { memoryWatcher } from '../../adapters/shared/memory-watcher.js'
import { seededRandom } from '../../adapters/shared/seeded-random.js'
import { virtualClock } from '../../adapters/shared/virtual-clock.js'
import { argon2Passwords } from '../../adapters/node/argon2-passwords.js'
import { zlibCompressor } from '../../adapters/node/zlib-compressor.js'
import type { Disk } from '../../adapters/shared/disk.js'
import type { AccountDevice, AccountStore, PasswordHasher } from '../../src/accounts/index.js'
import {
  type ChunkStore,
  type Clock,
  type Compressor,
  type Digest,
  type Hasher,
  type Log,
  type MetadataReader,
  type MetadataStore,
  type Random,
  type StateStore,
  type Transport,
  type Watcher,
  portableHasher,
} from '../../src/index.js'
import { type Cases, type Trial, trials } from './case.js'
import { POSIX_DISK } from './disk.suite.js'
import { type AdapterOf, type Capabilities, type InterfaceName, type Subjects, suite } from './suites.js'

export interface BrokenAdapter {
  readonly of: InterfaceName
  readonly rule: string
  readonly what: string
  /** Trials of the rule on it. */
  readonly trials: () => readonly Trial[]
}

/** The same but for these members. */
function altered<T extends object>(whole: T, changes: Partial<T>): T {
  return new Proxy(whole, {
    get: (target, name) => {
      if (Object.hasOwn(changes, name)) return Reflect.get(changes, name) as unknown
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

function reversed<T>(list: readonly T[]): readonly T[] {
  return [...list].reverse()
}

type Row = readonly [rule: string, what: string, trials: () => readonly Trial[]]

function of(name: InterfaceName, rows: readonly Row[]): readonly BrokenAdapter[] {
  return rows.map(([rule, what, made]) => ({
    of: name,
    rule,
    what,
    trials: () => made().filter(({ rules, lacks }) => rules.includes(rule) && lacks.length === 0),
  }))
}

function on<Name extends InterfaceName>(
  name: Name,
  make: () => Promise<Subjects[Name]>,
  capabilities: readonly Capabilities[Name][] = [],
): readonly Trial[] {
  const adapter: AdapterOf<Name> = {
    name: 'broken',
    capabilities,
    make: async () => ({ ...(await make()), dispose: async () => {} }),
  }
  return trials(suite(name) as Cases<Subjects[Name], Capabilities[Name]>, adapter)
}

// --- client database ---

function state(change: (store: StateStore) => Partial<StateStore>): () => readonly Trial[] {
  return () =>
    on('StateStore', async () => {
      const held = memoryState()
      return {
        store: () => {
          const store = memoryStateStore({ state: held })
          return altered(store, change(store))
        },
      }
    })
}

const STATE = of('StateStore', [
  ['STATE-1', 'a second holder is let in', () => on('StateStore', async () => ({ store: () => memoryStateStore() }))],
  ['STATE-5', 'values in another order', state((store) => ({ get: async (keys) => reversed(await store.get(keys)) }))],
  [
    'STATE-6',
    '`after` is not heard',
    state((store) => ({ range: (prefix, _, limit) => store.range(prefix, null, limit) })),
  ],
  [
    'STATE-6',
    'one more than asked',
    state((store) => ({ range: (prefix, after, limit) => store.range(prefix, after, limit + 1) })),
  ],
  [
    'STATE-7',
    'a batch in parts',
    state((store) => ({
      batch: async (puts, deletes) => {
        for (const put of puts) await store.batch([put], [])
        await store.batch([], deletes)
      },
    })),
  ],
  [
    'STATE-8',
    'puts before deletes',
    state((store) => ({
      batch: async (puts, deletes) => {
        await Promise.all([store.batch(puts, []), store.batch([], deletes)])
      },
    })),
  ],
  [
    'STATE-9',
    'large batches later than small ones',
    state((store) => ({
      batch: async (puts, deletes) => {
        for (let turn = 0; turn < puts.length / 100; turn++) await Promise.resolve()
        await store.batch(puts, deletes)
      },
    })),
  ],
  [
    'STATE-10',
    'the arrays of the caller are read later',
    state((store) => ({
      batch: async (puts, deletes) => {
        await Promise.resolve()
        await store.batch(puts, deletes)
      },
    })),
  ],
  ['STATE-11', 'close does nothing', state(() => ({ close: async () => {} }))],
])

// --- chunks ---

function chunks(change: (store: ChunkStore) => Partial<ChunkStore>): () => readonly Trial[] {
  return () =>
    on('ChunkStore', async () => {
      const store = memoryChunkStore()
      const broken = altered(store, change(store))
      return { store: () => broken, digest: chunkDigest }
    })
}

const chunkDigest = (bytes: Uint8Array): Digest => portableHasher().digest('chunk', bytes)

const CHUNK = of('ChunkStore', [
  ['CHUNK-1', 'a second holder is let in', chunks((store) => ({ open: () => store.open().catch(() => {}) }))],
  [
    'CHUNK-2',
    'what is missing is told as often as asked',
    chunks((store) => ({
      missing: async (workspace, digests) => {
        const missing = await store.missing(workspace, digests)
        return digests.filter((digest) => missing.includes(digest))
      },
    })),
  ],
  [
    'CHUNK-3',
    'nothing is kept',
    () => on('ChunkStore', async () => ({ store: () => memoryChunkStore(), digest: chunkDigest })),
  ],
  [
    'CHUNK-5',
    'every encoding becomes identity',
    chunks((store) => ({
      put: (workspace, many) =>
        store.put(
          workspace,
          many.map((one) => ({ ...one, encoding: 'identity' })),
        ),
    })),
  ],
  [
    'CHUNK-6',
    'what is not held is left out',
    chunks((store) => ({
      get: async (workspace, digests) => (await store.get(workspace, digests)).filter((one) => one !== null),
    })),
  ],
  [
    'CHUNK-8',
    'a page in falling order',
    chunks((store) => ({ list: async (...args) => reversed(await store.list(...args)) })),
  ],
  ['CHUNK-9', 'nothing is removed', chunks(() => ({ remove: async () => {} }))],
  ['CHUNK-10', 'close does nothing', chunks(() => ({ close: async () => {} }))],
])

// --- accounts ---

function accounts(change: (store: AccountStore) => Partial<AccountStore>): () => readonly Trial[] {
  return () =>
    on('AccountStore', async () => {
      const store = memoryAccountStore()
      await store.open()
      return { store: altered(store, change(store)) }
    })
}

const ACCOUNT = of('AccountStore', [
  ['ACCOUNT-1', 'opening twice is nothing', accounts(() => ({ open: async () => {} }))],
  [
    'ACCOUNT-2',
    'a taken name is no matter',
    accounts((store) => ({ createUser: async (user) => (await store.createUser(user), true) })),
  ],
  [
    'ACCOUNT-4',
    'keys compare without case',
    accounts((store) => ({ userByKey: (key) => store.userByKey(key.toLowerCase()) })),
  ],
  [
    'ACCOUNT-5',
    'whatever stands there is replaced',
    accounts((store) => ({
      setPassword: async (id, _expected, next) => {
        const user = await store.userById(id)
        return user !== null && store.setPassword(id, user.password, next)
      },
    })),
  ],
  [
    'ACCOUNT-6',
    'a device that cannot be is no error',
    accounts((store) => ({ addDevice: (one) => store.addDevice(one).catch(() => {}) })),
  ],
  [
    'ACCOUNT-7',
    'what is expired is not found',
    accounts((store) => ({ deviceByToken: async (digest) => live(await store.deviceByToken(digest)) })),
  ],
  [
    'ACCOUNT-8',
    'a replacement always counts',
    accounts((store) => ({ replaceDevice: async (token, one) => (await store.replaceDevice(token, one), true) })),
  ],
  [
    'ACCOUNT-9',
    'devices in falling order',
    accounts((store) => ({ devices: async (user) => reversed(await store.devices(user)) })),
  ],
  [
    'ACCOUNT-10',
    'all that was asked is told as removed',
    accounts((store) => ({ removeDevices: async (user, ids) => (await store.removeDevices(user, ids), ids) })),
  ],
  [
    'ACCOUNT-11',
    'a decision is asked for twice',
    accounts((store) => ({
      throttle: async (subjects, decide) => {
        await store.throttle(subjects, decide)
        return store.throttle(subjects, decide)
      },
    })),
  ],
  [
    'ACCOUNT-12',
    'the limit is not heard',
    accounts((store) => ({ sweep: (before) => store.sweep({ ...before, limit: 99 }) })),
  ],
  ['ACCOUNT-13', 'close does nothing', accounts(() => ({ close: async () => {} }))],
])

function live(device: AccountDevice | null): AccountDevice | null {
  return device === null || device.expiresAt < 1_000 ? null : device
}

// --- server database ---

function metadata(change: (store: MetadataStore) => Partial<MetadataStore>): () => readonly Trial[] {
  return () =>
    on('MetadataStore', async () => {
      const store = memoryMetadataStore()
      const broken = altered(store, change(store))
      return { store: () => broken }
    })
}

const reading = (change: (reader: MetadataReader) => Partial<MetadataReader>): (() => readonly Trial[]) =>
  metadata((store) => ({
    read: (workspace, run) => store.read(workspace, (reader) => run(altered(reader, change(reader)))),
  }))

const METADATA = of('MetadataStore', [
  [
    'META-2',
    'tombstones are left out',
    reading((reader) => ({
      revisions: async (ids) => new Map([...(await reader.revisions(ids))].filter(([, { node }]) => node !== null)),
    })),
  ],
  [
    'META-3',
    'holders in another order',
    reading((reader) => ({ holders: async (places) => reversed(await reader.holders(places)) })),
  ],
  [
    'META-4',
    '`after` is not heard',
    reading((reader) => ({ children: (parent, _, limit) => reader.children(parent, null, limit) })),
  ],
  [
    'META-5',
    'the sequence itself comes again',
    reading((reader) => ({ since: (sequence, limit) => reader.since(sequence - 1, limit) })),
  ],
  ['META-6', 'the limit is not heard', reading((reader) => ({ live: (after) => reader.live(after, 99) }))],
  [
    'META-7',
    'hash(0) is forgotten',
    reading((reader) => ({ hashes: (sequences) => reader.hashes(sequences.filter((one) => one > 0)) })),
  ],
  [
    'META-8',
    'oldest first',
    reading((reader) => ({ history: async (id, limit) => reversed(await reader.history(id, limit)) })),
  ],
  ['META-11', 'a second holder is let in', metadata((store) => ({ open: () => store.open().catch(() => {}) }))],
  [
    'META-12',
    'names compare without case',
    metadata((store) => ({ find: (owner, name) => store.find(owner.toLowerCase(), name.toLowerCase()) })),
  ],
  [
    'META-13',
    'the second maker is told its own',
    metadata((store) => ({ create: async (head) => (await store.create(head), head.id) })),
  ],
  [
    'META-15',
    'a failure is swallowed',
    metadata((store) => ({
      transact: (workspace, run) => store.transact(workspace, (writer) => run(writer).catch(() => undefined as never)),
    })),
  ],
  [
    'META-17',
    'a read sees a head that is not yet',
    metadata((store) => ({
      read: async (workspace, run) =>
        store.read(workspace, async (reader) =>
          run(altered(reader, { head: async () => ({ ...(await reader.head()), sequence: 99 }) })),
        ),
    })),
  ],
  [
    'META-18',
    'devices in falling order',
    reading((reader) => ({ devices: async () => reversed(await reader.devices()) })),
  ],
])

// --- the small ones ---

function clock(change: (clock: ReturnType<typeof virtualClock>) => Partial<Clock>): () => readonly Trial[] {
  const make = async (): Promise<Subjects['Clock']> => {
    const time = virtualClock()
    return { clock: altered<Clock>(time, change(time)), pass: (ms) => time.advance(ms), jump: (ms) => time.jump(ms) }
  }
  return () => on('Clock', make, ['jump', 'pass'])
}

const CLOCK = of('Clock', [
  ['CLOCK-1', 'parts of milliseconds', clock((time) => ({ now: () => time.now() + 0.5 }))],
  ['CLOCK-2', 'the monotonic time jumps with the wall', clock((time) => ({ monotonic: () => time.now() }))],
  ['CLOCK-3', 'nobody sleeps', clock(() => ({ sleep: async () => {} }))],
  ['CLOCK-4', 'a signal is not heard', clock(() => ({ sleep: async () => {} }))],
])

const random = (bytes: Random['bytes']) => () => on('Random', async () => ({ random: { bytes } }))
const shared = new Uint8Array(1_000)
const RANDOM = of('Random', [
  ['RANDOM-1', 'always the same', random((length) => new Uint8Array(length))],
  [
    'RANDOM-1',
    'always the same array',
    random((length) => shared.fill(seededRandom(7).below(256)).subarray(0, length)),
  ],
  ['RANDOM-1', 'at least 16 bytes', random((length) => seededRandom(7).bytes(Math.max(16, length)))],
])

const log = (made: Log) => () => on('Log', async () => ({ log: made, broken: made }))
const LOG = of('Log', [
  ['LOG-1', 'what fails is thrown', log((build) => void JSON.stringify(build()))],
  ['LOG-2', 'a message is built twice', log((build) => [build, build].forEach((once) => once()))],
])

const hashing = (change: (hasher: Hasher) => Partial<Hasher>) => () =>
  on('Hasher', async () => ({ hasher: altered(portableHasher(), change(portableHasher())) }))
const HASH = of('Hasher', [
  [
    'HASH-1',
    'one domain for all',
    hashing((hasher) => ({ digest: (_, data, key) => hasher.digest('chunk', data, key) })),
  ],
  ['HASH-1', 'keys are not heard', hashing((hasher) => ({ start: (domain) => hasher.start(domain) }))],
  [
    'HASH-2',
    'only the last part counts',
    hashing((hasher) => ({ start: (domain, key) => lastOnly(hasher, domain, key) })),
  ],
])

function lastOnly(hasher: Hasher, ...[domain, key]: Parameters<Hasher['start']>): ReturnType<Hasher['start']> {
  let last = new Uint8Array()
  return { update: (data) => void (last = data.slice()), digest: () => hasher.digest(domain, last, key) }
}

const pressing = (change: (compressor: Compressor) => Partial<Compressor>) => () =>
  on('Compressor', async () => ({ compressor: altered(zlibCompressor(), change(zlibCompressor())) }))
const COMPRESSOR = of('Compressor', [
  ['COMPRESSOR-1', 'no encoding at all', pressing(() => ({ encodings: [] }))],
  [
    'COMPRESSOR-2',
    'the input is used up',
    pressing((zlib) => ({
      compress: async (encoding, bytes) => {
        const made = await zlib.compress(encoding, bytes)
        bytes.fill(1)
        return made
      },
    })),
  ],
  [
    'COMPRESSOR-3',
    'the last byte is lost',
    pressing((zlib) => ({ decompress: async (...args) => (await zlib.decompress(...args)).slice(0, -1) })),
  ],
  [
    'COMPRESSOR-5',
    'what is malformed is nothing',
    pressing((zlib) => ({ decompress: (...args) => zlib.decompress(...args).catch(() => new Uint8Array()) })),
  ],
])

const passwords = (change: (hasher: PasswordHasher) => Partial<PasswordHasher>) => () =>
  on('PasswordHasher', async () => ({ hasher: altered(argon2Passwords(), change(argon2Passwords())) }))
const PASSWORD = of('PasswordHasher', [
  [
    'PASSWORD-1',
    'no salt',
    passwords(() => ({ hash: async (password) => `sum of ${password.length}`, verify: async () => true })),
  ],
  [
    'PASSWORD-3',
    'an unknown account is let in',
    passwords((hasher) => ({ verify: async (stored, password) => stored === null || hasher.verify(stored, password) })),
  ],
  [
    'PASSWORD-4',
    'what is damaged is false',
    passwords((hasher) => ({ verify: (...args) => hasher.verify(...args).catch(() => false) })),
  ],
  ['PASSWORD-5', 'all is weak', passwords(() => ({ isWeak: () => true }))],
])

// --- watcher, transport, disk ---

const watching = (change: (watcher: Watcher) => Partial<Watcher>) => () =>
  on('Watcher', async () => {
    const watcher = memoryWatcher()
    const hand = async (): Promise<void> => {}
    return {
      watcher: () => altered<Watcher>(watcher, change(watcher)),
      hands: { write: hand, mkdir: hand, rename: hand, exchange: hand, remove: hand },
      lose: async () => watcher.lose('lost'),
    }
  }, ['lose'])
const WATCH = of('Watcher', [
  [
    'WATCH-5',
    'stop does nothing, and both are told',
    watching((watcher) => {
      const told: Parameters<Watcher['start']>[0][] = []
      const all = {
        onPaths: () => {},
        onUnknown: (reason: string) => told.forEach((events) => events.onUnknown(reason)),
      }
      return { start: async (events) => (told.push(events), watcher.start(all)), stop: async () => {} }
    }),
  ],
])

const carrying = (change: (transport: Transport, again: () => Transport) => Partial<Transport>) => () =>
  on('Transport', async () => ({
    connect: async ({ server, workspace, user }) => {
      const again = () => loopbackTransport(server, { workspace, user })
      const transport = again()
      return altered(transport, change(transport, again))
    },
  }))
const TRANSPORT = of('Transport', [
  [
    'TRANSPORT-2',
    'all are in flight at once',
    carrying((_, again) => ({ exchange: (frame) => again().exchange(frame) })),
  ],
  [
    'TRANSPORT-6',
    'a signal is not heard before the call',
    carrying((transport) => ({ exchange: (frame) => transport.exchange(frame) })),
  ],
  [
    'TRANSPORT-7',
    'a handler runs inside the call',
    carrying((transport) => ({
      subscribe: (handlers) => {
        handlers.onState('open')
        return transport.subscribe(handlers)
      },
    })),
  ],
  ['TRANSPORT-10', 'close does nothing', carrying(() => ({ close: async () => {} }))],
])

const disks = (change: (disk: Disk) => Partial<Disk>) => () =>
  on('Disk', async () => {
    const disk = memfsDisk(memfs({ '/root': null }).vol)
    return { disk: altered(disk, change(disk)), directory: '/root' }
  }, [...POSIX_DISK.filter((capability) => capability !== 'symlink'), 'replaceIf'])
/** With nothing in between that would keep anybody away. */
const replacing = (disk: Disk, isRight: (seen: bigint | null, there: bigint | null) => boolean): Partial<Disk> => ({
  replaceIf: async (from, to, seen) => {
    const there = await disk.lstat(to).catch(() => null)
    if (!isRight(seen?.ino ?? null, there?.ino ?? null)) return false
    await disk.rename(from, to)
    return true
  },
})
const DISK = of('Disk', [
  [
    'DISK-1',
    'create takes what is there',
    disks((disk) => ({ open: (path, how, mode) => disk.open(path, how, mode).catch(() => disk.open(path, 'write')) })),
  ],
  [
    'DISK-4',
    'an occupied name is taken',
    disks((disk) => ({ link: async (from, to) => (await disk.unlink(to).catch(() => {}), disk.link(from, to)) })),
  ],
  [
    'DISK-5',
    'a rename touches the time',
    disks((disk) => ({ rename: async (from, to) => (await disk.rename(from, to), disk.utimes(to, 1, 1)) })),
  ],
  [
    'DISK-7',
    'a directory is made again',
    disks((disk) => ({ mkdir: (path, mode) => disk.mkdir(path, mode).catch(() => {}) })),
  ],
  [
    'DISK-8',
    'what is missing lists as empty',
    disks((disk) => ({ readdir: (path) => disk.readdir(path).catch(() => []) })),
  ],
  [
    'DISK-10',
    'hidden names are left out',
    disks((disk) => ({ readdir: async (path) => (await disk.readdir(path)).filter(({ name }) => name[0] !== 46) })),
  ],
  ['DISK-12', 'the mode asked is not heard', disks((disk) => ({ mkdir: (path) => disk.mkdir(path) }))],
  ['DISK-13', 'what is another by now is replaced', disks((disk) => replacing(disk, (seen) => seen !== null))],
  ['DISK-13', 'what was seen is not replaced', disks((disk) => replacing(disk, (seen) => seen === null))],
])

export const BROKEN_ADAPTERS: readonly BrokenAdapter[] = [
  STATE,
  CHUNK,
  ACCOUNT,
  METADATA,
  CLOCK,
  RANDOM,
  LOG,
  HASH,
  COMPRESSOR,
  PASSWORD,
  WATCH,
  TRANSPORT,
  DISK,
].flat()
