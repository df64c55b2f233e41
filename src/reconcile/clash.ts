/**
 * Two or more nodes at one place of the target tree (rule c of SPEC 2). One keeps it; the others are united with it when
 * nothing is lost by that, else they get a conflict-copy name. No content is ever dropped here.
 */

import type { NodeId } from '../model/ids.js'
import { type Node, type Placement, keyOf, samePlacement } from '../model/node.js'
import { placeKey } from '../model/tree.js'
import { COPY_DIGITS, conflictName } from './conflict-name.js'
import { type Entry, isReachable } from './entry.js'
import type { PlanPolicy } from './policy.js'
import type { Sight } from './sight.js'
import type { TargetIndex } from './target-index.js'

export interface ClashWorld {
  readonly index: TargetIndex
  readonly sight: Sight
  readonly policy: PlanPolicy
}

export function resolveClash(entries: readonly Entry[], world: ClashWorld): void {
  const [first] = entries
  const place = first?.target
  if (!place) return
  const held = world.index.at(place.parentId, place.key)
  const winner = held.reduce<Entry | null>((best, entry) => (best === null || beats(entry, best) ? entry : best), null)
  if (winner === null) return
  for (const loser of held) if (loser !== winner) resolveLoser(loser, winner, world)
}

/** Who holds the place in R, else who is live in R, else the smallest id. */
function beats(a: Entry, b: Entry): boolean {
  return rank(a) === rank(b) ? a.id < b.id : rank(a) < rank(b)
}

function rank({ target, remote }: Entry): number {
  if (remote === null) return 2
  return target !== null && remote.parentId === target.parentId && remote.key === target.key ? 0 : 1
}

function resolveLoser(loser: Entry, winner: Entry, world: ClashWorld): void {
  if (!loser.stuck && !winner.stuck) {
    if (unitesDirectories(loser, winner, world)) return
    if (unitesFiles(loser, winner, world)) return
  }
  if (waitsFor(winner, loser, world)) return
  const { target } = loser
  if (target === null) return
  const hex = target.content ?? loser.id
  const name = freeName({ entry: loser, beside: target, hex }, world).name
  world.index.put(loser, { ...target, name, key: keyOf(name), conflictOf: winner.id })
}

/**
 * Moved or made on this disk where a node stood that could not be looked at: that one has left the place, or the two could
 * not be told apart. Which it was is known after the next look; until then neither moves, and what is new is not sent.
 */
function waitsFor(winner: Entry, loser: Entry, { index }: ClashWorld): boolean {
  const { target, remote, synced } = loser
  if (!winner.stuck || loser.stuck || target === null) return false
  if (remote === null || synced === null) {
    if (remote !== synced) return false
  } else if (!samePlacement(remote, synced) || samePlacement(target, remote)) return false
  loser.stuck = true
  loser.orphan = remote === null
  index.put(loser, remote && { ...target, parentId: remote.parentId, name: remote.name, key: remote.key })
  return true
}

function unitesDirectories(loser: Entry, winner: Entry, world: ClashWorld): boolean {
  if (loser.target?.kind !== 'directory' || winner.target?.kind !== 'directory' || loser.remote !== null) return false
  if (winner.disk === null && !canBecome(loser, winner)) return false
  world.sight.lookInto(loser.id)
  if (winner.disk === null) loser.rekeyTo = winner.id
  for (const child of world.index.childrenOf(loser.id)) {
    if (child.target !== null) world.index.put(child, { ...child.target, parentId: winner.id })
  }
  world.index.put(loser, null)
  return true
}

function unitesFiles(loser: Entry, winner: Entry, world: ClashWorld): boolean {
  const content = loser.target?.content ?? null
  if (loser.target?.kind !== 'file' || winner.target?.kind !== 'file' || content !== winner.target.content) return false
  if (loser.losesContent || (loser.disk !== null && loser.disk.content !== content)) return false
  if (winner.disk === null && loser.disk !== null) {
    if (!isReachable(winner)) return false
    if (canBecome(loser, winner)) loser.rekeyTo = winner.id
    else winner.wanted = true
  }
  world.index.put(loser, null)
  return true
}

/** A local node that the server does not know can turn out to be a node of the server that is not on this disk. */
function canBecome(loser: Entry, winner: Entry): boolean {
  return loser.disk !== null && loser.remote === null && winner.remote !== null && isReachable(winner)
}

export interface Wanted {
  readonly entry: Entry
  /** The name and place beside which it needs another one. */
  readonly beside: Node
  /** Content of the copy, or the id of a directory. */
  readonly hex: string
  /** Places (placeKey) that other copies of this plan take already. */
  readonly taken?: ReadonlySet<string>
}

/**
 * A conflict-copy name that nothing else has: 6, 12, then all hex digits, then numbered. `twin` is a file under such a name
 * that has this very content: it is the copy already.
 */
export function freeName(wanted: Wanted, { index, sight, policy }: ClashWorld): { name: string; twin: Entry | null } {
  const { entry, hex, beside: target } = wanted
  const lengths = COPY_DIGITS.map((digits) => Math.min(digits, hex.length))
  for (let attempt = 0; ; attempt++) {
    const digits = hex.slice(0, lengths[Math.min(attempt, lengths.length - 1)])
    const mark = attempt < lengths.length ? digits : `${digits}-${attempt - lengths.length + 2}`
    const parts = {
      name: target.name,
      kind: target.kind,
      device: policy.device,
      hex: mark,
      limit: sight.disk.nameLimit,
    }
    const name = conflictName(parts)
    sight.lookAt(target.parentId, name)
    sight.lookAtDisk(target.parentId, name)
    const others = holders(entry, target.parentId, name, { index, sight, policy })
    const twin = others.find((other) => isTwin(other, hex, { parentId: target.parentId, name }))
    if (twin !== undefined) return { name, twin }
    if (
      others.length === 0 &&
      !sight.isOccupied(target.parentId, name) &&
      !wanted.taken?.has(placeKey(target.parentId, name))
    )
      return { name, twin: null }
  }
}

function holders(entry: Entry, parentId: NodeId, name: string, { index, sight }: ClashWorld): readonly Entry[] {
  const found = [
    ...index.at(parentId, keyOf(name)),
    sight.remoteAt(parentId, keyOf(name)),
    sight.diskAt(parentId, name),
  ]
  return found.filter((other): other is Entry => other !== null && other !== entry)
}

function isTwin({ target, disk, losesContent, stuck }: Entry, content: string, place: Placement): boolean {
  if (stuck || losesContent || target?.content !== content || (disk !== null && disk.content !== content)) return false
  return samePlacement(target, place)
}
