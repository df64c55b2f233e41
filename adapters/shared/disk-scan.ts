/**
 * Reads directories whole: names and what each of them is, as one instant. No policy: which entries matter is decided
 * by the caller. The same steps run over synchronous calls in the threads of the Node adapter (`sync-scan`).
 */

import type { Disk, DiskEntry, DiskStat } from './disk.js'
import { diskCode, isGone, throwIfAborted } from './folder-problems.js'
import { sameLook, sameObject } from './folder-stamp.js'

export interface RawEntry {
  /** Bytes where they are no UTF-8. */
  readonly name: string | Uint8Array
  /** Null when the disk would not say: `code` tells why. */
  readonly stat: DiskStat | null
  readonly kind: DiskEntry['kind']
  readonly code: string
  /** A directory that holds a directory of this name is a root of its own. */
  readonly nested: boolean
}

export type RawListing =
  | { readonly state: 'listed'; readonly directory: DiskStat; readonly entries: readonly RawEntry[] }
  | { readonly state: 'absent' }
  /** Something kept changing while it was read. */
  | { readonly state: 'restless' }
  | { readonly state: 'failed'; readonly code: string; readonly message: string }

export interface ScanOptions {
  /** Name of the directory that marks a nested root. */
  readonly marker: string
  readonly signal?: AbortSignal | undefined
}

/** Lists absolute paths, in order. */
export interface Scanner {
  scan(directories: readonly string[], options: ScanOptions): Promise<readonly RawListing[]>
}

const ROUNDS = 4

/** How a disk is listed best. */
export interface ScanManner {
  /** Directories have times that move when their entries do. Where not, the names are read a second time. */
  readonly directoryTimes: boolean
  /** Looks at entries under way at a time. */
  readonly parallel: number
}

export function diskScanner(disk: Disk, manner: ScanManner = { directoryTimes: true, parallel: 1 }): Scanner {
  return {
    scan: async (directories, options) => {
      const listings: RawListing[] = []
      for (const directory of directories) {
        throwIfAborted(options.signal)
        listings.push(await listDirectory(disk, directory, options.marker, manner))
      }
      return listings
    },
  }
}

/** What one reading of a directory gave. */
export interface Reading {
  readonly before: DiskStat
  readonly after: DiskStat
  readonly entries: readonly RawEntry[]
  /** A name was listed and gone when it was looked at. */
  readonly vanished: boolean
}

/**
 * A listing is believed when the directory did not change while it was read. One that changes all the time is believed
 * when the last reading lacks no name of the reading before: entries only came. Else it is restless, never short.
 */
export function judgeReadings(previous: Reading | null, reading: Reading, round: number): RawListing | 'again' {
  if (reading.before.kind !== 'directory' || !sameObject(reading.before, reading.after)) {
    return round + 1 < ROUNDS ? 'again' : { state: 'restless' }
  }
  const quiet = !reading.vanished && sameLook(reading.before, reading.after)
  if (quiet) return { state: 'listed', directory: reading.after, entries: reading.entries }
  if (round + 1 < ROUNDS) return 'again'
  if (reading.vanished || previous === null || lacks(reading, previous)) return { state: 'restless' }
  return { state: 'listed', directory: reading.after, entries: reading.entries }
}

function lacks(reading: Reading, previous: Reading): boolean {
  const names = new Set(reading.entries.map(nameKey))
  return previous.entries.some((entry) => !names.has(nameKey(entry)))
}

/** No name holds a slash: bytes are never taken for text. */
function nameKey({ name }: RawEntry): string {
  return typeof name === 'string' ? name : `/${name.join()}`
}

async function listDirectory(disk: Disk, path: string, marker: string, manner: ScanManner): Promise<RawListing> {
  let previous: Reading | null = null
  try {
    for (let round = 0; ; round++) {
      const reading = await readOnce(disk, path, marker, manner)
      const verdict = judgeReadings(previous, reading, round)
      if (verdict !== 'again') return verdict
      previous = reading
    }
  } catch (error) {
    return failedListing(error)
  }
}

export function failedListing(error: unknown): RawListing {
  if (isGone(error)) return { state: 'absent' }
  return { state: 'failed', code: diskCode(error), message: String(error) }
}

async function readOnce(disk: Disk, path: string, marker: string, manner: ScanManner): Promise<Reading> {
  const { directoryTimes, parallel } = manner
  const before = await disk.lstat(path)
  if (before.kind !== 'directory') throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' })
  const names = await disk.readdir(path)
  const found: (RawEntry | null)[] = []
  for (let at = 0; at < names.length; at += parallel) {
    const looks = names.slice(at, at + parallel).map((entry) => readEntry(disk, path, entry, marker))
    found.push(...(await Promise.all(looks)))
  }
  const entries = found.filter((entry) => entry !== null)
  const vanished = entries.length < found.length
  if (directoryTimes) return { before, after: await disk.lstat(path), entries, vanished }
  const later = new Map((await disk.readdir(path)).map(({ name, kind }) => [name.join(), kind]))
  const now = await disk.lstat(path)
  return {
    before,
    // Stands for the time that such a directory has not.
    after: later.size === names.length ? now : { ...now, mtimeNs: now.mtimeNs + 1n },
    entries,
    vanished: vanished || names.some(({ name, kind }) => later.get(name.join()) !== kind),
  }
}

async function readEntry(disk: Disk, path: string, entry: DiskEntry, marker: string): Promise<RawEntry | null> {
  const { name, kind } = entry
  const text = pathText(name)
  // Bytes that are no text cannot be asked for by a path: what the listing said is all there is to know.
  if (text === null) return { name, kind, stat: null, code: 'EILSEQ', nested: false }
  const absolute = path === '/' ? `/${text}` : `${path}/${text}`
  try {
    const stat = await disk.lstat(absolute)
    const nested = stat.kind === 'directory' && text !== marker && (await holds(disk, `${absolute}/${marker}`))
    return { name: text, kind: stat.kind, stat, code: '', nested }
  } catch (error) {
    if (isGone(error)) return null
    return { name: text, kind, stat: null, code: diskCode(error), nested: false }
  }
}

async function holds(disk: Disk, path: string): Promise<boolean> {
  try {
    return (await disk.lstat(path)).kind === 'directory'
  } catch {
    // What does not answer is a directory all the same: whatever is the matter, its own listing tells, and looks for a marker.
    return false
  }
}

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Null for bytes that are not UTF-8. */
export function pathText(name: Uint8Array): string | null {
  try {
    return STRICT.decode(name)
  } catch {
    return null
  }
}
