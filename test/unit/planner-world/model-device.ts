/**
 * A device on maps: a disk with its user, three trees, and the way the engine executes a plan (preconditions, results).
 * `sync` is a generator: between two of its steps anything may happen, on this device or another.
 */

import type { Change, ChangeResult } from '../../../src/model/change.js'
import type { DiskTraits } from '../../../src/model/disk-traits.js'
import { type NodeId, ROOT_ID } from '../../../src/model/ids.js'
import { type Placement, keyOf } from '../../../src/model/node.js'
import type {
  BookOperation,
  ChangeObservation,
  CommitOperation,
  ExpectedParent,
  Operation,
  Plan,
} from '../../../src/model/plan.js'
import type { Revision } from '../../../src/model/revision.js'
import type { LocalNode, SyncedRow } from '../../../src/model/tree.js'
import type { ViewRow } from '../../../src/model/view.js'
import { plan } from '../../../src/reconcile/plan.js'
import { planFromChanges, planFromPart, wholeView } from './growing-view.js'
import { type DiskObject, ModelDisk, PLAIN_DISK, stampOf } from './model-disk.js'
import { type ModelServer, outcomeOf } from './model-server.js'

export interface DeviceOptions {
  readonly name: string
  readonly server: ModelServer
  readonly drawId: () => NodeId
  readonly disk?: DiskTraits
  /** 'whole': the plan sees every row; 'changed': it starts with what differs and asks for the rest. */
  readonly sight: 'whole' | 'changed' | 'part'
}

type Sent = {
  readonly changes: readonly Change[]
  readonly observations: readonly ChangeObservation[]
  results: ChangeResult[] | null
}

export class ModelDevice extends ModelDisk {
  readonly synced = new Map<NodeId, SyncedRow>()
  readonly remote = new Map<NodeId, Revision>()
  readonly frozen = new Set<NodeId>()
  /** The last plan left something for the next one: as for the engine, that is no round of its own. */
  tookPart = false
  /** What happened here, so that a run can show that it met the hard cases. */
  readonly tally = { lostAnswers: 0, detaches: 0, groups: 0 }
  cursor = 0
  /** Sent, and the answer was lost: it is asked for again before anything else. */
  lost: Sent[] = []
  /** Whether the answer of the next commit gets lost. */
  losesAnswer: () => boolean = () => false
  readonly #server: ModelServer
  readonly #options: DeviceOptions

  constructor(options: DeviceOptions) {
    super(options.name, options.disk ?? PLAIN_DISK, options.drawId)
    this.#options = options
    this.#server = options.server
  }

  // What the engine does.

  /** Takes the server's tree as agreed and as standing on this disk. */
  takeAgreed(): void {
    this.pull()
    for (const { id, node, sequence } of this.remote.values()) {
      if (node === null) continue
      const object = this.disk.get(id) ?? this.object(node)
      this.disk.set(id, object)
      this.synced.set(id, { node, sequence, presence: 'present', stamp: stampOf(object) })
    }
  }

