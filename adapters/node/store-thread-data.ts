/** What the thread of a local store is started with. */

import type { KnownTraits } from '../shared/folder-probe.js'

export interface StoreThreadData {
  readonly root: string
  /** Threads beside that of the store, for scanning and hashing. */
  readonly workers: number
  readonly known: KnownTraits
  /** Home directories, absolute: neither they nor what contains them can be the root. */
  readonly reserved: readonly string[]
}
