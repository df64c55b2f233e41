/**
 * How one path stands, and for a directory everything below it. Worked out from what differs, what is in trouble and what
 * is to be looked at: the cost follows the change and the depth of the path, never the size of the tree.
 */

import type { NodeId } from '../model/ids.js'
import { ROOT_ID } from '../model/ids.js'
import type { Problem } from '../model/problem.js'
import type { Dirty } from './dirty.js'
import { knownPath, nodeAt } from './node-paths.js'
import { below, directoryOf } from './paths.js'
import { allProblems, type ProblemParts, problemsAt } from './problem-list.js'
import type { RuleBook } from './rule-book.js'
import type { Status } from './status.js'

/** Gravest first: a directory shows the gravest of its own and of all below, but for `excluded`. */
export const PATH_STATES = [
  /** Cannot be synced before something is done: see `problems`. */
  'problem',
  /** The server has it; this disk cannot hold its name. */
  'held',
  /** Gone on the server, kept here because of what it holds. */
  'remnant',
  /** In step, and a conflict copy that waits for a person. */
  'conflict',
  /** Differs, or is to be looked at, and waits: for the server, for a guard, for the next try, for `resume`. */
  'pending',
  /** Differs, or is to be looked at, and the engine is at it. */
  'syncing',
  /** Nothing is known of such a path; or nothing differs as far as was seen, and nobody can say it now (not running, paused, server away). */
  'unknown',
  /** Left out on purpose. */
  'excluded',
  /** Both sides agree, and the content comes when it is asked for. */
  'placeholder',
  /** Both sides agree. */
  'synced',
] as const
/** One of `PATH_STATES`. */
export type PathState = (typeof PATH_STATES)[number]

/** Paths below a directory that are not in step, by state. */
export type OpenCounts = Readonly<Record<Exclude<PathState, 'synced' | 'unknown' | 'placeholder'>, number>>

/** How one path stands; for a directory with everything below it. */
export interface PathStatus {
  /** Below the root, with `/`; '' is the root. */
  readonly path: string
  /** Null: no node of this path is known. */
  readonly kind: string | null
  /** Of a directory: the gravest of its own and of all below. */
  readonly state: PathState
  /** Of the path itself; for a directory of everything below, too. */
  readonly problems: readonly Problem[]
  /** Null for what is no directory. */
  readonly below: OpenCounts | null
}

export interface PathParts extends ProblemParts {
  readonly dirty: Pick<Dirty, 'covers' | 'due'>
  readonly withheld: ReadonlySet<NodeId>
  readonly rules: Pick<RuleBook, 'ignores'>
}

/** In `synced` a mark is taken up at once. */
const WORKING: ReadonlySet<Status['state']> = new Set(['syncing', 'reset', 'synced'])

const NONE: OpenCounts = { problem: 0, held: 0, remnant: 0, conflict: 0, pending: 0, syncing: 0, excluded: 0 }

/** Of a path about which nothing can be said. */
export function unknownStatus(path: string): PathStatus {
  return { path, kind: null, state: 'unknown', problems: [], below: null }
}

export function pathStatus(parts: PathParts, status: Status, path: string): PathStatus {
  const { trees } = parts.state
  const id = nodeAt(trees, path)
  const own = stateAt(parts, status, id, path)
  const kind = id === null ? null : kindOf(parts, id)
  if (kind !== 'directory') return { path, kind, state: own, problems: problemsAt(parts, id, path), below: null }
  const counts = { ...NONE }
  for (const state of openBelow(parts, status, path).values())
    if (state in counts) counts[state as keyof OpenCounts] += 1
  const problems = allProblems(parts).filter((problem) => isIn(problem.path, path))
  return { path, kind, state: gravest(own, counts), problems, below: counts }
}

