/**
 * The true common base of a conflict, kept with the copy as an attribute of its node: the content both sides agreed on
 * last. Where there was none it says nothing: a base is never guessed.
 */

import { type Digest, isDigest } from '../model/ids.js'
import type { Node } from '../model/node.js'
import type { SyncedRow } from '../model/tree.js'

/** Reserved by the format: the digest of the base content. */
const CONFLICT_BASE = 'conflict-base'

/** The copy as it goes up. `agreed` is the row of the node it was taken from. */
export function conflictCopy({ attributes, ...copy }: Node, agreed: SyncedRow | null): Node {
  const { [CONFLICT_BASE]: _former, ...others } = attributes ?? {}
  const base = agreed?.node.content ?? null
  const kept = base === null ? others : { ...others, [CONFLICT_BASE]: base }
  return Object.keys(kept).length === 0 ? copy : { ...copy, attributes: kept }
}

/** Null when it was not recorded. What a server says here may be anything. */
export function conflictBase({ attributes }: Node): Digest | null {
  const recorded = attributes?.[CONFLICT_BASE]
  return isDigest(recorded) ? recorded : null
}
