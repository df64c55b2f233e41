/**
 * Local observations → node ids (SPEC 3): what a scan of the disk says about the nodes. Pure; reads and lists nothing
 * itself, but says what has to be read or listed before it can tell. Never takes "no answer" for "not there".
 */

import { findAbsent } from './observe-absent.js'
import { type Content, contentOf } from './observe-content.js'
import { findDirectories } from './observe-directories.js'
import { findFiles } from './observe-files.js'
import { pairByContent } from './observe-pairs.js'
import { rowsOf } from './observe-rows.js'
import { Scan, type Sighting } from './observe-scan.js'
import type { KnownRows, Observation, ObserveContext, Snapshot } from './observation.js'

/**
 * Call it again with what `widen` and `read` ask for until both are empty: it asks for no path that the snapshot has
 * an answer for, whatever the answer, so that this ends. The work follows the listings given, not the tree.
 */
export function observe(known: KnownRows, snapshot: Snapshot, context: ObserveContext): Observation {
  const scan = new Scan(known, snapshot, context)
  findDirectories(scan)
  for (const directory of scan.unanswered) scan.freeze(directory.id)
  const strangers = findFiles(scan)
  // Asked for before any file is read: with more listings, other files may have to be.
  if (scan.widen.size > 0) return incomplete({ widen: [...scan.widen], read: [] })
  const contents = new Map<Sighting, Content>()
  const look = (id: Parameters<typeof contentOf>[1], sighting: Sighting): void => {
    const content = contentOf(scan, id, sighting)
    if (content !== null) contents.set(sighting, content)
  }
  for (const [id, sighting] of scan.files) look(id, sighting)
  for (const sighting of strangers) look(null, sighting)
  if (scan.read.size > 0) return incomplete({ widen: [], read: [...scan.read] })
  const absent = findAbsent(scan)
  const rest = pairByContent(scan, strangers, contents, absent)
  return rowsOf(scan, contents, rest, absent)
}

function incomplete(asked: Pick<Observation, 'read' | 'widen'>): Observation {
  return {
    ...asked,
    local: new Map(),
    stamps: new Map(),
    presence: new Map(),
    forget: [],
    ruled: new Set(),
    outside: new Set(),
    frozen: new Set(),
    occupied: new Set(),
    problems: [],
    paths: new Map(),
  }
}
