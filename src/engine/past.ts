/**
 * What the server keeps of earlier states, asked page by page and walked by place: a path is looked for under whoever
 * stood there, wherever that is now. Answers are hostile until the codec has matched them; nothing here changes a tree.
 */

import { TidemarkError } from '../errors.js'
import type { HistoryRow, HistorySubject } from '../model/history.js'
import { type NodeId, ROOT_ID, type Sequence } from '../model/ids.js'
import { keyOf, type Node } from '../model/node.js'
import { LIMITS } from '../protocol/limits.js'
import type { EngineState } from './engine-state.js'
import type { Link } from './link.js'
import { below } from './paths.js'
import { componentsOf, remoteNode } from './remote-tree.js'

export interface PastParts {
  readonly state: EngineState
  readonly link: Link
}

export interface Range {
  /** Only revisions with a smaller sequence; null: from the newest on. */
  readonly before: Sequence | null
  /** At most so many. */
  readonly most: number
}

/** Who stood at a path. */
export interface Standers {
  /** The places themselves: one for each directory that the path's parent was. */
  readonly places: readonly HistorySubject[]
  /** Newest first. */
  readonly ids: readonly NodeId[]
}

/** Rows of one directory, or of one place, that are looked through. */
const LOOKED_THROUGH = 10_000

/** Kept revisions, each once, newest first. */
export async function readPast(
  parts: PastParts,
  subjects: readonly HistorySubject[],
  { before, most }: Range,
  signal: AbortSignal,
): Promise<readonly HistoryRow[]> {
  const found = new Map<Sequence, HistoryRow>()
  for (let at = 0; at < subjects.length; at += LIMITS.historySubjects) {
    const some = subjects.slice(at, at + LIMITS.historySubjects)
    for (const row of await readSome(parts, some, { before, most }, signal)) found.set(row.sequence, row)
  }
  return [...found.values()].sort((a, b) => b.sequence - a.sequence).slice(0, most)
}

async function readSome(
  { link }: PastParts,
  subjects: readonly HistorySubject[],
  { before, most }: Range,
  signal: AbortSignal,
): Promise<readonly HistoryRow[]> {
  const rows: HistoryRow[] = []
  let from = before
  while (rows.length < most) {
    const limit = Math.min(most - rows.length, LIMITS.pageRevisions)
    const answer = await link.ask({ type: 'history', workspace: link.workspace, subjects, before: from, limit }, signal)
    rows.push(...answer.rows)
    from = answer.before
    if (from === null) break
  }
  return rows
}

/** Everybody who stood at the path, under every directory that its parent was. */
export async function standersAt(parts: PastParts, path: string, signal: AbortSignal): Promise<Standers> {
  const names = componentsOf(path)
  let standers: Standers = { places: [], ids: [ROOT_ID] }
  for (const [at, name] of names.entries()) {
    const places = standers.ids
      .slice(0, LIMITS.historySubjects)
      .map((parentId): HistorySubject => ({ of: 'place', parentId, key: keyOf(name) }))
    if (places.length === 0) return { places: [], ids: [] }
    const rows = await readPast(parts, places, { before: null, most: LOOKED_THROUGH }, signal)
    const able = at < names.length - 1 ? rows.filter(({ node }) => node.kind === 'directory') : rows
    standers = { places, ids: [...new Set(able.map(({ node }) => node.id))] }
  }
  return standers
}

export function nodesOf(ids: readonly NodeId[]): readonly HistorySubject[] {
  return ids.map((id) => ({ of: 'node', id }))
}

/** The revision with this sequence, of a node that stood at the path. Fails with `not-found`. */
export async function rowAt(
  parts: PastParts,
  path: string,
  sequence: Sequence,
  signal: AbortSignal,
): Promise<HistoryRow> {
  const { ids } = await standersAt(parts, path, signal)
  const [row] = await readPast(parts, nodesOf(ids), { before: sequence + 1, most: 1 }, signal)
  if (row?.sequence === sequence) return row
  throw new TidemarkError('not-found', `no revision ${String(sequence)} of '${path}' is kept`, {
    subject: path,
    next: 'Look at its history: what is older than the horizon was forgotten.',
  })
}

/** The last states of directories, live or deleted; each asked for once. */
export class Whereabouts {
  readonly #parts: PastParts
  readonly #signal: AbortSignal
  readonly #last = new Map<NodeId, HistoryRow | null>()

  constructor(parts: PastParts, signal: AbortSignal) {
    this.#parts = parts
    this.#signal = signal
  }

  /** The newest kept revision of a node that is not live; null when nothing is kept of it. */
  async lastOf(id: NodeId): Promise<HistoryRow | null> {
    const known = this.#last.get(id)
    if (known !== undefined) return known
    const [row = null] = await readPast(this.#parts, nodesOf([id]), { before: null, most: 1 }, this.#signal)
    this.#last.set(id, row)
    return row
  }

  /** Where it is now, or was when it was deleted; only its name where its directory is forgotten. */
  async pathOf(node: Pick<Node, 'parentId' | 'name'>): Promise<string> {
    const names = [node.name]
    const seen = new Set<NodeId>()
    for (let at = node.parentId; at !== ROOT_ID && !seen.has(at); ) {
      seen.add(at)
      const above = remoteNode(this.#parts.state.trees, at) ?? (await this.lastOf(at))?.node
      if (above === undefined) break
      names.push(above.name)
      at = above.parentId
    }
    return names.reverse().reduce(below, '')
  }
}
