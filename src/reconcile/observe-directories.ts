/**
 * First half of an observation (SPEC 3, rule 1): top-down, each directory entry gets its node under its parent's node.
 * Files are only collected. A directory stands at one place only, so a file id seen elsewhere proves a move.
 */

import type { DirectoryEntry, Listing } from '../interfaces/local-store.js'
import { type FileId, type NodeId, ROOT_ID } from '../model/ids.js'
import { standIn } from './observe-known.js'
import { foldsNames, joinPath } from './observe-names.js'
import { noteIgnoredListing, sightOther } from './observe-other.js'
import type { FoundDirectory, Scan } from './observe-scan.js'

export function findDirectories(scan: Scan): void {
  const search: Search = { scan, seen: directoryIds(scan), claimed: new Set() }
  if (scan.snapshot.full) {
    enter(search, rootOf(scan))
    return
  }
  const paths = [...scan.snapshot.listings.keys()].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))
  for (const path of paths) {
    if (scan.directoryAt.has(path)) continue
    const start = resolve(scan, path)
    if (start !== null) enter(search, start)
  }
}

const NO_NAMES: ReadonlySet<string> = new Set()

interface Search {
  readonly scan: Scan
  /** File ids of all listed directory entries. */
  readonly seen: ReadonlySet<FileId>
  readonly claimed: Set<FileId>
}

function directoryIds(scan: Scan): Set<FileId> {
  const ids = new Set<FileId>()
  for (const listing of scan.snapshot.listings.values()) {
    if (listing.state !== 'complete') continue
    for (const { kind, stamp } of listing.entries)
      if (kind === 'directory' && stamp.fileId !== null) ids.add(stamp.fileId)
  }
  return ids
}

function depth(path: string): number {
  return path === '' ? 0 : path.split('/').length
}

function rootOf(scan: Scan): FoundDirectory {
  const root: FoundDirectory = { id: ROOT_ID, path: '', parentId: ROOT_ID, entry: null, fresh: false }
  record(scan, root)
  return root
}

function record(scan: Scan, directory: FoundDirectory): void {
  scan.directories.set(directory.id, directory)
  scan.directoryAt.set(directory.path, directory)
}

/** The node of a listed directory whose parent is not listed: by the names last seen on the way; in doubt, wider. */
function resolve(scan: Scan, path: string): FoundDirectory | null {
  if (path === '') return rootOf(scan)
  let id = ROOT_ID
  let above = ''
  let parentId = ROOT_ID
  for (const name of path.split('/')) {
    const here = joinPath(above, name)
    if (scan.ignores(here, 'directory')) {
      noteIgnoredListing(scan, path)
      return null
    }
    const found = scan.directoryAt.get(here)
    // A listed parent that does not know this directory: the listing is of something that is gone.
    if (found === undefined && scan.listing(above) !== undefined) return null
    const next = found?.id ?? scan.known.at('local', id, name, 'directory')
    if (next === null || (found === undefined && scan.directories.has(next))) return wider(scan, above)
    parentId = id
    id = next
    above = here
  }
  const listing = scan.listing(path)
  const expected = scan.known.seenFileId(id)
  if (listing?.state === 'absent' || (listing?.state === 'complete' && differ(listing.directory, expected))) {
    return wider(scan, path.slice(0, Math.max(0, path.lastIndexOf('/'))))
  }
  const start: FoundDirectory = { id, path, parentId, entry: null, fresh: false }
  record(scan, start)
  return start
}

function wider(scan: Scan, path: string): null {
  scan.widen.add(path)
  return null
}

function differ(a: FileId | null, b: FileId | null): boolean {
  return a !== null && b !== null && a !== b
}

function enter(search: Search, start: FoundDirectory): void {
  const waiting = [start]
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    waiting.push(...visit(search, directory))
  }
}

function visit({ scan, ...search }: Search, directory: FoundDirectory): FoundDirectory[] {
  const listing = answerOf(scan, directory)
  if (listing === null) return []
  scan.listed.set(directory.id, directory)
  const folds = foldsNames(scan.context.traits)
  const names = folds ? new Set(listing.entries.map((entry) => entry.name)) : NO_NAMES
  const below: FoundDirectory[] = []
  for (const entry of listing.entries) {
    if (sightOther(scan, directory, entry)) continue
    const path = joinPath(directory.path, entry.name)
    if (entry.kind === 'file') {
      const holder = scan.known.at('synced', directory.id, entry.name, 'file', names, entry.stamp.fileId)
      if (holder !== null) scan.held.add(holder)
      scan.sightings.push({ parentId: directory.id, path, entry, holder })
      continue
    }
    const found = claim({ scan, ...search }, directory, entry, names)
    if (found !== null) below.push(found)
  }
  return below.reverse()
}

type Complete = Extract<Listing, { readonly state: 'complete' }>

