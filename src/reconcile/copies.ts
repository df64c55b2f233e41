/** Conflict copies of contents that lose: where each goes, and which of them exist already. */

import type { NodeId } from '../model/ids.js'
import { placeKey } from '../model/tree.js'
import { freeName } from './clash.js'
import type { DiskTarget } from './disk-target.js'
import type { Entry } from './entry.js'
import type { PlanPolicy } from './policy.js'
import type { Sight } from './sight.js'
import { TargetIndex } from './target-index.js'

export interface ConflictCopy {
  readonly copyId: NodeId
  readonly name: string
}

export interface Copies {
  /** The content has to leave its place under this name. */
  readonly aside: ReadonlyMap<NodeId, ConflictCopy>
  /** The content stands in a copy already: it can be replaced. */
  readonly safe: ReadonlySet<NodeId>
}

/** Only of nodes that stand at their place, or cannot go there: a copy is made beside it, by a rename within one directory. */
export function copiesOf(sight: Sight, fates: DiskTarget, policy: PlanPolicy): Copies {
  const aside = new Map<NodeId, ConflictCopy>()
  const safe = new Set<NodeId>()
  const losing = [...sight.entries.values()]
    .filter((entry) => isDue(entry, fates))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  if (losing.length === 0) return { aside, safe }
  const index = new TargetIndex(sight.entries.values())
  const taken = new Set<string>()
  for (const entry of losing) {
    const beside = fates.fateOf(entry).fate === 'left' ? entry.disk : entry.target
    if (beside === null) continue
    const { name, twin } =
      siblingOf(entry, beside.parentId, { sight, fates, taken }) ??
      freeName({ entry, beside, hex: entry.disk?.content ?? entry.id, taken }, { index, sight, policy })
    const place = placeKey(beside.parentId, name)
    const comes = twin !== null && fates.fateOf(twin).fate === 'comes' && !taken.has(place)
    if (twin !== null && !comes) safe.add(entry.id)
    else aside.set(entry.id, { copyId: twin?.id ?? policy.drawId(entry.id), name })
    taken.add(place)
  }
  return { aside, safe }
}

function isDue(entry: Entry, fates: DiskTarget): boolean {
  const { fate } = fates.fateOf(entry)
  return entry.losesContent && !entry.stuck && entry.target !== null && (fate === 'stays' || fate === 'left')
}

interface Around {
  readonly sight: Sight
  readonly fates: DiskTarget
  readonly taken: ReadonlySet<string>
}

/** A copy of this very node beside it, with the very content, that another device made: it is the copy already. */
function siblingOf(entry: Entry, parentId: NodeId, around: Around): { name: string; twin: Entry } | null {
  const content = entry.disk?.content ?? null
  if (content === null) return null
  const siblings = [...around.sight.entries.values()].filter((other) => isSibling(other, entry, content, parentId))
  for (const twin of siblings.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const { fate } = around.fates.fateOf(twin)
    const name = twin.target?.name ?? ''
    if ((fate === 'comes' || fate === 'stays') && !around.taken.has(placeKey(parentId, name))) return { name, twin }
  }
  return null
}

function isSibling(other: Entry, entry: Entry, content: string, parentId: NodeId): boolean {
  const { target, remote, disk, stuck, losesContent } = other
  if (stuck || losesContent || remote === null || target?.conflictOf !== entry.id) return false
  return target.parentId === parentId && target.content === content && (disk === null || disk.content === content)
}