  *sync(): Generator<string> {
    for (const sent of this.lost.splice(0)) this.#takeResults(sent)
    this.pull()
    const { operations } = this.plan()
    const dropped = new Set<number>()
    yield 'planned'
    for (const operation of operations) {
      if (operation.type !== 'commit') continue
      if (operation.dependsOn.some((id) => dropped.has(id)) || !this.#commit(operation))
        dropped.add(operation.operation)
      yield 'committed'
      // Nothing is planned or sent while an answer is owed.
      if (this.lost.length > 0) return
    }
    for (const operation of operations) {
      if (operation.type === 'commit') continue
      if (operation.dependsOn.some((id) => dropped.has(id)) || !this.#apply(operation)) dropped.add(operation.operation)
      yield operation.type
    }
    for (const id of [...this.moving.keys()]) this.#putBack(id)
  }

  pull(): void {
    for (const revision of this.#server.since(this.cursor)) this.remote.set(revision.id, revision)
    this.cursor = this.#server.head
  }

  plan(): Plan {
    const policy = {
      device: this.name,
      drawId: this.#options.drawId,
      disk: this.traits,
      guard: { presentFiles: 1_000_000, deletedUp: 0, deletedDown: 0, confirmed: new Set<string>() },
    }
    const rows = (): Iterable<ViewRow> => this.#rows()
    if (this.#options.sight === 'whole') return plan(wholeView(rows()), policy)
    const source = { rows, row: (id: NodeId) => this.#row(id) }
    if (this.#options.sight === 'changed') return planFromChanges(source, policy)
    const next = planFromPart(source, policy)
    this.tookPart = next.isPart
    return next.plan
  }

  *#rows(): Generator<ViewRow> {
    for (const id of new Set([...this.synced.keys(), ...this.disk.keys(), ...this.remote.keys()])) yield this.#row(id)
  }

  #row(id: NodeId): ViewRow {
    const synced = this.synced.get(id) ?? null
    const remote = this.remote.get(id) ?? null
    const object = this.frozen.has(id) ? undefined : this.disk.get(id)
    const local: LocalNode | null =
      object === undefined ? null : { node: object.node, stamp: stampOf(object), provisional: !synced && !remote?.node }
    return { id, synced, local, remote, ...(this.frozen.has(id) ? { frozen: true } : {}) }
  }

  #commit(operation: CommitOperation): boolean {
    const sent: Sent = {
      changes: operation.changes,
      observations: operation.observations,
      results: this.#server.commit(operation.changes),
    }
    if (operation.changes.length > 1) this.tally.groups++
    if (this.losesAnswer()) {
      this.tally.lostAnswers++
      this.lost.push(sent)
      return false
    }
    return this.#takeResults(sent)
  }

  #takeResults({ changes, observations, results }: Sent): boolean {
    let accepted = true
    changes.forEach((change, at) => {
      const result = results?.[at]
      const observation = observations[at]
      if (result === undefined || observation === undefined) throw new Error('results do not match the changes')
      if (result.verdict === 'refused') {
        accepted = false
        for (const revision of [result.current, result.holder]) this.#told(revision ?? null)
      } else
        this.#takeResult(change, result.sequence, result.verdict === 'unchanged' ? result.current : null, observation)
    })
    return accepted
  }

  #takeResult(change: Change, sequence: number, current: Revision | null, observation: ChangeObservation): void {
    const { id } = change
    if (change.type === 'delete') {
      this.#told({ id, sequence, node: null })
      this.synced.delete(id)
      return
    }
    const known = this.remote.get(id)?.node ?? null
    const remote = current?.node ?? outcomeOf(change, known ?? observation.node)
    const before = this.synced.get(id)
    const object = this.disk.get(id)
    this.synced.set(id, {
      node: outcomeOf(change, before?.node ?? remote),
      sequence,
      presence: object !== undefined || before === undefined ? 'present' : before.presence,
      stamp: object === undefined ? observation.stamp : (before?.stamp ?? observation.stamp),
    })
    this.#told({ id, sequence, node: remote })
  }

  #told(revision: Revision | null): void {
    if (revision === null) return
    if ((this.remote.get(revision.id)?.sequence ?? -1) <= revision.sequence) this.remote.set(revision.id, revision)
  }

  #apply(operation: Exclude<Operation, CommitOperation>): boolean {
    switch (operation.type) {
      case 'adopt':
      case 'forget':
      case 'hold':
      case 'rekey':
        return this.#keepBook(operation)
      case 'aside':
        return this.#aside(operation)
      case 'move':
        if (!this.stands(operation.id, operation.expected, operation.fromParent)) return false
        return this.#place(operation.id, this.at(operation.id), operation.to, operation.toParent)
      case 'detach': {
        if (!this.stands(operation.id, operation.expected, operation.fromParent)) return false
        this.tally.detaches++
        this.moving.set(operation.id, this.at(operation.id))
        return this.disk.delete(operation.id)
      }
      case 'attach': {
        const object = this.moving.get(operation.id)
        if (object === undefined || !this.#place(operation.id, object, operation.to, operation.toParent)) return false
        return this.moving.delete(operation.id)
      }
      case 'remove': {
        if (!this.stands(operation.id, operation.expected, operation.parent) || this.children(operation.id).length > 0)
          return false
        this.disk.delete(operation.id)
        this.#gone(operation.id)
        return true
      }
      case 'create': {
        const { node, parent } = operation
        if (this.disk.has(node.id)) return false
        return this.#place(node.id, this.object(node), node, parent)
      }
      case 'replace': {
        const { node, expected, parent } = operation
        if (!this.stands(node.id, expected, parent)) return false
        const { content, size, modifiedAt, executable } = node
        this.change(node.id, { content, size, modifiedAt, executable })
        this.#shows(node.id, ['content', 'executable'])
        return true
      }
      case 'executable': {
        if (!this.stands(operation.id, operation.expected, operation.parent)) return false
        this.change(operation.id, { executable: operation.executable })
        this.#shows(operation.id, ['executable'])
        return true
      }
    }
  }

