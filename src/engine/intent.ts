/**
 * An apply step written down before it happens (SPEC 4). Only steps that a scan after a crash could misread have one:
 * a file we put in place could otherwise pass for a user's edit (INV-08), a detached one for a user's delete.
 */

import type { FileId, NodeId, Sequence } from '../model/ids.js'
import type { Node } from '../model/node.js'
import type { Expected } from '../model/plan.js'
import type { Stamp } from '../model/stamp.js'

/** A staged file is about to be put at a place: a new one, or over the expected one. */
export interface PutIntent {
  readonly type: 'put'
  /** Name of the staged file. */
  readonly token: string
  readonly node: Node
  readonly sequence: Sequence
  readonly path: string
  readonly stagedFileId: FileId | null
  /** What the new content replaces; null for a new file. */
  readonly expected: Stamp | null
}

/** A node is about to leave the tree for `moving`, until it is attached at its new place. */
export interface DetachIntent {
  readonly type: 'detach'
  /** Name under `moving`. */
  readonly token: string
  readonly id: NodeId
  readonly origin: string
  readonly target: { readonly parentId: NodeId; readonly name: string }
}

/**
 * A file is about to be renamed by way of a second link. Cut off in between, it has both names: the new one would pass
 * for another file of the user.
 */
export interface MoveIntent {
  readonly type: 'move'
  readonly token: string
  readonly from: string
  readonly to: string
  /** What was seen of the file. */
  readonly expected: Expected
}

export type Intent = PutIntent | DetachIntent | MoveIntent
