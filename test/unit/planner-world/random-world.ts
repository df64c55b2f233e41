/**
 * One seed of the property test: a random tree, two sides that change it, cells of the table among the changes, and a random
 * interleaving of the two devices with user edits and lost answers. Everything comes from the seed.
 */

import type { DiskTraits } from '../../../src/model/disk-traits.js'
import { type NodeId, ROOT_ID } from '../../../src/model/ids.js'
import { CELLS, type Cell, type Stage, play, setStage, titleOf } from './cells.js'
import type { ModelDevice } from './model-device.js'
import { PLAIN_DISK } from './model-disk.js'
import { World } from './world.js'

export interface Played {
  readonly world: World
  readonly cells: readonly string[]
  readonly nodes: number
  readonly depth: number
  /** Changes made on each side before the first sync. */
  readonly changes: readonly [number, number]
}

/** Mulberry32 (Tommy Ettinger, 2017): small, seedable, good enough to choose. */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const CELLS_PER_SEED = 2
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
/** On a disk that folds case and knows Windows' rules some of these are twins and some cannot be written. */
const TWIN_NAMES = ['a', 'A', 'b', 'B', 'c', 'C', 'con', 'd:d']
const FOLDING_DISK: DiskTraits = { ...PLAIN_DISK, case: 'preserving', windowsNames: true }

export class RandomWorld {
  readonly world: World
  readonly #random: () => number
  readonly #seed: number
  #contents = 0

  readonly #isFolding: boolean

