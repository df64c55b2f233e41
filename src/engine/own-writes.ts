/**
 * What the engine itself put in place a moment ago. The stamp of such a file may be in doubt until it is old enough, and a
 * read before that would leave it so: a look that finds the very stamp reads nothing yet. Where ticks are fine, and its two
 * times are apart, only an edit in the same tick whose time was set back could hide behind it; and before anything is done
 * to the file it is read in any case (INV-16).
 */

import type { DiskTraits } from '../model/disk-traits.js'
import type { Stamp } from '../model/stamp.js'

/** A file that changed this recently can change again under the same stamp, milliseconds. */
export const YOUNG_MS = 2000
/** A longer tick of a disk is none that only a program could hit, nanoseconds. */
const FINE_NS = 10_000_000

export class OwnWrites {
  /** Change time by path, the oldest first. */
  readonly #changed = new Map<string, string>()

  add(path: string, { mtimeNs, ctimeNs }: Stamp, { mtimeGranularityNs }: DiskTraits, now: number): void {
    for (const [before, changed] of this.#changed) {
      if (isYoung(changed, now)) break
      this.#changed.delete(before)
    }
    this.#changed.delete(path)
    const apart = Math.abs(Number(ctimeNs) - Number(mtimeNs))
    if (ctimeNs !== '0' && mtimeGranularityNs <= FINE_NS && apart > 2 * FINE_NS) this.#changed.set(path, ctimeNs)
  }

  /** Whether this is how it was put there, too short a time ago for a read to prove more. */
  has(path: string, { ctimeNs }: Stamp, now: number): boolean {
    return this.#changed.get(path) === ctimeNs && isYoung(ctimeNs, now)
  }
}

function isYoung(ctimeNs: string, now: number): boolean {
  return Math.abs(Number(ctimeNs) / 1e6 - now) <= YOUNG_MS
}
