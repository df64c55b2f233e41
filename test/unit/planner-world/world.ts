/** Two devices and a server, synced until nothing is left to do, and the questions a test asks about the end. */

import type { DiskTraits } from '../../../src/model/disk-traits.js'
import { type NodeId, ROOT_ID } from '../../../src/model/ids.js'
import type { Node } from '../../../src/model/node.js'
import { type DeviceOptions, ModelDevice } from './model-device.js'
import { PLAIN_DISK } from './model-disk.js'
import { ModelServer } from './model-server.js'

/** Rounds in which everything must have come to rest (INV-01). */
export const MOST_ROUNDS = 10
/** A part takes on one node at least, and a world has some dozens of them. */
const MOST_PARTS = 200

export class World {
  readonly server = new ModelServer()
  readonly a: ModelDevice
  readonly b: ModelDevice
  #ids = 0

  constructor(options: Partial<Pick<DeviceOptions, 'sight' | 'drawId'>> & { readonly diskOfB?: DiskTraits } = {}) {
    const { sight = 'whole', diskOfB = PLAIN_DISK } = options
    const drawId = options.drawId ?? ((): NodeId => (++this.#ids).toString(16).padStart(32, '0') as NodeId)
    const shared = { sight, server: this.server, drawId } as const
    this.a = new ModelDevice({ ...shared, name: 'A' })
    this.b = new ModelDevice({ ...shared, name: 'B', disk: diskOfB })
  }

  get devices(): readonly [ModelDevice, ModelDevice] {
    return [this.a, this.b]
  }

  /** Makes what stands on A the agreed state of all, without a plan: where a test begins. */
  agree(): void {
    const waiting = [...this.a.disk.values()].map(({ node }) => node)
    for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
      const [result] = this.server.commit([{ ...node, type: 'create' }])
      if (result?.verdict === 'refused') waiting.push(node)
    }
    for (const device of this.devices) device.takeAgreed()
  }

  /** Syncs in turns, `order` first to last; returns the rounds it took. Throws when it does not come to rest. */
  settle(order: readonly ModelDevice[] = this.devices): number {
    for (let round = 0, parts = 0; round <= MOST_ROUNDS && parts <= MOST_PARTS; ) {
      if (this.isQuiet()) return round
      let isPart = false
      for (const device of order) {
        for (const _ of device.sync()) continue
        isPart ||= device.tookPart
      }
      if (isPart) parts += 1
      else round += 1
    }
    throw new Error(`not at rest after ${MOST_ROUNDS} rounds`)
  }

  isQuiet(): boolean {
    return this.devices.every((device) => {
      if (device.lost.length > 0 || device.cursor !== this.server.head) return false
      const { operations, need } = device.plan()
      return operations.length === 0 && need.nodes.length === 0
    })
  }

  /** What is wrong with the end: both devices must show what the server has. */
  differences(): string[] {
    const server = treeOf(this.server.live())
    const found: string[] = []
    for (const device of this.devices) {
      const tree = treeOf([...device.disk.values()].map(({ node }) => node))
      if (tree !== server) found.push(`${device.name}: ${tree}\nserver: ${server}`)
      if (device.moving.size > 0) found.push(`${device.name} left something in moving`)
    }
    return found
  }
}

/**
 * For a device whose disk cannot hold every name: what is on it is on the server with the same content and bit, and what is not on it
 * is held back. Places may differ where the disk cannot follow.
 */
export function gapsOf(device: ModelDevice, server: ModelServer): string[] {
  const found: string[] = []
  const live = new Map(server.live().map((node) => [node.id, node]))
  for (const node of live.values()) {
    const shown = device.disk.get(node.id)?.node
    const presence = device.synced.get(node.id)?.presence
    if (shown === undefined && presence !== 'held')
      found.push(`${device.name} lacks ${node.name} (${presence ?? 'unknown'})`)
    if (shown !== undefined && presence === 'held') found.push(`${device.name} shows ${node.name}, which it holds back`)
    if (shown !== undefined && shown.content !== node.content)
      found.push(`${device.name} has another content of ${node.name}`)
  }
  for (const { node } of device.disk.values()) {
    // A directory that was deleted stays while something in it cannot leave.
    const keeps = (id: NodeId): boolean => live.has(id) || device.children(id).some((child) => keeps(child.id))
    if (!keeps(node.id)) found.push(`${device.name} has ${node.name}, the server has not`)
  }
  return found
}

/** The tree in one line: `d/{f=x g=y} e/`, names sorted, directories with a slash. */
export function treeOf(nodes: readonly Node[]): string {
  const byParent = new Map<NodeId, Node[]>()
  for (const node of nodes) byParent.set(node.parentId, [...(byParent.get(node.parentId) ?? []), node])
  let shown = 0
  const show = (id: NodeId): string => {
    const children = [...(byParent.get(id) ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1))
    shown += children.length
    return children
      .map((node) => {
        if (node.kind !== 'directory') return `${node.name}=${node.content ?? ''}${node.executable ? '*' : ''}`
        const below = show(node.id)
        return below === '' ? `${node.name}/` : `${node.name}/{${below}}`
      })
      .join(' ')
  }
  const tree = show(ROOT_ID)
  return shown === nodes.length ? tree : `${tree} and ${nodes.length - shown} unreachable`
}
