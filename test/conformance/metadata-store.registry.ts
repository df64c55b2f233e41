/** The server databases that obey the metadata rules. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryMetadataStore } from '../../adapters/shared/memory-metadata-store.js'
import { hasNodeSqlite } from '../../adapters/shared/sql-open.js'
import type { SqlDriver } from '../../adapters/shared/sql-open.js'
import { sqliteMetadataStore } from '../../adapters/sqlite/sqlite-metadata-store.js'
import { sqlBytesBelow, overwrite } from './stored-bytes.js'
import type { Adapter } from './case.js'
import type { MetadataCapability, MetadataSubject } from './metadata-store.suite.js'

export type MetadataAdapter = Adapter<MetadataSubject, MetadataCapability>

const USER_VERSION_AT = 60
const ON_DISK: readonly MetadataCapability[] = ['makeNewer', 'bytes']

async function sqliteSubject(driver: SqlDriver): Promise<MetadataSubject & { readonly dispose: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-metadata-'))
  const path = join(directory, 'metadata.sqlite')
  return {
    store: () => sqliteMetadataStore({ path, driver }),
    makeNewer: () => overwrite(path, Uint8Array.of(0, 0, 0, 99), USER_VERSION_AT),
    bytes: () => sqlBytesBelow(directory),
    dispose: () => rm(directory, { recursive: true, force: true }),
  }
}

export const METADATA_STORES: readonly MetadataAdapter[] = [
  {
    name: 'memoryMetadataStore',
    capabilities: [],
    make: async () => {
      const store = memoryMetadataStore()
      return { store: () => store, dispose: async () => {} }
    },
  },
  { name: 'sqliteMetadataStore on libsql', capabilities: ON_DISK, make: () => sqliteSubject('libsql') },
  {
    name: 'sqliteMetadataStore on node:sqlite',
    missing: hasNodeSqlite() ? null : 'this Node has no node:sqlite (22.13 is the first)',
    capabilities: ON_DISK,
    make: () => sqliteSubject('node:sqlite'),
  },
]
