/**
 * What a worker thread of the Node folder does, in synchronous calls: list directories, describe a file or a segment of one, copy chunks.
 * Plain data in, plain data out. No policy, no path of its own.
 */

import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { type ChunkRef, type ContentRule, contentDescriber, type Hasher } from '../../src/index.js'
import { bytesOf, countRight, inPieces } from '../shared/disk-copy.js'
import type { RawListing } from '../shared/disk-scan.js'
import type { DiskStat } from '../shared/disk.js'
import type { FileDescription } from '../shared/folder-content.js'
import { diskCode } from '../shared/folder-problems.js'
import { sameObject } from '../shared/folder-stamp.js'
import { type Segment, segmentDescriber, type SegmentEnd } from '../shared/segments.js'
import { statOf } from './node-disk.js'
import { listDirectory } from './sync-scan.js'

/** Set to 1 from outside to stop a running task at its next step. */
export type StopFlag = Int32Array

export type WorkerTask =
  | { readonly kind: 'scan'; readonly directories: readonly string[]; readonly marker: string; readonly stop: StopFlag }
  | { readonly kind: 'describe'; readonly path: string; readonly rule: ContentRule; readonly stop: StopFlag }
  | SegmentTask
  | CopyTask

/** Chunks of one file into another, as in `copyChunks`. */
export interface CopyTask {
  readonly kind: 'copy'
  readonly source: string
  readonly from: number
  readonly target: string
  /** What the target is: nothing else is written to. */
  readonly seen: DiskStat
  readonly at: number
  readonly chunks: readonly ChunkRef[]
  readonly stop: StopFlag
}

export interface SegmentTask {
  readonly kind: 'segment'
  readonly path: string
  readonly rule: ContentRule
  /** Bytes of the whole file. */
  readonly size: number
  readonly from: number
  readonly end: SegmentEnd
  readonly stop: StopFlag
}

