/** The chunk stores that obey the chunk rules. */

import { memoryChunkStore } from '../../adapters/memory/memory-chunk-store.js'
import { type Digest, portableHasher } from '../../src/index.js'
import type { ChunkCapability, ChunkSubject } from './chunk-store.suite.js'

export interface ChunkAdapter {
  readonly name: string
  /** Why it cannot run here; null when it can. */
  readonly missing: string | null
  /** What its subjects can do beyond `store`. */
  readonly capabilities: readonly ChunkCapability[]
  readonly make: () => Promise<ChunkSubject & { readonly dispose: () => Promise<void> }>
}

const hasher = portableHasher()
const digest = (bytes: Uint8Array): Digest => hasher.digest('chunk', bytes)

export const CHUNK_STORES: readonly ChunkAdapter[] = [
  {
    name: 'memoryChunkStore',
    missing: null,
    capabilities: [],
    make: async () => {
      const store = memoryChunkStore()
      return { store: () => store, digest, dispose: async () => {} }
    },
  },
]
