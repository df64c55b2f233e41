/** The public names of `tidemark/memory`: everything in this process, for tests, docs and playgrounds. */

export { type BandwidthLimits, limitBandwidth } from '../shared/limit-bandwidth.js'
export { type LoopbackOptions, loopbackTransport } from '../shared/loopback-transport.js'
export { memoryAccountStore } from './memory-account-store.js'
export { memoryChunkStore } from '../shared/memory-chunk-store.js'
export { memoryMetadataStore } from '../shared/memory-metadata-store.js'
export { type MemoryServer, type MemoryServerOptions, memoryServer } from './memory-server.js'
export {
  type MemoryState,
  type MemoryStateStoreOptions,
  memoryState,
  memoryStateStore,
  snapshotState,
} from '../shared/memory-state-store.js'
export { memfsDisk, type MemfsDiskOptions } from './memfs-disk.js'
export { type MemoryFolder, type MemoryFolderOptions, memoryFolder } from './memory-folder.js'
export type { MemoryVolume } from './memory-volume.js'
export { type MemoryWatcher, memoryWatcher } from '../shared/memory-watcher.js'
