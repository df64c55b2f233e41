/**
 * One node as the planner sees it: what was synced, what each side has, what the disk holds, and the target.
 * Built from a view row by the merge table of SPEC 2; it never looks at another node.
 */

import type { NodeId, Sequence } from '../model/ids.js'
import type { Node } from '../model/node.js'
import type { Stamp } from '../model/stamp.js'
import type { Presence } from '../model/tree.js'
import type { ViewRow } from '../model/view.js'

export interface Entry {
  readonly id: NodeId
  readonly row: ViewRow
  /** S, L and R of SPEC 2: L is S where the disk does not speak for the node. */
  readonly synced: Node | null
  readonly local: Node | null
  readonly remote: Node | null
  /** What stands on the disk under this id; null also for what is on it but not ours to touch (excluded). */
  disk: Node | null
  readonly stamp: Stamp | null
  /** Nothing is planned for it, nor for what depends on it. */
  stuck: boolean
  /** No directory it could stand in is known: it is left out, and so is what would stand in it. */
  orphan: boolean
  /** T: the node as it shall be on both sides; null: on neither. */
  target: Node | null
  /** The content on the disk loses against the server's and must survive as a copy. */
  losesContent: boolean
  /** Something that stood at its place on this disk is given up for it: it comes, though it is on demand. */
  wanted: boolean
  /** The local node turned out to be this node of the server. */
  rekeyTo: NodeId | null
}

export function presenceOf(entry: Entry): Presence {
  return entry.row.synced?.presence ?? 'present'
}

/** Nothing but its absence keeps the node from this disk: where another stands at its very place, nothing holds it. */
export function isReachable(entry: Entry): boolean {
  return ['present', 'pending', 'held', 'placeholder'].includes(presenceOf(entry))
}

/** Sequence of the remote row that the plan saw, tombstones too; null when the server never told of the node. */
export function remoteSequence(entry: Entry): Sequence | null {
  return entry.row.remote?.sequence ?? null
}

export function samePlace(a: Node | null, b: Node | null): boolean {
  return a !== null && b !== null && a.parentId === b.parentId && a.key === b.key && a.name === b.name
}

/** The attributes that decide. A touch, or another time of equal content, is no change. */
export function sameNode(a: Node, b: Node): boolean {
  return samePlace(a, b) && a.content === b.content && a.executable === b.executable
}

export function entryOf(row: ViewRow, options: { readonly frozen: boolean; readonly executableBit: boolean }): Entry {
  const synced = row.synced?.node ?? null
  const remote = row.remote?.node ?? null
  const presence = row.synced?.presence ?? 'present'
  const speaks = presence === 'present' || (presence === 'pending' && row.local !== null)
  const shown = row.local === null ? null : shownNode(row.local.node, synced ?? remote, options.executableBit)
  const local = options.frozen || !speaks ? (synced ?? shown) : shown
  const kept = presence === 'remnant' || (options.frozen && presence === 'present')
  const disk = kept ? (shown ?? synced) : speaks ? shown : null
  const entry: Entry = {
    id: row.id,
    row,
    synced,
    local,
    remote,
    disk,
    stamp: row.local?.stamp ?? null,
    stuck: options.frozen || row.withheld === true,
    orphan: false,
    target: null,
    losesContent: false,
    wanted: false,
    rekeyTo: null,
  }
  mergeInto(entry)
  // And counts as showing whatever both sides agree on: there is no step that could bring it there.
  entry.disk &&= shownNode(entry.disk, entry.target, options.executableBit)
  return entry
}

/** A disk without an executable bit says nothing about it. */
function shownNode(node: Node, known: Node | null, executableBit: boolean): Node {
  const executable = executableBit ? node.executable : (known?.executable ?? node.executable)
  return executable === node.executable ? node : { ...node, executable }
}

/** The first table of SPEC 2. A directory that one side deleted lives only if something in T lives in it: see the fixpoint. */
function mergeInto(entry: Entry): void {
  const { synced, local, remote } = entry
  if (local !== null && remote !== null) return mergeBoth(entry, local, remote)
  const only = local ?? remote
  if (only === null) return
  if (synced === null) entry.target = only
  else if (only.kind !== 'directory' && !sameNode(only, synced)) entry.target = only
}

/** The second table: each attribute by itself. */
function mergeBoth(entry: Entry, local: Node, remote: Node): void {
  const { synced } = entry
  const placed = mergedPlacement(entry) ?? remote
  const edited = synced === null ? local.content !== remote.content : local.content !== synced.content
  const lost = edited && local.content !== remote.content && (synced === null || remote.content !== synced.content)
  const content = edited && !lost && local.content !== remote.content ? local : remote
  const executable = synced !== null && local.executable !== synced.executable ? local.executable : remote.executable
  entry.losesContent = lost
  entry.target = {
    ...remote,
    parentId: placed.parentId,
    name: placed.name,
    key: placed.key,
    content: content.content,
    size: content.size,
    modifiedAt: content.modifiedAt,
    executable,
  }
}

/** Where the merge puts the node, whether or not it lives: the node whose place it takes. */
export function mergedPlacement({ synced, local, remote }: Entry): Node | null {
  if (local === null || remote === null) return local ?? remote ?? synced
  return synced !== null && samePlace(remote, synced) ? local : remote
}
