/**
 * A device on maps: a disk, three trees, and the way the engine executes a plan (preconditions, results). `sync` is a generator:
 * between two of its steps anything may happen, on this device or another.
 */

import type { Change, ChangeResult } from '../../../src/model/change.js'
import type { DiskTraits } from '../../../src/model/disk-traits.js'
import { type Digest, type FileId, type NodeId, ROOT_ID } from '../../../src/model/ids.js'
import { type Node, type Placement, keyOf } from '../../../src/model/node.js'
import type {
  BookOperation,
  ChangeObservation,
  CommitOperation,
  Expected,
  ExpectedParent,
  Operation,
  Plan,
} from '../../../src/model/plan.js'
import type { Revision } from '../../../src/model/revision.js'
import type { Stamp } from '../../../src/model/stamp.js'
import { type LocalNode, type SyncedRow, placeKey } from '../../../src/model/tree.js'
import type { View, ViewRow } from '../../../src/model/view.js'
import { diskNameTrouble, foldName } from '../../../src/reconcile/names.js'
import { plan } from '../../../src/reconcile/plan.js'
import { type ModelServer, outcomeOf } from './model-server.js'

export const PLAIN_DISK: DiskTraits = {
  case: 'sensitive',
  unicode: 'exact',
  nameLimit: { length: 255, unit: 'bytes' },
  windowsNames: false,
  executableBit: true,
  fileIds: 'strong',
  stamps: 'strong',
  mtimeGranularityNs: 1,
  directoryMove: 'atomic',
}

export interface DiskObject {
  readonly fileId: FileId
  node: Node
}

export interface DeviceOptions {
  readonly name: string
  readonly server: ModelServer
  readonly drawId: () => NodeId
  readonly disk?: DiskTraits
  /** 'whole': the plan sees every row; 'changed': it starts with what differs and asks for the rest. */
  readonly sight: 'whole' | 'changed'
}

type Sent = {
  readonly changes: readonly Change[]
  readonly observations: readonly ChangeObservation[]
  results: ChangeResult[] | null
}

export class ModelDevice {
  readonly name: string
  readonly disk = new Map<NodeId, DiskObject>()
  readonly moving = new Map<NodeId, DiskObject>()
  readonly synced = new Map<NodeId, SyncedRow>()
  readonly remote = new Map<NodeId, Revision>()
  readonly frozen = new Set<NodeId>()
  /** Contents a user of this device wrote, and those a user overwrote or deleted while they stood on its disk. */
  readonly written = new Set<Digest>()
  readonly taken = new Set<Digest>()
  /** What happened here, so that a run can show that it met the hard cases. */
  readonly tally = { lostAnswers: 0, detaches: 0, groups: 0 }
  cursor = 0
  /** Sent, and the answer was lost: it is asked for again before anything else. */
  lost: Sent[] = []
  /** Whether the answer of the next commit gets lost. */
  losesAnswer: () => boolean = () => false
  readonly #server: ModelServer
  readonly #options: DeviceOptions
  readonly #traits: DiskTraits
  #fileIds = 0

  constructor(options: DeviceOptions) {
    this.name = options.name
    this.#options = options
    this.#server = options.server
    this.#traits = options.disk ?? PLAIN_DISK
  }

  // What a user does.

  write(parentId: NodeId, name: string, content: string | null): NodeId {
    const id = this.#options.drawId()
    if (content !== null) this.written.add(content as Digest)
    this.disk.set(id, this.#object(newNode(id, parentId, name, content)))
    return id
  }

  edit(id: NodeId, content: string): void {
    this.#take(id)
    this.written.add(content as Digest)
    this.#change(id, { content: content as Digest, size: content.length })
  }

  rename(id: NodeId, parentId: NodeId, name: string): void {
    this.#change(id, { parentId, name, key: keyOf(name) })
  }

  toggle(id: NodeId): void {
    this.#change(id, { executable: !this.#at(id).node.executable })
  }

  /** With everything below it. */
  erase(id: NodeId): void {
    for (const child of this.children(id)) this.erase(child.id)
    this.#take(id)
    this.disk.delete(id)
  }

  #take(id: NodeId): void {
    const { content } = this.#at(id).node
    if (content !== null) this.taken.add(content)
  }

