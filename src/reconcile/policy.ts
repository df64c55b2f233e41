/** What a plan must know besides the view. Chance enters only through `drawId`; nothing here is time. */

import type { DiskTraits } from '../model/disk-traits.js'
import type { Hydration } from '../model/hydration.js'
import type { NodeId } from '../model/ids.js'
import type { SyncMode } from '../model/sync-mode.js'
import type { Ruled, Rules } from './ignore-rules.js'

/** Counts since the last quiet moment (the last time a plan was empty), which the loop keeps across restarts. */
export interface GuardFigures {
  /** Files that were present at the last quiet moment. */
  readonly presentFiles: number
  /** Files whose delete the server accepted since then. */
  readonly deletedUp: number
  /** Files removed from this disk since then. */
  readonly deletedDown: number
  /** Files were present at the last quiet moment, and now not a single node stands on this disk. */
  readonly rootEmptied?: boolean
  /** Ids of the guards a person has confirmed. */
  readonly confirmed: ReadonlySet<string>
}

/** What this device leaves alone, as the copies of the rule files on its own disk say. */
export interface PlaceRules {
  /** No place is left alone. */
  readonly isEmpty: boolean
  readonly root: Ruled
  /** Of the rule file in a directory of this disk; none where the directory or the file is not there. */
  readonly of: (directory: NodeId) => Rules | 'unknown'
}

export interface PlanPolicy {
  /** Name of this device, as it shall stand in the names of conflict copies. */
  readonly device: string
  /** A fresh provisional id for the copy of what `loser` has on this disk; never one that was used. */
  readonly drawId: (loser: NodeId) => NodeId
  readonly disk: DiskTraits
  readonly guard: GuardFigures
  /** Default 'two-way'. */
  readonly mode?: SyncMode
  /** Default 'all'. */
  readonly hydrate?: Hydration
  /** Without them nothing is left out that is not left out already, and nothing comes back. */
  readonly rules?: PlaceRules
}
