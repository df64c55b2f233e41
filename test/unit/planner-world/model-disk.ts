/**
 * The disk of a device on maps: what stands on it and what is out of the tree for a moment, what its user does, and whether a
 * node still stands as a plan expected. It knows nothing of rows, servers or plans.
 */

import type { DiskTraits } from '../../../src/model/disk-traits.js'
import { type Digest, type FileId, type NodeId, ROOT_ID } from '../../../src/model/ids.js'
import { type Node, keyOf } from '../../../src/model/node.js'
import type { Expected, ExpectedParent } from '../../../src/model/plan.js'
import type { Stamp } from '../../../src/model/stamp.js'
import { diskNameTrouble, foldName } from '../../../src/reconcile/names.js'

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

export class ModelDisk {
  readonly name: string
  readonly disk = new Map<NodeId, DiskObject>()
  readonly moving = new Map<NodeId, DiskObject>()
  /** Contents a user of this device wrote, and those a user overwrote or deleted while they stood on its disk. */
  readonly written = new Set<Digest>()
  readonly taken = new Set<Digest>()
  protected readonly traits: DiskTraits
  readonly #drawId: () => NodeId
  #fileIds = 0

  constructor(name: string, traits: DiskTraits, drawId: () => NodeId) {
    this.name = name
    this.traits = traits
    this.#drawId = drawId
  }

  // What a user does.

  write(parentId: NodeId, name: string, content: string | null): NodeId {
    const id = this.#drawId()
    if (content !== null) this.written.add(content as Digest)
    this.disk.set(id, this.object(newNode(id, parentId, name, content)))
    return id
  }

  edit(id: NodeId, content: string): void {
    this.#take(id)
    this.written.add(content as Digest)
    this.change(id, { content: content as Digest, size: content.length })
  }

  rename(id: NodeId, parentId: NodeId, name: string): void {
    this.change(id, { parentId, name, key: keyOf(name) })
  }

  toggle(id: NodeId): void {
    this.change(id, { executable: !this.at(id).node.executable })
  }

  /** With everything below it. */
  erase(id: NodeId): void {
    for (const child of this.children(id)) this.erase(child.id)
    this.#take(id)
    this.disk.delete(id)
  }

  #take(id: NodeId): void {
    const { content } = this.at(id).node
    if (content !== null) this.taken.add(content)
  }

  children(id: NodeId): Node[] {
    return [...this.disk.values()].map(({ node }) => node).filter(({ parentId }) => parentId === id)
  }

  /** Whether the disk could hold another entry of this name. */
  isFree(parentId: NodeId, name: string, self?: NodeId): boolean {
    if (diskNameTrouble(name, this.traits) !== null) return false
    const fold = foldName(name, this.traits)
    for (const { node } of this.disk.values()) {
      if (node.id !== self && node.parentId === parentId && foldName(node.name, this.traits) === fold) return false
    }
    return true
  }

  isBelow(id: NodeId, above: NodeId): boolean {
    for (let at: NodeId | undefined = id; at !== undefined && at !== ROOT_ID; at = this.disk.get(at)?.node.parentId)
      if (at === above) return true
    return false
  }

  // What a plan builds on.

  protected stands(id: NodeId, expected: Expected, parent: ExpectedParent): boolean {
    const object = this.disk.get(id)
    if (object === undefined || object.fileId !== expected.stamp.fileId || object.node.content !== expected.content)
      return false
    return object.node.parentId === parent.id && this.isInTree(parent)
  }

  protected isInTree({ id, fileId }: ExpectedParent): boolean {
    if (id !== ROOT_ID && fileId !== null && this.disk.get(id)?.fileId !== fileId) return false
    for (let at = id; at !== ROOT_ID; ) {
      const above = this.disk.get(at)
      if (above === undefined) return false
      at = above.node.parentId
    }
    return true
  }

  protected at(id: NodeId): DiskObject {
    const object = this.disk.get(id)
    if (object === undefined) throw new Error(`${this.name} has no ${id}`)
    return object
  }

  protected change(id: NodeId, change: Partial<Node>): void {
    const object = this.at(id)
    this.disk.set(id, { fileId: object.fileId, node: { ...object.node, ...change } })
  }

  protected object(node: Node): DiskObject {
    return { fileId: `${this.name}:${this.#fileIds++}` as FileId, node }
  }
}

export function stampOf({ fileId, node }: DiskObject): Stamp {
  return { size: node.size, mtimeNs: node.content ?? '0', ctimeNs: '0', fileId }
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
