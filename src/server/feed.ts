/** The feed: each node changed after a cursor once, at its latest revision, in sequence order, page by page. */

import type { MetadataReader, WorkspaceHead } from '../interfaces/metadata-store.js'
import { TidemarkError } from '../errors.js'
import type { Cursor, Witness } from '../model/cursor.js'
import type { Sequence } from '../model/ids.js'
import type { Revision } from '../model/revision.js'
import { LIMITS } from '../protocol/limits.js'
import type { Page, Standing } from '../protocol/messages.js'
import { revisionWeight } from '../protocol/node-wire.js'
import { readStanding } from './standing.js'

/** As many as a page may hold, at least one. */
export function fitting(revisions: readonly Revision[]): readonly Revision[] {
  let weight = 0
  for (let at = 0; at < revisions.length; at++) {
    const revision = revisions[at]
    weight += revision ? revisionWeight(revision) : 0
    if (at > 0 && (weight > LIMITS.answerWeight || at >= LIMITS.pageRevisions)) return revisions.slice(0, at)
  }
  return revisions
}

/** The head of the snapshot must be given: pages end at it, and never beyond. */
export async function readPage(reader: MetadataReader, head: WorkspaceHead, from: Sequence): Promise<Page> {
  const found = await reader.since(from, LIMITS.pageRevisions + 1)
  const revisions = fitting(found)
  const last = revisions.at(-1)
  if (revisions.length === found.length || last === undefined) {
    return { from, revisions, cursor: { epoch: head.epoch, sequence: head.sequence, hash: head.hash }, head: true }
  }
  const hash = (await reader.hashes([last.sequence])).get(last.sequence)
  if (hash === undefined) {
    throw new TidemarkError('corrupt', 'The history lacks a hash above its horizon.', {
      subject: `hash ${last.sequence}`,
    })
  }
  return { from, revisions, cursor: { epoch: head.epoch, sequence: last.sequence, hash }, head: false }
}

/** Without a cursor: the feed from its beginning, unless something of it was forgotten. */
export async function readState(
  reader: MetadataReader,
  cursor: Cursor | null,
  witness: Witness | null,
): Promise<Standing> {
  if (cursor === null) {
    const head = await reader.head()
    if (head.horizon > 0) return { standing: 'expired', epoch: head.epoch }
    return { standing: 'current', page: await readPage(reader, head, 0) }
  }
  const { head, verdict } = await readStanding(reader, cursor, witness ?? cursor)
  if (verdict !== 'current') return { standing: verdict, epoch: head.epoch }
  return { standing: 'current', page: await readPage(reader, head, cursor.sequence) }
}
