/** The client databases that obey the state rules. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { indexedDbStateStore } from '../../adapters/browser/indexeddb-state-store.js'
import { memoryState, memoryStateStore } from '../../adapters/shared/memory-state-store.js'
import { sqliteStateStore } from '../../adapters/node/sqlite-state-store.js'
import { hasNodeSqlite } from '../../adapters/shared/sql-open.js'
import type { SqlDriver } from '../../adapters/shared/sql-open.js'
import type { Adapter } from './case.js'
import { bytesOfOrigin, freshOrigin, inDatabase, spoilRows } from './indexeddb-hands.js'
import type { StateCapability, StateSubject } from './state-store.suite.js'
import { sqlBytesBelow, overwrite } from './stored-bytes.js'

export type StateAdapter = Adapter<StateSubject, StateCapability>

const USER_VERSION_AT = 60
const ON_DISK: readonly StateCapability[] = ['makeNewer', 'damage', 'bytes']

async function sqliteSubject(driver: SqlDriver): Promise<StateSubject & { readonly dispose: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-state-'))
  const path = join(directory, 'state.sqlite')
  return {
    store: () => sqliteStateStore({ path, driver }),
    makeNewer: () => overwrite(path, Uint8Array.of(0, 0, 0, 99), USER_VERSION_AT),
    damage: () => overwrite(path, new Uint8Array(4_096).fill(0xee), 4_096),
    bytes: () => sqlBytesBelow(directory),
    dispose: () => rm(directory, { recursive: true, force: true }),
  }
}

let workspaces = 0

/** Locks are of the process: each subject has a name of its own. */
async function indexedDbSubject(
  durability: 'strict' | 'relaxed',
): Promise<StateSubject & { readonly dispose: () => Promise<void> }> {
  const name = `conformance ${++workspaces}`
  const host = freshOrigin()
  const last = async (): Promise<string> =>
    (await host.indexedDB.databases())
      .map((found) => found.name!)
      .sort()
      .at(-1)!
  return {
    store: () => indexedDbStateStore({ name, durability, host }),
    makeNewer: async () => inDatabase(host, await last(), async () => {}, 99),
    damage: async () => spoilRows(host, await last(), 'state'),
    bytes: () => bytesOfOrigin(host),
    dispose: async () => {},
  }
}

export const STATE_STORES: readonly StateAdapter[] = [
  {
    name: 'memoryStateStore',
    capabilities: [],
    make: async () => {
      const state = memoryState()
      return { store: () => memoryStateStore({ state }), dispose: async () => {} }
    },
  },
  { name: 'sqliteStateStore on libsql', capabilities: ON_DISK, make: () => sqliteSubject('libsql') },
  {
    name: 'sqliteStateStore on node:sqlite',
    missing: hasNodeSqlite() ? null : 'this Node has no node:sqlite (22.13 is the first)',
    capabilities: ON_DISK,
    make: () => sqliteSubject('node:sqlite'),
  },
  { name: 'indexedDbStateStore', capabilities: ON_DISK, make: () => indexedDbSubject('relaxed') },
  { name: 'indexedDbStateStore, strict', capabilities: ON_DISK, make: () => indexedDbSubject('strict') },
]