  children(id: NodeId): Node[] {
    return [...this.disk.values()].map(({ node }) => node).filter(({ parentId }) => parentId === id)
  }

  /** Whether the disk could hold another entry of this name. */
  isFree(parentId: NodeId, name: string, self?: NodeId): boolean {
    if (diskNameTrouble(name, this.#traits) !== null) return false
    const fold = foldName(name, this.#traits)
    for (const { node } of this.disk.values()) {
      if (node.id !== self && node.parentId === parentId && foldName(node.name, this.#traits) === fold) return false
    }
    return true
  }

  isBelow(id: NodeId, above: NodeId): boolean {
    for (let at: NodeId | undefined = id; at !== undefined && at !== ROOT_ID; at = this.disk.get(at)?.node.parentId)
      if (at === above) return true
    return false
  }

  // What the engine does.

  /** Takes the server's tree as agreed and as standing on this disk. */
  takeAgreed(): void {
    this.pull()
    for (const { id, node, sequence } of this.remote.values()) {
      if (node === null) continue
      const object = this.disk.get(id) ?? this.#object(node)
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
      disk: this.#traits,
      guard: { presentFiles: 1_000_000, deletedUp: 0, deletedDown: 0, confirmed: new Set<string>() },
    }
    if (this.#options.sight === 'whole') return plan(this.#wholeView(), policy)
    const rows = new Map<NodeId, ViewRow>()
    const whole = new Set<NodeId>()
    const places = new Set<string>()
    for (const row of this.#rows()) if (differs(row)) rows.set(row.id, row)
    for (let round = 0; round < 100; round++) {
      const result = plan({ rows, whole, places, occupied: new Set() }, policy)
      const { nodes, childrenOf, places: wanted } = result.need
      if (nodes.length + childrenOf.length + wanted.length === 0) return result
      if (result.operations.length > 0) throw new Error('a plan that misses rows must plan nothing')
      for (const id of nodes) {
        if (rows.has(id)) throw new Error(`asked for ${id}, which it has`)
        rows.set(id, this.#row(id))
      }
      for (const id of childrenOf) {
        if (whole.has(id)) throw new Error(`asked for the children of ${id}, which it has`)
        whole.add(id)
      }
      for (const { parentId, name } of wanted) {
        if (places.has(placeKey(parentId, name))) throw new Error(`asked for ${name}, which it has`)
        places.add(placeKey(parentId, name))
      }
      for (const row of this.#rows()) if (touches(row, whole, places)) rows.set(row.id, row)
    }
    throw new Error('a plan that never has all its rows')
  }

  #wholeView(): View {
    const rows = new Map<NodeId, ViewRow>()
    const whole = new Set<NodeId>([ROOT_ID])
    for (const row of this.#rows()) {
      rows.set(row.id, row)
      whole.add(row.id)
    }
    return { rows, whole, places: new Set(), occupied: new Set() }
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
        if (!this.#stands(operation.id, operation.expected, operation.fromParent)) return false
        return this.#place(operation.id, this.#at(operation.id), operation.to, operation.toParent)
      case 'detach': {
        if (!this.#stands(operation.id, operation.expected, operation.fromParent)) return false
        this.tally.detaches++
        this.moving.set(operation.id, this.#at(operation.id))
        return this.disk.delete(operation.id)
      }
      case 'attach': {
        const object = this.moving.get(operation.id)
        if (object === undefined || !this.#place(operation.id, object, operation.to, operation.toParent)) return false
        return this.moving.delete(operation.id)
      }
      case 'remove': {
        if (!this.#stands(operation.id, operation.expected, operation.parent) || this.children(operation.id).length > 0)
          return false
        this.disk.delete(operation.id)
        this.#gone(operation.id)
        return true
      }
      case 'create': {
        const { node, parent } = operation
        if (this.disk.has(node.id)) return false
        return this.#place(node.id, this.#object(node), node, parent)
      }
      case 'replace': {
        const { node, expected, parent } = operation
        if (!this.#stands(node.id, expected, parent)) return false
        const { content, size, modifiedAt, executable } = node
        this.#change(node.id, { content, size, modifiedAt, executable })
        this.#shows(node.id, ['content', 'executable'])
        return true
      }
      case 'executable': {
        if (!this.#stands(operation.id, operation.expected, operation.parent)) return false
        this.#change(operation.id, { executable: operation.executable })
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
    for (const child of this.children(from)) this.#change(child.id, { parentId: to })
    return true
  }

  #aside({ id, copyId, to, conflictOf, expected, parent }: Extract<Operation, { type: 'aside' }>): boolean {
    if (!this.#stands(id, expected, parent) || !this.isFree(to.parentId, to.name)) return false
    const object = this.#at(id)
    const row = this.synced.get(id)
    if (row !== undefined) this.synced.set(id, { ...row, presence: 'pending', stamp: null })
    this.disk.delete(id)
    this.disk.set(copyId, { ...object, node: { ...object.node, ...to, key: keyOf(to.name), id: copyId, conflictOf } })
    return true
  }

  #stands(id: NodeId, expected: Expected, parent: ExpectedParent): boolean {
    const object = this.disk.get(id)
    if (object === undefined || object.fileId !== expected.stamp.fileId || object.node.content !== expected.content)
      return false
    return object.node.parentId === parent.id && this.#isInTree(parent)
  }

  #isInTree({ id, fileId }: ExpectedParent): boolean {
    if (id !== ROOT_ID && fileId !== null && this.disk.get(id)?.fileId !== fileId) return false
    for (let at = id; at !== ROOT_ID; ) {
      const above = this.disk.get(at)
      if (above === undefined) return false
      at = above.node.parentId
    }
    return true
  }

  #place(id: NodeId, object: DiskObject, to: Placement, parent: ExpectedParent): boolean {
    if (to.parentId !== parent.id || !this.#isInTree(parent) || !this.isFree(to.parentId, to.name, id)) return false
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
    const home = this.#isInTree({ id: parentId, fileId: null }) ? parentId : ROOT_ID
    let back = name
    while (!this.isFree(home, back)) back = `${back}~`
    this.disk.set(id, { ...object, node: { ...object.node, parentId: home, name: back, key: keyOf(back) } })
  }

  /** An attribute is agreed where the server has what the disk shows. */
  #shows(id: NodeId, attributes: readonly ('placement' | 'content' | 'executable')[]): void {
    const object = this.#at(id)
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

  #at(id: NodeId): DiskObject {
    const object = this.disk.get(id)
    if (object === undefined) throw new Error(`${this.name} has no ${id}`)
    return object
  }

  #change(id: NodeId, change: Partial<Node>): void {
    const object = this.#at(id)
    this.disk.set(id, { fileId: object.fileId, node: { ...object.node, ...change } })
  }

  #object(node: Node): DiskObject {
    return { fileId: `${this.name}:${this.#fileIds++}` as FileId, node }
  }
}

function newNode(id: NodeId, parentId: NodeId, name: string, content: string | null): Node {
  return {
    id,
    parentId,
    name,
    key: keyOf(name),
    kind: content === null ? 'directory' : 'file',
    content: content as Digest | null,
    size: content?.length ?? 0,
    modifiedAt: 0,
    executable: false,
    conflictOf: null,
  }
}

function stampOf({ fileId, node }: DiskObject): Stamp {
  return { size: node.size, mtimeNs: node.content ?? '0', ctimeNs: '0', fileId }
}

function differs({ synced, local, remote }: ViewRow): boolean {
  if (synced === null || synced.presence !== 'present' || local === null || remote === null || remote.node === null)
    return true
  return (
    remote.sequence !== synced.sequence || !sameNode(local.node, synced.node) || !sameNode(remote.node, synced.node)
  )
}

function sameNode(a: Node, b: Node): boolean {
  return a.parentId === b.parentId && a.name === b.name && a.content === b.content && a.executable === b.executable
}

function touches({ synced, local, remote }: ViewRow, whole: ReadonlySet<NodeId>, places: ReadonlySet<string>): boolean {
  for (const node of [synced?.node, local?.node, remote?.node]) {
    if (node && (whole.has(node.parentId) || places.has(placeKey(node.parentId, node.key)))) return true
  }
  return false
}
