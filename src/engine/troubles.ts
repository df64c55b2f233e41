/**
 * What the scans said of places that no plan may touch (INV-25): what could not be looked at stays a problem until it was
 * looked at itself, with all that is below it. Replaced directory by directory.
 */

import type { Listing } from '../interfaces/local-store.js'
import type { NodeId } from '../model/ids.js'
import type { Problem, ProblemCode } from '../model/problem.js'
import type { Observation } from '../reconcile/observation.js'
import type { Dirty } from './dirty.js'
import type { EngineState } from './engine-state.js'
import { HEALING } from './healing.js'
import { nodeAt, seenAt } from './node-paths.js'
import { directoryOf } from './paths.js'

/** What was moved may stand in or behind such a place. */
const HIDING: ReadonlySet<ProblemCode> = new Set(['unreadable', 'unlisted'])
/** Retries that a delete waits for such a place: it may stay so for ever, and holds up nothing longer than that (INV-35). */
const PATIENCE = 2

/** What the last scans said of places that no plan may touch. Replaced directory by directory. */
export class Troubles {
  /** Retries so far. A single run has no later: it has all of them behind it. */
  retries = Infinity
  /** Places that hide something, with the retry that ends the wait for it. */
  readonly hiding = new Map<string, number>()
  /** Ignored directories, without those below them. */
  readonly outside = new Set<string>()
  readonly problems = new Map<string, Problem>()
  /** Directories that could not be listed, whatever the reason, with the node that stood there; null: none known. */
  readonly unlisted = new Map<string, NodeId | null>()
  /** Directories that the last look at everything could not look into: nobody looked at what is below them since. */
  readonly unseen = new Set<string>()
  readonly frozen = new Set<NodeId>()
  readonly occupied = new Set<string>()

  /** Whether another look may show what the last one could not. */
  get heals(): boolean {
    return [...this.problems.values()].some(({ code }) => HEALING.has(code))
  }

  /** Whether what is missing may stand where nobody could look, and that may show soon. */
  get mayHide(): boolean {
    return [...this.hiding.values()].some((last) => last > this.retries)
  }
}

interface TroubleParts {
  readonly state: EngineState
  readonly troubles: Troubles
  readonly dirty: Dirty
}

/** Before the rows of the observation are stored: what they say of a place counts from then on. */
export function noteTroubles(
  parts: TroubleParts,
  observation: Observation,
  listings: ReadonlyMap<string, Listing>,
  full: boolean,
): void {
  const { troubles } = parts
  if (!full) noteMoved(parts, observation, listings)
  forgetOldTroubles(parts, observation, listings, full)
  noteUnlisted(parts, observation, listings)
  for (const problem of observation.problems) {
    troubles.problems.set(problem.path, problem)
    // Its place was empty when it was listed, and is not by now: what stands there is listed anew.
    if (problem.code === 'busy' && listings.get(problem.path)?.state === 'absent') parts.dirty.again([problem.path])
  }
  noteHiding(troubles)
  for (const id of observation.frozen) troubles.frozen.add(id)
  for (const place of observation.occupied) troubles.occupied.add(place)
  for (const path of observation.outside) troubles.outside.add(path)
  noteUnseen(parts, observation, full)
}

function noteHiding({ hiding, problems, retries }: Troubles): void {
  for (const path of hiding.keys()) if (!problems.has(path)) hiding.delete(path)
  for (const [path, { code }] of problems)
    if (HIDING.has(code) && !hiding.has(path)) hiding.set(path, retries + PATIENCE)
}

/**
 * A look at everything lists what is below a directory, a later look at that directory does not: once it can be looked at
 * again, everything is due again.
 */
