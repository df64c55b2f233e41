/**
 * The trash of a root: user content that left the tree lies here under a name of its own until it expires. An index
 * tells a person where each thing came from. Nothing is ever placed over something else.
 */

import { TidemarkError } from '../../src/index.js'
import type { DiskFile, DiskStat } from './disk.js'
import type { FolderGround } from './folder-ground.js'
import { baseName } from './folder-names.js'
import { diskFailure, isFull, isGone, isTaken } from './folder-problems.js'
import { sameObject } from './folder-stamp.js'
import { readFully } from './read-fully.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const TRASHED = /^[0-9a-f]{32}-/
const NAME_BYTES = 143
const INDEX = 'index.jsonl'
const PUT_BACK_TRIES = 3
const DAY_MS = 86_400_000
const KEEP_MS = 30 * DAY_MS

/** One line of the index. */
export interface TrashRecord {
  readonly kept: string
  /** Where it stood, below the root. */
  readonly path: string
  /** Wall time, milliseconds. */
  readonly at: number
}

export class FolderTrash {
  readonly #ground: FolderGround
  /** Index lines are appended one after the other. */
  #tail: Promise<void> = Promise.resolve()
  /** Names were given since the last flush. */
  #isUnflushed = false

  constructor(ground: FolderGround) {
    this.#ground = ground
  }

  /** A fresh name: random, then what a person knows it by, cut at a code point. */
  name(path: string): string {
    this.#isUnflushed = true
    const prefix = `${this.#ground.token()}-`
    let name = ''
    for (const point of baseName(path)) {
      if (encoder.encode(prefix + name + point).byteLength > NAME_BYTES) break
      name += point
    }
    return prefix + name
  }

  path(kept: string): string {
    if (kept.includes('/') || kept.includes('\0') || !TRASHED.test(kept)) {
      const next = 'Use the name that the outcome told.'
      throw new TidemarkError('internal', `"${kept}" is no name of the trash`, { subject: kept, next })
    }
    return this.#ground.own('trash', kept)
  }

