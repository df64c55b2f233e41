/**
 * Where the engine moved files and directories since the last look at everything. A hint, or what is still due, may speak
 * of an old path: what it tells of is looked for where it went as well.
 */

import { directoryOf } from './paths.js'

interface Move {
  readonly to: string
  /** Ascending: what was moved is moved on by a later move only. */
  readonly order: number
}

export class OwnMoves {
  /** By where they began, in order. */
  readonly #moves = new Map<string, Move[]>()
  count = 0

  add(from: string, to: string): void {
    this.count += 1
    this.#moves.set(from, [...(this.#moves.get(from) ?? []), { to, order: this.count }])
  }

  clear(): void {
    this.#moves.clear()
    this.count = 0
  }

  /** The path itself, and all to which moves of it, or of a directory above it, led. */
  placesOf(path: string): Set<string> {
    const places = new Map<string, number>([[path, 0]])
    for (const [at, order] of places) {
      for (let above = at; above !== ''; above = directoryOf(above)) {
        const later = (this.#moves.get(above) ?? []).filter((move) => move.order > order)
        // Nobody knows at which time a hint saw its path; what was moved there is known to have come before.
        for (const move of order === 0 ? later : later.slice(0, 1)) {
          const place = move.to + at.slice(above.length)
          if (!places.has(place)) places.set(place, move.order)
        }
      }
    }
    return new Set(places.keys())
  }
}
