/**
 * Renames in the tree, and in and out of `.tidemark/moving` (LOCAL-17, LOCAL-18). A file never lands on anything: it is
 * linked to its new name and then taken from the old one. A directory is renamed when the target was seen to be free.
 */

import type { Expected, Outcome, Stamp, Target } from '../../src/index.js'
import type { DiskStat } from './disk.js'
import { diskFailure } from './folder-problems.js'
import { type FolderPlaces, MOVED, type Place } from './folder-places.js'
import { checkToken } from './folder-staging.js'
import { sameLookButCtime, sameObject } from './folder-stamp.js'
import type { FolderTrash } from './folder-trash.js'

const decoder = new TextDecoder()

/** Whether the old name of a file is gone; `kept`: what has to be told of instead. */
interface TakenAway {
  readonly taken: boolean
  readonly kept?: string | undefined
}

const NOT_TAKEN: TakenAway = { taken: false }

/** The disk took the old name, and refuses to say what that was, or to give it back. */
class Astray extends Error {
  constructor(cause: unknown) {
    super('the disk does not give back what was taken from its place', { cause })
  }
}

export class FolderMoves {
  readonly #places: FolderPlaces
  readonly #trash: FolderTrash
  /** Something left `moving` since the last flush. */
  #isUnflushed = false

  constructor(places: FolderPlaces, trash: FolderTrash) {
    this.#places = places
    this.#trash = trash
  }

  async move(from: Target, to: Target, expected: Expected): Promise<Outcome> {
    const source = await this.#places.reach(from)
    const target = await this.#places.reach(to)
    if (source === null || target === null) return MOVED
    const object = await this.#places.expected(source, expected)
    if (object === null) return MOVED
    const there = await this.#places.ground.look(target.absolute)
    const twin = there !== null && this.#isTwin(source, target, object, there)
    if (there !== null && !twin) return MOVED
    const links = this.#places.ground.facts.hardLinks
    return object.kind === 'file' && links && !twin
      ? this.#relink(source, target, object)
      : this.#rename(source, target, object, twin)
  }

