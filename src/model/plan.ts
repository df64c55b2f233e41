/** Operations: what a plan says is to be done (SPEC 2). Data only; the engine executes them. */

import type { ChangeGroup } from './change.js'
import type { Digest, FileId, NodeId } from './ids.js'
import type { Node, Placement } from './node.js'
import type { Stamp } from './stamp.js'
import type { Presence } from './tree.js'
import type { Need } from './view.js'

/** Position of an operation in its plan. */
export type OperationId = number

/** What every operation has. */
interface OperationBase {
  /** Its position in the plan. */
  readonly operation: OperationId
  /** Operations that must have succeeded before; one that did not drops this one too. */
  readonly dependsOn: readonly OperationId[]
}

/** The observation a change was made from: kept in the outbox with it, becomes the synced row's stamp when accepted. */
export interface ChangeObservation {
  /** As the disk showed it. */
  readonly node: Node
  /** The stamp it was read under; null for what was not read from the disk. */
  readonly stamp: Stamp | null
}

/** Ask the server to accept a group. `observations` runs parallel to `changes`. */
export interface CommitOperation extends OperationBase {
  readonly type: 'commit'
  /** What goes up, whole or not at all. */
  readonly changes: ChangeGroup
  /** What each change was made from. */
  readonly observations: readonly ChangeObservation[]
}

/** Both sides agree already: the synced row becomes this node at this sequence, with the local stamp. No I/O. */
export interface AdoptOperation extends OperationBase {
  readonly type: 'adopt'
  /** What both sides agree on. */
  readonly node: Node
  /** Sequence of the remote revision that it equals. */
  readonly sequence: number
  /** Why it is, or is not, on this disk. */
  readonly presence: Presence
  /** The local stamp; null when it is not on this disk. */
  readonly stamp: Stamp | null
}

/** Gone on both sides, or handed back to the union: the synced row is dropped. No I/O. */
export interface ForgetOperation extends OperationBase {
  readonly type: 'forget'
  /** The node whose synced row goes. */
  readonly id: NodeId
}

/** The local node `from`, unknown to the server, turns out to be the node `to`. No I/O. Never while the outbox holds anything. */
export interface RekeyOperation extends OperationBase {
  readonly type: 'rekey'
  /** The provisional id, given up. */
  readonly from: NodeId
  /** The id under which the server knows the node. */
  readonly to: NodeId
}

/** What the disk must show, or the operation is dropped and its path marked dirty. */
export interface Expected {
  /** What the plan saw; compared by `sameStamp`. */
  readonly stamp: Stamp
  /** Digest of the content behind the stamp; null for a directory. */
  readonly content: Digest | null
}

/** A directory that must still be where the plan saw it. Null file id: disk without file ids, or the root. */
export interface ExpectedParent {
  /** The directory's node. */
  readonly id: NodeId
  /** The directory entry's identity on this disk. */
  readonly fileId: FileId | null
}

/** The local file becomes a new node beside its place (a conflict copy); the old row becomes `pending`. */
export interface AsideOperation extends OperationBase {
  readonly type: 'aside'
  /** The node whose place is taken by the server's content. */
  readonly id: NodeId
  /** The fresh provisional id, or the id of a sibling copy with equal content that is adopted instead. */
  readonly copyId: NodeId
  /** Where the copy stands: beside the node, under a conflict-copy name. */
  readonly to: Placement
  /** The node it is a conflict copy of. */
  readonly conflictOf: NodeId
  /** The local content that is set aside. */
  readonly expected: Expected
  /** The directory of both. */
  readonly parent: ExpectedParent
}

/** Rename on this disk, the target being free by then. */
export interface MoveOperation extends OperationBase {
  readonly type: 'move'
  /** The node that moves, with all that is in it. */
  readonly id: NodeId
  /** Its new place. */
  readonly to: Placement
  /** What stands at the old place. */
  readonly expected: Expected
  /** The directory it leaves. */
  readonly fromParent: ExpectedParent
  /** The directory it comes into. */
  readonly toParent: ExpectedParent
  /** The node becomes a conflict copy of this one by it, without a commit that says so (mode `read-only`). */
  readonly copyOf?: NodeId
}

