/**
 * Entries that become no node (SPEC 3, rule 0): ignored, links, special files, other file systems, nested roots,
 * names that are no text, entries that could not be looked at. Their names are occupied; nothing behind them is touched.
 */

import type { DirectoryEntry } from '../interfaces/local-store.js'
import { joinPath } from './observe-names.js'
import type { FoundDirectory, Scan } from './observe-scan.js'

/** True when the entry was dealt with here; false for a file or directory that needs a node. */
export function sightOther(scan: Scan, directory: FoundDirectory, entry: DirectoryEntry): boolean {
  const path = joinPath(directory.path, entry.name)
  if (!entry.validName) {
    // What is shown is a rendering only: it must not hide a neighbour that is really called so.
    scan.problem(path, 'invalid-name', 'The name is not valid text; rename it to have it synced.')
    return true
  }
  if (scan.ignores(path, entry.kind === 'directory' ? 'directory' : 'file')) {
    scan.occupy(directory.id, entry.name)
    noteIgnored(scan, path, entry)
    return true
  }
  if (entry.boundary !== null) {
    scan.block(directory.id, entry.name, 'other')
    if (entry.boundary === 'nested-root')
      scan.problem(path, 'nested-root', 'Another synced root lies here; it is left alone.')
    else scan.problem(path, 'other-file-system', 'Another file system is mounted here; it is not synced.')
    return true
  }
  switch (entry.kind) {
    case 'file':
    case 'directory':
      return false
    case 'symlink':
      scan.block(directory.id, entry.name, 'other')
      scan.problem(path, 'symlink', 'Symbolic links are not synced; put a file or directory in its place.')
      return true
    case 'special':
      scan.block(directory.id, entry.name, 'other')
      scan.problem(path, 'special-file', 'Sockets, pipes and devices are not synced.')
      return true
    case 'unreadable':
      scan.block(directory.id, entry.name, 'unknown')
      scan.problem(path, 'unreadable', 'It could not be looked at; give this user the right to read it.')
      return true
  }
}

/** A listing of an ignored directory, given by itself: what is in it tells of moves, and of nothing else. */
export function noteIgnoredListing(scan: Scan, path: string): void {
  const listing = scan.listing(path)
  if (listing?.state !== 'complete') return
  for (const { stamp } of listing.entries) if (stamp.fileId !== null) scan.ignoredIds.add(stamp.fileId)
}

/** What lies in ignored places: a node found there was not deleted, it was taken out of the sync. */
function noteIgnored(scan: Scan, path: string, entry: DirectoryEntry): void {
  if (entry.kind === 'directory') scan.outside.add(path)
  const waiting: { readonly path: string; readonly entry: DirectoryEntry }[] = [{ path, entry }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.entry.stamp.fileId !== null) scan.ignoredIds.add(next.entry.stamp.fileId)
    const listing = next.entry.kind === 'directory' ? scan.listing(next.path) : undefined
    if (listing?.state !== 'complete') continue
    for (const below of listing.entries) waiting.push({ path: joinPath(next.path, below.name), entry: below })
  }
}
