/**
 * The rows of the three trees (DESIGN 2). `synced` is persisted whole; `local` and `remote` only where they differ.
 * Rows are observations and results, never pending work.
 */

import type { FileId, NodeId, Sequence } from './ids.js'
import type { Node } from './node.js'
import type { Stamp } from './stamp.js'

/** Why a synced node is or is not on this disk. Only the absence of a `present` row is a local delete. */
export const PRESENCES = ['present', 'pending', 'held', 'excluded', 'placeholder', 'remnant'] as const
/** One of `PRESENCES`. */
export type Presence = (typeof PRESENCES)[number]

/** Last state where both sides agreed: the merge base. Each attribute is agreed by itself. */
export interface SyncedRow {
  /** What both sides agreed on last, attribute by attribute. */
  readonly node: Node
  /** Sequence of the remote revision this row was last equal to, or was last told. */
  readonly sequence: Sequence
  /** Why it is, or is not, on this disk. */
  readonly presence: Presence
  /** What the disk showed when the row's content was last known to be on it; null when not present. */
  readonly stamp: Stamp | null
}

/** A node as the disk shows it. A provisional one is not accepted by the server yet. */
export interface LocalNode {
  /** The entry as a node; its id is drawn here when it is new. */
  readonly node: Node
  /** What the disk told of it. */
  readonly stamp: Stamp
  /** The server has not accepted it yet. */
  readonly provisional: boolean
}

/** File id of the row's stamp; null when it is not present, or on a disk without file ids. */
export function fileIdOf(row: SyncedRow): FileId | null {
  return row.stamp?.fileId ?? null
}

/** A place in a tree, as a map key. */
export function placeKey(parentId: NodeId, key: string): string {
  return `${parentId}/${key}`
}
