/**
 * Listings and stats as the engine sees them (LOCAL-1, 2, 12). Absent only with proof, unknown rather than short,
 * nothing of our own, and no step below a link, a mount or another root.
 */

import {
  type DirectoryEntry,
  type Listing,
  type Options,
  type Problem,
  type Stamp,
  type StatResult,
  isReservedName,
} from '../../src/index.js'
import type { RawEntry, RawListing, Scanner } from './disk-scan.js'
import type { DiskStat } from './disk.js'
import type { FolderGround, Trail } from './folder-ground.js'
import { OWN_NAME, type SeenName, baseName, joinPath, parentPath, seenNames } from './folder-names.js'
import { isGone, listProblem, problem, readProblem, throwIfAborted } from './folder-problems.js'
import { isExecutable, sameObject, stampOf } from './folder-stamp.js'

export class FolderListing {
  readonly #ground: FolderGround
  readonly #scanner: Scanner

  constructor(ground: FolderGround, scanner: Scanner) {
    this.#ground = ground
    this.#scanner = scanner
  }

  async list(path: string, options: Options = {}): Promise<Listing> {
    const listings = await this.scan([path], { ...options, deep: false })
    return listings.get(path)!
  }

  /** Level by level: the directories of one level go to the scanner together. */
  async scan(
    paths: readonly string[],
    options: Options & { readonly deep: boolean },
  ): Promise<ReadonlyMap<string, Listing>> {
    const listings = new Map<string, Listing>()
    let level = [...new Set(paths)]
    while (level.length > 0) {
      throwIfAborted(options.signal)
      const found = await this.#scanLevel(level, options.signal)
      const next: string[] = []
      for (const [path, listing] of found) {
        listings.set(path, listing)
        if (options.deep) next.push(...enterable(path, listing))
      }
      level = next.filter((path) => !listings.has(path))
    }
    return inOrder(paths, listings)
  }

