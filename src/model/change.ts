/** Changes a device asks the server to accept, and the server's answers (SPEC 1). */

import type { Digest, NodeId, Sequence } from './ids.js'
import type { Node } from './node.js'
import type { Revision } from './revision.js'

/** A new node, whole; or a deleted one that comes back under its old id. */
export interface CreateChange extends Omit<Node, 'attributes'> {
  readonly type: 'create'
  /** The tombstone's sequence when a deleted node is revived under its old id. */
  readonly base?: Sequence
  /** Attributes of later versions, echoed as they came. */
  readonly attributes?: Readonly<Record<string, string>>
}

/** Only what changes. Placement, and content with its size and time, are given together. */
export interface UpdateChange {
  readonly type: 'update'
  /** The node that changes. */
  readonly id: NodeId
  /** Sequence of the remote row that the plan saw. */
  readonly base: Sequence
  /** Its new place; absent: it stays. */
  readonly placement?: { readonly parentId: NodeId; readonly name: string; readonly key: string }
  /** Its new content; absent: it keeps its own. `size` in bytes, `modifiedAt` in ms since 1970. */
  readonly content?: { readonly digest: Digest; readonly size: number; readonly modifiedAt: number }
  /** Absent: as it is. */
  readonly executable?: boolean
  /** Absent: as it is; null: a conflict copy no longer. */
  readonly conflictOf?: NodeId | null
}

/** The node is to be gone. A directory has to be empty by then. */
export interface DeleteChange {
  readonly type: 'delete'
  /** The node that goes. */
  readonly id: NodeId
  /** Sequence of the remote row that the plan saw. */
  readonly base: Sequence
}

/** What a device asks the server to accept of one node. */
export type Change = CreateChange | UpdateChange | DeleteChange

/** Changes that stand or fall together; their sequences are adjacent. */
export type ChangeGroup = readonly Change[]

/**
 * Why a change is refused. All but `quota` and `forbidden` are answered by looking again, or by sending what is
 * missing.
 */
export const REFUSALS = [
  'stale',
  'exists',
  'parent-gone',
  'too-deep',
  'cycle',
  'name-taken',
  'not-empty',
  'need-manifest',
  'missing-chunks',
  'quota',
  'forbidden',
] as const
/** One of `REFUSALS`. */
export type Refusal = (typeof REFUSALS)[number]

/** The change is a revision now. */
export interface AcceptedChange {
  readonly verdict: 'accepted'
  /** The sequence it was given: each accepted change has its own. */
  readonly sequence: Sequence
}

/** The outcome was there already: no revision was made. `current` is null when the node is unknown to the server. */
export interface UnchangedChange {
  readonly verdict: 'unchanged'
  /** Sequence of the revision that is there; 0 when the node is unknown. */
  readonly sequence: Sequence
  /** The node's whole current revision. */
  readonly current: Revision | null
}

/** The change was not made, nor was any other of its group. */
export interface RefusedChange {
  readonly verdict: 'refused'
  /** Which rule it broke. */
  readonly reason: Refusal
  /** Id of the change in the group that broke the rule: the others of the group fell with it. */
  readonly culprit: NodeId
  /** Whole current revision of this change's node; for `name-taken` of the culprit, that of the holder too. */
  readonly current: Revision | null
  /** For `name-taken`: the node that stands at the place. */
  readonly holder?: Revision
  /** For `missing-chunks`: the digests the server lacks. */
  readonly missing?: readonly Digest[]
}

/** What became of one change. */
export type ChangeResult = AcceptedChange | UnchangedChange | RefusedChange