export type WorkerAnswer =
  | { readonly kind: 'scanned'; readonly listings: readonly RawListing[] }
  | { readonly kind: 'described'; readonly description: FileDescription }
  | { readonly kind: 'segment'; readonly before: DiskStat; readonly after: DiskStat; readonly segment: Segment }
  | { readonly kind: 'copied'; readonly count: number }
  | { readonly kind: 'stopped' }
  /** The file changed its size or kind while it was read. */
  | { readonly kind: 'moved' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

const READ_BYTES = 4 * 1024 * 1024
/** Where the next cut may be the last that is looked for. */
const READ_BYTES_TO_CUT = 512 * 1024
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
const NO_WAIT = constants.O_NONBLOCK ?? 0

export class TaskRunner {
  readonly #hasher: Hasher
  readonly #buffer = new Uint8Array(READ_BYTES)
  /** The rule as an object of this thread: its tables are kept by identity. */
  #rule: { readonly text: string; readonly rule: ContentRule } | null = null

  constructor(hasher: Hasher) {
    this.#hasher = hasher
  }

  run(task: WorkerTask): WorkerAnswer {
    try {
      switch (task.kind) {
        case 'scan':
          return scan(task.directories, task.marker, task.stop)
        case 'describe':
          return this.#describe(task)
        case 'segment':
          return this.#describeSegment(task)
        case 'copy':
          return this.#copy(task)
      }
    } catch (error) {
      return { kind: 'failed', code: diskCode(error), message: String(error) }
    }
  }

  #sameRule(rule: ContentRule): ContentRule {
    const text = JSON.stringify(rule)
    if (this.#rule?.text !== text) this.#rule = { text, rule }
    return this.#rule.rule
  }

  #describe({ path, rule, stop }: Extract<WorkerTask, { kind: 'describe' }>): WorkerAnswer {
    return withFile(path, (file) => {
      const { size } = file.before
      const describer = contentDescriber({ hasher: this.#hasher, rule: this.#sameRule(rule), size })
      const push = (bytes: Uint8Array): boolean => {
        describer.push(bytes)
        return describer.received === size
      }
      const interrupted = this.#read(file, { from: 0, pieces: READ_BYTES, size, stop, push })
      if (interrupted !== null) return interrupted
      const after = file.look()
      return { kind: 'described', description: { before: file.before, after, ...describer.finish() } }
    })
  }

  #describeSegment({ path, rule, size, from, end, stop }: SegmentTask): WorkerAnswer {
    return withFile(path, (file) => {
      if (file.before.size !== size) return { kind: 'moved' }
      const describer = segmentDescriber({ hasher: this.#hasher, rule: this.#sameRule(rule), size }, from, end)
      const pieces = 'before' in end ? READ_BYTES : READ_BYTES_TO_CUT
      const push = (bytes: Uint8Array): boolean => describer.push(bytes)
      const interrupted = this.#read(file, { from, pieces, size: 'before' in end ? end.before : size, stop, push })
      if (interrupted !== null) return interrupted
      return { kind: 'segment', before: file.before, after: file.look(), segment: describer.finish() }
    })
  }

  #copy(task: CopyTask): WorkerAnswer {
    const source = openSource(task.source)
    if (source === null) return { kind: 'copied', count: 0 }
    try {
      return withDescriptor(task.target, constants.O_RDWR, (target) => {
        if (!sameObject(statOf(fstatSync(target, { bigint: true })), task.seen)) return { kind: 'moved' }
        return this.#copyTo(task, source, target)
      })
    } finally {
      closeSync(source)
    }
  }

  #copyTo({ from, at, chunks, stop }: CopyTask, source: number, target: number): WorkerAnswer {
    let count = 0
    let offset = 0
    for (const piece of inPieces(chunks, READ_BYTES)) {
      if (isStopped(stop)) return { kind: 'stopped' }
      const length = bytesOf(piece)
      const bytes = length <= READ_BYTES ? this.#buffer.subarray(0, length) : new Uint8Array(length)
      const right = countRight(this.#hasher, bytes.subarray(0, fill(source, bytes, from + offset)), piece)
      drain(target, bytes.subarray(0, bytesOf(piece.slice(0, right))), at + offset)
      count += right
      if (right < piece.length) break
      offset += length
    }
    return { kind: 'copied', count }
  }

  /** Until `push` has enough, which it must have at `size`. Null: it had. */
  #read(file: OpenFile, { from, pieces, size, stop, push }: Reader): WorkerAnswer | null {
    for (let position = from; position < size; ) {
      if (isStopped(stop)) return { kind: 'stopped' }
      const count = readSync(file.descriptor, this.#buffer, 0, Math.min(pieces, size - position), position)
      if (count === 0) return { kind: 'moved' }
      position += count
      if (push(this.#buffer.subarray(0, count))) return null
    }
    return null
  }
}

interface OpenFile {
  readonly descriptor: number
  readonly before: DiskStat
  readonly look: () => DiskStat
}

interface Reader {
  readonly from: number
  /** Bytes of one read. */
  readonly pieces: number
  /** Read up to here. */
  readonly size: number
  readonly stop: StopFlag
  /** True: enough. */
  readonly push: (bytes: Uint8Array) => boolean
}

function withFile(path: string, read: (file: OpenFile) => WorkerAnswer): WorkerAnswer {
  return withDescriptor(path, constants.O_RDONLY, (descriptor) => {
    const look = (): DiskStat => statOf(fstatSync(descriptor, { bigint: true }))
    const before = look()
    return before.kind === 'file' ? read({ descriptor, before, look }) : { kind: 'moved' }
  })
}

function withDescriptor(path: string, flags: number, run: (descriptor: number) => WorkerAnswer): WorkerAnswer {
  const descriptor = openSync(path, flags | NO_FOLLOW | NO_WAIT)
  try {
    return run(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** What cannot be read holds nothing of what is wanted. */
function openSource(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | NO_FOLLOW | NO_WAIT)
  } catch {
    return null
  }
}

/** How many bytes were read. */
function fill(descriptor: number, bytes: Uint8Array, position: number): number {
  let done = 0
  try {
    while (done < bytes.byteLength) {
      const count = readSync(descriptor, bytes, done, bytes.byteLength - done, position + done)
      if (count === 0) break
      done += count
    }
  } catch {
    // as if it ended here
  }
  return done
}

function drain(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.byteLength; )
    done += writeSync(descriptor, bytes, done, bytes.byteLength - done, position + done)
}

function isStopped(stop: StopFlag): boolean {
  return Atomics.load(stop, 0) !== 0
}

function scan(directories: readonly string[], marker: string, stop: StopFlag): WorkerAnswer {
  const listings: RawListing[] = []
  for (const directory of directories) {
    if (isStopped(stop)) return { kind: 'stopped' }
    listings.push(listDirectory(directory, marker))
  }
  return { kind: 'scanned', listings }
}
