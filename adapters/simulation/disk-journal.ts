/**
 * The changes of names that are not flushed yet, in order. A flush of a directory makes its entries durable (DISK-12) with
 * all they stand on; a power loss undoes any others, but never one that a kept change stands on. So a rename is there or
 * not, a file is never gone from both places, and no directory is left without a parent, as with an ordered journal.
 */

import type { DirectoryNode, DiskNode, NameChange, NameStep, Side, Slot } from './disk-nodes.js'

const sameSlot = (a: Slot | null, b: Slot | null): boolean =>
  a !== null && b !== null && a.directory === b.directory && a.key === b.key

/** What loses a name by it. */
function goingIn({ node, target, replaced }: NameStep): DiskNode | null {
  return target === null ? node : replaced
}

/** Carries a step out on one side. */
export function applyStep({ node, source, target, replaced }: NameStep, side: Side): void {
  source?.directory[side].entries.delete(source.key)
  if (replaced?.kind === 'directory') replaced[side].parent = null
  target?.directory[side].entries.set(target.key, { name: target.name, node })
  if (node.kind === 'directory') node[side].parent = target?.directory ?? null
}

/** Whether what the change stands on is there on that side. */
function fits(change: NameChange, side: Side, root: DirectoryNode): boolean {
  const { node, source, target, replaced } = change
  const isGoing = goingIn(change)
  if (isGoing?.kind === 'directory' && isGoing[side].entries.size > 0) return false
  if (source !== null && source.directory[side].entries.get(source.key)?.node !== node) return false
  if (!isAttached(change, side, root)) return false
  if (target === null) return true
  const there = target.directory[side].entries.get(target.key)?.node ?? null
  return (sameSlot(source, target) || there === replaced) && !chainOf(target.directory, side).includes(node)
}

/** Nothing older is open at its places: what came later never becomes durable before. */
function isNext(change: NameChange): boolean {
  return slotsOf(change).every(({ directory, key }) => directory.pending.get(key)?.[0] === change)
}

/** The directories of a change hang below the root on that side. */
function isAttached({ source, target }: NameChange, side: Side, root: DirectoryNode): boolean {
  return [source, target].every((slot) => slot === null || chainOf(slot.directory, side).at(-1) === root)
}

/** A directory and all above it. */
function chainOf(directory: DirectoryNode, side: Side): DiskNode[] {
  const chain: DirectoryNode[] = []
  for (let at: DirectoryNode | null = directory; at !== null; at = at[side].parent) chain.push(at)
  return chain
}

export class DiskJournal {
  readonly #root: DirectoryNode
  readonly #changes = new Set<NameChange>()
  /** Settled, and not yet on the kept side. */
  readonly #waiting = new Set<NameChange>()
  #serial = 0

  /** Nothing is pending below `root`. */
  constructor(root: DirectoryNode) {
    this.#root = root
  }

  /** Oldest first. */
  get changes(): Iterable<NameChange> {
    return this.#changes
  }

  /** Takes in what was just done. */
  record(step: NameStep, settled = false): NameChange {
    const noted: NameChange = { ...step, serial: this.#serial++, settled }
    this.#changes.add(noted)
    if (settled) this.#waiting.add(noted)
    noted.node.changes ??= new Set()
    noted.node.changes.add(noted)
    const going = goingIn(noted)
    if (going !== null) going.gone = noted
    for (const { directory, key } of slotsOf(noted)) {
      const before = directory.pending.get(key)
      if (before === undefined) directory.pending.set(key, [noted])
      else before.push(noted)
    }
    return noted
  }

  /** The entries of a directory survive from here on, as long as the directory itself does. */
  flush(directory: DirectoryNode): void {
    directory.flushed = { mtimeNs: directory.mtimeNs, ctimeNs: directory.ctimeNs }
    for (const changes of directory.pending.values()) {
      for (const change of changes) {
        // What only left for elsewhere is durable with the place it went to.
        if (change.target === null || change.target.directory === directory) this.#settle(change)
      }
    }
    this.#fold()
  }

