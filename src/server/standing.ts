/**
 * Where a device stands against the stored history (DESIGN 2): epoch, head, horizon and hashes decide, never clocks.
 * What cannot be told to be the same history is `diverged` or `expired`, never `current`.
 */

import type { MetadataReader, WorkspaceHead } from '../interfaces/metadata-store.js'
import type { Cursor, Witness } from '../model/cursor.js'
import type { Digest, Sequence } from '../model/ids.js'

export type StandingVerdict = 'current' | 'expired' | 'diverged'

/** `hashes` holds what is still remembered of the cursor's and the witness's sequence. */
export function judgeStanding(
  head: Pick<WorkspaceHead, 'epoch' | 'sequence' | 'horizon'>,
  hashes: ReadonlyMap<Sequence, Digest>,
  cursor: Cursor,
  witness: Witness,
): StandingVerdict {
  if (cursor.epoch !== head.epoch) return 'diverged'
  for (const told of [cursor, witness]) {
    if (told.sequence > head.sequence) return 'diverged'
    const known = hashes.get(told.sequence)
    if (known !== undefined && known !== told.hash) return 'diverged'
  }
  if (cursor.sequence < head.horizon || !hashes.has(cursor.sequence)) return 'expired'
  // a witness behind a cursor that was proven says nothing more; one ahead of it must be proven too
  return witness.sequence > cursor.sequence && !hashes.has(witness.sequence) ? 'expired' : 'current'
}

export async function readStanding(
  reader: MetadataReader,
  cursor: Cursor,
  witness: Witness,
): Promise<{ readonly head: WorkspaceHead; readonly verdict: StandingVerdict }> {
  const head = await reader.head()
  const hashes = await reader.hashes([...new Set([cursor.sequence, witness.sequence])])
  return { head, verdict: judgeStanding(head, hashes, cursor, witness) }
}
