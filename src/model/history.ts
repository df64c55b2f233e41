/** What the server keeps of earlier states: who may be asked about, and one kept revision as it is told. */

import type { NodeId, Sequence } from './ids.js'
import type { Node } from './node.js'

/** A node, a place (whoever stood there), or the deletes in a directory (whose last place it was). */
export type HistorySubject =
  | { readonly of: 'node'; readonly id: NodeId }
  | { readonly of: 'place'; readonly parentId: NodeId; readonly key: string }
  | { readonly of: 'deletes'; readonly parentId: NodeId }

/** A kept revision. Of a delete: the state before it. */
export interface HistoryRow {
  /** Of the change that made the revision. */
  readonly sequence: Sequence
  /** Wall time of the server when it accepted the change, ms since 1970. A display attribute, but for the runs of deletes. */
  readonly acceptedAt: number
  /** The revision is a delete, and `node` is what went. */
  readonly deleted: boolean
  /** The node's whole state. */
  readonly node: Node
}