  /** Everything so far is durable. */
  flushAll(): void {
    for (const change of this.#changes) this.#settle(change)
    this.#fold()
  }

  /**
   * Makes 'now' what a power loss leaves: all that is settled, and of the rest what `keeps` chooses and what it stands on
   * allows. Returns the changes that were lost. Nothing is pending afterwards, on directories given in `directories`.
   */
  lose(directories: Iterable<DirectoryNode>, keeps: (change: NameChange) => boolean): readonly NameChange[] {
    for (const { now, kept } of directories) {
      now.entries = new Map(kept.entries)
      now.parent = kept.parent
    }
    const lost: NameChange[] = []
    const lacking = new Set<DiskNode>()
    for (const change of this.#changes) {
      const going = goingIn(change)
      const stays = going !== null && lacking.has(going)
      const isTaken = change.source === null && change.node.after !== null && lost.includes(change.node.after)
      if ((change.settled || keeps(change)) && !stays && !isTaken && fits(change, 'now', this.#root))
        applyStep(change, 'now')
      else {
        lost.push(change)
        if (change.target !== null) lacking.add(change.node)
      }
    }
    for (const change of this.#changes) this.#drop(change)
    for (const { now, kept } of directories) {
      kept.entries = new Map(now.entries)
      kept.parent = now.parent
    }
    return lost
  }

  /** Durable from here on, with all that it stands on. */
  #settle(first: NameChange): void {
    const open = [first]
    for (let change = open.pop(); change !== undefined; change = open.pop()) {
      if (change.settled) continue
      change.settled = true
      this.#waiting.add(change)
      const { serial } = change
      for (const { directory, key } of slotsOf(change)) {
        for (const other of directory.pending.get(key) ?? []) if (other.serial < serial) open.push(other)
      }
      const { after } = change.node
      if (change.source === null && after !== null && this.#changes.has(after)) open.push(after)
      const going = goingIn(change)
      if (going === null) continue
      // The last name goes after the others came; an emptied directory goes after what it held.
      for (const other of going.changes ?? []) if (other.serial < serial) open.push(other)
      if (going.kind === 'directory') for (const others of going.pending.values()) open.push(...others)
    }
  }

  /** Brings what is settled to the kept side, in order, as far as its directories are there. */
  #fold(): void {
    for (let more = this.#waiting.size > 0; more; ) {
      more = false
      let stuck: NameChange | null = null
      for (const change of [...this.#waiting].sort((a, b) => a.serial - b.serial)) {
        if (isNext(change) && fits(change, 'kept', this.#root)) {
          applyStep(change, 'kept')
          this.#drop(change)
          more = true
        } else if (isAttached(change, 'kept', this.#root)) stuck ??= change
      }
      if (more || stuck === null) continue
      // It stands on how directories were moved about: then all that came before it counts.
      for (const change of this.#changes) {
        if (change.serial >= stuck.serial || change.settled) continue
        this.#settle(change)
        more = true
      }
    }
  }

  #drop(change: NameChange): void {
    this.#changes.delete(change)
    this.#waiting.delete(change)
    const going = goingIn(change)
    if (going?.gone === change) going.gone = null
    if (change.source === null) change.node.after = null
    const { changes } = change.node
    changes?.delete(change)
    if (changes?.size === 0) change.node.changes = null
    for (const { directory, key } of slotsOf(change)) {
      const rest = (directory.pending.get(key) ?? []).filter((other) => other !== change)
      if (rest.length === 0) directory.pending.delete(key)
      else directory.pending.set(key, rest)
    }
  }
}

/** Each slot once. */
function slotsOf({ source, target }: NameChange): readonly Slot[] {
  if (source === null) return target === null ? [] : [target]
  return target === null || sameSlot(source, target) ? [source] : [source, target]
}
