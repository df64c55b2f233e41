/**
 * What has to be looked at again. Hints from watcher, server and timers only ever mark here; the loop takes the marks
 * before it looks, so that a hint that comes while it looks is not lost.
 */

import type { Sequence } from '../model/ids.js'
import { OwnMoves } from './own-moves.js'
import { directoryOf, isWithin } from './paths.js'

/** More of them are not remembered: then everything is looked at. */
const MOST_MOVES = 10_000
const MOST_NAMED = 1_000

export interface DirtyPaths {
  readonly everything: boolean
  /** Directories to list again. */
  readonly directories: ReadonlySet<string>
  /** What hints named since the look before the last one; null when that was too much to remember. */
  readonly named: ReadonlySet<string> | null
  /** Some were found otherwise than expected, and no hint told of it: what is missing there may stand where nobody looks. */
  readonly untold: boolean
}

const NOTHING: DirtyPaths = { everything: false, directories: new Set(), named: new Set(), untold: false }

export class Dirty {
  #everything = false
  #remote = false
  #untold = false
  /** Highest sequence a hint told of and nobody pulled yet. */
  #hinted = 0
  readonly #directories = new Set<string>()
  readonly #moves = new OwnMoves()
  /** What hints named since the last look, and before that since the one before it. */
  #named = new Set<string>()
  #namedBefore: ReadonlySet<string> = new Set()
  /** Taken for a look that goes on. */
  #taken = NOTHING
  readonly #onMark: () => void
  #wake: (() => void) | null = null

  constructor(onMark: () => void = () => undefined) {
    this.#onMark = onMark
  }

  /** A full scan is due. */
  everything(): void {
    this.#everything = true
    this.#notify()
  }

  /** Something at these paths: their directories are due. */
  paths(paths: readonly string[]): void {
    this.again(paths.map(directoryOf))
  }

  /**
   * A step of ours found these otherwise than it expected. A hint of a move tells of both its ends; this is but one of them.
   */
  untold(paths: readonly string[]): void {
    if (paths.length === 0) return
    this.#untold = true
    this.paths(paths)
  }

  /** Directories that were taken and could not be listed. */
  again(directories: Iterable<string>): void {
    for (const directory of directories)
      for (const place of this.#moves.placesOf(directory)) this.#directories.add(place)
    this.#notify()
  }

  /**
   * A hint spoke of these paths: which of them were directories shows when one of those is missed. Where the engine moved
   * one of them is due, too: it may have been edited just before.
   */
  named(paths: readonly string[]): void {
    for (const path of paths) {
      const places = this.#moves.placesOf(path)
      // One more than is remembered tells that there were more.
      if (this.#named.size <= MOST_NAMED) for (const place of places) this.#named.add(place)
      places.delete(path)
      if (places.size > 0) this.again([...places].map(directoryOf))
    }
  }

  /** The engine moved something: what is due there under its old path is due under the new one, also what is told later. */
  moved(from: string, to: string): void {
    this.#moves.add(from, to)
    if (this.#moves.count > MOST_MOVES) this.everything()
    const due = [...this.#directories].filter((directory) => isWithin(directory, from))
    if (due.length > 0) this.again(due)
    const named = [...this.#named, ...this.#namedBefore].filter((path) => isWithin(path, from))
    if (named.length > 0) this.named(named)
  }

  remote(): void {
    this.#remote = true
    this.#notify()
  }

  /** The server got that far. Says nothing new when our own commit took it there, which may turn out only later. */
  hinted(sequence: Sequence): void {
    this.#hinted = Math.max(this.#hinted, sequence)
    this.#notify()
  }

  /** Wakes the loop without marking anything. */
  #notify(): void {
    this.#onMark()
    this.#wake?.()
    this.#wake = null
  }

  get any(): boolean {
    return this.#everything || this.#remote || this.#hinted > 0 || this.#directories.size > 0
  }

  takeLocal(): DirtyPaths {
    const named = new Set([...this.#namedBefore, ...this.#named])
    const taken = {
      everything: this.#everything,
      directories: new Set(this.#directories),
      named: named.size > MOST_NAMED ? null : named,
      untold: this.#untold,
    }
    this.#namedBefore = this.#named
    this.#named = new Set()
    if (this.#everything) this.#moves.clear()
    this.#everything = false
    this.#untold = false
    this.#directories.clear()
    this.#taken = taken
    return taken
  }

  /** It was taken, and the look at it failed. */
  putBack({ everything, directories, named, untold }: DirtyPaths): void {
    this.#untold ||= untold
    if (everything || named === null) this.everything()
    this.named([...(named ?? [])])
    this.again(directories)
  }

  /** The look is over: what it could not see was marked again. */
  looked(): void {
    this.#taken = NOTHING
  }

  /** Whether entries of this directory are still to be looked at, or are just now. */
  covers(directory: string): boolean {
    return this.#isAllDue || this.#directories.has(directory) || this.#taken.directories.has(directory)
  }

  get #isAllDue(): boolean {
    return this.#everything || this.#taken.everything
  }

  /** Directories that are still to be looked at, or are just now; the root when everything is. */
  get due(): ReadonlySet<string> {
    return new Set([...(this.#isAllDue ? [''] : []), ...this.#directories, ...this.#taken.directories])
  }

  /** Whether the server has to be asked by a device that knows it up to `known`. */
  takeRemote(known: Sequence): boolean {
    const taken = this.#remote || this.#hinted > known
    this.#remote = false
    this.#hinted = 0
    return taken
  }

  /** Resolves at the next mark; at once when there is one. */
  async marked(): Promise<void> {
    if (this.any) return
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
  }
}
