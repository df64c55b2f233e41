/**
 * What a worker thread of the Node folder does, in synchronous calls: list directories, describe a file. Plain data in,
 * plain data out. No policy, no path of its own.
 */

import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, readSync, readdirSync } from 'node:fs'
import { type ContentRule, type Hasher, contentDescriber } from '../../src/index.js'
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
import { entriesOf, statOf } from './node-disk.js'

/** Set to 1 from outside to stop a running task at its next step. */
export type StopFlag = Int32Array

export type WorkerTask =
  | { readonly kind: 'scan'; readonly directories: readonly string[]; readonly marker: string; readonly stop: StopFlag }
  | { readonly kind: 'describe'; readonly path: string; readonly rule: ContentRule; readonly stop: StopFlag }

export type WorkerAnswer =
  | { readonly kind: 'scanned'; readonly listings: readonly RawListing[] }
  | { readonly kind: 'described'; readonly description: FileDescription }
  | { readonly kind: 'stopped' }
  /** The file changed its size or kind while it was read. */
  | { readonly kind: 'moved' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

const READ_BYTES = 4 * 1024 * 1024
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
      return task.kind === 'scan' ? scan(task.directories, task.marker, task.stop) : this.#describe(task)
    } catch (error) {
      return { kind: 'failed', code: diskCode(error), message: String(error) }
    }
  }

  #sameRule(rule: ContentRule): ContentRule {
    const text = JSON.stringify(rule)
    if (this.#rule?.text !== text) this.#rule = { text, rule }
    return this.#rule.rule
  }

  #describe(task: Extract<WorkerTask, { kind: 'describe' }>): WorkerAnswer {
    const descriptor = openSync(task.path, constants.O_RDONLY | NO_FOLLOW | NO_WAIT)
    try {
      const before = statOf(fstatSync(descriptor, { bigint: true }))
      if (before.kind !== 'file') return { kind: 'moved' }
      const describer = contentDescriber({ hasher: this.#hasher, rule: this.#sameRule(task.rule), size: before.size })
      for (let position = 0; position < before.size; ) {
        if (isStopped(task.stop)) return { kind: 'stopped' }
        const count = readSync(descriptor, this.#buffer, 0, Math.min(READ_BYTES, before.size - position), position)
        if (count === 0) return { kind: 'moved' }
        describer.push(this.#buffer.subarray(0, count))
        position += count
      }
      const after = statOf(fstatSync(descriptor, { bigint: true }))
      return { kind: 'described', description: { before, after, ...describer.finish() } }
    } finally {
      closeSync(descriptor)
    }
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
