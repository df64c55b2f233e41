/**
 * `restore(path)`: an ordinary commit that gives a node an earlier state back, or revives a deleted one under its old id
 * (DESIGN 4.12). It writes nothing to the disk: the next plan does. It never covers an edit that is not synced yet.
 */

import { TidemarkError } from '../errors.js'
import type { Change, CreateChange, Refusal, UpdateChange } from '../model/change.js'
import type { HistoryRow } from '../model/history.js'
import type { NodeId, Sequence } from '../model/ids.js'
import { isKnownKind, type Node, samePlacement } from '../model/node.js'
import { askCommit, refusalOf } from './asked-commit.js'
import type { CommitParts } from './commit.js'
import { below } from './paths.js'
import { readPast, rowAt, standersAt, Whereabouts } from './past.js'
import { remoteNode, remotePath } from './remote-tree.js'
import { contentsAt } from './restore-directory.js'
import { freelyNamed, parentFor, type PlaceParts, revival } from './restore-place.js'
import { checkUnedited, isEditedHere, stale } from './unedited.js'

export type RestoreParts = CommitParts & PlaceParts

/** What was brought back. */
export interface Restored {
  /** Of the node that was named. */
  readonly id: NodeId
  /** Where it stands now: beside its old place when that was taken. */
  readonly path: string
  /** Sequence of the node on the server. */
  readonly sequence: Sequence
  /** Nodes that were restored, directories put back for them included; 0: it was so already. */
  readonly restored: number
  /** Of a directory: what could not be restored with it, and why. */
  readonly left: readonly { readonly path: string; readonly reason: Refusal }[]
}

/** Revisions looked through for the last delete at a path. */
const LOOKED_THROUGH = 10_000
/** Fields of an update that changes nothing: type, id, base. */
const UNCHANGED_FIELDS = 3

/** What is asked for: a kept state, and whether the path that was named is where it stood then. */
interface Wanted {
  readonly row: HistoryRow
  readonly stood: 'at-path' | 'elsewhere'
}

export async function restorePath(
  parts: RestoreParts,
  path: string,
  sequence: Sequence | undefined,
  signal: AbortSignal,
): Promise<Restored> {
  const wanted =
    sequence === undefined ? await lastDelete(parts, path, signal) : await revisionAt(parts, path, sequence, signal)
  const { row } = wanted
  if (!isKnownKind(row.node.kind)) {
    throw new TidemarkError('invalid', `'${path}' is of a kind this version does not know: ${row.node.kind}`, {
      subject: path,
      next: 'Update tidemark on this device.',
    })
  }
  const live = remoteNode(parts.state.trees, row.node.id)
  if (live === null) return revive(parts, wanted, path, signal)
  return row.deleted && live.kind === 'directory'
    ? commitDirectory(parts, live, [], await contentsAt(parts, row, signal), signal)
    : giveBack(parts, wanted, live, path, signal)
}

async function revisionAt(parts: RestoreParts, path: string, sequence: Sequence, signal: AbortSignal): Promise<Wanted> {
  const row = await rowAt(parts, path, sequence, signal)
  const { places } = await standersAt(parts, path, signal)
  const { parentId, key } = row.node
  const stood = places.some((place) => place.of === 'place' && place.parentId === parentId && place.key === key)
  return { row, stood: stood ? 'at-path' : 'elsewhere' }
}

/** What was deleted here last. What lives is restored by a sequence only: which earlier state is meant is never guessed. */
async function lastDelete(parts: RestoreParts, path: string, signal: AbortSignal): Promise<Wanted> {
  const { places } = await standersAt(parts, path, signal)
  const rows = await readPast(parts, places, { before: null, most: LOOKED_THROUGH }, signal)
  const living = rows.find(({ node, sequence }) => {
    const now = parts.state.trees.remoteRevision(node.id)
    return now?.node != null && (now.sequence === sequence || samePlacement(now.node, node))
  })
  const found = rows.find(({ deleted, node }) => deleted && (living === undefined || living.node.id === node.id))
  if (living !== undefined && (found === undefined || living.node.kind !== 'directory')) {
    throw new TidemarkError('invalid', `'${path}' is not deleted`, {
      subject: path,
      next: 'Give the sequence of the revision to restore: its history names them.',
    })
  }
  if (found !== undefined) return { row: found, stood: 'at-path' }
  throw new TidemarkError('not-found', `nothing that was deleted at '${path}' is kept`, {
    subject: path,
    next: 'Look at its history: what stood there and moved is restored by a sequence.',
  })
}

