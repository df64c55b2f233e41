/**
 * Looks at the disk and turns what it shows into local rows (SPEC 3). Stat first, read only what the observation asks
 * for; a partial scan is widened until every vanished or appeared entry is explained. Changes nothing on the disk.
 */

import { checkAborted } from '../errors.js'
import type { Description, Listing, LocalStore } from '../interfaces/local-store.js'
import type { NodeId } from '../model/ids.js'
import type { ContentRule } from '../model/manifest.js'
import type { Stamp } from '../model/stamp.js'
import type { Observation, ObserveContext } from '../reconcile/observation.js'
import { observe } from '../reconcile/observe.js'
import type { Dirty, DirtyPaths } from './dirty.js'
import type { EngineState } from './engine-state.js'
import type { ManifestShelf } from './manifest-shelf.js'
import { seenAt } from './node-paths.js'
import type { OwnWrites } from './own-writes.js'
import { inParallel } from './parallel.js'
import { directoryOf } from './paths.js'
import type { RuleBook } from './rule-book.js'
import { readAllRules, rulesMoved } from './rule-files.js'
import type { Settling } from './settling.js'
import { noteTroubles, type Troubles } from './troubles.js'

/** Files described at once: what is asked for in one turn costs the store one message. */
const DESCRIBED_AT_ONCE = 64
/** A time further ahead than this is no matter of a moment, milliseconds. */
const FRESH_MS = 2_000

export interface ScanParts {
  readonly state: EngineState
  readonly rules: RuleBook
  readonly local: LocalStore
  readonly shelf: ManifestShelf
  readonly dirty: Dirty
  readonly troubles: Troubles
  readonly drawId: () => NodeId
  readonly now: () => number
  /** Nodes whose stamp is not trusted in this run (after an unclean stop, or a moved content under an equal stamp). */
  readonly verify: Set<NodeId>
  /** Directories with files that changed so recently that their stamps prove nothing yet: due again a little later. */
  readonly fresh: Set<string>
  readonly ownWrites: OwnWrites
  /**
   * The state is older than the folder: it does not know of what was let go since, so that until everything was looked at
   * once a file that is gone is not taken for deleted.
   */
  readonly outdated: { is: boolean }
  /** What vanished a moment ago. */
  readonly settling: Settling
  /** Nodes that were never agreed, of which one step takes on no more. */
  readonly newNodesAtOnce: number
}

export async function scan(parts: ScanParts, due: DirtyPaths, rule: ContentRule, signal: AbortSignal): Promise<void> {
  if (!due.everything && due.directories.size === 0) return
  await parts.local.check({ signal })
  if (!due.everything && (await look(parts, due, rule, signal)) === 'done') return
  try {
    await look(parts, null, rule, signal)
  } catch (error) {
    // The rules are known by now, but nothing was measured by them yet.
    parts.dirty.everything()
    throw error
  }
}

/**
 * Directories and what explains them, or everything (null). 'everything': only a look at everything tells what was seen,
 * as other rules than before govern what was listed, too many directories were moved to and fro, or something is missing
 * that no hint told of.
 */