  #keepBook(operation: BookOperation): boolean {
    switch (operation.type) {
      case 'adopt':
      case 'hold': {
        const { node, sequence, presence } = operation
        const stamp = operation.type === 'adopt' ? operation.stamp : null
        this.synced.set(node.id, { node, sequence, presence, stamp })
        return true
      }
      case 'forget':
        return this.synced.delete(operation.id)
      case 'rekey':
        return this.#rekey(operation.from, operation.to)
    }
  }

  #rekey(from: NodeId, to: NodeId): boolean {
    const object = this.disk.get(from)
    if (object === undefined) return false
    this.disk.delete(from)
    this.disk.set(to, { fileId: object.fileId, node: { ...object.node, id: to } })
    const held = this.synced.get(to)
    if (held?.presence === 'held') this.synced.set(to, { ...held, presence: 'pending' })
    for (const child of this.children(from)) {
      this.change(child.id, { parentId: to })
      const row = this.synced.get(child.id)
      if (row?.node.parentId === from && this.remote.get(child.id)?.node?.parentId !== from)
        this.synced.set(child.id, { ...row, node: { ...row.node, parentId: to } })
    }
    return true
  }

  #aside({ id, copyId, to, conflictOf, expected, parent }: Extract<Operation, { type: 'aside' }>): boolean {
    if (!this.stands(id, expected, parent) || !this.isFree(to.parentId, to.name)) return false
    const object = this.at(id)
    const row = this.synced.get(id)
    if (row !== undefined) this.synced.set(id, { ...row, presence: 'pending', stamp: null })
    this.disk.delete(id)
    this.disk.set(copyId, { ...object, node: { ...object.node, ...to, key: keyOf(to.name), id: copyId, conflictOf } })
    return true
  }

  #place(id: NodeId, object: DiskObject, to: Placement, parent: ExpectedParent): boolean {
    if (to.parentId !== parent.id || !this.isInTree(parent) || !this.isFree(to.parentId, to.name, id)) return false
    if (this.isBelow(to.parentId, id)) return false
    const isNew = !this.disk.has(id) && !this.moving.has(id)
    this.disk.set(id, {
      fileId: object.fileId,
      node: { ...object.node, parentId: to.parentId, name: to.name, key: keyOf(to.name) },
    })
    this.#shows(id, isNew ? ['placement', 'content', 'executable'] : ['placement'])
    return true
  }

  #putBack(id: NodeId): void {
    const object = this.moving.get(id)
    if (object === undefined) return
    this.moving.delete(id)
    const { parentId, name } = object.node
    const home = this.isInTree({ id: parentId, fileId: null }) ? parentId : ROOT_ID
    let back = name
    while (!this.isFree(home, back)) back = `${back}~`
    this.disk.set(id, { ...object, node: { ...object.node, parentId: home, name: back, key: keyOf(back) } })
  }

  /** An attribute is agreed where the server has what the disk shows. */
  #shows(id: NodeId, attributes: readonly ('placement' | 'content' | 'executable')[]): void {
    const object = this.at(id)
    const revision = this.remote.get(id)
    const row = this.synced.get(id)
    if (!revision?.node) return
    const { node: remote } = revision
    const shown = object.node
    let node = row?.node ?? remote
    for (const attribute of attributes) {
      if (attribute === 'placement' && shown.parentId === remote.parentId && shown.name === remote.name) {
        node = { ...node, parentId: remote.parentId, name: remote.name, key: remote.key }
      }
      if (attribute === 'content' && shown.content === remote.content) {
        node = { ...node, content: remote.content, size: remote.size, modifiedAt: remote.modifiedAt }
      }
      if (attribute === 'executable' && shown.executable === remote.executable)
        node = { ...node, executable: remote.executable }
    }
    if (attributes.length === 3) node = { ...node, conflictOf: remote.conflictOf }
    this.synced.set(id, {
      node,
      sequence: row?.sequence ?? revision.sequence,
      presence: 'present',
      stamp: stampOf(object),
    })
  }

  #gone(id: NodeId): void {
    const row = this.synced.get(id)
    if (!this.remote.get(id)?.node) this.synced.delete(id)
    else if (row !== undefined) this.synced.set(id, { ...row, presence: 'pending', stamp: null })
  }
}
