/**
 * From the fates of the nodes to the steps on this disk, each with what it must see and what must have happened before.
 * A step that relies on something that will not happen is dropped here, never bent.
 */

import { type NodeId, ROOT_ID } from '../model/ids.js'
import type { Node, Placement } from '../model/node.js'
import type { Expected, ExpectedParent } from '../model/plan.js'
import type { Copies } from './copies.js'
import type { DiskTarget } from './disk-target.js'
import { type Entry, samePlace } from './entry.js'
import { Renames } from './renames.js'
import type { Sight } from './sight.js'
import { type OperationDraft, type Phase, type Step, stepOf } from './step.js'

/** The steps on the server: a node's own, or 'never' when it cannot be sent in this plan. */
export type CommitOf = (entry: Entry, what: 'arrival' | 'removal') => Step | 'never' | null

export interface DiskWorld {
  readonly sight: Sight
  readonly fates: DiskTarget
  readonly commitOf: CommitOf
  readonly copies: Copies
}

export function diskSteps(world: DiskWorld): readonly Step[] {
  const builder = new StepBuilder(world)
  for (const entry of world.sight.entries.values()) builder.make(entry)
  for (const entry of world.sight.entries.values()) builder.connect(entry)
  return builder.steps
}

class StepBuilder {
  readonly steps: Step[] = []
  readonly #world: DiskWorld
  readonly #renames: Renames
  /** The step that takes a node from its place on the disk, the one that puts it to its place, the one that changes its content. */
  readonly #leaving = new Map<NodeId, Step>()
  readonly #arriving = new Map<NodeId, Step>()
  readonly #editing = new Map<NodeId, Step>()
  /** A directory is on its way: what happens below it has to wait. */
  #hasAnchors = false
  /** Nodes of the server whose content stands on this disk already: an aside makes it theirs. */
  readonly #adopted: ReadonlySet<NodeId>

  constructor(world: DiskWorld) {
    this.#world = world
    this.#adopted = new Set([...world.copies.aside.values()].map(({ copyId }) => copyId))
    this.#renames = new Renames(world.sight, world.fates)
  }

  make(entry: Entry): void {
    const { fate } = this.#world.fates.fateOf(entry)
    const { target, disk } = entry
    if (fate === 'goes' && disk !== null) this.#makeRemove(entry, disk)
    if (fate === 'moves' && target !== null && disk !== null) this.#makeMove(entry, disk, target)
    if (fate === 'comes' && target !== null && !this.#isAdopted(entry)) this.#makeCreate(entry, target)
    if (target === null || disk === null) return
    if (fate === 'stays' || fate === 'moves') this.#makeEdit(entry, disk, target, fate)
    // The disk cannot follow the node to its place: its content still can.
    if (fate === 'left')
      this.#makeEdit(entry, disk, { ...target, parentId: disk.parentId, name: disk.name, key: disk.key }, fate)
  }

  #makeRemove(entry: Entry, disk: Node): void {
    const depth = disk.kind === 'directory' ? 1_000_000 - this.#renames.depthOf(entry) : 0
    const draft: OperationDraft = {
      type: 'remove',
      id: entry.id,
      expected: expectedOf(entry),
      parent: this.#parent(disk),
    }
    this.#leaving.set(entry.id, this.#add('remove', depth, entry, draft))
  }

