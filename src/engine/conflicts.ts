/** The conflict copies of the workspace, as this device knows them, and their contents. Looks only: nothing is resolved here. */

import { TidemarkError } from '../errors.js'
import type { NodeId, Sequence } from '../model/ids.js'
import type { Node } from '../model/node.js'
import { conflictBase } from './conflict-base.js'
import { codeOf } from './known-error.js'
import { isWithin } from './paths.js'
import { remoteAt, remoteNode, remotePath } from './remote-tree.js'
import type { Trees } from './trees.js'
import { checkSize, type ContentParts, fetchWhole, readWhole } from './whole-content.js'

/** One of the two sides of a conflict, as the server has it. */
export interface ConflictSide {
  /** Of its present revision. */
  readonly sequence: Sequence
  /** Bytes; 0 for a directory. */
  readonly size: number
  /** Of its content, milliseconds since 1970. */
  readonly modifiedAt: number
}

/** A conflict copy and what it is a copy of. `mine` is the copy, on every device; `theirs` the file that kept its name. */
export interface ConflictEntry {
  /** Of the copy. */
  readonly id: NodeId
  /** Path of the copy below the root. */
  readonly copy: string
  /** 'file' or 'directory'. */
  readonly kind: string
  /** The node it is a copy of. */
  readonly original: NodeId
  /** Null when the original is deleted. */
  readonly path: string | null
  /** The copy. */
  readonly mine: ConflictSide
  /** The file that kept its name; null when it is deleted. */
  readonly theirs: ConflictSide | null
}

/** Three sides of a conflict, for a merge. */
export interface ConflictContents {
  /** Bytes of the copy; null for a directory. */
  readonly mine: Uint8Array | null
  /** Bytes of the file that kept its name; null when it is deleted. */
  readonly theirs: Uint8Array | null
  /** What both sides were made from; null where it was not recorded, or is not kept any more. Never a guess. */
  readonly base: Uint8Array | null
}

/** Every conflict copy that the server has, by path; below `folder` only, when one is given. */
export function listConflicts(trees: Trees, folder = ''): readonly ConflictEntry[] {
  const ids = new Set<NodeId>(trees.differing())
  for (const [id, row] of trees.syncedRows()) if (row.node.conflictOf !== null) ids.add(id)
  const entries: ConflictEntry[] = []
  for (const id of ids) {
    const entry = entryOf(trees, id)
    if (entry !== null && isWithin(entry.copy, folder)) entries.push(entry)
  }
  return entries.sort((a, b) => (a.copy < b.copy ? -1 : 1))
}

export function entryOf(trees: Trees, id: NodeId): ConflictEntry | null {
  const node = remoteNode(trees, id)
  const copy = node === null ? null : remotePath(trees, id)
  const mine = sideOf(trees, id)
  if (node?.conflictOf == null || copy === null || mine === null) return null
  const original = node.conflictOf
  const path = remotePath(trees, original)
  return { id, copy, kind: node.kind, original, path, mine, theirs: path === null ? null : sideOf(trees, original) }
}

function sideOf(trees: Trees, id: NodeId): ConflictSide | null {
  const revision = trees.remoteRevision(id)
  if (revision === null || revision.node === null) return null
  const { size, modifiedAt } = revision.node
  return { sequence: revision.sequence, size, modifiedAt }
}

/** The conflict copy at the path. Fails with `not-found`. */
export function conflictAt(trees: Trees, copy: string): ConflictEntry {
  const node = remoteAt(trees, copy)
  const entry = node === null ? null : entryOf(trees, node.id)
  if (entry !== null) return entry
  throw new TidemarkError('not-found', `'${copy}' is no conflict copy`, {
    subject: copy,
    next: 'Give the path of a copy: conflicts.list() names them.',
  })
}

/** Both sides as the server has them, and what they were made from. Read from this disk where that shows the same. */
export async function conflictContents(
  parts: ContentParts,
  { id, original, copy, path }: ConflictEntry,
  limit: number,
  signal: AbortSignal,
): Promise<ConflictContents> {
  const { trees } = parts.state
  const [mine, theirs] = [remoteNode(trees, id), remoteNode(trees, original)]
  const base = mine === null ? null : conflictBase(mine)
  return {
    mine: await bytesOf(parts, mine, copy, limit, signal),
    theirs: await bytesOf(parts, theirs, path ?? copy, limit, signal),
    base: base === null ? null : await ifKept(fetchWhole(parts, `the base of ${copy}`, base, limit, signal)),
  }
}

async function bytesOf(
  parts: ContentParts,
  node: Node | null,
  path: string,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  if (node === null || node.content === null) return null
  checkSize(path, node.size, limit)
  const { trees } = parts.state
  const here = trees.localNode(node.id)?.node.content === node.content ? trees.localPath(node.id) : null
  const found = here === null ? null : await readWhole(parts, here, limit, signal)
  if (found !== null && found.digest === node.content) return found.bytes
  return fetchWhole(parts, path, node.content, limit, signal)
}

async function ifKept(bytes: Promise<Uint8Array>): Promise<Uint8Array | null> {
  try {
    return await bytes
  } catch (error) {
    if (codeOf(error) === 'corrupt') return null
    throw error
  }
}
