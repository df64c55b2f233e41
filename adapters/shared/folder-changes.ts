/**
 * The small changes: a new file, a new directory, a removal, the executable bit (LOCAL-15, LOCAL-19, LOCAL-23). A
 * removal is a rename into the trash and a look at what was caught; a directory goes only when it is empty.
 */

import type { Expected, Outcome, Target } from '../../src/index.js'
import type { DiskFile, DiskStat } from './disk.js'
import type { FolderLingering } from './folder-lingering.js'
import { type FolderPlaces, HalfDone, MOVED, type Place } from './folder-places.js'
import { isOccupied, isTaken } from './folder-problems.js'
import { isExpected, sameLookButCtime, stampOf, withExecutable } from './folder-stamp.js'
import type { FolderTrash } from './folder-trash.js'

export interface RemoveOptions {
  /** False: it goes at the flush of its path. */
  readonly keep?: boolean
  /** Somebody may just work on it. */
  readonly hot?: boolean
}

export class FolderChanges {
  readonly #places: FolderPlaces
  readonly #trash: FolderTrash
  readonly #lingering: FolderLingering

  constructor(places: FolderPlaces, trash: FolderTrash, lingering: FolderLingering) {
    this.#places = places
    this.#trash = trash
    this.#lingering = lingering
  }

  /** `from`: absolute path of a finished staged file. */
  async create(from: string, to: Target): Promise<Outcome> {
    const place = await this.#places.reach(to)
    if (place === null) return MOVED
    const object = await this.#places.ground.disk.lstat(from)
    if (!(await this.#places.putFile(from, place))) return MOVED
    return this.#places.settled(place, object, this.#places.takeBack(place, from))
  }

  /** What an earlier change caught, a file or a whole directory, from the trash to a free place. */
  async restore(kept: string, to: Target): Promise<Outcome> {
    const place = await this.#places.reach(to)
    if (place === null) return MOVED
    const from = this.#trash.path(kept)
    const object = await this.#places.ground.disk.lstat(from)
    if (!(await this.#trash.putBack(kept, place.absolute))) return MOVED
    return this.#places.settled(place, object, this.#places.takeBack(place, from))
  }

  async makeDirectory(to: Target): Promise<Outcome> {
    const place = await this.#places.reach(to)
    if (place === null) return MOVED
    try {
      await this.#places.ground.disk.mkdir(place.absolute)
    } catch (error) {
      if (isTaken(error)) return MOVED
      throw error
    }
    const made = await this.#made(place.absolute)
    return this.#places.settled(place, made, () => this.#places.ground.disk.rmdir(place.absolute))
  }

  async #made(absolute: string): Promise<DiskStat> {
    try {
      const made = await this.#places.ground.lookFirmly(absolute)
      if (made !== null) return made
    } catch (error) {
      throw new HalfDone(error)
    }
    throw new HalfDone(null)
  }

  async remove(from: Target, expected: Expected, { keep = true, hot = false }: RemoveOptions = {}): Promise<Outcome> {
    const place = await this.#places.reach(from)
    if (place === null) return MOVED
    const old = await this.#places.expected(place, expected)
    if (old === null) return MOVED
    return old.kind === 'directory' ? this.#removeDirectory(place) : this.#removeFile(place, old, { keep, hot })
  }

  async #removeDirectory(place: Place): Promise<Outcome> {
    try {
      await this.#places.ground.disk.rmdir(place.absolute)
    } catch (error) {
      if (isOccupied(error)) return { outcome: 'not-empty' }
      throw error
    }
    return { outcome: 'done', stamp: null }
  }

  async #removeFile(place: Place, old: DiskStat, { keep, hot }: Required<RemoveOptions>): Promise<Outcome> {
    const kept = this.#trash.name(place.path)
    // Written first: a line about nothing harms nobody, a file that nobody finds does.
    if (keep) await this.#trash.record(kept, place.path)
    await this.#places.ground.disk.rename(place.absolute, this.#trash.path(kept))
    try {
      const caught = await this.#trash.lookFirmly(kept)
      if (caught === null) return MOVED
      if (sameLookButCtime(caught, old)) {
        if (!keep) this.#lingering.add(place.path, kept, caught, hot)
        return { outcome: 'done', stamp: null }
      }
    } catch (error) {
      if (await this.#trash.putBackFirmly(kept, place.absolute)) throw error
      return this.#leftOver(place, kept, keep)
    }
    return (await this.#trash.putBackFirmly(kept, place.absolute)) ? MOVED : this.#leftOver(place, kept, keep)
  }

  async #leftOver(place: Place, kept: string, isTold: boolean): Promise<Outcome> {
    if (!isTold) await this.#trash.note(kept, place.path)
    return { outcome: 'moved', kept }
  }

  async setExecutable(at: Target, expected: Expected, executable: boolean): Promise<Outcome> {
    const { ground } = this.#places
    const place = await this.#places.reach(at)
    if (place === null) return MOVED
    const old = await this.#places.expected(place, expected)
    if (old?.kind !== 'file') return MOVED
    if (!ground.facts.executableBit) return { outcome: 'done', stamp: this.#places.stamp(old) }
    const file = await ground.disk.open(place.absolute, 'read')
    try {
      if (!isExpected(await file.stat(), expected, ground.facts)) return MOVED
      await file.chmod(withExecutable(old.mode, executable, ground.facts.executeMask))
      return await this.#settledMode(place, old, file)
    } finally {
      await file.close()
    }
  }

  /** An edit made meanwhile stays an edit: the stamp is then that of before. */
  async #settledMode(place: Place, old: DiskStat, file: DiskFile): Promise<Outcome> {
    let after: DiskStat
    try {
      after = await file.stat()
    } catch (error) {
      throw new HalfDone(error)
    }
    if (!sameLookButCtime(after, old)) return { outcome: 'done', stamp: stampOf(old, this.#places.ground.facts) }
    return this.#places.settled(place, after, async () => {})
  }
}