  /** On a disk that folds names, the other spelling of a name is the entry itself. */
  #isTwin(source: Place, target: Place, object: DiskStat, there: DiskStat): boolean {
    const { foldsNames } = this.#places.ground.facts
    return foldsNames && sameObject(object, there) && sameObject(source.parent, target.parent)
  }

  async #rename(source: Place, target: Place, object: DiskStat, isTwin = false): Promise<Outcome> {
    const { disk } = this.#places.ground
    if (object.kind === 'file' && disk.replaceIf !== undefined && !isTwin) {
      if (!(await disk.replaceIf(source.absolute, target.absolute, null))) return MOVED
    } else await disk.rename(source.absolute, target.absolute)
    const now = await this.#places.ground.lookFirmly(target.absolute)
    if (now === null) return MOVED
    const undo = this.#places.takeBack(target, source.absolute)
    if (this.#isSame(now, object)) return this.#places.settled(target, object, undo)
    await undo()
    return MOVED
  }

  #isSame(now: DiskStat, object: DiskStat): boolean {
    return object.kind === 'directory' ? sameObject(now, object) : sameLookButCtime(now, object)
  }

  /**
   * For a moment the file has two names, and its user may do something else to each: an edit by either of them stays
   * (INV-18). Only a name that is one too many is ever let go.
   */
  async #relink(source: Place, target: Place, object: DiskStat): Promise<Outcome> {
    const { ground } = this.#places
    await ground.disk.link(source.absolute, target.absolute)
    let stands: DiskStat | null = null
    let away: TakenAway = NOT_TAKEN
    let doubled = object
    try {
      const linked = await ground.lookFirmly(target.absolute)
      const asExpected = linked !== null && sameLookButCtime(linked, object)
      if (asExpected && (await this.#places.stands(target))) stands = linked
      // Its user put another file in the old place just before: that is the one which has two names now.
      if (linked !== null && !sameObject(linked, object) && (await this.#isAt(source, linked))) doubled = linked
      // Where its user took the new name elsewhere, the file went with it: the old one is one too many all the same.
      else if (stands !== null || !(await this.#isAt(target, object))) away = await this.#takeAway(source, object)
    } catch (error) {
      // Where the old name is nobody knows, the new one is all that is left in the tree.
      if (!(error instanceof Astray)) await this.#withdraw(target, doubled)
      throw error instanceof Astray ? error.cause : error
    }
    if (away.taken && stands !== null)
      return this.#places.settled(target, stands, this.#places.takeBack(target, source.absolute))
    if (away.taken) return MOVED
    const kept = away.kept ?? (await this.#withdraw(target, doubled))
    return kept === undefined ? MOVED : { outcome: 'moved', kept }
  }

  /**
   * The old name goes by way of the trash, so that a file which a user's rename put there meanwhile is found, not lost.
   * Not taken when it was another one, or gone, or is all that is left of the file: the user was faster.
   */
  async #takeAway(source: Place, object: DiskStat): Promise<TakenAway> {
    const kept = this.#trash.name(source.path)
    const there = await this.#places.ground.look(source.absolute)
    if (there === null || there.nlink <= object.nlink) return NOT_TAKEN
    await this.#places.ground.disk.rename(source.absolute, this.#trash.path(kept))
    let taken: DiskStat | null
    try {
      taken = await this.#trash.lookFirmly(kept)
    } catch (error) {
      if (!(await this.#trash.putBackFirmly(kept, source.absolute))) throw new Astray(error)
      throw error
    }
    if (taken === null) return NOT_TAKEN
    if (sameObject(taken, object) && taken.nlink > object.nlink) {
      await this.#trash.dropQuietly(kept)
      return { taken: true }
    }
    return { taken: false, kept: await this.#putBackOrTell(kept, taken, source, object) }
  }

  async #isAt(place: Place, object: DiskStat): Promise<boolean> {
    const now = await this.#places.ground.lookFirmly(place.absolute)
    return now !== null && sameObject(now, object)
  }

  /** Takes back a link of ours. Something else that stands there by now is put back. What has to be told of is returned. */
  async #withdraw(place: Place, object: DiskStat): Promise<string | undefined> {
    const now = await this.#places.ground.lookFirmly(place.absolute)
    if (now === null || !sameObject(now, object)) return undefined
    const kept = this.#trash.name(place.path)
    await this.#places.ground.disk.rename(place.absolute, this.#trash.path(kept))
    const taken = await this.#trash.lookFirmly(kept)
    if (taken === null) return undefined
    if (sameObject(taken, object)) {
      if (taken.nlink > 1n) {
        await this.#trash.dropQuietly(kept)
        return undefined
      }
      // Its user took the old name away: the file as it was went with that, an edit of it did not.
      if (sameLookButCtime(taken, object)) {
        await this.#trash.note(kept, place.path)
        return undefined
      }
    }
    return this.#putBackOrTell(kept, taken, place, object)
  }

  /** In the trash and told where its place was taken meanwhile; what was replaced there before its user's eyes is only kept. */
  async #putBackOrTell(kept: string, taken: DiskStat, place: Place, object: DiskStat): Promise<string | undefined> {
    if (await this.#trash.putBackFirmly(kept, place.absolute)) return undefined
    await this.#trash.note(kept, place.path)
    return sameLookButCtime(taken, object) ? undefined : kept
  }

  async detach(from: Target, token: string, expected: Expected): Promise<Outcome> {
    const { ground } = this.#places
    const aside = this.#movingPath(token)
    const source = await this.#places.reach(from)
    if (source === null || (await ground.look(aside)) !== null) return MOVED
    const object = await this.#places.expected(source, expected)
    if (object === null) return MOVED
    await ground.disk.rename(source.absolute, aside)
    let taken: DiskStat | null
    try {
      taken = await ground.lookFirmly(aside)
    } catch (error) {
      await this.#giveBack(aside, source)
      throw error
    }
    if (taken === null) return MOVED
    if (this.#isSame(taken, object)) return { outcome: 'done', stamp: this.#places.stamp(taken) }
    return this.#giveBack(aside, source)
  }

  /** What was detached by mistake goes back; when its name is taken by then, it goes to the trash and is told. */
  async #giveBack(aside: string, source: Place): Promise<Outcome> {
    const { disk } = this.#places.ground
    const kept = this.#trash.name(source.path)
    await disk.rename(aside, this.#trash.path(kept))
    if (await this.#trash.putBackFirmly(kept, source.absolute)) return MOVED
    await this.#trash.note(kept, source.path)
    return { outcome: 'moved', kept }
  }

  async attach(token: string, to: Target): Promise<Outcome> {
    const { ground } = this.#places
    const aside = this.#movingPath(token)
    const target = await this.#places.reach(to)
    const object = await ground.look(aside)
    if (target === null || object === null) return MOVED
    this.#isUnflushed = true
    if (object.kind === 'file') {
      if (!(await this.#places.putFile(aside, target)) && !(await this.#finishes(aside, target, object))) return MOVED
    } else {
      if ((await ground.look(target.absolute)) !== null) return MOVED
      await ground.disk.rename(aside, target.absolute)
    }
    return this.#places.settled(target, object, this.#places.takeBack(target, aside))
  }

  /**
   * After the places that were attached to. A disk may take back that a name left `moving`: what nobody speaks of any more
   * would be found there, and come back into the tree as a file that no user made.
   */
  async flush(): Promise<void> {
    if (!this.#isUnflushed) return
    this.#isUnflushed = false
    const { ground } = this.#places
    try {
      await ground.disk.syncDirectory(ground.own('moving'))
    } catch (error) {
      this.#isUnflushed = true
      throw diskFailure('The disk did not confirm a flush', ground.own('moving'), error)
    }
  }

  /** The place is taken by the very file: an earlier attach was cut off between its two halves. */
  async #finishes(aside: string, target: Place, object: DiskStat): Promise<boolean> {
    const { ground } = this.#places
    const there = await ground.look(target.absolute)
    if (there === null || !sameObject(there, object)) return false
    await ground.disk.unlink(aside)
    return true
  }

  async detached(): Promise<
    readonly { readonly token: string; readonly stamp: Stamp; readonly kind: 'file' | 'directory' }[]
  > {
    const { ground } = this.#places
    const found: { token: string; stamp: Stamp; kind: 'file' | 'directory' }[] = []
    for (const entry of await ground.disk.readdir(ground.own('moving'))) {
      const token = decoder.decode(entry.name)
      const stat = await ground.look(ground.own('moving', token))
      if (stat?.kind !== 'file' && stat?.kind !== 'directory') continue
      found.push({ token, stamp: this.#places.stamp(stat), kind: stat.kind })
    }
    return found
  }

  #movingPath(token: string): string {
    checkToken(token)
    return this.#places.ground.own('moving', token)
  }
}
