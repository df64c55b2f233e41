/**
 * What a plan may look at (DESIGN 3): the nodes that differ in any tree, plus what they touch.
 * The view is incomplete on purpose: `plan` names what it misses in `need`, and the loop fetches that.
 */

import type { NodeId } from './ids.js'
import type { Revision } from './revision.js'
import type { LocalNode, SyncedRow } from './tree.js'

/** Everything known of one node. All three are given in full, also where they are equal. */
export interface ViewRow {
  /** The node. */
  readonly id: NodeId
  /** The synced row; null when the node was never agreed. */
  readonly synced: SyncedRow | null
  /** What the disk shows; null when it is not there. For a row that is not `present` the planner takes the synced node instead. */
  readonly local: LocalNode | null
  /** Current remote revision; a tombstone when it was deleted; null when the server never told of it. */
  readonly remote: Revision | null
  /** The disk gave no answer here (unreadable, unlisted, other mount): the local side is what was synced, and is not touched. */
  readonly frozen?: boolean
  /** The server refused a change of this node in this round, or a guard waits on it: nothing is planned for it, nor for what depends on it. */
  readonly withheld?: boolean
}

/** What a plan is made from: incomplete on purpose. */
export interface View {
  /** By node id. */
  readonly rows: ReadonlyMap<NodeId, ViewRow>
  /** Not every node that differs is in `rows`. What differs from what was agreed is. */
  readonly isPart?: boolean
  /** Directories of which every child, in any of the three trees, is in `rows`. */
  readonly whole: ReadonlySet<NodeId>
  /** Places (placeKey) of which every holder, in any of the three trees, is in `rows`. */
  readonly places: ReadonlySet<string>
  /** Names on the disk that no node stands for (symlinks, special files, ignored, unreadable): occupied places (placeKey). */
  readonly occupied: ReadonlySet<string>
}

/** Rows a plan misses. Empty lists mean: nothing is missing. */
export interface Need {
  /** Rows of these nodes. */
  readonly nodes: readonly NodeId[]
  /** Rows of every child of these directories, in any of the three trees. */
  readonly childrenOf: readonly NodeId[]
  /** Rows of whoever holds these places, in any of the three trees. */
  readonly places: readonly { readonly parentId: NodeId; readonly name: string }[]
}
