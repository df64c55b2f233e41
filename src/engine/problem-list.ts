/** Every problem there is right now, and those of one node: what scans and steps met, what a row says, what the mode holds back. */

import type { NodeId } from '../model/ids.js'
import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import type { SyncMode } from '../model/sync-mode.js'
import { knownPath } from './node-paths.js'
import type { Trees } from './trees.js'

export interface ProblemParts {
  readonly state: { readonly trees: Trees }
  readonly troubles: { readonly problems: ReadonlyMap<string, Problem> }
  readonly cycle: { readonly lastPlan: Plan | null }
  readonly mode: SyncMode
}

/** Problems that a row itself says, for as long as it says so. */
const STANDING = {
  held: {
    code: 'unwritable-name',
    message: 'This disk cannot hold it beside what is there: rename one of the two on another device.',
  },
  remnant: {
    code: 'remnant',
    message:
      'The directory was deleted elsewhere and stays here because it holds content that is not synced: remove it by hand, or add a file to sync it again.',
  },
} as const

/** Why two sides stay apart that could be brought together: the mode closes the way. */
const HELD_BACK: Readonly<Record<Exclude<SyncMode, 'two-way'>, string>> = {
  'read-only':
    "It was changed here, and this device only receives: it stays as it is and goes nowhere. Undo the change, or sync with the mode 'two-way'.",
  'upload-only':
    "The server has something else, and this device only sends: nothing is changed here. Settle it on another device, or sync with the mode 'two-way'.",
}

/** Ascending by path. The cost follows what differs and what is in trouble. */
export function allProblems(parts: ProblemParts): readonly Problem[] {
  const { trees } = parts.state
  const problems = [...parts.troubles.problems.values()]
  const back = new Set(heldBack(parts))
  for (const id of new Set([...trees.differing(), ...back])) {
    if (standing(parts, id) === null && !back.has(id)) continue
    const path = knownPath(trees, id)
    if (path !== null) problems.push(...ofNode(parts, id, path, back.has(id)))
  }
  return onceEach(problems).sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

/** Two nodes of one path (a file that became a directory) say the same thing of it. */
function onceEach(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.path}`, problem])).values()]
}

/** Those of this very path. `id` is null where no node stands there. */
export function problemsAt(parts: ProblemParts, id: NodeId | null, path: string): readonly Problem[] {
  const met = parts.troubles.problems.get(path)
  return [
    ...(met === undefined ? [] : [met]),
    ...(id === null ? [] : ofNode(parts, id, path, heldBack(parts).includes(id))),
  ]
}

function ofNode(parts: ProblemParts, id: NodeId, path: string, isBack: boolean): readonly Problem[] {
  const said = standing(parts, id)
  const { mode } = parts
  return [
    ...(said === null ? [] : [{ path, ...said }]),
    ...(isBack && mode !== 'two-way' ? [{ path, code: 'held-back', message: HELD_BACK[mode] } as const] : []),
  ]
}

function standing({ state }: ProblemParts, id: NodeId): (typeof STANDING)[keyof typeof STANDING] | null {
  const row = state.trees.synced(id)
  if (row === null || (row.presence !== 'held' && row.presence !== 'remnant')) return null
  // What lies in a directory that is held back is not in the way: the directory's own name is.
  if (state.trees.synced(row.node.parentId)?.presence === 'held') return null
  return STANDING[row.presence]
}

function heldBack({ cycle }: ProblemParts): readonly NodeId[] {
  return cycle.lastPlan?.heldBack ?? []
}