async function look(
  parts: ScanParts,
  due: DirtyPaths | null,
  rule: ContentRule,
  signal: AbortSignal,
): Promise<'done' | 'everything'> {
  const { local, state, rules, troubles } = parts
  const scannedAt = parts.now()
  const full = due === null
  const listings = new Map<string, Listing>(
    await local.scan(full ? [''] : [...due.directories], { deep: full, signal }),
  )
  if (full) {
    await readAllRules(parts, listings, scannedAt, signal)
  } else {
    await listParentsOfAbsent(local, listings, signal)
    if (!(await listGuests(parts, due.named, listings, signal))) return 'everything'
  }
  const described = new Map<string, Description>()
  const readAt = new Map<string, number>()
  const measured = new Set<string>()
  let isOutsideListed = full
  for (;;) {
    checkAborted(signal)
    if (!full && (await rulesMoved(parts, unmeasured(listings, measured), scannedAt, signal))) return 'everything'
    freezeUnruled(rules, listings)
    const observation = observe(
      state.trees,
      {
        listings,
        full,
        described,
        readAt,
        ...(rules.isEmpty ? {} : { ignored: (path, kind) => rules.ignores(path, kind) }),
      },
      contextOf(parts, scannedAt),
    )
    if (observation.read.length > 0) {
      await describeAll(parts, observation.read, { described, readAt }, rule, signal)
    } else if (observation.widen.length > 0) {
      for (const [path, listing] of await local.scan(observation.widen, { deep: false, signal }))
        listings.set(path, listing)
    } else if (!isOutsideListed && troubles.outside.size > 0 && hasDeleted(observation)) {
      // Gone, or moved to where nobody looks: only that makes it a delete.
      const unlisted = [...troubles.outside].filter((path) => !listings.has(path))
      for (const [path, listing] of await local.scan(unlisted, { deep: true, signal })) listings.set(path, listing)
      isOutsideListed = true
    } else {
      // Missing at one end of what nobody told: it may have been moved.
      if (due?.untold === true && hasDeleted(observation)) return 'everything'
      // A delete is proven only by a root that still was the right one after the look (INV-19).
      if (hasDeleted(observation)) await local.check({ signal })
      await take(parts, observation, listings, full)
      lookAgain(parts, observation, described)
      return 'done'
    }
  }
}

function contextOf({ local, drawId, verify, ownWrites }: ScanParts, scannedAt: number): ObserveContext {
  return {
    traits: local.traits,
    drawId,
    scannedAt,
    verify: (id) => verify.has(id),
    isOwn: (path, stamp) => ownWrites.has(path, stamp, scannedAt),
  }
}

/**
 * Gone since it was listed: a new listing tells. Being written to, or unreadable: never again at once. Where such a file
 * stood before is due with it: had it been moved and then went away, only that place tells that it is gone.
 */
function lookAgain(
  { state, dirty, fresh, now }: ScanParts,
  { paths }: Observation,
  described: ReadonlyMap<string, Description>,
): void {
  const before = new Map<string, string | null>()
  for (const [id, path] of paths) {
    if (described.has(path)) before.set(path, state.trees.localPath(id))
    // Still too young, read or not: no row changed by it, and it is as open as before.
    if (getsOld(state.trees.localNode(id)?.stamp, now())) fresh.add(directoryOf(path))
  }
  for (const [path, { state: found }] of described) {
    const due = [path, before.get(path) ?? path]
    if (found === 'absent') dirty.untold(due)
    else if (found === 'busy') for (const each of due) fresh.add(directoryOf(each))
  }
}

/** Racy, and not by a time far ahead, which no second look would settle. */
function getsOld(stamp: Stamp | undefined, now: number): boolean {
  if (stamp?.racy !== true) return false
  return Number(stamp.ctimeNs === '0' ? stamp.mtimeNs : stamp.ctimeNs) / 1e6 <= now + FRESH_MS
}

function hasDeleted({ local }: Observation): boolean {
  return [...local.values()].includes('deleted')
}

/** The listings whose rule files nobody compared yet. */
function unmeasured(listings: ReadonlyMap<string, Listing>, measured: Set<string>): ReadonlyMap<string, Listing> {
  const due = [...listings].filter(([path]) => !measured.has(path))
  for (const [path] of due) measured.add(path)
  return new Map(due)
}

/** Where the rules are not known for certain nothing is known: such a listing says as much as none. */
function freezeUnruled(rules: RuleBook, listings: Map<string, Listing>): void {
  for (const path of listings.keys()) {
    const problem = rules.troubleIn(path)
    if (problem !== null) listings.set(path, { state: 'unknown', problem })
  }
}

