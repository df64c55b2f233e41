/** Revisions: the state of a node at one sequence. What the server feeds and what the remote tree holds. */

import type { NodeId, Sequence } from './ids.js'
import type { Node } from './node.js'

export interface LiveRevision {
  readonly id: NodeId
  readonly sequence: Sequence
  readonly node: Node
}

/** The node was deleted at this sequence. */
export interface Tombstone {
  readonly id: NodeId
  readonly sequence: Sequence
  readonly node: null
}

export type Revision = LiveRevision | Tombstone