/** Take a node that blocks, or is blocked by, another rename out of the tree into `moving`. */
export interface DetachOperation extends OperationBase {
  readonly type: 'detach'
  /** The node that is taken out, with all that is in it. */
  readonly id: NodeId
  /** The place it is on its way to. */
  readonly to: Placement
  /** What stands at the old place. */
  readonly expected: Expected
  /** The directory it leaves. */
  readonly fromParent: ExpectedParent
}

/** Put a detached node at its new place. */
export interface AttachOperation extends OperationBase {
  readonly type: 'attach'
  /** A node that an earlier operation of the plan detached. */
  readonly id: NodeId
  /** Its new place. */
  readonly to: Placement
  /** The directory it comes into. */
  readonly toParent: ExpectedParent
  /** Set when it becomes a conflict copy: the node it is one of. */
  readonly copyOf?: NodeId
}

/** A file into the trash, a directory by rmdir: only when it is empty. */
export interface RemoveOperation extends OperationBase {
  readonly type: 'remove'
  /** The node that goes from this disk. */
  readonly id: NodeId
  /** What stands at its place. */
  readonly expected: Expected
  /** The directory it stands in. */
  readonly parent: ExpectedParent
}

/** A node that is not on this disk: bring it. */
export interface CreateOperation extends OperationBase {
  readonly type: 'create'
  /** As it shall stand on the disk. */
  readonly node: Node
  /** Sequence of the remote revision that is brought. */
  readonly sequence: number
  /** The directory it comes into. */
  readonly parent: ExpectedParent
}

/** New content for a file that is on this disk (with its executable bit). */
export interface ReplaceOperation extends OperationBase {
  readonly type: 'replace'
  /** As it shall stand on the disk. */
  readonly node: Node
  /** Sequence of the remote revision that is brought. */
  readonly sequence: number
  /** The local content that is replaced. */
  readonly expected: Expected
  /** The directory it stands in. */
  readonly parent: ExpectedParent
}

/** Set or clear the executable bit of a file, and nothing else. */
export interface ExecutableOperation extends OperationBase {
  readonly type: 'executable'
  /** The file. */
  readonly id: NodeId
  /** The bit as it shall be. */
  readonly executable: boolean
  /** What stands at its place. */
  readonly expected: Expected
  /** The directory it stands in. */
  readonly parent: ExpectedParent
}

/** The disk cannot hold the node: the synced row is made, or kept, with this presence. No I/O. */
export interface HoldOperation extends OperationBase {
  readonly type: 'hold'
  /** As the server has it. */
  readonly node: Node
  /** Sequence of that revision. */
  readonly sequence: number
  /** Why it is not on this disk. */
  readonly presence: Presence
  /** A sentence for a person; becomes the problem's message. */
  readonly because: string
}

/** What changes this disk. */
export type ApplyOperation =
  | AsideOperation
  | MoveOperation
  | DetachOperation
  | AttachOperation
  | RemoveOperation
  | CreateOperation
  | ReplaceOperation
  | ExecutableOperation

/** What changes the synced tree alone: no I/O. */
export type BookOperation = AdoptOperation | ForgetOperation | RekeyOperation | HoldOperation

/** Everything a plan can say. */
export type Operation = CommitOperation | BookOperation | ApplyOperation

/** A stop that asks a person. Only the deletes named, and what depends on them, wait. */
export interface Guard {
  /** Stable for one question: digest-free, made of the kind and direction. */
  readonly id: string
  /** What looks wrong: very many deletes, an emptied root, a root that is another directory. */
  readonly kind: 'mass-delete' | 'root-emptied' | 'root-replaced'
  /** `up`: missing here, would be deleted on the server. `down`: deleted there, would go from this disk. */
  readonly direction: 'up' | 'down'
  /** How many present files would go, of how many. */
  readonly deletes: number
  /** Present files when the deletes were counted. */
  readonly of: number
  /** The nodes whose deletes wait. */
  readonly nodes: readonly NodeId[]
}

/** What is to be done, as data: the same trees give the same plan. */
export interface Plan {
  /** In an order in which each is valid; empty while `need` is not. */
  readonly operations: readonly Operation[]
  /** Rows the planner misses; nothing may be carried out before they are there. */
  readonly need: Need
  /** Deletes that wait for a person; they and what depends on them are not among the operations. */
  readonly guards: readonly Guard[]
  /** Nodes on which both sides stay apart because of the mode. Absent: none. */
  readonly heldBack?: readonly NodeId[]
}