/** A directory that was hinted and is gone is explained by the one that held it. */
async function listParentsOfAbsent(
  local: LocalStore,
  listings: Map<string, Listing>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const parents = new Set<string>()
    for (const [path, listing] of listings) {
      if (listing.state === 'absent' && path !== '' && !listings.has(directoryOf(path))) parents.add(directoryOf(path))
    }
    if (parents.size === 0) return
    for (const [path, listing] of await local.scan([...parents], { deep: false, signal })) listings.set(path, listing)
  }
}

/**
 * A directory that was hinted, is gone, and at which no node is known to have stood: another one stood there for a moment
 * and went home before anybody looked, with what was written into it meanwhile. Its moves were hinted by name; so of the
 * directories that were named, all that is below them is listed. False when they were too many to remember.
 */
async function listGuests(
  { local, state }: ScanParts,
  named: ReadonlySet<string> | null,
  listings: Map<string, Listing>,
  signal: AbortSignal,
): Promise<boolean> {
  const isMissed = ([path, { state: found }]: [string, Listing]): boolean =>
    found === 'absent' && seenAt(state.trees, path) === null
  if (![...listings].some(isMissed)) return true
  if (named === null) return false
  const guests = [...named].filter((path) => {
    const id = seenAt(state.trees, path)
    return id !== null && state.trees.localNode(id)?.node.kind === 'directory'
  })
  for (const [path, listing] of await local.scan(guests, { deep: true, signal })) listings.set(path, listing)
  return true
}

async function describeAll(
  { local, shelf, now }: ScanParts,
  paths: readonly string[],
  { described, readAt }: { readonly described: Map<string, Description>; readonly readAt: Map<string, number> },
  rule: ContentRule,
  signal: AbortSignal,
): Promise<void> {
  await inParallel(paths, DESCRIBED_AT_ONCE, async (path) => {
    readAt.set(path, now())
    const description = await local.describe(path, rule, { signal })
    if (description.state === 'read') shelf.put(description.digest, description.manifest)
    described.set(path, description)
  })
}

async function take(
  parts: ScanParts,
  observation: Observation,
  listings: ReadonlyMap<string, Listing>,
  full: boolean,
): Promise<void> {
  const { state, verify } = parts
  const { trees } = state
  parts.settling.look(trees, observation, listings, full)
  noteTroubles(parts, observation, listings, full)
  const waits = onTheirWay(parts, observation)
  for (const id of observation.forget) if (!waits.has(id)) trees.forget(id)
  for (const [id, presence] of observation.presence) {
    const row = trees.synced(id)
    if (row !== null && !waits.has(id)) trees.setSynced(id, { ...row, presence })
  }
  let taken = 0
  for (const [id, row] of observation.local) {
    if (waits.has(id)) continue
    trees.setLocal(id, row === 'synced' ? null : row)
    if (row === 'deleted' && parts.outdated.is && trees.synced(id)?.node.kind === 'file') trees.forget(id)
    taken += 1
    // Each is an observation by itself, and after a crash all of it is looked at again.
    if (taken % parts.newNodesAtOnce === 0) await state.save()
  }
  if (full) parts.outdated.is = false
  for (const [id, stamp] of observation.stamps) {
    const row = trees.synced(id)
    if (row !== null) trees.setSynced(id, { ...row, stamp })
  }
  for (const id of full ? [...verify] : observation.paths.keys()) if (!observation.frozen.has(id)) verify.delete(id)
  await state.save()
}

/**
 * What a rule takes out while a commit of it has no answer yet stays as it is until then: what the server took could not
 * be told from what a user deleted.
 */
function onTheirWay({ state, dirty }: ScanParts, { ruled }: Observation): ReadonlySet<NodeId> {
  const waits = new Set<NodeId>()
  if (ruled.size === 0) return waits
  for (const { groups } of state.outbox) {
    for (const { id } of groups.flat()) if (ruled.has(id)) waits.add(id)
  }
  if (waits.size > 0) dirty.everything()
  return waits
}
