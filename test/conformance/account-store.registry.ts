/** The account stores that obey the account rules. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryAccountStore } from '../../adapters/memory/memory-account-store.js'
import { sqliteAccountStore } from '../../adapters/sqlite/sqlite-account-store.js'
import type { AccountStore } from '../../src/accounts/index.js'
import type { Adapter } from './case.js'
import type { AccountStoreCapability, AccountStoreSubject } from './account-store.suite.js'
import { sqlBytesBelow, overwrite } from './stored-bytes.js'

export type AccountStoreAdapter = Adapter<AccountStoreSubject, AccountStoreCapability>

const USER_VERSION_AT = 60

async function makeSqlite(): Promise<AccountStoreSubject & { readonly dispose: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-accounts-'))
  const path = join(directory, 'data', 'accounts.sqlite')
  const make = (): AccountStore => sqliteAccountStore({ path })
  const store = make()
  let last = store
  await store.open()
  return {
    store,
    again: async () => {
      await last.close()
      last = make()
      await last.open()
      return last
    },
    second: make,
    makeNewer: () => overwrite(path, Uint8Array.of(0, 0, 0, 99), USER_VERSION_AT),
    bytes: () => sqlBytesBelow(directory),
    dispose: async () => {
      await last.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export const ACCOUNT_STORES: readonly AccountStoreAdapter[] = [
  {
    name: 'memoryAccountStore',
    make: async () => {
      const store = memoryAccountStore()
      await store.open()
      return { store, dispose: () => store.close() }
    },
  },
  { name: 'sqliteAccountStore', capabilities: ['again', 'second', 'makeNewer', 'bytes'], make: makeSqlite },
]
