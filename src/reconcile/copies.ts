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
    const { name, twin } = freeName(
      { entry, beside, hex: entry.disk?.content ?? entry.id, taken },
      { index, sight, policy },
    )
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