/** The listing, if there is one to go through. One that is missing or in doubt freezes what is below. */
function answerOf(scan: Scan, directory: FoundDirectory): Complete | null {
  const listing = scan.listing(directory.path)
  if (listing === undefined) {
    if (!scan.snapshot.full && !directory.fresh) return null
    if (!scan.snapshot.full) {
      scan.widen.add(directory.path)
      return null
    }
    scan.problem(directory.path, 'unlisted', 'This directory was not listed; nothing in it is synced until it is.')
  } else if (listing.state === 'unknown') {
    scan.problems.push(listing.problem)
  } else if (listing.state === 'absent' || differ(listing.directory, directory.entry?.stamp.fileId ?? null)) {
    scan.busy(directory.path)
  } else {
    return listing
  }
  scan.unanswered.push(directory)
  return null
}

function claim(
  search: Search,
  parent: FoundDirectory,
  entry: DirectoryEntry,
  names: ReadonlySet<string>,
): FoundDirectory | null {
  const { scan, claimed } = search
  const path = joinPath(parent.path, entry.name)
  const fileId = entry.stamp.fileId
  if (fileId !== null && claimed.has(fileId)) {
    // Renamed while the scan ran, and so seen twice: one place is out of date, nobody knows which.
    scan.block(parent.id, entry.name, 'unknown')
    scan.busy(path)
    return null
  }
  const same = sameObject(search, parent, entry)
  if (same !== null && isAbove(scan, same, parent.id)) {
    const holds = scan.known.seen(same)
    if (holds === null || !scan.widenTo(holds.node.parentId)) {
      scan.block(parent.id, entry.name, 'unknown')
      scan.busy(path)
    }
    return null
  }
  if (fileId !== null) claimed.add(fileId)
  const id = same ?? replaced(search, parent, entry, names) ?? standIn(path)
  const fresh = parent.fresh || same === null || !scan.known.wasAt(id, parent.id, entry.name)
  const found: FoundDirectory = { id, path, parentId: parent.id, entry, fresh }
  record(scan, found)
  return found
}

/** The node of this very directory, moved or in place. */
function sameObject({ scan }: Search, parent: FoundDirectory, entry: DirectoryEntry): NodeId | null {
  const { known } = scan
  const candidates = known.byFileId(entry.stamp.fileId, 'directory').filter((id) => !scan.directories.has(id))
  const provisional = candidates.find((id) => known.isProvisional(id))
  if (provisional !== undefined) return provisional
  for (const id of candidates) {
    if (scan.context.traits.fileIds === 'strong') return id
    // In place, an inode used again and a directory that was replaced come to the same: it keeps the node.
    if (known.wasAt(id, parent.id, entry.name)) return id
    if (sharesChildren(scan, id, joinPath(parent.path, entry.name))) return id
  }
  // On its way from one place to the other when an earlier scan looked.
  return known.goneByFileId(entry.stamp.fileId, 'directory').find((id) => !scan.directories.has(id)) ?? null
}

/** Whether a directory with a re-used inode would be mistaken: it must share a child with what was known, or both be empty. */
function sharesChildren(scan: Scan, id: NodeId, path: string): boolean {
  const listing = scan.listing(path)
  if (listing === undefined && !scan.snapshot.full) scan.widen.add(path)
  if (listing === undefined || listing.state !== 'complete') return false
  const children = scan.known.children('local', id)
  if (children.length === 0) return listing.entries.length === 0
  const names = new Set<string>()
  const fileIds = new Set<FileId>()
  for (const child of children) {
    const seen = scan.known.seen(child)
    if (seen === null) continue
    names.add(scan.known.fold(seen.node.name))
    if (seen.stamp !== null && seen.stamp.fileId !== null) fileIds.add(seen.stamp.fileId)
  }
  return listing.entries.some(
    ({ name, stamp }) => names.has(scan.known.fold(name)) || (stamp.fileId !== null && fileIds.has(stamp.fileId)),
  )
}

/** The node whose place this is, when its own directory is nowhere to be seen: removed and made anew. */
function replaced(
  { scan, seen }: Search,
  parent: FoundDirectory,
  entry: DirectoryEntry,
  names: ReadonlySet<string>,
): NodeId | null {
  for (const tree of ['synced', 'local'] as const) {
    const id = scan.known.at(tree, parent.id, entry.name, 'directory', names)
    if (id === null || scan.directories.has(id)) continue
    const last = scan.known.seen(id)
    // It moved away before, perhaps to where this partial scan does not look.
    if (!scan.snapshot.full && last !== null && !scan.known.wasAt(id, parent.id, entry.name)) continue
    const fileId = last?.stamp?.fileId ?? scan.known.synced(id)?.stamp?.fileId ?? null
    if (fileId === null || !seen.has(fileId)) return id
  }
  return null
}

/** Whether `id` is, as far as is known, `below` itself or a directory above it. */
function isAbove(scan: Scan, id: NodeId, below: NodeId): boolean {
  const passed = new Set<NodeId>()
  for (let at = below; at !== ROOT_ID; ) {
    if (at === id || passed.has(at)) return true
    passed.add(at)
    const parentId = scan.directories.get(at)?.parentId ?? scan.known.seen(at)?.node.parentId
    if (parentId === undefined) return false
    at = parentId
  }
  return false
}
