/**
 * A person's answer to a conflict, as one group of ordinary changes: it reaches every device like any other, and is
 * refused when either side moved on. Nothing is written to the disk here.
 */

import { TidemarkError } from '../errors.js'
import type { Change } from '../model/change.js'
import type { NodeId } from '../model/ids.js'
import { askCommit, refusalOf } from './asked-commit.js'
import type { CommitParts } from './commit.js'
import { type ConflictEntry, conflictAt, entryOf, listConflicts } from './conflicts.js'
import { knownError } from './known-error.js'
import { type PastParts, readPast, standersAt } from './past.js'
import { remoteAt, remoteNode } from './remote-tree.js'
import { checkUnedited, stale, type UneditedParts } from './unedited.js'

/** 'mine': the copy's content goes into the file; 'theirs': the file stays; 'both': the copy becomes a file of its own. */
export type ConflictChoice = 'mine' | 'theirs' | 'both'

/** What became of one conflict. */
export interface Resolution {
  /** Path of the copy, as it stood. */
  readonly copy: string
  /** Null when the original is deleted. */
  readonly path: string | null
  /** 'unchanged': it was answered before. */
  readonly outcome: 'resolved' | 'unchanged'
}

/** What became of many. */
export interface Resolutions {
  /** Those that were answered, now or before. */
  readonly resolved: readonly Resolution[]
  /** Those that a person has to look at, and why. */
  readonly left: readonly { readonly copy: string; readonly error: TidemarkError }[]
}

export type ResolveParts = CommitParts & PastParts & UneditedParts

const CHOICES: ReadonlySet<string> = new Set<ConflictChoice>(['mine', 'theirs', 'both'])

export function checkChoice(choice: unknown): asserts choice is ConflictChoice {
  if (typeof choice === 'string' && CHOICES.has(choice)) return
  throw new TidemarkError(
    'invalid-option',
    `a conflict is resolved by mine, theirs or both, not by '${String(choice)}'`,
    {
      subject: 'choice',
      next: "Pass 'mine', 'theirs' or 'both'.",
    },
  )
}

/** `seen`: a path, or an entry of the list; the entry is refused when either side is another revision by now. */
export async function resolveConflict(
  parts: ResolveParts,
  seen: string | ConflictEntry,
  choice: ConflictChoice,
  signal: AbortSignal,
): Promise<Resolution> {
  const { trees } = parts.state
  if (typeof seen !== 'string') {
    const now = entryOf(trees, seen.id)
    if (now === null) return answered(parts, seen.copy, choice, signal)
    if (now.mine.sequence !== seen.mine.sequence || now.theirs?.sequence !== seen.theirs?.sequence)
      throw stale(seen.copy, 'or the file it is a copy of was changed since it was listed')
    return resolve(parts, now, choice, signal)
  }
  const node = remoteAt(trees, seen)
  if (node?.conflictOf == null) return answered(parts, seen, choice, signal)
  return resolve(parts, conflictAt(trees, seen), choice, signal)
}

/** One by one: the answer to one may be what the next is about. */
export async function resolveConflicts(
  parts: ResolveParts,
  choice: ConflictChoice,
  folder: string,
  signal: AbortSignal,
): Promise<Resolutions> {
  const resolved: Resolution[] = []
  const left: { copy: string; error: TidemarkError }[] = []
  const listed = listConflicts(parts.state.trees, folder)
  for (const { id, copy, original } of listed) {
    try {
      if (choice === 'mine' && listed.filter((other) => other.original === original).length > 1)
        throw ambiguous(copy, 'its file has other copies as well')
      const now = entryOf(parts.state.trees, id)
      if (now !== null) resolved.push(await resolve(parts, now, choice, signal))
    } catch (error) {
      const known = knownError(error)
      if (!LEFT.has(known.code)) throw error
      left.push({ copy, error: known })
    }
  }
  return { resolved, left }
}

const LEFT: ReadonlySet<string> = new Set(['stale', 'invalid', 'over-quota', 'forbidden', 'corrupt'])

function ambiguous(copy: string, why: string): TidemarkError {
  return new TidemarkError('invalid', `'${copy}' cannot be resolved so: ${why}`, {
    subject: copy,
    next: "Look at both, and choose for each; 'both' always works.",
  })
}

async function resolve(
  parts: ResolveParts,
  entry: ConflictEntry,
  choice: ConflictChoice,
  signal: AbortSignal,
): Promise<Resolution> {
  const { copy, path, id } = entry
  const changes = changesFor(parts, entry, choice)
  for (const change of changes) {
    const touches = change.type === 'delete' || (change.type === 'update' && change.content !== undefined)
    if (touches) await checkSide(parts, change.id, change.id === id ? copy : (path ?? copy), signal)
  }
  const refusals = await askCommit(parts, [changes], signal)
  const culprit = [...refusals.values()].find((result) => result !== null) ?? null
  if (refusals.size > 0) throw refusalOf(copy, culprit)
  return { copy, path, outcome: 'resolved' }
}

async function checkSide(parts: ResolveParts, id: NodeId, path: string, signal: AbortSignal): Promise<void> {
  const node = remoteNode(parts.state.trees, id)
  if (node !== null) await checkUnedited(parts, node, path, signal)
}

function changesFor(parts: ResolveParts, entry: ConflictEntry, choice: ConflictChoice): readonly Change[] {
  const { id, copy, original, mine, theirs, kind } = entry
  if (choice === 'both') return [{ type: 'update', id, base: mine.sequence, conflictOf: null }]
  if (theirs === null) throw ambiguous(copy, 'the file it is a copy of is deleted')
  if (kind !== 'file') throw ambiguous(copy, 'it is a directory, and what is in it would go with it')
  const goes: readonly Change[] = [...handedOn(parts, entry), { type: 'delete', id, base: mine.sequence }]
  if (choice === 'theirs') return goes
  const content = remoteNode(parts.state.trees, id)?.content ?? null
  if (content === null || remoteNode(parts.state.trees, original)?.kind !== 'file')
    throw ambiguous(copy, 'one of the two is not a file')
  const given = { digest: content, size: mine.size, modifiedAt: mine.modifiedAt }
  return [{ type: 'update', id: original, base: theirs.sequence, content: given }, ...goes]
}

/** Copies of the copy become copies of the file: a conflict never loses what it is a conflict with. */
function handedOn({ state: { trees } }: ResolveParts, { id, original }: ConflictEntry): readonly Change[] {
  return listConflicts(trees)
    .filter((other) => other.original === id)
    .map((other) => ({ type: 'update', id: other.id, base: other.mine.sequence, conflictOf: original }))
}

/** No conflict stands there (any more). Fails with `not-found` unless it was answered before. */
async function answered(
  parts: ResolveParts,
  copy: string,
  choice: ConflictChoice,
  signal: AbortSignal,
): Promise<Resolution> {
  const { places } = await standersAt(parts, copy, signal)
  const rows = await readPast(parts, places, { before: null, most: 1_000 }, signal)
  const was = rows.find(({ node }) => node.conflictOf !== null)
  const stays = was !== undefined && remoteNode(parts.state.trees, was.node.id) !== null
  if (was !== undefined && stays === (choice === 'both')) return { copy, path: null, outcome: 'unchanged' }
  conflictAt(parts.state.trees, copy)
  throw stale(copy, 'was answered otherwise')
}
