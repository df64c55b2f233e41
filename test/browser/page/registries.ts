/** The adapters that are tried in a page, by interface: one row each. What stands here needs nothing of Node. */

import { streamCompressor } from '../../../adapters/browser/stream-compressor.js'
import { loopbackTransport } from '../../../adapters/shared/loopback-transport.js'
import { limitBandwidth } from '../../../adapters/shared/limit-bandwidth.js'
import { memoryChunkStore } from '../../../adapters/shared/memory-chunk-store.js'
import { memoryMetadataStore } from '../../../adapters/shared/memory-metadata-store.js'
import { memoryState, memoryStateStore } from '../../../adapters/shared/memory-state-store.js'
import { type MemoryWatcher, memoryWatcher } from '../../../adapters/shared/memory-watcher.js'
import { seededRandom } from '../../../adapters/shared/seeded-random.js'
import { systemClock, systemRandom } from '../../../adapters/shared/system-clock.js'
import { virtualClock } from '../../../adapters/shared/virtual-clock.js'
import { wasmHasher } from '../../../adapters/shared/wasm-hasher.js'
import { portableHasher } from '../../../src/index.js'
import { FETCH_TRANSPORT } from './fetch-transport.js'
import { browserFolderWith, HANDLE_FOLDER, handleDiskIn } from './handle-adapters.js'
import { handleWatcher } from './handle-watchers.js'
import { INDEXEDDB_DISK, INDEXEDDB_FOLDER, INDEXEDDB_STATES } from './indexeddb-adapters.js'
import type { Registries } from './registry-trials.js'
import { SIMULATED_DISK, SIMULATED_FOLDER } from './simulated-adapters.js'

const dispose = async (): Promise<void> => undefined
const nothing = async (): Promise<void> => undefined
const hasher = portableHasher()

/** What is tried in a worker of the page: only there has it synchronous access to files. */
export const WORKER_REGISTRIES: Registries = {
  Disk: [handleDiskIn('worker')],
  LocalStore: [HANDLE_FOLDER],
}

export const REGISTRIES: Registries = {
  ChunkStore: [
    {
      name: 'memoryChunkStore',
      make: async () => {
        const store = memoryChunkStore()
        return { store: () => store, digest: (bytes) => hasher.digest('chunk', bytes), dispose }
      },
    },
  ],
  Clock: [
    { name: 'systemClock', make: async () => ({ clock: systemClock(), dispose }) },
    {
      name: 'virtualClock',
      capabilities: ['jump', 'pass'],
      make: async () => {
        const clock = virtualClock()
        return { clock, pass: (ms) => clock.advance(ms), jump: (ms) => clock.jump(ms), dispose }
      },
    },
  ],
  Compressor: [
    {
      name: 'streamCompressor',
      missing: streamCompressor() === null ? 'this browser has no compression streams' : null,
      make: async () => ({ compressor: streamCompressor()!, dispose }),
    },
  ],
  Disk: [SIMULATED_DISK, INDEXEDDB_DISK, handleDiskIn('page')],
  Hasher: [
    { name: 'portableHasher', make: async () => ({ hasher, dispose }) },
    { name: 'wasmHasher', make: async () => ({ hasher: await wasmHasher(), dispose }) },
    {
      name: 'wasmHasher with keys',
      make: async () => ({
        hasher: await wasmHasher({
          keys: [Uint8Array.of(7), ...[32, 64].map((length) => Uint8Array.from({ length }, (_, at) => at))],
        }),
        dispose,
      }),
    },
  ],
  LocalStore: [
    SIMULATED_FOLDER,
    INDEXEDDB_FOLDER,
    browserFolderWith('with its worker', () => new Worker('/browser-worker.js', { type: 'module' })),
    browserFolderWith('without a worker', null),
  ],
  MetadataStore: [
    {
      name: 'memoryMetadataStore',
      make: async () => {
        const store = memoryMetadataStore()
        return { store: () => store, dispose }
      },
    },
  ],
  Random: [
    { name: 'systemRandom', make: async () => ({ random: systemRandom(), dispose }) },
    { name: 'seededRandom', make: async () => ({ random: seededRandom(20_261), dispose }) },
  ],
  StateStore: [
    {
      name: 'memoryStateStore',
      make: async () => {
        const state = memoryState()
        return { store: () => memoryStateStore({ state }), dispose }
      },
    },
    ...INDEXEDDB_STATES,
  ],
  Transport: [
    {
      name: 'loopbackTransport',
      make: async () => ({
        connect: async ({ server, workspace, user }) => loopbackTransport(server, { workspace, user }),
        dispose,
      }),
    },
    {
      name: 'limitBandwidth(loopbackTransport)',
      make: async () => ({
        connect: async ({ server, workspace, user }) => {
          const limits = { up: 1_000_000_000, down: 1_000_000_000, clock: systemClock() }
          return limitBandwidth(loopbackTransport(server, { workspace, user }), limits)
        },
        dispose,
      }),
    },
    FETCH_TRANSPORT,
  ],
  Watcher: [
    {
      name: 'memoryWatcher',
      capabilities: ['lose'],
      make: async () => {
        const watcher = memoryWatcher()
        return {
          watcher: () => watcher,
          hands: { write: nothing, mkdir: nothing, rename: nothing, exchange: nothing, remove: nothing },
          lose: async (started) => (started as MemoryWatcher).lose('queue overflow'),
          dispose,
        }
      },
    },
    handleWatcher('by FileSystemObserver', true),
    handleWatcher('without an observer', false),
  ],
}
