/** Everything the server keeps, in one directory. Opening is left to those who use the stores. */

import { join } from 'node:path'
import type { ChunkStore, MetadataStore } from 'tidemark'
import type { AccountStore } from 'tidemark/accounts'
import { embeddedStores, sqliteAccountStore } from 'tidemark/sqlite'

export interface ServerStores {
  /** These two hold the directory while one of them is open: open them first. */
  readonly metadata: MetadataStore
  readonly chunks: ChunkStore
  readonly accounts: AccountStore
}

export function serverStores(directory: string): ServerStores {
  return {
    ...embeddedStores({ directory }),
    accounts: sqliteAccountStore({ path: join(directory, 'accounts.sqlite') }),
  }
}
