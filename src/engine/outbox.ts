/**
 * Commits sent or about to be. An entry is durable before its first byte leaves and goes only with its answer (INV-10).
 * It keeps the observation each change was made from: the answer may come after the disk moved on.
 */

import type { ChangeGroup } from '../model/change.js'
import type { Cursor, Witness } from '../model/cursor.js'
import type { ChangeObservation } from '../model/plan.js'

export interface OutboxEntry {
  /** Ascending; entries are answered oldest first. */
  readonly order: number
  /** Idempotency key, 32 hex digits, drawn when the entry is made. */
  readonly key: string
  readonly cursor: Cursor
  readonly witness: Witness
  readonly groups: readonly ChangeGroup[]
  /**
   * 'remote': asked for by a person, not made from this disk. What is accepted enters the remote tree alone, and the next
   * plan brings it to the disk. Absent: the changes were observed on this disk.
   */
  readonly takes?: 'remote'
  /** Parallel to groups and changes; empty for what was not observed. */
  readonly observations: readonly (readonly ChangeObservation[])[]
}