  /**
   * What was moved here stays here after a power loss: a disk may hold a rename for done only once the directory that it
   * leads to is flushed, and what is back in its place counts as a user's new file.
   */
  async flush(): Promise<void> {
    if (!this.#isUnflushed) return
    this.#isUnflushed = false
    try {
      await this.#ground.disk.syncDirectory(this.#ground.own('trash'))
    } catch (error) {
      this.#isUnflushed = true
      throw diskFailure('The disk did not confirm a flush', this.#ground.own('trash'), error)
    }
  }

  /** All that lies here, with what it is now. */
  async list(): Promise<readonly { readonly kept: string; readonly stat: DiskStat }[]> {
    const found: { kept: string; stat: DiskStat }[] = []
    for (const entry of await this.#ground.disk.readdir(this.#ground.own('trash'))) {
      const kept = decoder.decode(entry.name)
      const stat = TRASHED.test(kept) ? await this.look(kept) : null
      if (stat !== null) found.push({ kept, stat })
    }
    return found
  }

  /** The file as it lies in the trash, null when it is not there (any more). */
  look(kept: string): Promise<DiskStat | null> {
    return this.#ground.look(this.path(kept))
  }

  /** The same after a change was made, when an answer is worth more tries. */
  lookFirmly(kept: string): Promise<DiskStat | null> {
    return this.#ground.lookFirmly(this.path(kept))
  }

  /** Lets a name go that is one too many; where the disk refuses, it lies here until it expires. */
  async dropQuietly(kept: string): Promise<void> {
    await this.drop(kept).catch(() => {})
  }

  /** `record` where the content is kept and told already: a line that cannot be written takes nothing back. */
  async note(kept: string, path: string): Promise<void> {
    await this.record(kept, path).catch(() => {})
  }

  async drop(kept: string): Promise<void> {
    try {
      await this.#ground.disk.unlink(this.path(kept))
    } catch (error) {
      if (!isGone(error)) throw error
    }
  }

  /** Back to a free place. False when the place is taken: then it stays in the trash. */
  async putBack(kept: string, absolute: string): Promise<boolean> {
    const { disk, facts } = this.#ground
    const from = this.path(kept)
    const what = await disk.lstat(from)
    const outcome = what.kind === 'file' && facts.hardLinks ? await this.#linkBack(from, absolute) : 'unlinked'
    if (outcome === 'linked') await disk.unlink(from)
    if (outcome !== 'unlinked') return outcome === 'linked'
    if (what.kind === 'file' && disk.replaceIf !== undefined) return disk.replaceIf(from, absolute, null)
    if ((await this.#ground.look(absolute)) !== null) return false
    await disk.rename(from, absolute)
    return true
  }

  /** A second name never replaces what stands there; a full disk may have no room for one. */
  async #linkBack(from: string, absolute: string): Promise<'linked' | 'taken' | 'unlinked'> {
    try {
      await this.#ground.disk.link(from, absolute)
      return 'linked'
    } catch (error) {
      if (isTaken(error)) return 'taken'
      if (isFull(error)) return 'unlinked'
      throw error
    }
  }

  /** False also when the disk refused several times: then it stays in the trash as well. */
  async putBackFirmly(kept: string, absolute: string): Promise<boolean> {
    for (let left = PUT_BACK_TRIES; left > 0; left--) {
      try {
        return await this.putBack(kept, absolute)
      } catch {
        // Half of it may have been done: back in its place by one name, in the trash by another.
        if (await this.#isBack(kept, absolute)) return true
      }
    }
    return false
  }

  async #isBack(kept: string, absolute: string): Promise<boolean> {
    const [here, there] = [await this.lookFirmly(kept), await this.#ground.lookFirmly(absolute)]
    if (there === null || here === null || !sameObject(here, there)) return here === null
    await this.dropQuietly(kept)
    return true
  }

  /** Tells a person where it came from. Done for what stays, not for what is dropped a moment later. */
  record(kept: string, path: string): Promise<void> {
    const line: TrashRecord = { kept, path, at: this.#ground.clock.now() }
    const bytes = encoder.encode(`${JSON.stringify(line)}\n`)
    const next = this.#tail.then(() => this.#append(bytes))
    // One failed line must not fail the lines after it; its own caller hears of it.
    this.#tail = next.catch(() => {})
    return next
  }

  async #append(bytes: Uint8Array): Promise<void> {
    const file = await this.#openIndex()
    try {
      await file.write(bytes, (await file.stat()).size)
    } finally {
      await file.close()
    }
  }

  async #openIndex(): Promise<DiskFile> {
    const path = this.#ground.own('trash', INDEX)
    try {
      return await this.#ground.disk.open(path, 'write')
    } catch (error) {
      if (!isGone(error)) throw error
      return this.#ground.disk.open(path, 'create', 0o600)
    }
  }

  /**
   * What has lain here for 30 days goes. What no line tells about (a replaced content that a crash left) gets a line and
   * its 30 days from now. A clock that jumps can only move these dates.
   */
  async sweep(): Promise<void> {
    const now = this.#ground.clock.now()
    const records = new Map((await this.#readIndex()).map((record) => [record.kept, record]))
    const stay: TrashRecord[] = []
    let changed = false
    for (const kept of await this.#lying()) {
      const record = records.get(kept)
      if (record !== undefined && now - record.at > KEEP_MS) await this.drop(kept)
      else stay.push(record ?? { kept, path: '', at: now })
      changed ||= record === undefined || now - record.at > KEEP_MS
    }
    if (changed) await this.#writeIndex(stay)
  }

  async #lying(): Promise<readonly string[]> {
    const entries = await this.#ground.disk.readdir(this.#ground.own('trash'))
    return entries.map((entry) => decoder.decode(entry.name)).filter((name) => TRASHED.test(name))
  }

  async #readIndex(): Promise<readonly TrashRecord[]> {
    try {
      const file = await this.#ground.disk.open(this.#ground.own('trash', INDEX), 'read')
      try {
        const text = decoder.decode(await readFully(file, 0, (await file.stat()).size))
        return text.split('\n').flatMap(parseRecord)
      } finally {
        await file.close()
      }
    } catch (error) {
      if (isGone(error)) return []
      throw error
    }
  }

  async #writeIndex(records: readonly TrashRecord[]): Promise<void> {
    const fresh = this.#ground.own('trash', `index-${this.#ground.token()}`)
    const file = await this.#ground.disk.open(fresh, 'create', 0o600)
    try {
      await file.write(encoder.encode(records.map((record) => `${JSON.stringify(record)}\n`).join('')), 0)
    } finally {
      await file.close()
    }
    await this.#ground.disk.rename(fresh, this.#ground.own('trash', INDEX))
  }
}

/** A line that was torn by a crash tells nothing. */
function parseRecord(line: string): readonly TrashRecord[] {
  try {
    const value = JSON.parse(line) as Partial<TrashRecord> | null
    const { kept, path, at } = value ?? {}
    return typeof kept === 'string' && typeof path === 'string' && typeof at === 'number' ? [{ kept, path, at }] : []
  } catch {
    return []
  }
}