  async #scanLevel(paths: readonly string[], signal: AbortSignal | undefined): Promise<ReadonlyMap<string, Listing>> {
    const found = new Map<string, Listing>()
    const trail: Trail = new Map()
    const reachable: string[] = []
    for (const path of paths) {
      const refusal = await this.#refusal(path, trail)
      if (refusal === null) reachable.push(path)
      else found.set(path, refusal)
    }
    const absolute = reachable.map((path) => this.#ground.absolute(path))
    const raw = await this.#scanner.scan(absolute, { marker: OWN_NAME, signal })
    const after: Trail = new Map()
    for (const [at, path] of reachable.entries()) found.set(path, await this.#listing(path, raw[at]!, after))
    return found
  }

  /** Null when the directory may be listed. The root itself tells afterwards whether it is the one that was opened. */
  async #refusal(path: string, trail: Trail): Promise<Listing | null> {
    if (path === '') return null
    if (!this.#ground.isReachable(path)) return { state: 'absent' }
    try {
      return (await this.#ground.directory(path, trail)) === null ? await this.#missing(path, trail) : null
    } catch (error) {
      return { state: 'unknown', problem: listProblem(path, error) }
    }
  }

  /** Why a path is no directory of ours: absent with proof, or unknown. */
  async #missing(path: string, trail: Trail): Promise<Listing> {
    const trouble = await this.obstacle(path, trail)
    return trouble === null ? { state: 'absent' } : { state: 'unknown', problem: trouble }
  }

  /**
   * The first thing on the way to a path that is no proof of its absence: a link, another disk, a root that is not the
   * one that was opened. Null when the way ends at a name that is not there (or is a plain file).
   */
  async obstacle(path: string, trail: Trail): Promise<Problem | null> {
    if ((await this.#ground.directory('', trail)) === null) {
      return problem('', 'unreadable', 'is not the directory that was opened')
    }
    const parts = path.split('/')
    for (let count = 1; count <= parts.length; count++) {
      const prefix = parts.slice(0, count).join('/')
      if ((await this.#ground.directory(prefix, trail)) !== null) continue
      const stat = await this.#ground.look(this.#ground.absolute(prefix))
      if (stat === null || stat.kind === 'file') return null
      if (stat.kind === 'symlink') return problem(prefix, 'symlink', 'is a symbolic link and is not followed')
      if (stat.kind === 'special') return problem(prefix, 'special-file', 'is not a file or directory')
      return problem(prefix, 'other-file-system', 'lies on another file system and is not entered')
    }
    return null
  }

  async #listing(path: string, raw: RawListing, after: Trail): Promise<Listing> {
    if (raw.state === 'failed') return { state: 'unknown', problem: listProblem(path, { code: raw.code }) }
    if (raw.state === 'restless')
      return { state: 'unknown', problem: problem(path, 'busy', 'kept changing while it was listed') }
    try {
      if (raw.state === 'absent') {
        return (await this.#ground.directory(path, after)) === null ? await this.#missing(path, after) : restless(path)
      }
      if (!(await this.#isStill(path, raw.directory, after))) return restless(path)
    } catch (error) {
      return { state: 'unknown', problem: listProblem(path, error) }
    }
    if (path !== '' && raw.entries.some(({ name }) => typeof name === 'string' && this.#marksRoot(name)))
      return { state: 'unknown', problem: problem(path, 'nested-root', 'is a root of its own and is not entered') }
    return { state: 'complete', directory: this.#ground.id(raw.directory), entries: this.#entries(path, raw.entries) }
  }

  /** Nothing above the root is ours to look at: what was listed as the root is the one that was opened, or is not. */
  async #isStill(path: string, listed: DiskStat, after: Trail): Promise<boolean> {
    const { facts } = this.#ground
    const now = path === '' ? facts.root : await this.#ground.directory(path, after)
    return now !== null && sameObject(now, listed)
  }

  #marksRoot(name: string): boolean {
    return this.#ground.facts.foldsNames ? isReservedName(name) : name === OWN_NAME
  }

  #entries(path: string, raw: readonly RawEntry[]): readonly DirectoryEntry[] {
    const visible = path === '' ? raw.filter((entry) => !this.#isOwn(entry)) : raw
    const names = seenNames(visible.map((entry) => entry.name))
    return visible.map((entry, at) => this.#entry(names[at]!, entry.stat, entry))
  }

  #isOwn(entry: RawEntry): boolean {
    if (entry.stat !== null) return sameObject(entry.stat, this.#ground.facts.own)
    return entry.name === OWN_NAME
  }

  #entry(seen: SeenName, stat: DiskStat | null, raw: Pick<RawEntry, 'kind' | 'nested'>): DirectoryEntry {
    const { facts } = this.#ground
    const { name, valid: validName } = seen
    if (stat === null) {
      const kind = validName || raw.kind === 'unknown' ? 'unreadable' : raw.kind
      return { name, validName, kind, stamp: NOTHING_KNOWN, executable: false, boundary: null }
    }
    const { kind } = stat
    const mount = kind === 'directory' && stat.dev !== facts.root.dev
    const boundary = mount ? 'mount' : raw.nested ? 'nested-root' : null
    return { name, validName, kind, stamp: stampOf(stat, facts), executable: isExecutable(stat, facts), boundary }
  }

  async stat(path: string, options: Options = {}): Promise<StatResult> {
    throwIfAborted(options.signal)
    const ground = this.#ground
    try {
      const stat = await this.look(path)
      if ('state' in stat) return stat
      const inside = path !== '' && stat.kind === 'directory'
      const nested = inside && (await ground.look(ground.absolute(joinPath(path, OWN_NAME)))) !== null
      const [seen] = seenNames([baseName(path)])
      return { state: 'present', entry: this.#entry(seen!, stat, { kind: stat.kind, nested }) }
    } catch (error) {
      if (isGone(error)) return { state: 'absent' }
      return { state: 'unknown', problem: readProblem(path, error) }
    }
  }

  /** What stands at a path that is reached through real directories only. Errors are those of the disk. */
  async look(path: string): Promise<DiskStat | Exclude<StatResult, { state: 'present' }>> {
    const ground = this.#ground
    if (!ground.isReachable(path)) return { state: 'absent' }
    const trail: Trail = new Map()
    const parent = parentPath(path)
    if ((await ground.directory(path === '' ? '' : parent, trail)) === null) {
      const trouble = await this.obstacle(parent, trail)
      return trouble === null ? { state: 'absent' } : { state: 'unknown', problem: trouble }
    }
    const stat = await ground.look(ground.absolute(path))
    return stat === null || sameObject(stat, ground.facts.own) ? { state: 'absent' } : stat
  }
}

const NOTHING_KNOWN: Stamp = { size: 0, mtimeNs: '0', ctimeNs: '0', fileId: null }

function restless(path: string): Listing {
  return { state: 'unknown', problem: problem(path, 'busy', 'was moved while it was listed') }
}

function enterable(path: string, listing: Listing): readonly string[] {
  if (listing.state !== 'complete') return []
  return listing.entries
    .filter((entry) => entry.kind === 'directory' && entry.boundary === null && entry.validName)
    .map((entry) => joinPath(path, entry.name))
}

/** The paths asked for first, in their order; then what lies below them, level by level. */
function inOrder(paths: readonly string[], listings: ReadonlyMap<string, Listing>): ReadonlyMap<string, Listing> {
  const ordered = new Map<string, Listing>()
  for (const path of paths) ordered.set(path, listings.get(path)!)
  for (const [path, listing] of listings) ordered.set(path, listing)
  return ordered
}
