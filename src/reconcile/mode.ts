/**
 * What a mode takes out of a plan: the steps of the way that is closed, with all that depends on them. It names the nodes
 * on which the two sides stay apart because of it, so that nobody takes that for being in step.
 */

import type { NodeId } from '../model/ids.js'
import type { SyncMode } from '../model/sync-mode.js'
import { samePlace } from './entry.js'
import type { CommitOf } from './disk-steps.js'
import type { Sight } from './sight.js'
import { dropDependents, type Step } from './step.js'

/**
 * What a step on this disk must wait for. Where nothing goes up, a local name that the server gave to another node still
 * has to make room: nothing on the server relies on it. What the server has is never taken from this disk for it.
 */
export function commitsFor(mode: SyncMode, commitOf: CommitOf): CommitOf {
  if (mode !== 'read-only') return commitOf
  return (entry, what) => (what === 'arrival' ? null : commitOf(entry, what))
}

/** Drops what the mode forbids. Returns the nodes held back by it, ascending. */
export function restrictTo(mode: SyncMode, steps: readonly Step[], sight: Sight): readonly NodeId[] {
  if (mode === 'two-way') return []
  const held = new Set<NodeId>()
  for (const step of steps) {
    if (step.dropped) continue
    const ids = mode === 'read-only' ? commitsOf(step) : diskChangesOf(step, sight)
    if (ids === null) continue
    step.dropped = true
    for (const id of ids) held.add(id)
  }
  if (mode === 'read-only') nameCopies(steps)
  dropDependents(steps)
  return [...held].sort()
}

function commitsOf({ draft }: Step): readonly NodeId[] | null {
  return draft.type === 'commit' ? draft.changes.map(({ id }) => id) : null
}

/** A commit that gives a node another place than it has here would need this disk to follow. */
function diskChangesOf({ id, draft }: Step, sight: Sight): readonly NodeId[] | null {
  switch (draft.type) {
    case 'adopt':
    case 'forget':
    case 'rekey':
    case 'hold':
      return null
    case 'commit': {
      const apart = draft.changes.filter((change) => {
        const entry = sight.entries.get(change.id)
        const places = change.type === 'create' || (change.type === 'update' && change.placement !== undefined)
        return places && entry !== undefined && !samePlace(entry.target, entry.disk)
      })
      return apart.length === 0 ? null : draft.changes.map((change) => change.id)
    }
    case 'create': {
      // What was never here is not missing here.
      const row = sight.entries.get(id)?.row
      const wasHere = row !== undefined && (row.local !== null || row.synced?.presence === 'present')
      return wasHere ? [id] : []
    }
    case 'aside':
    case 'move':
    case 'detach':
    case 'attach':
    case 'remove':
    case 'replace':
    case 'executable':
      return [id]
  }
}

/** A rename that makes a conflict copy says so itself, where the commit that would say it is dropped. */
function nameCopies(steps: readonly Step[]): void {
  const copies = new Map<NodeId, NodeId>()
  for (const { draft } of steps) {
    for (const change of draft.type === 'commit' ? draft.changes : [])
      if (change.type !== 'delete' && change.conflictOf != null) copies.set(change.id, change.conflictOf)
  }
  for (const step of steps) {
    const copyOf = copies.get(step.id)
    if (copyOf !== undefined && (step.draft.type === 'move' || step.draft.type === 'attach'))
      step.draft = { ...step.draft, copyOf }
  }
}
