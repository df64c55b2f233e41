/**
 * Reading content: described whole (LOCAL-3) or in ranges for upload (LOCAL-4), always as of one instant: what is read
 * counts only when the file looked the same before and after.
 */

import {
  type ContentRule,
  type Description,
  type Digest,
  type FilePlace,
  type Manifest,
  type Options,
  type ReadResult,
  type Stamp,
  isTidemarkError,
} from '../../src/index.js'
import type { CopyJob } from './disk-copy.js'
import type { DiskFile, DiskStat } from './disk.js'
import type { FolderGround } from './folder-ground.js'
import type { FolderListing } from './folder-listing.js'
import { parentPath } from './folder-names.js'
import { isExhausted, isGone, readProblem, throwIfAborted } from './folder-problems.js'
import { readFully } from './read-fully.js'
import { isExecutable, isExpected, sameLook, stampOf } from './folder-stamp.js'

/** What a file held between two looks at the open file. */
export interface FileDescription {
  readonly before: DiskStat
  readonly after: DiskStat
  readonly digest: Digest
  readonly manifest: Manifest
}

/** Reads files, and hashes what it reads. Errors are those of the disk. */
export interface FileDescriber {
  /** Once, from its start to its end. */
  describe(absolute: string, rule: ContentRule, options?: Options): Promise<FileDescription>
  /** See `copyChunks`. */
  copy(job: CopyJob, options?: Options): Promise<number>
  close(): Promise<void>
}

const TRIES = 8
const PAUSE_MS = 25

export class FolderContent {
  readonly #ground: FolderGround
  readonly #listing: FolderListing
  readonly #describer: FileDescriber

  constructor(ground: FolderGround, listing: FolderListing, describer: FileDescriber) {
    this.#ground = ground
    this.#listing = listing
    this.#describer = describer
  }

  async describe(path: string, rule: ContentRule, options: Options = {}): Promise<Description> {
    throwIfAborted(options.signal)
    const absolute = this.#ground.absolute(path)
    try {
      const look = await this.#regular(path)
      if ('state' in look) return look
      const read = await this.#retried(() => this.#describer.describe(absolute, rule, options))
      const now = await this.#regular(path)
      if ('state' in now) return now.state === 'absent' ? { state: 'busy' } : now
      const quiet = sameLook(look, read.before) && sameLook(read.before, read.after) && sameLook(read.after, now)
      if (!quiet || read.manifest.size !== read.after.size) return { state: 'busy' }
      const { facts } = this.#ground
      return {
        state: 'read',
        digest: read.digest,
        manifest: read.manifest,
        stamp: stampOf(read.after, facts),
        executable: isExecutable(read.after, facts),
      }
    } catch (error) {
      // It was there a moment ago: a matter of looking again, not a proof of absence.
      if (isGone(error) || (isTidemarkError(error) && error.code === 'busy')) return { state: 'busy' }
      return { state: 'unknown', problem: readProblem(path, error) }
    }
  }

  /** The look at a regular file that is reached through real directories only, or what is there instead. */
  async #regular(path: string): Promise<DiskStat | Exclude<Description, { state: 'read' }>> {
    const found = await this.#look(path)
    if ('state' in found || found.kind === 'file') return found
    const code = found.kind === 'symlink' ? 'symlink' : found.kind === 'special' ? 'special-file' : 'unreadable'
    return { state: 'unknown', problem: { path, code, message: `"${path}" is not a regular file.` } }
  }

  async #look(path: string): ReturnType<FolderListing['look']> {
    try {
      return await this.#listing.look(path)
    } catch (error) {
      if (isGone(error)) return { state: 'absent' }
      return { state: 'unknown', problem: readProblem(path, error) }
    }
  }

  async read(
    path: string,
    expected: Stamp,
    ranges: readonly { readonly offset: number; readonly length: number }[],
    options: Options = {},
  ): Promise<ReadResult> {
    throwIfAborted(options.signal)
    const ground = this.#ground
    try {
      if (!(await this.#stands(path, expected))) return { state: 'moved' }
      const file = await this.#retried(() => ground.disk.open(ground.absolute(path), 'read'))
      try {
        return await this.#readRanges(file, expected, ranges, options.signal)
      } finally {
        await file.close()
      }
    } catch (error) {
      if (isGone(error)) return { state: 'moved' }
      return { state: 'unknown', problem: readProblem(path, error) }
    }
  }

  /** LOCAL-24: what lies at the place, and is what it should be, goes into the target. */
  async copy(
    { path, stamp, offset }: FilePlace,
    job: Omit<CopyJob, 'source' | 'from'>,
    options: Options = {},
  ): Promise<number> {
    throwIfAborted(options.signal)
    if (!(await this.#stands(path, stamp).catch(() => false))) return 0
    return this.#describer.copy({ ...job, source: this.#ground.absolute(path), from: offset }, options)
  }

  /** Whether the file with this stamp is there, reached through real directories only. Errors are those of the disk. */
  async #stands(path: string, expected: Stamp): Promise<boolean> {
    const ground = this.#ground
    if (!ground.isReachable(path) || (await ground.directory(parentPath(path))) === null) return false
    const stat = await ground.look(ground.absolute(path))
    return stat?.kind === 'file' && this.#matches(stat, expected)
  }

  async #readRanges(
    file: DiskFile,
    expected: Stamp,
    ranges: readonly { readonly offset: number; readonly length: number }[],
    signal: AbortSignal | undefined,
  ): Promise<ReadResult> {
    if (!this.#matches(await file.stat(), expected)) return { state: 'moved' }
    const parts: Uint8Array[] = []
    for (const { offset, length } of ranges) {
      throwIfAborted(signal)
      const bytes = await readFully(file, offset, length)
      if (bytes.byteLength < length) return { state: 'moved' }
      parts.push(bytes)
    }
    return this.#matches(await file.stat(), expected) ? { state: 'read', parts } : { state: 'moved' }
  }

  #matches(stat: DiskStat, expected: Stamp): boolean {
    return isExpected(stat, { stamp: expected, content: ANY_CONTENT }, this.#ground.facts)
  }

  /** Out of descriptors: others of our own calls are about to give some back. */
  async #retried<T>(run: () => Promise<T>): Promise<T> {
    for (let left = TRIES; ; left--) {
      try {
        return await run()
      } catch (error) {
        if (left === 0 || !isExhausted(error)) throw error
        await this.#ground.clock.sleep(PAUSE_MS)
      }
    }
  }
}

/** Tells `isExpected` that a file is meant; stamps speak for content here. */
const ANY_CONTENT = '0'.repeat(64) as Digest
