/**
 * Contents that left their place and are not kept (LOCAL-16, LOCAL-20, LOCAL-23): they lie in the trash until their path is
 * flushed, are looked at once more, and go only as what they were when they left.
 */

import type { KeptContent } from '../../src/index.js'
import type { DiskStat } from './disk.js'
import type { FolderGround } from './folder-ground.js'
import { sameLookButCtime } from './folder-stamp.js'
import type { FolderTrash } from './folder-trash.js'

interface Waiting {
  readonly kept: string
  readonly stat: DiskStat
  /** Monotonic time, milliseconds: not let go before, whatever is flushed. */
  readonly until: number
}

/**
 * Who works on a file may hold it open across our step, and write a moment later into what is no file of the tree any
 * more. Longer than such a write lets wait for itself, milliseconds.
 */
const LINGER_MS = 2_000

export class FolderLingering {
  readonly #ground: FolderGround
  readonly #trash: FolderTrash
  readonly #waiting = new Map<string, readonly Waiting[]>()

  constructor(ground: FolderGround, trash: FolderTrash) {
    this.#ground = ground
    this.#trash = trash
  }

  /** `stat`: as it lies in the trash under the name `kept`. */
  add(path: string, kept: string, stat: DiskStat, isHot: boolean): void {
    const until = isHot ? this.#now() + LINGER_MS : Number.NEGATIVE_INFINITY
    this.#waiting.set(path, [...(this.#waiting.get(path) ?? []), { kept, stat, until }])
  }

  /**
   * Drops what waited for these paths, but for what may still be written to. What was written to since stays in the
   * trash, and is returned.
   */
  async release(paths: readonly string[]): Promise<readonly KeptContent[]> {
    const edited: KeptContent[] = []
    for (const path of paths) {
      const stay: Waiting[] = []
      for (const waiting of this.#waiting.get(path) ?? []) {
        const now = await this.#trash.look(waiting.kept)
        if (now === null) continue
        if (!sameLookButCtime(now, waiting.stat)) {
          await this.#trash.note(waiting.kept, path)
          edited.push({ path, kept: waiting.kept })
        } else if (waiting.until > this.#now()) stay.push(waiting)
        else await this.#trash.drop(waiting.kept)
      }
      if (stay.length > 0) this.#waiting.set(path, stay)
      else this.#waiting.delete(path)
    }
    return edited
  }

  /** No look comes after this one: what may still be written to stays in the trash, as what was written to does. */
  async releaseAll(): Promise<void> {
    await this.release([...this.#waiting.keys()])
    for (const [path, waiting] of this.#waiting) for (const { kept } of waiting) await this.#trash.note(kept, path)
    this.#waiting.clear()
  }

  #now(): number {
    return this.#ground.clock.monotonic()
  }
}
