/**
 * `LocalStore` over a disk (LOCAL-1 to 24). This file only joins the parts: listing, content, staging, changes. All of
 * them reach the tree through `FolderGround`; nothing here decides what is synced.
 */

import {
  type Clock,
  type ContentRule,
  type Description,
  type DiskTraits,
  type Expected,
  type KeptContent,
  type Listing,
  type LocalStore,
  type OpenedRoot,
  type Options,
  type Outcome,
  type Random,
  type ReadResult,
  type StagedFile,
  type Stamp,
  type StatResult,
  type Target,
  TidemarkError,
} from '../../src/index.js'
import { type Scanner, diskScanner } from './disk-scan.js'
import type { Disk, DiskStat } from './disk.js'
import { FolderChanges, type RemoveOptions } from './folder-changes.js'
import { type FileDescriber, FolderContent } from './folder-content.js'
import { flushPaths } from './folder-flush.js'
import { FolderGround } from './folder-ground.js'
import { FolderLingering } from './folder-lingering.js'
import { FolderListing } from './folder-listing.js'
import { FolderMoves } from './folder-moves.js'
import { FolderPlaces } from './folder-places.js'
import type { KnownTraits } from './folder-probe.js'
import { diskFailure, throwIfAborted } from './folder-problems.js'
import { FolderReplace } from './folder-replace.js'
import { type OpenRoot, type TakeLock, checkRoot, openRoot, writeTick } from './folder-root.js'
import { sameObject } from './folder-stamp.js'
import { FolderStaging } from './folder-staging.js'
import { FolderTrash } from './folder-trash.js'

export interface FolderStoreParts {
  readonly disk: Disk
  /** Absolute path of the root, without a slash at the end. */
  readonly root: string
  readonly random: Random
  readonly clock: Clock
  readonly describer: FileDescriber
  /** Default: listing through the disk. */
  readonly scanner?: Scanner & { close?(): Promise<void> }
  /** Default: none; two engines on one root are then not kept apart. */
  readonly lock?: TakeLock
  readonly known?: KnownTraits
  /** Home directories, absolute: neither they nor what contains them can be the root. */
  readonly reserved?: () => Promise<readonly string[]>
}

/** Makes the store; nothing is touched before `open`. */
export function folderStore(parts: FolderStoreParts): LocalStore {
  return new FolderStore(parts)
}

class FolderStore implements LocalStore {
  readonly #parts: FolderStoreParts
  readonly #ground: FolderGround
  readonly #listing: FolderListing
  readonly #content: FolderContent
  readonly #staging: FolderStaging
  readonly #places: FolderPlaces
  readonly #trash: FolderTrash
  readonly #changes: FolderChanges
  readonly #replace: FolderReplace
  readonly #lingering: FolderLingering
  readonly #moves: FolderMoves
  #open: OpenRoot | null = null

  constructor(parts: FolderStoreParts) {
    this.#parts = parts
    this.#ground = new FolderGround(parts)
    this.#listing = new FolderListing(this.#ground, parts.scanner ?? diskScanner(parts.disk))
    this.#content = new FolderContent(this.#ground, this.#listing, parts.describer)
    this.#staging = new FolderStaging(this.#ground, this.#content)
    this.#places = new FolderPlaces(this.#ground)
    this.#trash = new FolderTrash(this.#ground)
    this.#lingering = new FolderLingering(this.#ground, this.#trash)
    this.#changes = new FolderChanges(this.#places, this.#trash, this.#lingering)
    this.#replace = new FolderReplace(this.#places, this.#trash, this.#lingering)
    this.#moves = new FolderMoves(this.#places, this.#trash)
  }

