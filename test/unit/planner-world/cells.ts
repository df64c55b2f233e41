/**
 * The 144 cells of the planner table (A8): what stood before, and what each side makes of it. Each is played at a place of a
 * tree, so that the same cells serve the table and the property test.
 */

import { type NodeId } from '../../../src/model/ids.js'
import type { ModelDevice } from './model-device.js'

export const BASES = ['absent', 'file', 'directory'] as const
export type Base = (typeof BASES)[number]

export const SIDES = {
  absent: ['nothing', 'file X', 'file Y', 'directory'],
  file: ['unchanged', 'edit X', 'edit Y', 'move P', 'move Q', 'move P + edit X', 'deleted', 'now a directory'],
  directory: ['unchanged', 'child added', 'child edited', 'move P', 'move Q', 'cross', 'deleted', 'now a file'],
} as const satisfies Record<Base, readonly string[]>

export interface Cell {
  readonly base: Base
  readonly a: string
  readonly b: string
}

export const CELLS: readonly Cell[] = BASES.flatMap((base) =>
  SIDES[base].flatMap((a) => SIDES[base].map((b) => ({ base, a, b }))),
)

export function titleOf({ base, a, b }: Cell): string {
  return `${base}: ${a} | ${b}`
}

/** Where a cell is played. The names are free in the parent; `p` and `q` are directories for the base 'directory'. */
export interface Stage {
  readonly parentId: NodeId
  /** The node (file or directory) the cell is about; null for the base 'absent'. */
  readonly node: NodeId | null
  readonly child: NodeId | null
  readonly p: NodeId | null
  readonly q: NodeId | null
  readonly name: string
  /** Makes the contents of this cell its own. */
  readonly mark: string
}

/** The base of a cell, made on one device and synced before the sides part. */
export function setStage(device: ModelDevice, base: Base, at: { parentId: NodeId; name: string; mark: string }): Stage {
  const { parentId, name, mark } = at
  const none = { ...at, node: null, child: null, p: null, q: null }
  if (base === 'absent') return none
  if (base === 'file') return { ...none, node: device.write(parentId, name, `${mark}s`) }
  const node = device.write(parentId, name, null)
  const child = device.write(node, 'c', `${mark}s`)
  return {
    ...none,
    node,
    child,
    p: device.write(parentId, `${name}p`, null),
    q: device.write(parentId, `${name}q`, null),
  }
}

/** One side's change. `other` is what the other side does: 'cross' moves the other's target below the node. */
export function play(device: ModelDevice, stage: Stage, side: string, other: string): void {
  const { parentId, node, child, name, mark } = stage
  if (node === null) return playAbsent(device, stage, side)
  switch (side) {
    case 'unchanged':
      return
    case 'edit X':
      return device.edit(node, `${mark}x`)
    case 'edit Y':
      return device.edit(node, `${mark}y`)
    case 'move P':
      return device.rename(node, stage.p ?? parentId, stage.p === null ? `${name}p` : name)
    case 'move Q':
      return device.rename(node, stage.q ?? parentId, stage.q === null ? `${name}q` : name)
    case 'move P + edit X':
      device.edit(node, `${mark}x`)
      return device.rename(node, parentId, `${name}p`)
    case 'deleted':
      return device.erase(node)
    case 'now a directory':
      device.erase(node)
      device.write(device.write(parentId, name, null), device.name, `${mark}${device.name}`)
      return
    case 'now a file':
      device.erase(node)
      device.write(parentId, name, `${mark}${device.name}`)
      return
    case 'child added':
      device.write(node, device.name, `${mark}${device.name}`)
      return
    case 'child edited':
      return device.edit(child ?? node, `${mark}${device.name}`)
    case 'cross':
      return cross(device, stage, node, other)
    default:
      throw new Error(`no such side: ${side}`)
  }
}

/** Below the node goes what the other side moves the node into; when it moves it nowhere, A takes p and B takes q. */
function cross(device: ModelDevice, { p, q, name }: Stage, node: NodeId, other: string): void {
  const isP = other === 'move P' || (other !== 'move Q' && device.name === 'A')
  const target = isP ? p : q
  if (target !== null) device.rename(target, node, `${name}${isP ? 'p' : 'q'}`)
}

function playAbsent(device: ModelDevice, { parentId, name, mark }: Stage, side: string): void {
  if (side === 'file X') device.write(parentId, name, `${mark}x`)
  if (side === 'file Y') device.write(parentId, name, `${mark}y`)
  if (side === 'directory') device.write(device.write(parentId, name, null), device.name, `${mark}${device.name}`)
}
