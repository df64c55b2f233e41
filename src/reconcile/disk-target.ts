/**
 * What the target tree means for this disk: per node, whether it stays, goes, moves, is brought, is held back, or is left
 * where it is because the disk cannot follow. Names are judged by what the disk can hold; who is on the disk stays.
 */

import type { Hydration } from '../model/hydration.js'
import { type NodeId, ROOT_ID } from '../model/ids.js'
import { type Node, isKnownKind } from '../model/node.js'
import type { Presence } from '../model/tree.js'
import { type Entry, presenceOf, samePlace } from './entry.js'
import { RULE_FILE } from './ignore-rules.js'
import { diskNameTrouble } from './names.js'
import type { Reach } from './reach.js'
import type { Sight } from './sight.js'

export type DiskFate =
  /** Not on this disk, and not to be. */
  | { readonly fate: 'absent' }
  /** Not on this disk, and nobody can say yet whether it shall be. */
  | { readonly fate: 'waits' }
  /** Stands where it shall stand. */
  | { readonly fate: 'stays' }
  /** Stands elsewhere than in the target tree, and stays there: the disk cannot follow. */
  | { readonly fate: 'left' }
  | { readonly fate: 'goes' }
  | { readonly fate: 'moves' }
  | { readonly fate: 'comes' }
  | { readonly fate: 'held'; readonly presence: Presence; readonly because: string }

const ABSENT: DiskFate = { fate: 'absent' }
const WAITS: DiskFate = { fate: 'waits' }
const STAYS: DiskFate = { fate: 'stays' }
const LEFT: DiskFate = { fate: 'left' }
const GOES: DiskFate = { fate: 'goes' }
const MOVES: DiskFate = { fate: 'moves' }
const IGNORED = 'this device leaves the place alone'
const COMES: DiskFate = { fate: 'comes' }
/** Known, and brought when it is asked for. */
const ON_DEMAND: DiskFate = { fate: 'held', presence: 'placeholder', because: 'its content is on demand' }

export class DiskTarget {
  readonly #sight: Sight
  readonly #reach: Reach
  readonly #hydration: Hydration
  readonly #fates = new Map<NodeId, DiskFate>()

  constructor(sight: Sight, reach: Reach, hydration: Hydration) {
    this.#sight = sight
    this.#reach = reach
    this.#hydration = hydration
    for (const entry of sight.entries.values()) this.#decide(entry)
    this.#settleNames()
    if (reach.obeys) this.#letRulesComeFirst()
  }

  fateOf(entry: Entry): DiskFate {
    return this.#fates.get(entry.id) ?? ABSENT
  }

