/**
 * Why a path is not in step: everything that stands in the way, in the order a person should look at it. It says no more
 * than is known, and `synced` only when the status of the path is that too.
 */

import type { NodeId } from '../model/ids.js'
import type { Problem, ProblemCode } from '../model/problem.js'
import { knownPath, nodeAt } from './node-paths.js'
import {
  isConflict,
  isDue,
  isLeftOut,
  isOpen,
  openBelow,
  type PathParts,
  pathStatus,
  problemAbove,
} from './path-status.js'
import { directoryOf } from './paths.js'
import { problemsAt } from './problem-list.js'
import type { Status } from './status.js'

/** Why a path is not in step, in the order a person should look at it. */
export const REASON_CODES = [
  'not-started',
  'paused',
  'root',
  'unauthorized',
  'offline',
  'guard',
  'above',
  'excluded',
  'placeholder',
  'upload',
  'download',
  'change-up',
  'change-down',
  'retry',
  'looking',
  'conflict',
  'below',
  'no-such-path',
  'synced',
] as const

/** One answer to "why is this not synced?". */
export interface Reason {
  /** Problems keep their own code. */
  readonly code: (typeof REASON_CODES)[number] | ProblemCode
  /** One sentence for a person. */
  readonly message: string
  /** What a person can do; null when it ends by itself, or nothing is wrong. */
  readonly next: string | null
  /** The path it is about, where that is another one. */
  readonly path?: string
  /** Id of the guard, for `confirm` and `decline`. */
  readonly guard?: string
  /** Size of the content that waits. */
  readonly bytes?: number
}

export const NOT_STARTED: Reason = {
  code: 'not-started',
  message: 'The engine does not run.',
  next: 'Call start(), or sync() for one run.',
}
export const PAUSED: Reason = {
  code: 'paused',
  message: 'The app paused the engine.',
  next: 'Call resume(): it goes on at once.',
}
const LEFT_OUT = reason('excluded', 'It is left out on this device, by an ignore rule or by what it wants at all.')
const ON_DEMAND = reason(
  'placeholder',
  'Both sides agree on it. Its content is not on this disk.',
  'Read it with readFile, or bring it with hydrate.',
)
/** Paths named of many. */
const NAMED = 3

/** Never empty. */
export function reasonsFor(parts: PathParts, status: Status, path: string): readonly Reason[] {
  const id = nodeAt(parts.state.trees, path)
  const reasons = [
    ...ofEngine(status),
    ...ofGuards(parts, path),
    ...ofProblems(parts, id, path),
    ...(id === null ? [] : ofNode(parts, id, path)),
    ...ofThoseBelow(parts, status, path),
  ]
  if (reasons.length > 0) return reasons
  if (id !== null) return [reason('synced', 'Both sides agree on it.')]
  if (isLeftOut(parts, path)) return [LEFT_OUT]
  const message = `Nothing called '${path}' is known on this disk or on the server.`
  return [reason('no-such-path', message, 'Check the spelling; a path is given from the root of the folder.')]
}

function reason(code: Reason['code'], message: string, next: string | null = null): Reason {
  return { code, message, next }
}

/** What stands in the way of every path. */
function ofEngine({ state, why }: Status): readonly Reason[] {
  if (state === 'stopped') return [NOT_STARTED]
  const message = sentence(why?.message ?? 'The engine waits')
  const next = why?.next ?? null
  if (state === 'offline') {
    const offline = `The server cannot answer. ${message}`
    return [reason('offline', offline, next ?? 'It goes on by itself when the server is back.')]
  }
  if (state === 'unauthorized') return [reason('unauthorized', message, next ?? 'Log in again.')]
  if (state !== 'paused') return []
  return [reason(why === null || why.code === 'paused' ? 'paused' : 'root', message, next)]
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
}

function ofGuards({ state, cycle }: PathParts, path: string): readonly Reason[] {
  const inPath = (id: NodeId): boolean => {
    const at = knownPath(state.trees, id)
    return at === path || (at?.startsWith(path === '' ? '' : `${path}/`) ?? false)
  }
  return (cycle.lastPlan?.guards ?? [])
    .filter(({ nodes }) => nodes.some(inPath))
    .map(({ id, deletes, of, direction }) => ({
      code: 'guard',
      message: `${deletes} of ${of} files would be deleted ${direction === 'up' ? 'on the server' : 'here'}, and a guard asks whether that is right.`,
      next: `Answer it: confirm('${id}') or decline('${id}').`,
      guard: id,
    }))
}

