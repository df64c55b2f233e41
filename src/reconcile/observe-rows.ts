/**
 * The outcome of an observation as rows: only those that change. Ids are drawn here, and nowhere before, so that a
 * call that has to be repeated draws none.
 */

import { type NodeId, ROOT_ID } from '../model/ids.js'
import { keyOf, type Node, samePlacement } from '../model/node.js'
import type { Stamp } from '../model/stamp.js'
import { type LocalNode, type Presence, placeKey } from '../model/tree.js'
import type { Absent } from './observe-absent.js'
import { type Content, milliseconds } from './observe-content.js'
import { isStandIn, standIn } from './observe-known.js'
import { nameOnDisk } from './observe-names.js'
import type { FoundDirectory, Scan, Sighting } from './observe-scan.js'
import type { Observation } from './observation.js'

interface Rows {
  readonly scan: Scan
  readonly drawn: Map<NodeId, NodeId>
  readonly local: Map<NodeId, LocalNode | 'deleted' | 'synced'>
  readonly stamps: Map<NodeId, Stamp>
  readonly presence: Map<NodeId, Presence>
  readonly forget: Set<NodeId>
}

export function rowsOf(
  scan: Scan,
  contents: ReadonlyMap<Sighting, Content>,
  strangers: readonly Sighting[],
  absent: Absent,
): Observation {
  const rows: Rows = {
    scan,
    drawn: new Map(),
    local: new Map(),
    stamps: new Map(),
    presence: new Map(),
    forget: new Set(absent.forget),
  }
  const paths = new Map<NodeId, string>()
  for (const directory of scan.directories.values()) {
    paths.set(directoryRow(rows, directory), directory.path)
    if (isEmptyRemnant(scan, directory)) rows.presence.set(directory.id, 'present')
  }
  for (const [id, sighting] of scan.files) {
    const content = contents.get(sighting)
    if (content === undefined) doubt(scan, id, sighting)
    else fileRow(rows, id, sighting, content)
    paths.set(id, sighting.path)
  }
  for (const sighting of strangers) {
    const content = contents.get(sighting)
    if (content === undefined) scan.occupy(sighting.parentId, sighting.entry.name)
    else paths.set(fileRow(rows, standIn(sighting.path), sighting, content), sighting.path)
  }
  absentRows(rows, absent)
  return {
    local: rows.local,
    stamps: rows.stamps,
    presence: rows.presence,
    forget: [...rows.forget],
    ruled: absent.ruled,
    outside: scan.outside,
    read: [],
    widen: [],
    frozen: scan.frozen,
    occupied: occupiedPlaces(rows),
    problems: scan.problems,
    paths,
  }
}

function realId(rows: Rows, id: NodeId): NodeId {
  if (!isStandIn(id)) return id
  const known = rows.drawn.get(id)
  if (known !== undefined) return known
  const drawn = rows.scan.context.drawId()
  rows.drawn.set(id, drawn)
  return drawn
}

/** Found, but not to be read now: it keeps what was known, and the place it was found at is not free. */
function doubt(scan: Scan, id: NodeId, { parentId, entry }: Sighting): void {
  scan.frozen.add(id)
  if (!scan.known.wasAt(id, parentId, entry.name)) scan.occupy(parentId, entry.name)
}

function directoryRow(rows: Rows, { id, parentId, entry }: FoundDirectory): NodeId {
  if (id === ROOT_ID || entry === null) return id
  const real = realId(rows, id)
  const known = knownNode(rows.scan, id)
  const node: Node = {
    id: real,
    ...placement(rows, parentId, entry.name, known),
    kind: 'directory',
    content: null,
    size: 0,
    modifiedAt: known?.modifiedAt ?? milliseconds(entry.stamp.mtimeNs),
    executable: known?.executable ?? false,
    conflictOf: known?.conflictOf ?? null,
    ...attributesOf(known),
  }
  settle(rows, node, entry.stamp)
  return real
}

