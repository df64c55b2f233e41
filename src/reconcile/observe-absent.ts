/**
 * What was not found (SPEC 3, rule 3). Only the absence from a complete listing of its own, found, directory is a
 * delete; frozen, blocked and ignored places prove nothing, and rows that are not `present` are never deleted here.
 */

import type { NodeId } from '../model/ids.js'
import { joinPath } from './observe-names.js'
import type { FoundDirectory, Scan } from './observe-scan.js'

export interface Absent {
  /** Gone from the disk: deleted, or for a provisional node never to be heard of again. */
  readonly deleted: Set<NodeId>
  readonly excluded: Set<NodeId>
  readonly forget: Set<NodeId>
  /** Whatever a rule is the reason for. */
  readonly ruled: Set<NodeId>
}

export function findAbsent(scan: Scan): Absent {
  const absent: Absent = { deleted: new Set(), excluded: new Set(), forget: new Set(), ruled: new Set() }
  for (const directory of scan.listed.values()) {
    unite(scan, directory, absent)
    for (const child of scan.known.children('local', directory.id)) judge(scan, child, directory.path, absent)
  }
  // A child that was in doubt when its directory was seen to be gone: no listing of that will come any more.
  for (const id of scan.known.gone()) {
    const path = scan.known.syncedPath(id)
    if (path === null || scan.isFound(id)) continue
    for (const child of scan.known.children('local', id)) judge(scan, child, path, absent)
  }
  // Out of a directory that was removed, and then gone from where it was put: only a look at everything proves that.
  if (scan.snapshot.full) for (const id of scan.known.adrift()) judge(scan, id, '', absent)
  return absent
}

interface Missing {
  readonly id: NodeId
  readonly path: string
}

function judge(scan: Scan, first: NodeId, parentPath: string, absent: Absent): void {
  const waiting: Missing[] = []
  const push = (id: NodeId, above: string): void => {
    const seen = scan.known.seen(id)
    if (seen !== null && !scan.isFound(id) && !scan.frozen.has(id))
      waiting.push({ id, path: joinPath(above, seen.node.name) })
  }
  push(first, parentPath)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { id, path } = next
    const seen = scan.known.seen(id)
    if (seen === null) continue
    const { kind, parentId, name } = seen.node
    const fileId = seen.stamp?.fileId ?? null
    if (scan.blockAt(parentId, name) !== undefined) scan.freeze(id)
    else if (scan.ignores(path, kind === 'directory' ? 'directory' : 'file')) takeOut(scan, id, absent, 'excluded')
    else if (fileId !== null && scan.ignoredIds.has(fileId)) takeOut(scan, id, absent, 'forget')
    else {
      absent.deleted.add(id)
      for (const child of scan.known.children('local', id)) push(child, path)
    }
  }
}

/** A node and what is below it leaves the sync on this device: nothing of it is deleted anywhere. */
function takeOut(scan: Scan, first: NodeId, absent: Absent, how: 'excluded' | 'forget'): void {
  const waiting = [first]
  const done = new Set<NodeId>()
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (done.has(id) || scan.isFound(id)) continue
    done.add(id)
    absent.ruled.add(id)
    if (scan.known.isProvisional(id)) absent.deleted.add(id)
    else absent[how].add(id)
    waiting.push(...scan.known.children('local', id))
    // Rows that were not on the disk go the same way, but for a child that stands elsewhere, or was deleted before.
    for (const child of scan.known.children('synced', id)) {
      if (scan.known.onDisk(child) === null) waiting.push(child)
    }
  }
}

/** Rows whose path left the ignore rules: forgotten with all that was excluded below, so that they are united again. */
function unite(scan: Scan, { id: directory, path }: FoundDirectory, absent: Absent): void {
  for (const child of scan.known.children('synced', directory)) {
    const row = scan.known.synced(child)
    if (row?.presence !== 'excluded') continue
    if (scan.ignores(joinPath(path, row.node.name), row.node.kind === 'directory' ? 'directory' : 'file')) continue
    const waiting = [child]
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      absent.forget.add(id)
      absent.ruled.add(id)
      for (const below of scan.known.children('synced', id)) {
        if (scan.known.synced(below)?.presence === 'excluded') waiting.push(below)
      }
    }
  }
}