  async open(options: Options = {}): Promise<OpenedRoot> {
    throwIfAborted(options.signal)
    if (this.#open !== null)
      throw new TidemarkError('locked', `${this.#parts.root} is open already`, { subject: this.#parts.root })
    const { lock = null, known = {}, reserved } = this.#parts
    this.#open = await openRoot(this.#ground, lock, known, (await reserved?.()) ?? [])
    // Room for the new matters more than order in the old: a trash that cannot be swept waits for the next start.
    await this.#trash.sweep().catch(() => {})
    return this.#open.opened
  }

  get traits(): DiskTraits {
    return this.#opened().traits
  }

  #opened(): OpenRoot {
    if (this.#open !== null) return this.#open
    throw new TidemarkError('closed', 'The folder is not open', {
      subject: this.#parts.root,
      next: 'Call open() first.',
    })
  }

  async check(options: Options = {}): Promise<void> {
    throwIfAborted(options.signal)
    await checkRoot(this.#ground, this.#opened().opened.identity)
  }

  async setTick(tick: number): Promise<void> {
    await writeTick(this.#ground, this.#opened().opened.identity, tick)
  }

  async list(path: string, options?: Options): Promise<Listing> {
    this.#opened()
    return this.#listing.list(path, options)
  }

  async scan(
    paths: readonly string[],
    options: Options & { readonly deep: boolean },
  ): Promise<ReadonlyMap<string, Listing>> {
    this.#opened()
    return this.#listing.scan(paths, options)
  }

  async stat(path: string, options?: Options): Promise<StatResult> {
    this.#opened()
    return this.#listing.stat(path, options)
  }

  async describe(path: string, rule: ContentRule, options?: Options): Promise<Description> {
    this.#opened()
    return this.#content.describe(path, rule, options)
  }

  async read(
    path: string,
    expected: Stamp,
    ranges: readonly { readonly offset: number; readonly length: number }[],
    options?: Options,
  ): Promise<ReadResult> {
    this.#opened()
    return this.#content.read(path, expected, ranges, options)
  }

  async stage(name: string, options: Options & { readonly resume?: boolean } = {}): Promise<StagedFile> {
    this.#opened()
    return this.#staging.stage(name, options)
  }

  async clearStaging(keep: readonly string[]): Promise<void> {
    this.#opened()
    await this.#staging.clear(keep)
  }

  create(staged: string, to: Target, options?: Options): Promise<Outcome> {
    return this.#change(to.path, options, () => this.#changes.create(this.#staging.path(staged), to))
  }

  makeDirectory(to: Target, options?: Options): Promise<Outcome> {
    return this.#change(to.path, options, () => this.#changes.makeDirectory(to))
  }

  replaceIf(
    staged: string,
    to: Target,
    expected: Expected,
    options?: Options & { readonly hot?: boolean },
  ): Promise<Outcome> {
    const order = options?.hot === true ? 'lossless' : 'atomic'
    return this.#change(to.path, options, () => this.#replace.replace(this.#staging.path(staged), to, expected, order))
  }

  moveIf(from: Target, to: Target, expected: Expected, options?: Options): Promise<Outcome> {
    return this.#change(to.path, options, () => this.#moves.move(from, to, expected))
  }

  detachIf(from: Target, token: string, expected: Expected, options?: Options): Promise<Outcome> {
    return this.#change(from.path, options, () => this.#moves.detach(from, token, expected))
  }

  attach(token: string, to: Target, options?: Options): Promise<Outcome> {
    return this.#change(to.path, options, () => this.#moves.attach(token, to))
  }

  async detached(): ReturnType<LocalStore['detached']> {
    this.#opened()
    try {
      return await this.#moves.detached()
    } catch (error) {
      throw diskFailure('Detached entries could not be listed', this.#ground.own('moving'), error)
    }
  }

  removeIf(from: Target, expected: Expected, options?: Options & RemoveOptions): Promise<Outcome> {
    return this.#change(from.path, options, () => this.#changes.remove(from, expected, options))
  }

  restoreKept(kept: string, to: Target): Promise<Outcome> {
    return this.#change(to.path, {}, () => this.#changes.restore(kept, to))
  }

  async kept(): ReturnType<LocalStore['kept']> {
    this.#opened()
    try {
      const found = await this.#trash.list()
      const names = (stat: DiskStat): number => found.filter((other) => sameObject(other.stat, stat)).length
      return found.map(({ kept, stat }) => {
        const isElsewhere = stat.nlink > 1n && stat.nlink > names(stat)
        return { kept, stamp: this.#places.stamp(stat), isElsewhere }
      })
    } catch (error) {
      throw diskFailure('The trash could not be listed', this.#ground.own('trash'), error)
    }
  }

  setExecutableIf(at: Target, expected: Expected, executable: boolean): Promise<Outcome> {
    return this.#change(at.path, {}, () => this.#changes.setExecutable(at, expected, executable))
  }

  async #change(path: string, options: Options | undefined, run: () => Promise<Outcome>): Promise<Outcome> {
    this.#opened()
    throwIfAborted(options?.signal)
    return this.#places.attempt(path, run)
  }

  async flush(paths: readonly string[], options: Options = {}): Promise<readonly KeptContent[]> {
    this.#opened()
    await this.#trash.flush()
    const gone = await flushPaths(this.#ground, paths, options.signal)
    await this.#moves.flush()
    const edited = await this.#letGo(() => this.#lingering.release(paths))
    return [...edited, ...gone.map((path) => ({ path, kept: null }))]
  }

  async #letGo<T>(release: () => Promise<T>): Promise<T> {
    try {
      return await release()
    } catch (error) {
      throw diskFailure('Replaced content could not be let go', this.#ground.own('trash'), error)
    }
  }

  async close(): Promise<void> {
    const open = this.#open
    if (open === null) return
    this.#open = null
    try {
      await this.#letGo(() => this.#lingering.releaseAll())
    } finally {
      this.#ground.settle(null)
      await this.#parts.describer.close()
      await this.#parts.scanner?.close?.()
      await open.lock?.release()
    }
  }
}
