/**
 * Reads the rule files that a scan came by into the rule book (DESIGN 4.13). Opened only when the stamp moved; one that
 * gives no certain answer freezes its directory, it never counts as empty.
 */

import type { DirectoryEntry, Listing, LocalStore } from '../interfaces/local-store.js'
import { sameStamp } from '../model/stamp.js'
import { RULE_FILE, RULE_LIMITS, rulesOf } from '../reconcile/ignore-rules.js'
import { recorded } from '../reconcile/observe-content.js'
import type { EngineState, StoredRuleFile } from './engine-state.js'
import { below, directoryOf } from './paths.js'
import type { RuleBook } from './rule-book.js'

export interface RuleFileParts {
  readonly state: EngineState
  readonly local: LocalStore
  readonly rules: RuleBook
  /** Directories to be looked at again a little later. */
  readonly fresh: Set<string>
}

/** A file that is there and gave no answer this time. */
interface NoAnswer {
  readonly because: string
}

type Found = StoredRuleFile | NoAnswer

const NO_FILE = 'This must be a plain file that can be read: until it is, nothing in its directory is synced.'
const NO_TEXT = 'The rules are not valid UTF-8: save them as that; until then nothing in their directory is synced.'
/** Made when it is said: the first number that is written for people loads tables of half of all that an import costs. */
const tooLong = (): string =>
  `The rules are longer than ${RULE_LIMITS.bytes.toLocaleString('en')} bytes or ${RULE_LIMITS.lines.toLocaleString('en')} lines: until they are shorter, nothing in their directory is synced.`
const CHANGING = 'The rules change while they are read: they are read again in a moment.'

/** All rule files of a listing of everything, from the root downwards; those in ignored directories are not rules. */
export async function readAllRules(
  parts: RuleFileParts,
  listings: ReadonlyMap<string, Listing>,
  scannedAt: number,
  signal: AbortSignal,
): Promise<void> {
  const { state, rules } = parts
  const found: (readonly [directory: string, entry: DirectoryEntry])[] = []
  for (const [directory, listing] of listings) {
    const entry = entryIn(listing)
    if (entry !== null) found.push([directory, entry])
  }
  found.sort(([a], [b]) => depth(a) - depth(b))
  rules.clear()
  const kept = new Set<string>()
  for (const [directory, entry] of found) {
    if (rules.verdictOn(directory, 'directory') !== 'in' || rules.troubleIn(directory) !== null) continue
    tell(parts, directory, await look(parts, directory, entry, scannedAt, signal))
    kept.add(directory)
  }
  for (const directory of state.ruledDirectories()) if (!kept.has(directory)) state.dropRuleFile(directory)
}

/**
 * Whether the rule files in and above the listed directories are what the book says. Nothing is taken over: where they
 * are not, everything has to be looked at.
 */
export async function rulesMoved(
  parts: RuleFileParts,
  listings: ReadonlyMap<string, Listing>,
  scannedAt: number,
  signal: AbortSignal,
): Promise<boolean> {
  // Without any rules so far, a first rule file is seen when its own directory is listed.
  const looked = parts.rules.hasFiles ? withAllAbove(listings.keys()) : [...listings.keys()]
  for (const directory of looked) {
    if (parts.rules.verdictOn(directory, 'directory') === 'out') continue
    const listing = listings.get(directory)
    if (listing !== undefined && listing.state !== 'complete') continue
    const entry = listing === undefined ? await entryAt(parts.local, directory, signal) : entryIn(listing)
    if (await hasMoved(parts, directory, entry, scannedAt, signal)) return true
  }
  return false
}

async function hasMoved(
  parts: RuleFileParts,
  directory: string,
  entry: DirectoryEntry | 'unknown' | null,
  scannedAt: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { state, rules } = parts
  const known = state.ruleFile(directory)
  if (entry === null) return known !== null || rules.isUnknown(directory)
  if (entry === 'unknown') return !rules.isUnknown(directory)
  const found = await look(parts, directory, entry, scannedAt, signal)
  if (!('stamp' in found)) return known !== null || !rules.isUnknown(directory)
  if (known?.text !== found.text || known.because !== found.because) return true
  if (found !== known) state.setRuleFile(found)
  return false
}

function entryIn(listing: Listing): DirectoryEntry | null {
  if (listing.state !== 'complete') return null
  return listing.entries.find(({ name, kind }) => name === RULE_FILE && kind !== 'directory') ?? null
}

async function entryAt(
  local: LocalStore,
  directory: string,
  signal: AbortSignal,
): Promise<DirectoryEntry | 'unknown' | null> {
  const result = await local.stat(below(directory, RULE_FILE), { signal })
  if (result.state === 'unknown') return 'unknown'
  return result.state === 'absent' || result.entry.kind === 'directory' ? null : result.entry
}

function withAllAbove(paths: Iterable<string>): readonly string[] {
  const found = new Set<string>([''])
  for (const path of paths) for (let at = path; !found.has(at); at = directoryOf(at)) found.add(at)
  return [...found].sort((a, b) => depth(a) - depth(b))
}

function depth(path: string): number {
  return path === '' ? 0 : path.split('/').length
}

/** What the file says: as it was read before where its stamp proves that, else read. */
async function look(
  { state, local, fresh }: RuleFileParts,
  directory: string,
  entry: DirectoryEntry,
  scannedAt: number,
  signal: AbortSignal,
): Promise<Found> {
  const { stamp, kind } = entry
  if (kind !== 'file') return { because: NO_FILE }
  const known = state.ruleFile(directory)
  if (known !== null && local.traits.stamps === 'strong' && sameStamp(known.stamp, stamp)) return known
  const stored = { directory, stamp: recorded(stamp, local.traits, scannedAt) }
  if (stored.stamp.racy === true) fresh.add(directory)
  if (stamp.size > RULE_LIMITS.bytes) return { ...stored, text: null, because: tooLong() }
  const ranges = stamp.size === 0 ? [] : [{ offset: 0, length: stamp.size }]
  const read = await local.read(below(directory, RULE_FILE), stamp, ranges, { signal })
  if (read.state === 'moved') {
    fresh.add(directory)
    return { because: CHANGING }
  }
  if (read.state === 'unknown') return { because: NO_FILE }
  const text = textOf(read.parts[0] ?? new Uint8Array(0))
  if (text === null) return { ...stored, text, because: NO_TEXT }
  return rulesOf(text) === null ? { ...stored, text: null, because: tooLong() } : { ...stored, text, because: null }
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function tell({ state, rules }: RuleFileParts, directory: string, found: Found): void {
  if (!('stamp' in found)) state.dropRuleFile(directory)
  else if (found !== state.ruleFile(directory)) state.setRuleFile(found)
  const known = 'stamp' in found && found.text !== null ? rulesOf(found.text) : null
  rules.tell(directory, known ?? 'unknown', found.because)
}
