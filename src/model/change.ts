/** Changes a device asks the server to accept, and the server's answers (SPEC 1). */

import type { Digest, NodeId, Sequence } from './ids.js'
import type { Node } from './node.js'
import type { Revision } from './revision.js'

export interface CreateChange extends Omit<Node, 'attributes'> {
  readonly type: 'create'
  /** The tombstone's sequence when a deleted node is revived under its old id. */
  readonly base?: Sequence
  readonly attributes?: Readonly<Record<string, string>>
}

/** Only what changes. Placement, and content with its size and time, are given together. */
export interface UpdateChange {
  readonly type: 'update'
  readonly id: NodeId
  /** Sequence of the remote row that the plan saw. */
  readonly base: Sequence
  readonly placement?: { readonly parentId: NodeId; readonly name: string; readonly key: string }
  readonly content?: { readonly digest: Digest; readonly size: number; readonly modifiedAt: number }
  readonly executable?: boolean
  readonly conflictOf?: NodeId | null
}

export interface DeleteChange {
  readonly type: 'delete'
  readonly id: NodeId
  readonly base: Sequence
}

export type Change = CreateChange | UpdateChange | DeleteChange

/** Changes that stand or fall together; their sequences are adjacent. */
export type ChangeGroup = readonly Change[]

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
export type Refusal = (typeof REFUSALS)[number]

export interface AcceptedChange {
  readonly verdict: 'accepted'
  readonly sequence: Sequence
}

/** The outcome was there already: no revision was made. `current` is null when the node is unknown to the server. */
export interface UnchangedChange {
  readonly verdict: 'unchanged'
  readonly sequence: Sequence
  readonly current: Revision | null
}

export interface RefusedChange {
  readonly verdict: 'refused'
  readonly reason: Refusal
  /** Id of the change in the group that broke the rule: the others of the group fell with it. */
  readonly culprit: NodeId
  /** Whole current revision of this change's node; for `name-taken` of the culprit, that of the holder too. */
  readonly current: Revision | null
  readonly holder?: Revision
  /** For `missing-chunks`: the digests the server lacks. */
  readonly missing?: readonly Digest[]
}

export type ChangeResult = AcceptedChange | UnchangedChange | RefusedChange