/** An earlier state of a node that lives: its content; its place too when that is the path that was named. */
async function giveBack(
  parts: RestoreParts,
  { row: { node }, stood }: Wanted,
  live: Node,
  path: string,
  signal: AbortSignal,
): Promise<Restored> {
  const base = parts.state.trees.remoteRevision(live.id)?.sequence ?? 0
  const { content, size, modifiedAt, executable } = node
  const { revived, placed } =
    stood === 'at-path' ? await placeFor(parts, node, new Whereabouts(parts, signal)) : { revived: [], placed: live }
  const update: UpdateChange = {
    type: 'update',
    id: live.id,
    base,
    ...(samePlacement(placed, live)
      ? {}
      : { placement: { parentId: placed.parentId, name: placed.name, key: placed.key } }),
    ...(content === null || content === live.content ? {} : { content: { digest: content, size, modifiedAt } }),
    ...(executable === live.executable ? {} : { executable }),
  }
  const changes = Object.keys(update).length > UNCHANGED_FIELDS ? [...revived, update] : []
  await checkUnedited(parts, live, path, signal)
  return commitOne(parts, live.id, changes, path, signal)
}

async function revive(
  parts: RestoreParts,
  { row, stood }: Wanted,
  path: string,
  signal: AbortSignal,
): Promise<Restored> {
  const { id } = row.node
  const whereabouts = new Whereabouts(parts, signal)
  const tombstone = await whereabouts.lastOf(id)
  if (tombstone === null || !tombstone.deleted || isEditedHere(parts, id))
    throw stale(path, 'was changed meanwhile, here or on the server')
  const { parentId, name, key } = stood === 'at-path' ? row.node : tombstone.node
  const { revived, placed } = await placeFor(parts, { ...row.node, parentId, name, key }, whereabouts)
  const changes = [...revived, revival(placed, tombstone)]
  if (placed.kind !== 'directory') return commitOne(parts, id, changes, path, signal)
  return commitDirectory(parts, placed, changes, await contentsAt(parts, tombstone, signal), signal)
}

/** The node where it can stand, with the directories that have to be put back for it. */
async function placeFor(
  parts: RestoreParts,
  node: Node,
  whereabouts: Whereabouts,
): Promise<{ readonly revived: readonly CreateChange[]; readonly placed: Node }> {
  const { parentId, revived } = await parentFor(parts, whereabouts, node.parentId)
  const placed = { ...node, parentId }
  // In a directory that is only now put back nothing can stand.
  return { revived, placed: revived.length > 0 ? placed : freelyNamed(parts, placed) }
}

/** One node, with the directories it needs: together or not at all. */
async function commitOne(
  parts: RestoreParts,
  id: NodeId,
  changes: readonly Change[],
  path: string,
  signal: AbortSignal,
): Promise<Restored> {
  if (changes.length > 0) {
    const refusals = await askCommit(parts, [changes], signal)
    const culprit = [...refusals.values()].find((result) => result !== null) ?? null
    if (refusals.size > 0) throw refusalOf(path, culprit)
  }
  return restored(parts, id, path, changes.length, [])
}

/** The directory first, then each node of its contents by itself, in batches: what is refused is told, the rest goes on. */
async function commitDirectory(
  parts: RestoreParts,
  directory: Node,
  first: readonly Change[],
  contents: readonly CreateChange[],
  signal: AbortSignal,
): Promise<Restored> {
  const due = contents.filter(({ id }) => !isEditedHere(parts, id))
  const groups = [...(first.length === 0 ? [] : [first]), ...due.map((change) => [change])]
  const refusals = await askCommit(parts, groups, signal)
  const top = first.find(({ id }) => refusals.has(id))
  if (top !== undefined) throw refusalOf(directory.name, refusals.get(top.id) ?? null)
  const nodes = new Map<NodeId, Node>(contents.map((change) => [change.id, change]))
  const left = contents
    .filter(({ id }) => refusals.has(id) || isEditedHere(parts, id))
    .map((change) => ({
      path: pathWithin(parts, change, nodes),
      reason: refusals.get(change.id)?.reason ?? ('stale' as const),
    }))
  return restored(parts, directory.id, directory.name, first.length + due.length - refusals.size, left)
}

function pathWithin({ state }: RestoreParts, node: Node, nodes: ReadonlyMap<NodeId, Node>): string {
  const names = [node.name]
  let above = nodes.get(node.parentId)
  let parentId = node.parentId
  for (; above !== undefined; above = nodes.get(parentId)) {
    names.push(above.name)
    parentId = above.parentId
  }
  return names.reverse().reduce(below, remotePath(state.trees, parentId) ?? '')
}

function restored({ state }: RestoreParts, id: NodeId, path: string, count: number, left: Restored['left']): Restored {
  const sequence = state.trees.remoteRevision(id)?.sequence ?? 0
  return { id, path: remotePath(state.trees, id) ?? path, sequence, restored: count, left }
}
