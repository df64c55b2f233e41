/**
 * Second half of an observation (SPEC 3, rule 2): which file of the disk is which node, once every directory has its own.
 * Works on places and file ids alone; the content is looked at afterwards.
 */

import type { NodeId } from '../model/ids.js'
import type { Scan, Sighting } from './observe-scan.js'

type Rule = (scan: Scan, sighting: Sighting) => NodeId | null

/** In the order of SPEC 3. A rule is tried on all files before the next: nobody takes a node that another has a better right to. */
const RULES: readonly Rule[] = [
  holder,
  provisionalInPlace,
  provisionalMoved,
  provisionalReplaced,
  stillAway,
  moved,
  replacedAway,
  cameBack,
]

/** Returns the sightings that no known node stands for. */
export function findFiles(scan: Scan): readonly Sighting[] {
  if (!scan.snapshot.full) for (const sighting of scan.sightings) widenToOtherEnds(scan, sighting)
  const rotated = claimCycles(scan)
  let rest = scan.sightings.filter((sighting) => !rotated.has(sighting))
  for (const rule of RULES) {
    rest = rest.filter((sighting) => {
      const id = rule(scan, sighting)
      if (id === null || scan.files.has(id)) return true
      scan.files.set(id, sighting)
      return false
    })
  }
  return rest
}

/** A file known from a place that was not listed may be a move, or a second link: only that listing tells. */
function widenToOtherEnds(scan: Scan, sighting: Sighting): void {
  const { known } = scan
  const { parentId, entry, holder } = sighting
  const settled = sameAsBefore(scan, sighting)
  const elsewhere = settled === null ? [...known.byFileId(entry.stamp.fileId, 'file')] : []
  if (holder !== null && settled === null) elsewhere.push(holder)
  for (const id of elsewhere) {
    const seen = known.seen(id)
    if (seen !== null && !known.wasAt(id, parentId, entry.name)) scan.widenTo(seen.node.parentId)
  }
  if (holder !== null) return
  for (const id of known.goneByFileId(entry.stamp.fileId, 'file')) {
    const row = known.onDisk(id)
    if (row !== null) scan.widenTo(row.node.parentId)
  }
}

/** The node that stood here last time, if this is the very file. */
function sameAsBefore({ known }: Scan, { parentId, entry }: Sighting): NodeId | null {
  const here = known.at('local', parentId, entry.name, 'file')
  return here !== null && entry.stamp.fileId !== null && known.seenFileId(here) === entry.stamp.fileId ? here : null
}

/**
 * Rule a: files that changed places among each other, each standing where another of them was. A file that was found
 * in another's place before is there still, whatever became of the other: a second look never changes its mind.
 */
function claimCycles(scan: Scan): ReadonlySet<Sighting> {
  const at = new Map<NodeId, { readonly sighting: Sighting; readonly takenBy: NodeId }>()
  const rotated = new Set<Sighting>()
  for (const sighting of scan.sightings) {
    if (sighting.holder === null) continue
    const before = sameAsBefore(scan, sighting)
    if (before === sighting.holder) continue
    if (before !== null) {
      scan.files.set(before, sighting)
      rotated.add(sighting)
      continue
    }
    const candidates = scan.known
      .byFileId(sighting.entry.stamp.fileId, 'file')
      .filter((id) => !scan.known.isProvisional(id))
    const takenBy = candidates.find((id) => isFree(scan, id))
    if (takenBy !== undefined && !candidates.includes(sighting.holder)) at.set(sighting.holder, { sighting, takenBy })
  }
  const done = new Set<NodeId>()
  for (const start of at.keys()) {
    const way: NodeId[] = []
    let id: NodeId | undefined = start
    while (id !== undefined && !done.has(id)) {
      done.add(id)
      way.push(id)
      id = at.get(id)?.takenBy
    }
    const closes = id === undefined ? -1 : way.indexOf(id)
    for (const place of closes < 0 ? [] : way.slice(closes)) {
      const step = at.get(place)
      if (step === undefined || scan.files.has(step.takenBy)) continue
      scan.files.set(step.takenBy, step.sighting)
      rotated.add(step.sighting)
    }
  }
  return rotated
}

/** Rule b: every way of saving a file ends at its place. */
function holder(_scan: Scan, sighting: Sighting): NodeId | null {
  return sighting.holder
}

/** Rule c, in three steps: the same file in its place, the same file elsewhere, another file in its place. */
function provisionalInPlace({ known }: Scan, { parentId, entry }: Sighting): NodeId | null {
  const candidates = known.byFileId(entry.stamp.fileId, 'file')
  return candidates.find((id) => known.isProvisional(id) && known.wasAt(id, parentId, entry.name)) ?? null
}

function provisionalMoved(scan: Scan, { entry }: Sighting): NodeId | null {
  const candidates = scan.known.byFileId(entry.stamp.fileId, 'file')
  return candidates.find((id) => scan.known.isProvisional(id) && isFree(scan, id)) ?? null
}

function provisionalReplaced(scan: Scan, { parentId, entry }: Sighting): NodeId | null {
  const id = scan.known.at('local', parentId, entry.name, 'file')
  return id !== null && scan.known.isProvisional(id) ? id : null
}

/** Rule d for a move that was seen before: nothing new. */
function stillAway(scan: Scan, { parentId, entry }: Sighting): NodeId | null {
  const id = scan.known.at('local', parentId, entry.name, 'file')
  return id !== null && scan.known.seenFileId(id) === entry.stamp.fileId && leftItsPlace(scan, id) ? id : null
}

/** Rule d: its own place is empty. */
function moved(scan: Scan, { entry }: Sighting): NodeId | null {
  const candidates = scan.known.byFileId(entry.stamp.fileId, 'file')
  return candidates.find((id) => !scan.known.isProvisional(id) && isFree(scan, id) && leftItsPlace(scan, id)) ?? null
}

/** Rule d for what an earlier scan saw to be gone: it was on its way, or came back. */
function cameBack(scan: Scan, { entry }: Sighting): NodeId | null {
  const candidates = scan.known.goneByFileId(entry.stamp.fileId, 'file')
  return candidates.find((id) => !scan.files.has(id) && leftItsPlace(scan, id)) ?? null
}

/** A move that was seen before, and a file saved over it by renaming since: as rule b, where it stood last. */
function replacedAway(scan: Scan, { parentId, entry }: Sighting): NodeId | null {
  const id = scan.known.at('local', parentId, entry.name, 'file')
  return id !== null && isFree(scan, id) ? id : null
}

function isFree(scan: Scan, id: NodeId): boolean {
  if (scan.files.has(id) || scan.frozen.has(id)) return false
  const node = scan.known.seen(id)?.node
  if (node === undefined || standsUnlisted(scan, node.parentId)) return false
  return scan.blockAt(node.parentId, node.name) !== 'unknown'
}

/** In a partial scan, what was seen in a directory that nobody listed is there still: this is another link of it. */
function standsUnlisted(scan: Scan, parentId: NodeId): boolean {
  return !scan.snapshot.full && !scan.listed.has(parentId) && scan.pathOf(parentId) !== null
}

/** No file at its synced place, for certain. */
function leftItsPlace(scan: Scan, id: NodeId): boolean {
  const row = scan.known.onDisk(id)
  if (row === null || scan.held.has(id) || scan.frozen.has(row.node.parentId)) return false
  return scan.blockAt(row.node.parentId, row.node.name) !== 'unknown'
}
