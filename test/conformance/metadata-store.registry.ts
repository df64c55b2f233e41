/** The server databases that obey the metadata rules. */

import { memoryMetadataStore } from '../../adapters/memory/memory-metadata-store.js'
import type { MetadataCapability, MetadataSubject } from './metadata-store.suite.js'

export interface MetadataAdapter {
  readonly name: string
  /** Why it cannot run here; null when it can. */
  readonly missing: string | null
  /** What its subjects can do beyond `store`. */
  readonly capabilities: readonly MetadataCapability[]
  readonly make: () => Promise<MetadataSubject & { readonly dispose: () => Promise<void> }>
}

export const METADATA_STORES: readonly MetadataAdapter[] = [
  {
    name: 'memoryMetadataStore',
    missing: null,
    capabilities: [],
    make: async () => {
      const store = memoryMetadataStore()
      return { store: () => store, dispose: async () => {} }
    },
  },
]
