/** `history(path)`: the retained revisions of every node that stood at the path, as entries for people. */

import { TidemarkError } from '../errors.js'
import type { HistoryRow } from '../model/history.js'
import type { Digest, NodeId, Sequence } from '../model/ids.js'
import { nodesOf, type PastParts, readPast, standersAt, Whereabouts } from './past.js'

/** One revision that the server keeps. */
export interface HistoryEntry {
  /** Of the node. Entries of one path may be of several. */
  readonly id: NodeId
  /** Names the revision, for `restore` and `readFile`. */
  readonly sequence: Sequence
  /** Wall time of the server, ms since 1970. */
  readonly acceptedAt: number
  /** 'file' or 'directory'. */
  readonly kind: string
  /** Its name then, in its directory of then as that is called now (or was, when it was deleted). */
  readonly path: string
  /** Bytes; 0 for a directory. */
  readonly size: number
  /** Of its content, milliseconds since 1970. */
  readonly modifiedAt: number
  /** Null for a directory. Of a delete: what was deleted. */
  readonly content: Digest | null
  /** The executable bit then. */
  readonly executable: boolean
  /** 'current': so it is on the server now; 'deleted': this revision is its delete. */
  readonly state: 'current' | 'superseded' | 'deleted'
}

/** Entries of one call. */
const HISTORY_LIMIT = 100
const HISTORY_LIMIT_MOST = 10_000

/** Newest first; empty when nobody ever stood there, or all of it is forgotten. */
export async function historyOf(
  parts: PastParts,
  path: string,
  limit: number,
  signal: AbortSignal,
): Promise<readonly HistoryEntry[]> {
  const { ids } = await standersAt(parts, path, signal)
  const rows = await readPast(parts, nodesOf(ids), { before: null, most: limit }, signal)
  const whereabouts = new Whereabouts(parts, signal)
  const seen = new Set<NodeId>()
  const entries: HistoryEntry[] = []
  for (const row of rows) {
    const { id, kind, size, modifiedAt, content, executable } = row.node
    const { sequence, acceptedAt } = row
    const entryPath = await whereabouts.pathOf(row.node)
    const state = stateOf(row, seen)
    entries.push({ id, sequence, acceptedAt, kind, path: entryPath, size, modifiedAt, content, executable, state })
  }
  return entries
}

export function checkHistoryLimit(limit: number = HISTORY_LIMIT): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= HISTORY_LIMIT_MOST) return limit
  throw new TidemarkError('invalid-option', `the option 'limit' must be whole, from 1 to ${HISTORY_LIMIT_MOST}`, {
    subject: 'limit',
    next: `Pass a whole number from 1 to ${HISTORY_LIMIT_MOST}.`,
  })
}

/** The newest row of a live node is what it is now. */
function stateOf({ deleted, node }: HistoryRow, seen: Set<NodeId>): HistoryEntry['state'] {
  const newest = !seen.has(node.id)
  seen.add(node.id)
  if (deleted) return 'deleted'
  return newest ? 'current' : 'superseded'
}
