/**
 * What has to be looked at again. Hints from watcher, server and timers only ever mark here; the loop takes the marks
 * before it looks, so that a hint that comes while it looks is not lost.
 */

import type { Sequence } from '../model/ids.js'
import { directoryOf } from './paths.js'

/** More of them are not remembered: then everything is looked at. */
const MOST_MOVES = 1_000

export interface DirtyPaths {
  readonly everything: boolean
  /** Directories to list again. */
  readonly directories: ReadonlySet<string>
}

export class Dirty {
  #everything = false
  #remote = false
  /** Highest sequence a hint told of and nobody pulled yet. */
  #hinted = 0
  readonly #directories = new Set<string>()
  /** Directories that the engine moved since the last look at everything: a hint may still speak of the old path. */
  #moves: { readonly from: string; readonly to: string }[] = []
  /** Taken for a look that goes on. */
  #taken: DirtyPaths = { everything: false, directories: new Set() }
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

  /** Directories that were taken and could not be listed. */
  again(directories: Iterable<string>): void {
    for (const directory of directories) {
      let at = directory
      this.#directories.add(at)
      for (const { from, to } of this.#moves) {
        if (!isWithin(at, from)) continue
        at = to + at.slice(from.length)
        this.#directories.add(at)
      }
    }
    this.#notify()
  }

  /** The engine moved a directory: what is due below its old path is due below the new one, also what is told later. */
  moved(from: string, to: string): void {
    this.#moves.push({ from, to })
    const due = [...this.#directories].filter((directory) => isWithin(directory, from))
    if (this.#moves.length > MOST_MOVES) this.everything()
    else if (due.length > 0) this.again(due)
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
    const taken = { everything: this.#everything, directories: new Set(this.#directories) }
    if (this.#everything) this.#moves = []
    this.#everything = false
    this.#directories.clear()
    this.#taken = taken
    return taken
  }

  /** The look is over: what it could not see was marked again. */
  looked(): void {
    this.#taken = { everything: false, directories: new Set() }
  }

  /** Whether entries of this directory are still to be looked at, or are just now. */
  covers(directory: string): boolean {
    return [{ everything: this.#everything, directories: this.#directories }, this.#taken].some(
      ({ everything, directories }) => everything || directories.has(directory),
    )
  }

  /** Directories that are still to be looked at, or are just now; the root when everything is. */
  get due(): ReadonlySet<string> {
    const all = this.#everything || this.#taken.everything ? [''] : []
    return new Set([...all, ...this.#directories, ...this.#taken.directories])
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

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`)
}
