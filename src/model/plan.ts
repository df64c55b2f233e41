/** Operations: what a plan says is to be done (SPEC 2). Data only; the engine executes them. */

import type { ChangeGroup } from './change.js'
import type { Digest, FileId, NodeId } from './ids.js'
import type { Node, Placement } from './node.js'
import type { Stamp } from './stamp.js'
import type { Presence } from './tree.js'
import type { Need } from './view.js'

/** Position of an operation in its plan. */
export type OperationId = number

interface OperationBase {
  readonly operation: OperationId
  /** Operations that must have succeeded before; one that did not drops this one too. */
  readonly dependsOn: readonly OperationId[]
}

/** The observation a change was made from: kept in the outbox with it, becomes the synced row's stamp when accepted. */
export interface ChangeObservation {
  readonly node: Node
  readonly stamp: Stamp | null
}

/** Ask the server to accept a group. `observations` runs parallel to `changes`. */
export interface CommitOperation extends OperationBase {
  readonly type: 'commit'
  readonly changes: ChangeGroup
  readonly observations: readonly ChangeObservation[]
}

/** Both sides agree already: the synced row becomes this node at this sequence, with the local stamp. No I/O. */
export interface AdoptOperation extends OperationBase {
  readonly type: 'adopt'
  readonly node: Node
  readonly sequence: number
  readonly presence: Presence
  readonly stamp: Stamp | null
}

/** Gone on both sides, or handed back to the union: the synced row is dropped. No I/O. */
export interface ForgetOperation extends OperationBase {
  readonly type: 'forget'
  readonly id: NodeId
}

/** The local node `from`, unknown to the server, turns out to be the node `to`. No I/O. Never while the outbox holds anything. */
export interface RekeyOperation extends OperationBase {
  readonly type: 'rekey'
  readonly from: NodeId
  readonly to: NodeId
}

/** What the disk must show, or the operation is dropped and its path marked dirty. */
export interface Expected {
  readonly stamp: Stamp
  /** Digest of the content behind the stamp; null for a directory. */
  readonly content: Digest | null
}

/** A directory that must still be where the plan saw it. Null file id: disk without file ids, or the root. */
export interface ExpectedParent {
  readonly id: NodeId
  readonly fileId: FileId | null
}

/** The local file becomes a new node beside its place (a conflict copy); the old row becomes `pending`. */
export interface AsideOperation extends OperationBase {
  readonly type: 'aside'
  readonly id: NodeId
  /** The fresh provisional id, or the id of a sibling copy with equal content that is adopted instead. */
  readonly copyId: NodeId
  readonly to: Placement
  readonly conflictOf: NodeId
  readonly expected: Expected
  readonly parent: ExpectedParent
}

/** Rename on this disk, the target being free by then. */
export interface MoveOperation extends OperationBase {
  readonly type: 'move'
  readonly id: NodeId
  readonly to: Placement
  readonly expected: Expected
  readonly fromParent: ExpectedParent
  readonly toParent: ExpectedParent
  /** The node becomes a conflict copy of this one by it, without a commit that says so (mode `read-only`). */
  readonly copyOf?: NodeId
}

/** Take a node that blocks, or is blocked by, another rename out of the tree into `moving`. */
export interface DetachOperation extends OperationBase {
  readonly type: 'detach'
  readonly id: NodeId
  readonly to: Placement
  readonly expected: Expected
  readonly fromParent: ExpectedParent
}

/** Put a detached node at its new place. */
export interface AttachOperation extends OperationBase {
  readonly type: 'attach'
  readonly id: NodeId
  readonly to: Placement
  readonly toParent: ExpectedParent
  readonly copyOf?: NodeId
}

/** A file into the trash, a directory by rmdir: only when it is empty. */
export interface RemoveOperation extends OperationBase {
  readonly type: 'remove'
  readonly id: NodeId
  readonly expected: Expected
  readonly parent: ExpectedParent
}

/** A node that is not on this disk: bring it. */
export interface CreateOperation extends OperationBase {
  readonly type: 'create'
  /** As it shall stand on the disk. */
  readonly node: Node
  readonly sequence: number
  readonly parent: ExpectedParent
}

/** New content for a file that is on this disk (with its executable bit). */
export interface ReplaceOperation extends OperationBase {
  readonly type: 'replace'
  readonly node: Node
  readonly sequence: number
  readonly expected: Expected
  readonly parent: ExpectedParent
}

export interface ExecutableOperation extends OperationBase {
  readonly type: 'executable'
  readonly id: NodeId
  readonly executable: boolean
  readonly expected: Expected
  readonly parent: ExpectedParent
}

/** The disk cannot hold the node: the synced row is made, or kept, with this presence. No I/O. */
export interface HoldOperation extends OperationBase {
  readonly type: 'hold'
  readonly node: Node
  readonly sequence: number
  readonly presence: Presence
  /** A sentence for a person; becomes the problem's message. */
  readonly because: string
}

export type ApplyOperation =
  | AsideOperation
  | MoveOperation
  | DetachOperation
  | AttachOperation
  | RemoveOperation
  | CreateOperation
  | ReplaceOperation
  | ExecutableOperation

export type BookOperation = AdoptOperation | ForgetOperation | RekeyOperation | HoldOperation

export type Operation = CommitOperation | BookOperation | ApplyOperation

/** A stop that asks a person. Only the deletes named, and what depends on them, wait. */
export interface Guard {
  /** Stable for one question: digest-free, made of the kind and direction. */
  readonly id: string
  readonly kind: 'mass-delete' | 'root-emptied' | 'root-replaced'
  readonly direction: 'up' | 'down'
  /** How many present files would go, of how many. */
  readonly deletes: number
  readonly of: number
  readonly nodes: readonly NodeId[]
}

export interface Plan {
  /** In an order in which each is valid; empty while `need` is not. */
  readonly operations: readonly Operation[]
  readonly need: Need
  readonly guards: readonly Guard[]
  /** Nodes on which both sides stay apart because of the mode. Absent: none. */
  readonly heldBack?: readonly NodeId[]
}
