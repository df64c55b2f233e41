/** What goes up: per node the change from R to T, with the sequence of the remote row that the plan saw as its base. */

import type { Change } from '../model/change.js'
import type { Node } from '../model/node.js'
import type { ChangeObservation } from '../model/plan.js'
import { type Entry, remoteSequence, samePlace } from './entry.js'

export interface Upload {
  readonly entry: Entry
  readonly change: Change
  readonly observation: ChangeObservation
}

/** Changes that stand or fall together. */
export interface UploadGroup {
  readonly uploads: readonly Upload[]
  /** Groups that must be accepted before this one can be. */
  readonly after: readonly UploadGroup[]
}

/** The change that makes the server's node the target; null when it is that already. */
export function uploadOf(entry: Entry): Upload | null {
  const change = changeOf(entry)
  const node = entry.disk ?? entry.local ?? entry.synced ?? entry.remote ?? entry.target
  if (change === null || node === null) return null
  return { entry, change, observation: { node, stamp: entry.stamp } }
}

function changeOf(entry: Entry): Change | null {
  const { id, target, remote } = entry
  const base = remoteSequence(entry)
  if (target === null) return remote === null || base === null ? null : { type: 'delete', id, base }
  if (remote === null) return { ...target, type: 'create', ...(base === null ? {} : { base }) }
  return base === null ? null : updateOf(target, remote, base)
}

function updateOf(target: Node, remote: Node, base: number): Change | null {
  const moved = !samePlace(target, remote)
  const edited = target.content !== remote.content
  const switched = target.executable !== remote.executable
  const copied = target.conflictOf !== remote.conflictOf
  if (!moved && !edited && !switched && !copied) return null
  return {
    type: 'update',
    id: target.id,
    base,
    ...(moved ? { placement: { parentId: target.parentId, name: target.name, key: target.key } } : {}),
    ...(edited && target.content !== null
      ? { content: { digest: target.content, size: target.size, modifiedAt: target.modifiedAt } }
      : {}),
    ...(switched ? { executable: target.executable } : {}),
    ...(copied ? { conflictOf: target.conflictOf } : {}),
  }
}