  /** 'folding': device B stands on a disk that takes names for one entry, and cannot write some. */
  constructor(seed: number, disk: 'plain' | 'folding' = 'plain') {
    this.#seed = seed
    this.#isFolding = disk === 'folding'
    this.#random = chance(seed)
    const sight = (['whole', 'changed', 'part'] as const)[Math.floor(this.#random() * 3)] ?? 'whole'
    const diskOfB = this.#isFolding ? FOLDING_DISK : PLAIN_DISK
    this.world = new World({ sight, drawId: () => this.#drawId(), diskOfB })
  }

  play(): Played {
    const { a } = this.world
    const cells = Array.from({ length: CELLS_PER_SEED }, (_, at) => this.#cell(at))
    this.#grow(a, ROOT_ID, 1)
    // All parents first: a cell inside another would be erased with it.
    const parents = cells.map(() => this.#directory(a))
    const stages = cells.map((cell, at) =>
      setStage(a, cell.base, { parentId: parents[at] ?? ROOT_ID, name: `cell${at}`, mark: `${this.#seed}.${at}` }),
    )
    this.world.agree()
    const nodes = a.disk.size
    const depth = Math.max(...[...a.disk.keys()].map((id) => depthOf(a, id)))
    const changes = this.world.devices.map((device) => this.#perturb(device, cells, stages)) as [number, number]
    this.#live()
    this.world.settle(this.#random() < 0.5 ? this.world.devices : [...this.world.devices].reverse())
    return { world: this.world, cells: cells.map(titleOf), nodes, depth, changes }
  }

  /** Both devices at once: which takes the next step is chance; users go on working in between. */
  #live(): void {
    const [a, b] = this.world.devices
    const running: [ModelDevice, Generator<string>][] = [a, b].map((device) => [device, device.sync()])
    const isTroubled = this.#random() < 0.5
    if (isTroubled) for (const device of [a, b]) device.losesAnswer = () => this.#random() < 0.1
    if (isTroubled) for (const device of [a, b]) if (this.#random() < 0.3) this.#freeze(device)
    while (running.length > 0) {
      const at = this.#below(running.length)
      const [device, steps] = running[at] ?? [a, a.sync()]
      if (isTroubled && this.#random() < 0.05) this.#change(device)
      if (steps.next().done !== true) continue
      if (this.#random() < 0.5) running.splice(at, 1)
      else running[at] = [device, device.sync()]
    }
    for (const device of [a, b]) {
      device.losesAnswer = () => false
      device.frozen.clear()
    }
  }

  /** A directory stops answering for a while: nothing in it may be taken for deleted, and nothing is done to it. */
  #freeze(device: ModelDevice): void {
    const directory = this.#directory(device)
    for (const id of device.disk.keys()) if (device.isBelow(id, directory)) device.frozen.add(id)
  }

  /** Cells in turn, so that each is met equally often. */
  #cell(at: number): Cell {
    const cell = CELLS[(this.#seed * CELLS_PER_SEED + at) % CELLS.length]
    if (cell === undefined) throw new Error('no cells')
    return cell
  }

  #perturb(device: ModelDevice, cells: readonly Cell[], stages: readonly Stage[]): number {
    let changes = 0
    cells.forEach((cell, at) => {
      const stage = stages[at]
      const isA = device === this.world.a
      if (stage !== undefined) play(device, stage, isA ? cell.a : cell.b, isA ? cell.b : cell.a)
    })
    const wanted = 6 + this.#below(5)
    for (let attempt = 0; changes < wanted && attempt < 100; attempt++) if (this.#change(device)) changes++
    return changes
  }

  /** One change a user makes; false when it is not possible there. */
  #change(device: ModelDevice): boolean {
    const ids = [...device.disk.keys()]
    const id = ids[this.#below(ids.length)]
    const dice = this.#random()
    if (id === undefined || dice < 0.15) return this.#write(device)
    const object = device.disk.get(id)
    if (object === undefined) return false
    const isFile = object.node.kind === 'file'
    if (dice < 0.4) {
      if (isFile) device.edit(id, this.#content())
      return isFile
    }
    if (dice < 0.45) {
      if (isFile) device.toggle(id)
      return isFile
    }
    if (dice < 0.6) {
      device.erase(id)
      return true
    }
    if (dice < 0.7) return this.#swap(device, id, ids)
    const to = this.#random() < 0.3 ? object.node.parentId : this.#directory(device)
    const name = this.#random() < 0.5 ? object.node.name : this.#name()
    if (device.isBelow(to, id) || !device.isFree(to, name, id)) return false
    device.rename(id, to, name)
    return true
  }

  #write(device: ModelDevice): boolean {
    const parentId = this.#directory(device)
    const name = this.#name()
    if (!device.isFree(parentId, name)) return false
    const id = device.write(parentId, name, this.#random() < 0.7 ? this.#content() : null)
    if (device.disk.get(id)?.node.kind === 'directory' && this.#random() < 0.7)
      device.write(id, this.#name(), this.#content())
    return true
  }

  /** Two nodes change places: what no order of single renames can do. */
  #swap(device: ModelDevice, id: NodeId, ids: readonly NodeId[]): boolean {
    const other = ids[this.#below(ids.length)]
    if (other === undefined || device.isBelow(other, id) || device.isBelow(id, other)) return false
    const [one, two] = [device.disk.get(id)?.node, device.disk.get(other)?.node]
    if (one === undefined || two === undefined) return false
    device.rename(id, two.parentId, two.name)
    device.rename(other, one.parentId, one.name)
    return true
  }

  #grow(device: ModelDevice, parentId: NodeId, level: number): void {
    const count = level === 1 ? 4 : 1 + this.#below(3)
    for (let at = 0; at < count; at++) {
      const name = NAMES[at] ?? 'z'
      const isDirectory =
        level === 1 ? at < 3 : level < 3 ? at === 0 || this.#random() < 0.3 : level < 4 && this.#random() < 0.3
      const id = device.write(parentId, name, isDirectory ? null : this.#content())
      if (isDirectory) this.#grow(device, id, level + 1)
    }
  }

  #directory(device: ModelDevice): NodeId {
    const directories = [
      ROOT_ID,
      ...[...device.disk.values()].flatMap(({ node }) => (node.kind === 'directory' ? [node.id] : [])),
    ]
    return directories[this.#below(directories.length)] ?? ROOT_ID
  }

  #name(): string {
    const names = this.#isFolding ? TWIN_NAMES : NAMES
    return names[this.#below(names.length)] ?? 'a'
  }

  /** Mostly fresh; sometimes one of a few that both sides come upon. */
  #content(): string {
    return this.#random() < 0.15 ? `shared${this.#below(3)}` : `${this.#seed}-${++this.#contents}`
  }

  #drawId(): NodeId {
    let id = ''
    while (id.length < 32)
      id += Math.floor(this.#random() * 0x1_0000_0000)
        .toString(16)
        .padStart(8, '0')
    return id as NodeId
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count)
  }
}

function depthOf(device: ModelDevice, id: NodeId): number {
  let depth = 0
  for (let at = id; at !== ROOT_ID; depth++) at = device.disk.get(at)?.node.parentId ?? ROOT_ID
  return depth
}