  #makeMove(entry: Entry, disk: Node, target: Node): void {
    const { id } = entry
    const expected = expectedOf(entry)
    const to: Placement = { parentId: target.parentId, name: target.name }
    const fromParent = this.#parent(disk)
    const toParent = this.#parent(target)
    const depth = this.#depth(target)
    if (!this.#renames.isDetached(entry)) {
      const move = this.#add('place', depth, entry, { type: 'move', id, to, expected, fromParent, toParent })
      this.#leaving.set(id, move)
      this.#arriving.set(id, move)
      return
    }
    const detach = this.#add('detach', -this.#renames.depthOf(entry), entry, {
      type: 'detach',
      id,
      to,
      expected,
      fromParent,
    })
    const attach = this.#add('place', depth, entry, { type: 'attach', id, to, toParent })
    attach.needs.push(detach)
    this.#leaving.set(id, detach)
    this.#arriving.set(id, attach)
    this.#hasAnchors ||= target.kind === 'directory'
  }

  #makeCreate(entry: Entry, target: Node): void {
    this.#hasAnchors ||= target.kind === 'directory'
    this.#arriving.set(entry.id, this.#add('place', this.#depth(target), entry, this.#createDraft(entry, target)))
  }

  /** Content and executable bit. A losing content is put aside first, once the node stands where the copy belongs. */
  #makeEdit(entry: Entry, disk: Node, target: Node, fate: 'stays' | 'moves' | 'left'): void {
    const { id } = entry
    const copy = this.#world.copies.aside.get(id)
    const expected = expectedOf(entry)
    if (copy !== undefined) {
      const to: Placement = { parentId: target.parentId, name: copy.name }
      const draft: OperationDraft = {
        type: 'aside',
        id,
        copyId: copy.copyId,
        to,
        conflictOf: id,
        expected,
        parent: this.#parent(target),
      }
      const aside = this.#add('aside', 0, entry, draft)
      // A node that cannot come to its place comes in the next plan, or is held back there.
      if (fate === 'left') return
      const create = this.#add('place', this.#depth(target), entry, this.#createDraft(entry, target))
      create.needs.push(aside)
      this.#arriving.set(id, create)
    } else if (entry.losesContent && (fate === 'moves' || !this.#world.copies.safe.has(id))) {
      return
    } else if (disk.content !== target.content) {
      const draft: OperationDraft = {
        type: 'replace',
        node: target,
        sequence: sequenceOf(entry),
        expected,
        parent: this.#parent(target),
      }
      this.#editing.set(id, this.#add('content', 0, entry, draft))
    } else if (disk.executable !== target.executable) {
      const draft: OperationDraft = {
        type: 'executable',
        id,
        executable: target.executable,
        expected,
        parent: this.#parent(target),
      }
      this.#editing.set(id, this.#add('content', 0, entry, draft))
    }
  }

  connect(entry: Entry): void {
    const arriving = this.#arriving.get(entry.id)
    const leaving = this.#leaving.get(entry.id)
    const editing = this.#editing.get(entry.id)
    const { fate } = this.#world.fates.fateOf(entry)
    if (arriving !== undefined && entry.target !== null) this.#connectArrival(entry, entry.target, arriving)
    if (leaving !== undefined && fate === 'goes') this.#connectRemove(entry, leaving)
    if (editing !== undefined && entry.target !== null) {
      if (arriving !== undefined) editing.needs.push(arriving)
      else if (fate === 'left') this.#needDiskAnchor(editing, entry)
      else this.#needAnchor(editing, entry.target)
    }
  }

  #connectArrival(entry: Entry, target: Node, arriving: Step): void {
    this.#needAnchor(arriving, target)
    const above = target.parentId === ROOT_ID ? undefined : this.#world.sight.entries.get(target.parentId)
    if (above?.row.frozen === true) arriving.dropped = true
    if (above !== undefined && this.#world.fates.fateOf(above).fate === 'comes')
      this.#need(arriving, this.#arriving.get(above.id))
    const holder = this.#world.sight.diskAt(target.parentId, target.name)
    if (holder !== null && holder !== entry) this.#need(arriving, this.#leaving.get(holder.id))
    if (!samePlace(target, entry.remote)) this.#needCommit(arriving, entry, 'arrival')
  }

  #connectRemove(entry: Entry, removal: Step): void {
    this.#needDiskAnchor(removal, entry)
    if (entry.remote !== null) this.#needCommit(removal, entry, 'removal')
    if (entry.disk?.kind !== 'directory') return
    for (const child of this.#world.sight.diskChildren(entry.id)) this.#need(removal, this.#leaving.get(child.id))
  }

  /**
   * What is on its way back into the tree, or into it, must have arrived before anything happens below it. The way up is
   * asked for: a directory in between need not differ.
   */
  #needAnchor(step: Step, target: Node): void {
    if (!this.#hasAnchors) return
    for (let id = target.parentId; id !== ROOT_ID; ) {
      const above = this.#world.sight.entry(id)
      if (above === null || above.target === null) return
      const arriving = this.#arriving.get(id)
      if (arriving !== undefined && arriving.draft.type !== 'move') return this.#need(step, arriving)
      id = above.target.parentId
    }
  }

  /** The same for what happens at the place where the node stands now. */
  #needDiskAnchor(step: Step, entry: Entry): void {
    const detached = this.#renames.detachedAbove(entry)
    if (detached !== null) this.#need(step, this.#arriving.get(detached.id))
  }

  #need(step: Step, needed: Step | undefined): void {
    if (needed === undefined) step.dropped = true
    else step.needs.push(needed)
  }

  #needCommit(step: Step, entry: Entry, what: 'arrival' | 'removal'): void {
    const commit = this.#world.commitOf(entry, what)
    if (commit === 'never') step.dropped = true
    else if (commit !== null) this.#need(step, commit)
  }

  #isAdopted(entry: Entry): boolean {
    return this.#adopted.has(entry.id)
  }

  #createDraft(entry: Entry, target: Node): OperationDraft {
    return { type: 'create', node: target, sequence: sequenceOf(entry), parent: this.#parent(target) }
  }

  #parent({ parentId }: Placement): ExpectedParent {
    const above = parentId === ROOT_ID ? null : this.#world.sight.entry(parentId)
    const stamp = above?.stamp ?? above?.row.synced?.stamp ?? null
    return { id: parentId, fileId: above === null || above.disk === null ? null : (stamp?.fileId ?? null) }
  }

  #depth(target: Node): number {
    let depth = 0
    for (let id = target.parentId; id !== ROOT_ID; depth++) {
      const above = this.#world.sight.entries.get(id)
      if (above === undefined || above.target === null) return depth
      id = above.target.parentId
    }
    return depth
  }

  #add(phase: Phase, depth: number, entry: Entry, draft: OperationDraft): Step {
    const step = stepOf(phase, depth, entry.id, draft)
    step.dropped = entry.stuck
    this.steps.push(step)
    return step
  }
}

const NO_STAMP = { size: 0, mtimeNs: '0', ctimeNs: '0', fileId: null } as const

function expectedOf({ stamp, row, disk }: Entry): Expected {
  return { stamp: stamp ?? row.synced?.stamp ?? NO_STAMP, content: disk?.content ?? null }
}

function sequenceOf({ row }: Entry): number {
  return row.remote?.sequence ?? 0
}
