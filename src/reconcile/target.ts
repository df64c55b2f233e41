/**
 * The target tree: the merged nodes made into one valid tree (the fixpoint a, b, c of SPEC 2).
 * It only ever moves, renames, puts back or unites nodes in T; what that means for either side is decided later.
 */

import { TidemarkError } from '../errors.js'
import { type NodeId, ROOT_ID } from '../model/ids.js'
import type { Node } from '../model/node.js'
import { resolveClash } from './clash.js'
import { type Entry, isReachable, mergedPlacement, samePlace } from './entry.js'
import type { PlanPolicy } from './policy.js'
import type { Sight } from './sight.js'
import { TargetIndex } from './target-index.js'

/** Every pass settles a level of the tree at least; far more passes than levels mean that a rule is broken. */
const MOST_PASSES = 10_000

export function settleTarget(sight: Sight, policy: PlanPolicy): void {
  lookAround(sight)
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    let changed = false
    for (const entry of sight.entries.values()) changed = putParentsBack(entry, sight) || changed
    changed = breakCycles(sight) || changed
    if (!changed) changed = resolveClashes(sight, policy)
    if (!changed) return
  }
  throw new TidemarkError('internal', 'the target tree did not settle')
}

/** Asks for the parents of every node that differs, and for the children of every directory that may go. */
function lookAround(sight: Sight): void {
  for (const { id, target, remote, disk, local, synced } of sight.entries.values()) {
    const settled = target !== null && samePlace(target, remote) && samePlace(target, disk) && samePlace(target, synced)
    if (!settled || target.content !== remote?.content || target.content !== disk?.content) {
      for (const node of [target, remote, disk]) if (node !== null) sight.entry(node.parentId)
    }
    const known = remote ?? local ?? synced
    if (target === null && known?.kind === 'directory') sight.lookInto(id)
  }
}

/** Rule a: a live node whose parent is not in T puts the parent back, upwards. */
function putParentsBack(entry: Entry, sight: Sight): boolean {
  let changed = false
  for (let node = entry.target; node !== null && node.parentId !== ROOT_ID; ) {
    // The parents of what differs were asked for already; those of what is agreed matter only when they are in the view.
    const above = changed ? sight.entry(node.parentId) : sight.entries.get(node.parentId)
    if (above === undefined || above === null || (above.target !== null && above.target.kind !== 'file')) break
    const back = above.target === null ? putBack(above) : null
    if (back === null) {
      orphan(entry)
      return true
    }
    above.target = back
    node = back
    changed = true
  }
  return changed
}

/** Only a server that breaks its own rules, or a row that was lost, leads here: nothing is done about the node, least of all a delete. */
function orphan(entry: Entry): void {
  entry.target = null
  entry.stuck = true
  entry.orphan = true
}

function putBack(entry: Entry): Node | null {
  if (entry.orphan) return null
  const known = entry.local ?? entry.remote ?? entry.synced
  const placed = mergedPlacement(entry)
  if (known === null || placed === null || known.kind !== 'directory') return null
  return { ...known, parentId: placed.parentId, name: placed.name, key: placed.key }
}

/** Rule b: in a cycle, the smallest id that stands elsewhere in R goes back there. A cycle needs a node that moved against R. */
function breakCycles(sight: Sight): boolean {
  const safe = new Set<NodeId>([ROOT_ID])
  let changed = false
  for (const entry of sight.entries.values()) {
    const { target, remote } = entry
    if (target === null || target.kind !== 'directory' || target.parentId === remote?.parentId) continue
    const cycle = cycleFrom(entry, sight, safe)
    if (cycle.length > 0) {
      sendHome(cycle)
      safe.clear()
      safe.add(ROOT_ID)
      changed = true
    }
  }
  return changed
}

function cycleFrom(start: Entry, sight: Sight, safe: Set<NodeId>): Entry[] {
  const path: Entry[] = []
  const at = new Map<NodeId, number>()
  for (
    let entry: Entry | null = start;
    entry?.target && !safe.has(entry.id);
    entry = sight.entry(entry.target.parentId)
  ) {
    const seen = at.get(entry.id)
    if (seen !== undefined) return path.slice(seen)
    at.set(entry.id, path.length)
    path.push(entry)
    if (entry.target.parentId === ROOT_ID) break
  }
  for (const entry of path) safe.add(entry.id)
  return []
}

function sendHome(cycle: readonly Entry[]): void {
  const smallest = (entries: readonly Entry[]): Entry | undefined =>
    entries.reduce<Entry | undefined>((least, entry) => (least && least.id < entry.id ? least : entry), undefined)
  const away = smallest(cycle.filter(({ target, remote }) => remote !== null && !samePlace(target, remote)))
  if (away?.target && away.remote) {
    const { parentId, name, key } = away.remote
    away.target = { ...away.target, parentId, name, key }
    return
  }
  // Without a node to send home none of them is on the server: the root is the one parent that cannot be in a cycle.
  const any = smallest(cycle)
  if (any?.target) any.target = { ...any.target, parentId: ROOT_ID }
}

/** Rule c: two nodes at one place of T. Shallow clashes first: united directories decide where their children clash. */
function resolveClashes(sight: Sight, policy: PlanPolicy): boolean {
  for (const entry of sight.entries.values()) askForPlace(entry, sight)
  const index = new TargetIndex(sight.entries.values())
  const groups = index.clashes().map((entries) => ({ entries, depth: depthOf(entries, sight) }))
  groups.sort((a, b) => a.depth - b.depth || (leastId(a.entries) < leastId(b.entries) ? -1 : 1))
  for (const { entries } of groups) resolveClash(entries, { index, sight, policy })
  return groups.length > 0
}

/** Only a node that arrives somewhere asks who else stands there. */
function askForPlace(entry: Entry, sight: Sight): void {
  const { target, remote, disk } = entry
  if (target === null) return
  if (!samePlace(target, remote)) sight.lookAt(target.parentId, target.name)
  const arrives = disk === null ? isReachable(entry) : !samePlace(target, disk)
  if (arrives) sight.lookAtDisk(target.parentId, target.name)
}

function leastId(entries: readonly Entry[]): NodeId {
  return entries.reduce((least, { id }) => (id < least ? id : least), entries[0]?.id ?? ROOT_ID)
}

/** Depth within the view; a parent that is not in it counts as the top. */
function depthOf(entries: readonly Entry[], sight: Sight): number {
  let depth = 0
  let node = entries[0]?.target ?? null
  while (node !== null && node.parentId !== ROOT_ID && depth < MOST_PASSES) {
    depth++
    node = sight.entries.get(node.parentId)?.target ?? null
  }
  return depth
}