  #decide(entry: Entry): DiskFate {
    const known = this.#fates.get(entry.id)
    if (known !== undefined) return known
    const fate = this.#judge(entry)
    this.#fates.set(entry.id, fate)
    return fate
  }

  #judge(entry: Entry): DiskFate {
    const { target, disk } = entry
    const presence = presenceOf(entry)
    if (target === null) return disk === null ? ABSENT : presence === 'remnant' ? STAYS : GOES
    if (disk === null && (presence === 'excluded' || (presence === 'placeholder' && !entry.wanted))) return ABSENT
    if (!isKnownKind(target.kind)) {
      return {
        fate: 'held',
        presence: 'held',
        because: `this version does not know nodes of the kind '${target.kind}'`,
      }
    }
    if (samePlace(target, disk)) return this.#standsInWhatGoes(target) ? this.#takeOff(entry) : STAYS
    const above = target.parentId === ROOT_ID ? null : this.#sight.entry(target.parentId)
    const keeper = above === null ? null : this.#keeperOf(above)
    if (keeper === 'excluded') return disk === null ? heldBelow(keeper) : this.#takeOff(entry)
    if (keeper !== null) return disk === null ? heldBelow(keeper) : LEFT
    const verdict = this.#reach.verdictOn(target)
    if (verdict === 'unknown') return disk === null ? WAITS : LEFT
    if (verdict === 'out' && disk === null) return { fate: 'held', presence: 'excluded', because: IGNORED }
    const trouble = this.#troubleWith(entry)
    if (trouble === null) return disk !== null ? MOVES : this.#isOnDemand(entry) ? ON_DEMAND : COMES
    if (verdict === 'out') return this.#takeOff(entry)
    return disk === null ? { fate: 'held', presence: 'held', because: trouble } : LEFT
  }

  /**
   * Nobody asked for this content yet. What was here and was deleted, against an edit made elsewhere, comes back whole; so do
   * rules, which hold from their copies on this disk.
   */
  #isOnDemand({ target, synced, row, wanted }: Entry): boolean {
    if (wanted || this.#hydration === 'all' || target?.kind !== 'file' || target.name === RULE_FILE) return false
    return synced === null || row.synced?.presence === 'held'
  }

  /** Its directory is taken off this disk though it lives on the server. Who does that is in the view, with all below. */
  #standsInWhatGoes({ parentId }: Node): boolean {
    const above = this.#sight.entries.get(parentId)
    return above !== undefined && above.target !== null && this.#decide(above).fate === 'goes'
  }

  /**
   * It was moved on the server to where this device has nothing. It leaves this disk, but only as what the server has:
   * an edit goes up first, or aside (decision 0021).
   */
  #takeOff(entry: Entry): DiskFate {
    const { disk, remote, synced } = entry
    if (disk === null || remote === null || entry.losesContent || entry.stuck) return LEFT
    if (disk.kind === 'directory') {
      this.#sight.lookInto(entry.id)
      return GOES
    }
    return disk.content === remote.content || disk.content === synced?.content ? GOES : LEFT
  }

  /** Where rules arrive, the files that would arrive below them wait: the next plan knows what of them is wanted here. */
  #letRulesComeFirst(): void {
    const governed = new Set<NodeId>()
    for (const entry of this.#sight.entries.values()) {
      if (entry.target?.name === RULE_FILE && this.#bringsContent(entry)) governed.add(entry.target.parentId)
    }
    if (governed.size === 0) return
    for (const entry of this.#sight.entries.values()) {
      const { target } = entry
      if (target === null || target.kind !== 'file' || target.name === RULE_FILE) continue
      if (this.fateOf(entry).fate === 'comes' && this.#isBelow(target, governed)) this.#fates.set(entry.id, WAITS)
    }
  }

  #bringsContent(entry: Entry): boolean {
    const { target, disk, stuck } = entry
    const { fate } = this.fateOf(entry)
    if (target === null || stuck) return false
    return fate === 'comes' || ((fate === 'stays' || fate === 'moves') && disk?.content !== target.content)
  }

  #isBelow(node: Node, directories: ReadonlySet<NodeId>): boolean {
    const seen = new Set<NodeId>()
    for (let id = node.parentId; !seen.has(id); ) {
      if (directories.has(id)) return true
      seen.add(id)
      const above = this.#sight.entries.get(id)?.target
      if (above == null) return false
      id = above.parentId
    }
    return false
  }

  /** Why nothing below this directory can be on the disk; null when it can. */
  #keeperOf(above: Entry): Presence | null {
    const fate = this.#decide(above)
    if (fate.fate === 'held') return fate.presence
    if (fate.fate === 'goes' && above.target !== null) return 'excluded'
    if (fate.fate !== 'absent') return null
    const presence = presenceOf(above)
    return presence === 'present' || presence === 'pending' ? null : presence
  }

  #troubleWith({ target }: Entry): string | null {
    if (target === null) return null
    const { parentId, name } = target
    const trouble = diskNameTrouble(name, this.#sight.disk)
    if (trouble !== null) return `the name '${name}' ${trouble}: rename it on another device`
    if (!this.#sight.isOccupied(parentId, name)) return null
    return `something that is not synced stands at '${name}' on this disk: rename one of the two`
  }

  /** Twins, and places that a node which cannot leave keeps: until nothing changes. */
  #settleNames(): void {
    for (let changed = true; changed; ) {
      changed = false
      const claims = new Map<string, Entry[]>()
      for (const entry of this.#sight.entries.values()) {
        const place = this.#claimOf(entry)
        if (place === null) continue
        const others = claims.get(place)
        if (others === undefined) claims.set(place, [entry])
        else others.push(entry)
      }
      for (const entries of claims.values()) {
        if (entries.length > 1) changed = this.#settleClaim(entries) || changed
      }
      changed = this.#keepFull() || changed
      changed = this.#breakCycles() || changed
      if (changed) this.#followParents()
    }
  }

  /** A directory with something in it that cannot leave cannot go: it keeps its place. */
  #keepFull(): boolean {
    let changed = false
    for (const entry of this.#sight.entries.values()) {
      if (entry.disk?.kind !== 'directory' || this.fateOf(entry).fate !== 'goes') continue
      const isKept = this.#sight
        .diskChildren(entry.id)
        .some((child) => ['left', 'stays'].includes(this.fateOf(child).fate))
      if (!isKept) continue
      this.#fates.set(entry.id, LEFT)
      changed = true
    }
    return changed
  }

  /** A directory cannot move into one that was to leave it and cannot. */
  #breakCycles(): boolean {
    const { entries } = this.#sight
    const isPinned = [...entries.values()].some(
      (entry) => entry.disk?.kind === 'directory' && this.fateOf(entry).fate === 'left',
    )
    if (!isPinned) return false
    let changed = false
    for (const entry of entries.values()) {
      if (this.fateOf(entry).fate !== 'moves' || entry.target?.kind !== 'directory') continue
      const seen = new Set<NodeId>()
      let above = this.#sight.entry(entry.target.parentId)
      while (above !== null && above !== entry && !seen.has(above.id)) {
        seen.add(above.id)
        const standing: Node | null = this.fateOf(above).fate === 'left' ? above.disk : above.target
        above = standing === null ? null : this.#sight.entry(standing.parentId)
      }
      if (above !== entry) continue
      this.#fates.set(entry.id, LEFT)
      changed = true
    }
    return changed
  }

  /** The place on the disk that the node will stand at when the plan is done. */
  #claimOf(entry: Entry): string | null {
    const { fate } = this.fateOf(entry)
    const node =
      fate === 'left'
        ? entry.disk
        : fate === 'stays' || fate === 'moves' || fate === 'comes'
          ? (entry.target ?? entry.disk)
          : null
    return node === null ? null : this.#sight.diskPlace(node.parentId, node.name)
  }

  #settleClaim(entries: readonly Entry[]): boolean {
    const [first, ...others] = [...entries].sort(
      (a, b) => this.#claimRank(a) - this.#claimRank(b) || (a.id < b.id ? -1 : 1),
    )
    let changed = false
    for (const entry of others) {
      const { fate } = this.fateOf(entry)
      if (fate === 'moves') this.#fates.set(entry.id, LEFT)
      else if (fate === 'comes') this.#fates.set(entry.id, heldByTwin(entry, first))
      else continue
      changed = true
    }
    return changed
  }

  /** Who stands at the place already, who cannot leave, who is elsewhere on the disk, who was here, who is new. */
  #claimRank(entry: Entry): number {
    const { fate } = this.fateOf(entry)
    if (fate === 'stays' || fate === 'left') return 0
    if (fate === 'moves') return this.#claimOf(entry) === this.#placeOnDisk(entry) ? 1 : 2
    return entry.synced === null || presenceOf(entry) === 'held' ? 4 : 3
  }

  #placeOnDisk({ disk }: Entry): string | null {
    return disk === null ? null : this.#sight.diskPlace(disk.parentId, disk.name)
  }

  /** What was to come into a directory that is held back now is held back with it. */
  #followParents(): void {
    for (let changed = true; changed; ) {
      changed = false
      for (const entry of this.#sight.entries.values()) {
        const { fate } = this.fateOf(entry)
        if (fate !== 'comes' && fate !== 'moves') continue
        const above = entry.target === null ? undefined : this.#sight.entries.get(entry.target.parentId)
        const keeper = above === undefined ? null : this.#keeperOf(above)
        if (keeper === null) continue
        this.#fates.set(entry.id, fate === 'moves' ? LEFT : heldBelow(keeper))
        changed = true
      }
    }
  }
}

function heldBelow(presence: Presence): DiskFate {
  return { fate: 'held', presence, because: 'its directory is not on this disk' }
}

function heldByTwin({ target }: Entry, twin: Entry | undefined): DiskFate {
  const other = twin?.target?.name ?? twin?.disk?.name ?? 'another node'
  return {
    fate: 'held',
    presence: 'held',
    because: `'${target?.name ?? ''}' and '${other}' are one name on this disk: rename one of the two`,
  }
}
