/**
 * What an observation is given and what it says: the contract between the engine's scan and `observe` (SPEC 3).
 * Data only. An observation never writes: the engine stores its rows in one batch, or none of them.
 */

import type { DiskTraits } from '../model/disk-traits.js'
import type { FileId, NodeId } from '../model/ids.js'
import type { Description, Listing } from '../interfaces/local-store.js'
import type { Problem } from '../model/problem.js'
import type { Stamp } from '../model/stamp.js'
import type { LocalNode, Presence, SyncedRow } from '../model/tree.js'

/** Synchronous look-ups over the known rows; the engine keeps an index behind it. */
export interface KnownRows {
  synced(id: NodeId): SyncedRow | null
  /**
   * The last local row where it differs from synced: a provisional or changed node, or 'deleted' (seen to be gone, not
   * accepted yet). Undefined: it equals synced, if there is such a row.
   */
  local(id: NodeId): LocalNode | 'deleted' | undefined
  /** The node that stood at this place when it was last observed. */
  localAt(parentId: NodeId, name: string): NodeId | null
  /** The synced row with this place, of any presence; a `present` one first, and of those the one that was this file. */
  syncedAt(parentId: NodeId, name: string, fileId: FileId | null): NodeId | null
  /** Nodes that stood in this directory when they were last observed. */
  localChildren(parentId: NodeId): readonly NodeId[]
  /** Nodes that were seen to be gone, which the server does not know yet. */
  gone(): Iterable<NodeId>
  /** Nodes that were last seen in a directory of which nothing is known any more: no listing of that will ever come. */
  adrift(): Iterable<NodeId>
  /** Synced rows with this parent, of any presence. */
  syncedChildren(parentId: NodeId): readonly NodeId[]
  /** `present` synced and provisional nodes last seen with this file id. */
  byFileId(fileId: FileId): readonly NodeId[]
}

export interface Snapshot {
  /** Listings by path, '' the root. A full scan holds every directory; a partial one the dirty ones. */
  readonly listings: ReadonlyMap<string, Listing>
  readonly full: boolean
  /** Descriptions read so far in this scan, by path. */
  readonly described: ReadonlyMap<string, Description>
  /** Wall time when each of them was asked for, milliseconds: a stamp is no younger than at that moment. Default: `scannedAt`. */
  readonly readAt?: ReadonlyMap<string, number>
  /** Whether a path is ignored or out of scope. Asked for a directory before anything below it. */
  readonly ignored?: (path: string, kind: 'file' | 'directory') => boolean
}

export interface ObserveContext {
  readonly traits: DiskTraits
  /** Called for the final result only, parents before children: a call that asks for `read` or `widen` draws nothing. */
  readonly drawId: () => NodeId
  /** Wall time when the scan started, milliseconds: only marks stamps as racy, so a wrong clock costs reads, not truth. */
  readonly scannedAt: number
  /** Rows whose content is read even when the stamp is equal (thorough scan after an unclean stop). */
  readonly verify: (id: NodeId) => boolean
  /** Whether a file with a stamp in doubt stands there as the engine put it, so recently that a read would not settle the doubt. */
  readonly isOwn?: (path: string, stamp: Stamp) => boolean
}

export interface Observation {
  /**
   * New local rows, only where they change. 'synced': equal again, drop the row. 'deleted' of a provisional node:
   * gone before the server accepted it.
   */
  readonly local: ReadonlyMap<NodeId, LocalNode | 'deleted' | 'synced'>
  /** Synced rows whose stamp moved while the content did not. */
  readonly stamps: ReadonlyMap<NodeId, Stamp>
  /** New presences of synced rows: 'excluded' (became ignored), 'present' (a remnant that a person edited or emptied). */
  readonly presence: ReadonlyMap<NodeId, Presence>
  /** Synced rows (and their local rows) to be dropped: the union looks at them again. */
  readonly forget: readonly NodeId[]
  /** All that a rule takes out of the sync, or lets in again: excluded, forgotten, or provisional and dropped. */
  readonly ruled: ReadonlySet<NodeId>
  /** Ignored directories that were seen, without those below them. */
  readonly outside: ReadonlySet<string>
  /** Files to describe before this observation can be completed. When not empty, nothing else in it may be used. */
  readonly read: readonly string[]
  /** Directories to list as well before a partial scan can be completed. When not empty, nothing else may be used. */
  readonly widen: readonly string[]
  /** Nodes of which the disk gave no certain answer. Of a partial scan: only below the listed directories. */
  readonly frozen: ReadonlySet<NodeId>
  /** Places (placeKey) of names that no node stands for, in the listed directories. */
  readonly occupied: ReadonlySet<string>
  readonly problems: readonly Problem[]
  /** Path of every node that was found. */
  readonly paths: ReadonlyMap<NodeId, string>
}
