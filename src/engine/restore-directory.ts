/**
 * What was in a directory when it was deleted: the deletes of one run that ends with the directory's own. The server keeps
 * no record of a person's act, so a run is told by its sequences and acceptance times. Reads only.
 */

import { TidemarkError } from '../errors.js'
import type { CreateChange } from '../model/change.js'
import type { HistoryRow } from '../model/history.js'
import type { NodeId } from '../model/ids.js'
import { placeKey } from '../model/tree.js'
import { type PastParts, readPast } from './past.js'
import { remoteNode } from './remote-tree.js'
import { revival } from './restore-place.js'

/** Deletes of one act follow each other, or are accepted within this time of each other, ms: batches of one device. */
const RUN_MS = 60_000
/** Directories asked about together. */
const AT_ONCE = 32
/** Deletes looked through for one directory: more are not one person's act, but a listing without end. */
const MOST = 200_000

/** Deleted nodes that were in the directory at `end`, its delete; in an order in which they can be revived. */
export async function contentsAt(
  parts: PastParts,
  end: HistoryRow,
  signal: AbortSignal,
): Promise<readonly CreateChange[]> {
  const run = runOf(end, await deletesBelow(parts, end, signal))
  const children = new Map<NodeId, HistoryRow[]>()
  const taken = new Set<string>()
  for (const row of run) {
    const { parentId, key } = row.node
    // Newest first: who stood at the place last is the one who was there.
    if (taken.has(placeKey(parentId, key))) continue
    taken.add(placeKey(parentId, key))
    const siblings = children.get(parentId)
    if (siblings === undefined) children.set(parentId, [row])
    else siblings.push(row)
  }
  const ordered: CreateChange[] = []
  const open = [end.node.id]
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    for (const row of (children.get(id) ?? []).reverse()) {
      ordered.push(revival(row.node, row))
      if (row.node.kind === 'directory') open.push(row.node.id)
    }
    children.delete(id)
  }
  return ordered
}

/** The newest delete of each node that is deleted, in the directory and in those deleted in it. */
async function deletesBelow(parts: PastParts, end: HistoryRow, signal: AbortSignal): Promise<readonly HistoryRow[]> {
  const found = new Map<NodeId, HistoryRow>()
  let due: readonly NodeId[] = [end.node.id]
  while (due.length > 0) {
    const subjects = due.slice(0, AT_ONCE).map((parentId) => ({ of: 'deletes', parentId }) as const)
    const next: NodeId[] = []
    for (const row of await readPast(parts, subjects, { before: end.sequence, most: MOST }, signal)) {
      const { id, kind } = row.node
      if (found.has(id) || remoteNode(parts.state.trees, id) !== null) continue
      found.set(id, row)
      if (kind === 'directory') next.push(id)
    }
    if (found.size >= MOST) {
      throw new TidemarkError('too-large', `more than ${MOST} deletes lie below '${end.node.name}'`, {
        subject: end.node.name,
        next: 'Restore the directories in it one by one.',
      })
    }
    due = [...due.slice(AT_ONCE), ...next]
  }
  return [...found.values()].sort((a, b) => b.sequence - a.sequence)
}

function runOf(end: HistoryRow, deletes: readonly HistoryRow[]): readonly HistoryRow[] {
  let last = end
  for (const [at, row] of deletes.entries()) {
    if (last.sequence - row.sequence > 1 && Math.abs(last.acceptedAt - row.acceptedAt) > RUN_MS)
      return deletes.slice(0, at)
    last = row
  }
  return deletes
}