/** Gone on the server, and nothing of what kept it here is left: it can be removed like any other. */
function isEmptyRemnant(scan: Scan, { id, path }: FoundDirectory): boolean {
  if (scan.known.synced(id)?.presence !== 'remnant' || !scan.listed.has(id)) return false
  const listing = scan.listing(path)
  return listing?.state === 'complete' && listing.entries.length === 0
}

/** Field by field, as `Content`. */
function fileRow(rows: Rows, id: NodeId, { parentId, entry }: Sighting, found: Content): NodeId {
  const real = realId(rows, id)
  const known = knownNode(rows.scan, id)
  const { content, size, modifiedAt, executable, stamp } = found
  const node: Node = {
    id: real,
    ...placement(rows, parentId, entry.name, known),
    kind: 'file',
    content,
    size,
    modifiedAt,
    executable,
    conflictOf: known?.conflictOf ?? null,
    ...attributesOf(known),
  }
  settle(rows, node, stamp)
  return real
}

function knownNode(scan: Scan, id: NodeId): Node | undefined {
  return scan.known.seen(id)?.node ?? scan.known.onDisk(id)?.node
}

function attributesOf(known: Node | undefined): Pick<Node, 'attributes'> {
  return known?.attributes === undefined ? {} : { attributes: known.attributes }
}

function placement(
  rows: Rows,
  parentId: NodeId,
  spelled: string,
  known: Node | undefined,
): Pick<Node, 'parentId' | 'name' | 'key'> {
  const agreed = known === undefined ? undefined : rows.scan.known.onDisk(known.id)?.node.name
  const name = nameOnDisk(nameOnDisk(spelled, known?.name, rows.scan.context.traits), agreed, rows.scan.context.traits)
  return { parentId: realId(rows, parentId), name, key: keyOf(name) }
}

/** Compares what was found with what is stored, and writes down the difference. */
function settle(rows: Rows, node: Node, stamp: Stamp): void {
  const { known } = rows.scan
  const { id } = node
  const row = known.onDisk(id)
  const last = known.local(id)
  if (row !== null && equalNodes(row.node, node)) {
    if (last !== undefined) rows.local.set(id, 'synced')
    if (row.stamp === null || !equalStamps(row.stamp, stamp, node)) rows.stamps.set(id, stamp)
    return
  }
  if (row?.presence === 'remnant') rows.presence.set(id, 'present')
  if (last !== undefined && last !== 'deleted' && last.provisional === (row === null)) {
    if (equalNodes(last.node, node) && equalStamps(last.stamp, stamp, node)) return
  }
  rows.local.set(id, { node, stamp, provisional: row === null })
}

function equalNodes(a: Node, b: Node): boolean {
  return (
    samePlacement(a, b) && a.content === b.content && a.executable === b.executable && a.conflictOf === b.conflictOf
  )
}

/** The times of a directory move with each of its entries and say nothing. */
function equalStamps(a: Stamp, b: Stamp, { kind }: Node): boolean {
  if (a.fileId !== b.fileId) return false
  if (kind === 'directory') return true
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.racy === b.racy
}

function absentRows(rows: Rows, { deleted, excluded, forget }: Absent): void {
  const { known } = rows.scan
  // Moved to where nobody looks: it stands at its old place no more.
  for (const id of forget) if (known.seen(id) !== null) rows.local.set(id, 'deleted')
  for (const id of deleted) {
    // Gone on the server before, and now here too: nothing is left to agree on.
    if (known.synced(id)?.presence === 'remnant') rows.forget.add(id)
    rows.local.set(id, 'deleted')
  }
  for (const id of excluded) {
    if (known.synced(id)?.presence !== 'excluded') rows.presence.set(id, 'excluded')
    if (known.local(id) !== undefined) rows.local.set(id, 'synced')
  }
}

function occupiedPlaces(rows: Rows): ReadonlySet<string> {
  const places = new Set<string>()
  for (const [parentId, names] of rows.scan.occupied) {
    const id = realId(rows, parentId)
    for (const name of names) places.add(placeKey(id, name))
  }
  return places
}
