/** The operations that only write down what both sides agree on already: adopt, forget, hold, re-key. No I/O follows from them. */

import type { Node } from '../model/node.js'
import type { DiskFate } from './disk-target.js'
import { type Entry, presenceOf, sameNode, samePlace } from './entry.js'
import { type Step, stepOf } from './step.js'

export function bookOf(entry: Entry, fate: DiskFate): Step | null {
  if (entry.stuck || fate.fate === 'waits') return null
  if (fate.fate === 'held') return holdOf(entry, fate)
  const { id, target, remote, disk, synced } = entry
  if (target === null) {
    const gone = remote === null && disk === null && synced !== null
    return gone ? stepOf('book', 0, id, { type: 'forget', id }) : null
  }
  return adoptOf(entry, fate)
}

function holdOf(entry: Entry, { presence, because }: Extract<DiskFate, { fate: 'held' }>): Step | null {
  const { id, row, remote } = entry
  const sequence = row.remote?.sequence ?? 0
  if (remote === null) return null
  const settled = row.synced !== null && row.synced.presence === presence && isAgreed(entry, remote)
  return settled ? null : stepOf('book', 0, id, { type: 'hold', node: remote, sequence, presence, because })
}

function adoptOf(entry: Entry, { fate }: DiskFate): Step | null {
  const { id, row, target, remote, disk, stamp } = entry
  if (target === null || remote === null || (fate !== 'stays' && fate !== 'absent')) return agreedSoFar(entry)
  if (!sameNode(target, remote) || target.conflictOf !== remote.conflictOf) return agreedSoFar(entry)
  if (fate === 'stays' && (disk === null || !sameNode(target, disk))) return agreedSoFar(entry)
  const presence = fate === 'stays' ? 'present' : presenceOf(entry)
  if (row.synced?.presence === presence && isAgreed(entry, remote)) return null
  const sequence = row.remote?.sequence ?? 0
  return stepOf('book', 0, id, {
    type: 'adopt',
    node: remote,
    sequence,
    presence,
    stamp: fate === 'stays' ? stamp : null,
  })
}

/** The synced row says already what the server has. */
function isAgreed({ row, synced }: Entry, remote: Node): boolean {
  return (
    synced !== null &&
    row.synced?.sequence === row.remote?.sequence &&
    sameNode(synced, remote) &&
    synced.modifiedAt === remote.modifiedAt &&
    synced.conflictOf === remote.conflictOf
  )
}

/** Each attribute is agreed by itself: what both sides changed alike is written down, though the rest is open yet. */
function agreedSoFar({ id, row, synced, remote, disk, stamp }: Entry): Step | null {
  if (row.synced?.presence !== 'present' || synced === null || remote === null || disk === null) return null
  const placed = samePlace(disk, remote) && !samePlace(remote, synced)
  const edited = disk.content === remote.content && remote.content !== synced.content
  const switched = disk.executable === remote.executable && remote.executable !== synced.executable
  if (!placed && !edited && !switched) return null
  const place = placed ? remote : synced
  const content = edited ? remote : synced
  const node: Node = {
    ...synced,
    parentId: place.parentId,
    name: place.name,
    key: place.key,
    content: content.content,
    size: content.size,
    modifiedAt: content.modifiedAt,
    executable: switched ? remote.executable : synced.executable,
  }
  const { sequence, presence } = row.synced
  return stepOf('book', 0, id, { type: 'adopt', node, sequence, presence, stamp: edited ? stamp : row.synced.stamp })
}
