/**
 * Replacing the content of a file (LOCAL-16, INV-07, INV-18). The old content hangs in the trash by a second name before
 * anything happens to its place, and is let go only when it is still the expected one after the change.
 */

import type { Expected, Outcome, Target } from '../../src/index.js'
import type { DiskStat } from './disk.js'
import type { FolderLingering } from './folder-lingering.js'
import { type FolderPlaces, HalfDone, MOVED, type Place } from './folder-places.js'
import { diskCode } from './folder-problems.js'
import { sameLookButCtime, sameObject, withExecutable } from './folder-stamp.js'
import type { FolderTrash } from './folder-trash.js'

interface Replacement {
  readonly staged: string
  readonly fresh: DiskStat
  readonly place: Place
  readonly old: DiskStat
  readonly kept: string
  readonly isHot: boolean
}

export class FolderReplace {
  readonly #places: FolderPlaces
  readonly #trash: FolderTrash
  readonly #lingering: FolderLingering

  constructor(places: FolderPlaces, trash: FolderTrash, lingering: FolderLingering) {
    this.#places = places
    this.#trash = trash
    this.#lingering = lingering
  }

  /** `staged`: absolute path of the finished staged file. */
  async replace(staged: string, to: Target, expected: Expected, order: 'atomic' | 'lossless'): Promise<Outcome> {
    const { ground } = this.#places
    const place = await this.#places.reach(to)
    if (place === null) return MOVED
    const old = await this.#places.expected(place, expected)
    if (old?.kind !== 'file') return MOVED
    const fresh = await this.#fitMode(staged, old)
    const replacement = { staged, fresh, place, old, kept: this.#trash.name(to.path), isHot: order === 'lossless' }
    if (ground.disk.replaceIf !== undefined) return this.#guarded(replacement)
    if (order === 'lossless' || !ground.facts.hardLinks) return this.#lossless(replacement)
    return (await this.#atomic(replacement)) ?? this.#lossless(replacement)
  }

  /** The new content takes over the mode of the old, but for its own executable bit (SEC-18). */
  async #fitMode(staged: string, old: DiskStat): Promise<DiskStat> {
    const { disk, facts } = this.#places.ground
    const fresh = await disk.lstat(staged)
    const mode = withExecutable(old.mode, (fresh.mode & 0o100) !== 0, facts.executeMask)
    if (!facts.executableBit || fresh.mode === mode) return fresh
    const file = await disk.open(staged, 'write')
    try {
      await file.chmod(mode)
    } finally {
      await file.close()
    }
    return disk.lstat(staged)
  }

  /**
   * link(place, trash), look, rename(staged, place), look again. A file that takes the place by a rename between the
   * last look and our rename is lost: that pair counts as one step (INV-18); the lossless order has no such step.
   * Null when this file cannot be linked.
   */
  async #atomic(replacement: Replacement): Promise<Outcome | null> {
    const { staged, place, old, kept } = replacement
    const { disk } = this.#places.ground
    try {
      await disk.link(place.absolute, this.#trash.path(kept))
    } catch (error) {
      if (UNLINKABLE.has(diskCode(error))) return null
      throw error
    }
    try {
      if (!(await this.#isStill(place, old, kept))) {
        await this.#trash.dropQuietly(kept)
        return MOVED
      }
      await disk.rename(staged, place.absolute)
    } catch (error) {
      await this.#trash.dropQuietly(kept)
      throw error
    }
    return this.#conclude(replacement)
  }

  /** The disk itself keeps others away while it looks and replaces: what it replaced was the expected content. */
  async #guarded({ staged, fresh, place, old }: Replacement): Promise<Outcome> {
    const { disk } = this.#places.ground
    if (!(await this.#places.stands(place))) return MOVED
    if ((await disk.replaceIf?.(staged, place.absolute, old)) !== true) return MOVED
    return this.#places.settled(place, fresh, this.#places.takeBack(place, staged))
  }

  async #isStill(place: Place, old: DiskStat, kept: string): Promise<boolean> {
    const linked = await this.#trash.look(kept)
    if (linked === null || !sameLookButCtime(linked, old)) return false
    if (!(await this.#places.stands(place))) return false
    const now = await this.#places.ground.look(place.absolute)
    return now !== null && sameObject(now, linked)
  }

  /** rename(place, trash), look, link(staged, place): for a moment nothing stands there (exempt from INV-07). */
  async #lossless(replacement: Replacement): Promise<Outcome> {
    const { staged, place, old, kept } = replacement
    await this.#places.ground.disk.rename(place.absolute, this.#trash.path(kept))
    let placed: boolean
    try {
      const taken = await this.#trash.lookFirmly(kept)
      if (taken === null || !sameLookButCtime(taken, old)) return await this.#giveBack(place, kept)
      placed = await this.#places.putFile(staged, place)
    } catch (error) {
      if (error instanceof HalfDone) return this.#letGo(replacement, MOVED)
      const given = await this.#giveBack(place, kept)
      if ('kept' in given) return given
      throw error
    }
    if (placed) return this.#conclude(replacement)
    // Somebody made a file there: it is theirs. What was replaced is what the plan knew, but may still be written to.
    return this.#letGo(replacement, MOVED)
  }

  async #giveBack(place: Place, kept: string): Promise<Outcome> {
    if ((await this.#trash.lookFirmly(kept)) === null) return MOVED
    if (await this.#trash.putBackFirmly(kept, place.absolute)) return MOVED
    await this.#trash.note(kept, place.path)
    return { outcome: 'moved', kept }
  }

  async #conclude(replacement: Replacement): Promise<Outcome> {
    const { place, fresh, staged } = replacement
    return this.#letGo(replacement, await this.#places.settled(place, fresh, this.#places.takeBack(place, staged)))
  }

  /** The old content once more: as expected, it waits for the flush; edited meanwhile, it is a user's. */
  async #letGo({ place, old, kept, isHot }: Replacement, outcome: Outcome): Promise<Outcome> {
    const again = await this.#trash.lookFirmly(kept)
    if (again === null) return outcome
    if (sameLookButCtime(again, old)) {
      this.#lingering.add(place.path, kept, again, isHot)
      return outcome
    }
    await this.#trash.note(kept, place.path)
    if (outcome.outcome === 'done' && outcome.stamp !== null)
      return { outcome: 'displaced', stamp: outcome.stamp, kept }
    return { outcome: 'moved', kept }
  }
}

/** Too many links, links of a stranger's file forbidden, a disk that turns out to have none. */
const UNLINKABLE = new Set(['EMLINK', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV'])