function ofProblems(parts: PathParts, id: NodeId | null, path: string): readonly Reason[] {
  const told = ({ code, message }: Problem): Reason => reason(code, message)
  const above = problemAbove(parts, path)
  return [
    ...(above === null ? [] : [{ ...reason('above', above.message), path: above.path }]),
    ...problemsAt(parts, id, path).map(told),
  ]
}

function ofNode(parts: PathParts, id: NodeId, path: string): readonly Reason[] {
  const { trees } = parts.state
  const presence = trees.synced(id)?.presence ?? 'present'
  if (presence === 'excluded') return [LEFT_OUT]
  if (presence === 'placeholder' && !isOpen(parts, id)) return [ON_DEMAND]
  const isStanding = presence === 'held' || presence === 'remnant'
  const waits = isOpen(parts, id) && !isStanding ? [...goingUp(parts, id), ...comingDown(parts, id)] : []
  const isRetried = waits.length > 0 && parts.withheld.has(id)
  const kind = trees.localNode(id)?.node.kind ?? 'directory'
  return [
    ...waits,
    ...(isRetried ? [reason('retry', 'It was tried and could not be done; it is tried again.')] : []),
    ...(isDue(parts, path, kind) ? [reason('looking', 'It is to be looked at, or is just now.')] : []),
    ...(isConflict(parts, id) ? [conflictOf(parts, id)] : []),
  ]
}

function goingUp({ state: { trees } }: PathParts, id: NodeId): readonly Reason[] {
  const change = trees.local(id)
  if (change === undefined) return []
  if (change === 'deleted') return [reason('change-up', 'It was deleted here, which the server does not know yet.')]
  const { node } = change
  if (node.kind === 'file' && node.content !== trees.synced(id)?.node.content) {
    if (node.content === trees.remoteRevision(id)?.node?.content) return []
    return [{ ...reason('upload', `Its content of ${node.size} bytes waits to go up.`), bytes: node.size }]
  }
  return [reason('change-up', 'A change made here (a new directory, a name, a place, a mode) waits to go up.')]
}

function comingDown({ state: { trees } }: PathParts, id: NodeId): readonly Reason[] {
  const row = trees.synced(id)
  const revision = trees.remoteRevision(id)
  if (revision === null || (row !== null && row.presence === 'present' && revision.sequence === row.sequence)) return []
  const { node } = revision
  if (node === null) return [reason('change-down', 'It was deleted elsewhere, which is not done here yet.')]
  const here = trees.localNode(id)?.node ?? null
  const isBrought = node.kind === 'file' && (here === null || row === null || node.content !== row.node.content)
  if (isBrought && node.content !== here?.content)
    return [{ ...reason('download', `Content of ${node.size} bytes waits to come down.`), bytes: node.size }]
  return [reason('change-down', 'A change made elsewhere waits to be made here.')]
}

function conflictOf({ state: { trees } }: PathParts, id: NodeId): Reason {
  const original = trees.localNode(id)?.node.conflictOf ?? null
  const path = original === null ? null : knownPath(trees, original)
  return {
    code: 'conflict',
    message: `It is a conflict copy of '${path ?? 'a file'}': both were edited at a time. It is kept on every device.`,
    next: 'Compare the two, keep what is right under the old name, and remove the copy.',
    ...(path === null ? {} : { path }),
  }
}

function ofThoseBelow(parts: PathParts, status: Status, path: string): readonly Reason[] {
  const { below } = pathStatus(parts, status, path)
  if (below === null) return []
  const open = [...openBelow(parts, status, path)].filter(([, state]) => state !== 'excluded').map(([at]) => at)
  if (open.length === 0) return []
  const named = open.sort().slice(0, NAMED).join(', ')
  const more = open.length > NAMED ? ` and ${open.length - NAMED} more` : ''
  const where = directoryOf(open[0] ?? '') === path || path === '' ? 'in it' : 'below it'
  return [reason('below', `Not in step ${where}: ${named}${more}.`, 'Ask why of one of them.')]
}
