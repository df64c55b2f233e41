/**
 * Before and after of every change: the parent is the real directory the plan saw, and still is when the change is
 * made (SEC-13). What a change finds in the place of what it expected is put back or kept, never destroyed.
 */

import { type Expected, type Outcome, type Stamp, type Target, isTidemarkError } from '../../src/index.js'
import type { DiskStat } from './disk.js'
import type { FolderGround } from './folder-ground.js'
import { parentPath, pathTrouble } from './folder-names.js'
import { isGone, isOccupied, isTaken, problem, writeProblem } from './folder-problems.js'
import { isExpected, sameLookButCtime, sameObject, stampOf } from './folder-stamp.js'

export const MOVED: Outcome = { outcome: 'moved' }

const FORGET_TRIES = 3

/** The change was made, a name of ours could not be let go. Nothing to undo, and no result: the next look tells. */
export class HalfDone extends Error {
  constructor(cause: unknown) {
    super('a change was left half done', { cause })
  }
}

/** A place whose parent was seen. */
export interface Place {
  readonly path: string
  readonly absolute: string
  readonly parent: DiskStat
}

export class FolderPlaces {
  readonly ground: FolderGround

  constructor(ground: FolderGround) {
    this.ground = ground
  }

  /** Null when the parent is not the directory the target names, or no real directory. */
  async reach(target: Target): Promise<Place | null> {
    const { ground } = this
    const parent = await ground.directory(parentPath(target.path))
    if (parent === null) return null
    if (target.parent !== null && ground.id(parent) !== target.parent) return null
    return { path: target.path, absolute: ground.absolute(target.path), parent }
  }

  /** Whether the parent is still in its place, reached anew. */
  async stands(place: Place): Promise<boolean> {
    const now = await this.ground.directory(parentPath(place.path))
    return now !== null && sameObject(now, place.parent)
  }

  /** The entry at a place when it is the expected one, else null. */
  async expected(place: Place, expected: Expected): Promise<DiskStat | null> {
    const stat = await this.ground.look(place.absolute)
    if (stat === null || sameObject(stat, this.ground.facts.own)) return null
    return isExpected(stat, expected, this.ground.facts) ? stat : null
  }

  stamp(stat: DiskStat): Stamp {
    return stampOf(stat, this.ground.facts)
  }

  /**
   * The end of a change that put an object at a place. Done as long as it stands there and its parent too. The stamp is
   * that of the object as it was put there: an edit made since shows up as one at the next scan. When the way to the
   * place leads elsewhere by now, the object is taken back by `undo`. What cannot be looked at is no result.
   */
  async settled(place: Place, object: DiskStat, undo: () => Promise<void>): Promise<Outcome> {
    try {
      const now = await this.ground.lookFirmly(place.absolute)
      if (now === null || !sameObject(now, object)) return MOVED
      if (!(await this.stands(place))) {
        await undo()
        return MOVED
      }
      const untouched = object.kind === 'directory' || sameLookButCtime(now, object)
      return { outcome: 'done', stamp: this.stamp(untouched ? now : object) }
    } catch (error) {
      if (isTidemarkError(error)) throw error
      return MOVED
    }
  }

  /** Takes an object of ours back to where it came from, if nothing is there. */
  takeBack(place: Place, origin: string): () => Promise<void> {
    return async () => {
      if ((await this.ground.look(origin)) === null) await this.ground.disk.rename(place.absolute, origin)
    }
  }

  /** An object of ours to a free place, never over anything; false when the place is taken. @throws HalfDone */
  async putFile(from: string, place: Place): Promise<boolean> {
    const { disk, facts } = this.ground
    if (disk.replaceIf !== undefined) return disk.replaceIf(from, place.absolute, null)
    try {
      if (facts.hardLinks) await disk.link(from, place.absolute)
      else await this.#claim(place.absolute)
    } catch (error) {
      if (isTaken(error)) return false
      throw error
    }
    if (facts.hardLinks) await this.#forgetName(from)
    else await disk.rename(from, place.absolute)
    return true
  }

  async #forgetName(path: string): Promise<void> {
    for (let left = FORGET_TRIES; ; left--) {
      try {
        await this.ground.disk.unlink(path)
        return
      } catch (error) {
        if (isGone(error)) return
        if (left === 0) throw new HalfDone(error)
      }
    }
  }

  /** Disks without links: the name is made exclusively, then replaced. What is written into it within that moment is lost. */
  async #claim(absolute: string): Promise<void> {
    const file = await this.ground.disk.open(absolute, 'create', 0o600)
    await file.close()
  }

  /** Runs a change; names that can be no place of ours and errors of the disk become problems of the path. */
  async attempt(path: string, change: () => Promise<Outcome>): Promise<Outcome> {
    const trouble = pathTrouble(path)
    if (trouble !== null) return { outcome: 'failed', problem: problem(path, 'unwritable-name', trouble) }
    try {
      return await change()
    } catch (error) {
      // What the plan saw is gone: a matter of planning again, not of the disk.
      if (error instanceof HalfDone || isGone(error) || isOccupied(error)) return MOVED
      return { outcome: 'failed', problem: writeProblem(path, error) }
    }
  }
}