function noteUnseen({ state, troubles, dirty }: TroubleParts, { problems }: Observation, full: boolean): void {
  const { trees } = state
  if (full) {
    for (const { path, code } of problems) {
      if (!HEALING.has(code)) continue
      const id = nodeAt(trees, path)
      if (path === '' || (id !== null && trees.localNode(id)?.node.kind === 'directory')) troubles.unseen.add(path)
    }
    return
  }
  if ([...troubles.unseen].every((path) => troubles.problems.has(path))) return
  troubles.unseen.clear()
  dirty.everything()
}

/**
 * A listing below something that could not be looked at was in vain: its directory is as unseen as one that was not listed.
 * One that was moved while it was listed stands elsewhere by now, with whatever was moved into it: nobody will ask there.
 */
function noteUnlisted(
  { troubles, state, dirty }: TroubleParts,
  { problems, paths }: Observation,
  listings: ReadonlyMap<string, Listing>,
): void {
  const blocked = new Set(problems.filter(({ code }) => HEALING.has(code)).map(({ path }) => path))
  for (const [path, { state: listed }] of listings) {
    const inVain = listed !== 'absent' && isBelow(path, blocked)
    const isUnlisted = listed === 'unknown' || inVain || (listed === 'complete' && blocked.has(path))
    const stood = isUnlisted ? seenAt(state.trees, path) : null
    if (isUnlisted) troubles.unlisted.set(path, idAt(paths, path) ?? stood)
    else troubles.unlisted.delete(path)
    if (stood !== null && (paths.get(stood) ?? path) !== path) dirty.everything()
    if (!inVain || blocked.has(path)) continue
    const message = 'A directory above it could not be looked at.'
    troubles.problems.set(path, { path, code: 'unlisted', message })
  }
}

function idAt(paths: Observation['paths'], wanted: string): NodeId | null {
  for (const [id, path] of paths) if (path === wanted) return id
  return null
}

/** Gone from where it could not be listed, and not deleted: it was moved, by its user or by the engine, and is as unseen as before. */
function noteMoved(
  { state, troubles, dirty }: TroubleParts,
  { local }: Observation,
  listings: ReadonlyMap<string, Listing>,
): void {
  for (const [path, id] of troubles.unlisted) {
    if (id === null || listings.get(path)?.state !== 'absent') continue
    if (local.get(id) !== 'deleted' && state.trees.localNode(id) !== null) dirty.everything()
  }
}

function isBelow(path: string, blocked: ReadonlySet<string>): boolean {
  for (let above = path; above !== ''; ) {
    above = directoryOf(above)
    if (blocked.has(above)) return true
  }
  return false
}

function forgetOldTroubles(
  { state, troubles }: TroubleParts,
  observation: Observation,
  listings: ReadonlyMap<string, Listing>,
  full: boolean,
): void {
  if (full) {
    troubles.problems.clear()
    troubles.unlisted.clear()
    troubles.unseen.clear()
    troubles.frozen.clear()
    troubles.occupied.clear()
    troubles.outside.clear()
    return
  }
  for (const [path, { code }] of troubles.problems) {
    // Only its own listing says that a directory can be listed again, and only the next try that there is room again.
    const waits = code === 'unlisted' || code === 'no-space' || troubles.unlisted.has(path)
    if (listings.has(path) || (!waits && listings.has(directoryOf(path)))) troubles.problems.delete(path)
  }
  const listed = new Set<NodeId>()
  for (const [id, path] of observation.paths) if (listings.has(path)) listed.add(id)
  for (const id of troubles.frozen) {
    const parent = state.trees.localNode(id)?.node.parentId ?? state.trees.synced(id)?.node.parentId
    // A directory that is gone will never be listed again: what is said of its children is all there will be.
    const isAnswered = listed.has(id) || (parent !== undefined && listed.has(parent)) || observation.local.has(id)
    if (isAnswered) troubles.frozen.delete(id)
  }
  for (const path of troubles.outside) if (listings.has(directoryOf(path))) troubles.outside.delete(path)
  for (const place of troubles.occupied) {
    if (listed.has(place.slice(0, place.indexOf('/')) as NodeId)) troubles.occupied.delete(place)
  }
}
