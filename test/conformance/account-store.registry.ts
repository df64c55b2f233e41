/** The account stores that obey the account rules. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryAccountStore } from '../../adapters/memory/memory-account-store.js'
import { sqliteAccountStore } from '../../adapters/sqlite/sqlite-account-store.js'
import type { AccountStore } from '../../src/accounts/index.js'
import type { AccountStoreSubject } from './account-store.suite.js'

export interface AccountStoreAdapter {
  readonly name: string
  readonly make: () => Promise<AccountStoreSubject & { readonly dispose: () => Promise<void> }>
}

async function makeSqlite(): Promise<AccountStoreSubject & { readonly dispose: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-accounts-'))
  const make = (): AccountStore => sqliteAccountStore({ path: join(directory, 'data', 'accounts.sqlite') })
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
      return { store, again: null, second: null, dispose: () => store.close() }
    },
  },
  { name: 'sqliteAccountStore', make: makeSqlite },
]