/** What stands below a directory and is not in step, with its state. */
export function openBelow(parts: PathParts, status: Status, directory: string): ReadonlyMap<string, PathState> {
  const { trees } = parts.state
  const open = new Map<string, PathState>()
  const note = (path: string | null, id: NodeId | null): void => {
    if (path === null || path === directory || !isIn(path, directory) || open.has(path)) return
    const state = stateAt(parts, status, id, path)
    if (state !== 'synced' && state !== 'unknown' && state !== 'placeholder') open.set(path, state)
  }
  for (const id of trees.differing()) note(knownPath(trees, id), id)
  for (const id of trees.copies) note(knownPath(trees, id), id)
  for (const path of parts.troubles.problems.keys()) note(path, nodeAt(trees, path))
  for (const path of parts.dirty.due) note(path, nodeAt(trees, path))
  return open
}

export function stateAt(parts: PathParts, status: Status, id: NodeId | null, path: string): PathState {
  const { trees } = parts.state
  const row = id === null ? null : trees.synced(id)
  if (row?.presence === 'held' || row?.presence === 'remnant') return row.presence
  if (problemsAt(parts, id, path).length > 0) return 'problem'
  if (id === null) return isLeftOut(parts, path) ? 'excluded' : 'unknown'
  if (row?.presence === 'excluded') return 'excluded'
  const isWorking = WORKING.has(status.state) && !parts.withheld.has(id)
  if (isOpen(parts, id)) return isWorking ? 'syncing' : 'pending'
  if (row?.presence === 'placeholder') return 'placeholder'
  if (isDue(parts, path, kindOf(parts, id))) return isWorking ? 'syncing' : 'pending'
  if (!isCertain(status) || problemAbove(parts, path) !== null) return 'unknown'
  return isConflict(parts, id) ? 'conflict' : 'synced'
}

/** No node is known of it, and the rules of this device would make none: neither of a file nor of a directory. */
export function isLeftOut({ rules }: PathParts, path: string): boolean {
  return rules.ignores(path, 'directory')
}

/** The trees disagree on the node, as far as that is this device's business. */
export function isOpen({ state: { trees }, mode }: PathParts, id: NodeId): boolean {
  if (!trees.differs(id)) return false
  return mode !== 'upload-only' || trees.synced(id) !== null || trees.localNode(id) !== null
}

export function isDue({ dirty }: PathParts, path: string, kind: string): boolean {
  return (path !== '' && dirty.covers(directoryOf(path))) || (kind === 'directory' && dirty.covers(path))
}

export function isConflict({ state: { trees } }: PathParts, id: NodeId): boolean {
  const of = trees.copies.has(id) ? (trees.localNode(id)?.node.conflictOf ?? null) : null
  return of !== null && (trees.localNode(of) !== null || trees.remoteRevision(of)?.node != null)
}

/** Whether what was seen last of both sides may be taken for how they stand. */
function isCertain({ state }: Status): boolean {
  return state === 'synced' || state === 'syncing' || state === 'guarded' || state === 'reset'
}

/** A directory above that could not be looked into. */
export function problemAbove({ troubles }: PathParts, path: string): Problem | null {
  for (let at = path; at !== ''; ) {
    at = directoryOf(at)
    const problem = troubles.problems.get(at)
    if (problem !== undefined) return problem
  }
  return null
}

function kindOf({ state: { trees } }: PathParts, id: NodeId): string {
  if (id === ROOT_ID) return 'directory'
  const node = trees.localNode(id)?.node ?? trees.remoteRevision(id)?.node ?? trees.synced(id)?.node
  return node?.kind ?? 'file'
}

function gravest(own: PathState, counts: OpenCounts): PathState {
  const present = PATH_STATES.filter(
    (state) => state === own || (state in counts && counts[state as keyof OpenCounts] > 0),
  )
  return present.find((state) => state === own || state !== 'excluded') ?? own
}

function isIn(path: string, directory: string): boolean {
  return directory === '' || path === directory || path.startsWith(below(directory, ''))
}
