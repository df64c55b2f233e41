/** What the rules of the server stand on: stores, digests, time, chance. Injected once, shared by every file of this room. */

import type { Change } from '../model/change.js'
import type { ContentRule } from '../model/manifest.js'
import type { ChunkStore } from '../interfaces/chunk-store.js'
import type { Clock } from '../interfaces/clock.js'
import type { Hasher } from '../interfaces/hasher.js'
import type { Log } from '../interfaces/log.js'
import type { MetadataStore } from '../interfaces/metadata-store.js'
import type { Random } from '../interfaces/random.js'
import type { Principal } from './principal.js'
import type { Quota } from './quota.js'

/** A host's own rule about one change, asked after its content is known to be there. Must be pure and quick. */
export type Admit = (
  change: Change,
  by: { readonly principal: Principal; readonly workspace: string },
) => 'quota' | 'forbidden' | null

export interface ServerContext {
  readonly metadata: MetadataStore
  readonly chunks: ChunkStore
  readonly hasher: Hasher
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly admit: Admit
  readonly quota: Quota
  /** The content rule of a new workspace. */
  readonly newRule: (random: Random) => ContentRule
}
