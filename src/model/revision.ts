/** Revisions: the state of a node at one sequence. What the server feeds and what the remote tree holds. */

import type { NodeId, Sequence } from './ids.js'
import type { Node } from './node.js'

/** The node as it is since this sequence. */
export interface LiveRevision {
  /** Equals `node.id`. */
  readonly id: NodeId
  /** Of the change that made it. */
  readonly sequence: Sequence
  /** The node's whole state. */
  readonly node: Node
}

/** The node was deleted at this sequence. */
export interface Tombstone {
  /** The node that was deleted. */
  readonly id: NodeId
  /** Of the delete. */
  readonly sequence: Sequence
  readonly node: null
}

/** The state of a node at one sequence. */
export type Revision = LiveRevision | Tombstone
