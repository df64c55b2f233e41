/**
 * What a worker thread of the Node folder does, in synchronous calls: list directories, describe a file or a segment of one.
 * Plain data in, plain data out. No policy, no path of its own.
 */

import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, readSync, readdirSync } from 'node:fs'
import { type ContentRule, contentDescriber, type Hasher } from '../../src/index.js'
import {
  type RawEntry,
  type RawListing,
  type Reading,
  failedListing,
  judgeReadings,
  pathText,
} from '../shared/disk-scan.js'
import type { DiskStat } from '../shared/disk.js'
import type { FileDescription } from '../shared/folder-content.js'
import { diskCode, isGone } from '../shared/folder-problems.js'
import { type Segment, segmentDescriber, type SegmentEnd } from '../shared/segments.js'
import { entriesOf, statOf } from './node-disk.js'

/** Set to 1 from outside to stop a running task at its next step. */
export type StopFlag = Int32Array

export type WorkerTask =
  | { readonly kind: 'scan'; readonly directories: readonly string[]; readonly marker: string; readonly stop: StopFlag }
  | { readonly kind: 'describe'; readonly path: string; readonly rule: ContentRule; readonly stop: StopFlag }
  | SegmentTask

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
  const descriptor = openSync(path, constants.O_RDONLY | NO_FOLLOW | NO_WAIT)
  try {
    const look = (): DiskStat => statOf(fstatSync(descriptor, { bigint: true }))
    const before = look()
    return before.kind === 'file' ? read({ descriptor, before, look }) : { kind: 'moved' }
  } finally {
    closeSync(descriptor)
  }
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

function listDirectory(path: string, marker: string): RawListing {
  let previous: Reading | null = null
  try {
    for (let round = 0; ; round++) {
      const reading = readOnce(path, marker)
      const verdict = judgeReadings(previous, reading, round)
      if (verdict !== 'again') return verdict
      previous = reading
    }
  } catch (error) {
    return failedListing(error)
  }
}

function look(path: string): DiskStat | null {
  const stats: BigIntStats | undefined = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? null : statOf(stats)
}

function readOnce(path: string, marker: string): Reading {
  const before = look(path)
  if (before?.kind !== 'directory') throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' })
  const entries: RawEntry[] = []
  let vanished = false
  // @types/node declares names as bytes together with entry types for no version.
  const raw = readdirSync(path, { withFileTypes: true, encoding: 'buffer' } as unknown as {
    withFileTypes: true
  })
  for (const { name, kind } of entriesOf(raw)) {
    const entry = readEntry(path, name, kind, marker)
    if (entry === null) vanished = true
    else entries.push(entry)
  }
  const after = look(path)
  if (after === null) throw Object.assign(new Error('gone while it was listed'), { code: 'ENOENT' })
  return { before, after, entries, vanished }
}

function readEntry(path: string, name: Uint8Array, kind: RawEntry['kind'], marker: string): RawEntry | null {
  const text = pathText(name)
  if (text === null) return { name, kind, stat: null, code: 'EILSEQ', nested: false }
  try {
    const stat = look(`${path}/${text}`)
    if (stat === null) return null
    return {
      name,
      kind: stat.kind,
      stat,
      code: '',
      nested: stat.kind === 'directory' && text !== marker && holds(`${path}/${text}/${marker}`),
    }
  } catch (error) {
    if (isGone(error)) return null
    return { name, kind, stat: null, code: diskCode(error), nested: false }
  }
}

function holds(path: string): boolean {
  try {
    return look(path)?.kind === 'directory'
  } catch {
    // What does not answer is a directory all the same: whatever is the matter, its own listing tells, and looks for a marker.
    return false
  }
}
