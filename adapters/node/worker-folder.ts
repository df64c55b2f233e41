/**
 * Scanner and describer of the Node folder: small work is done in this thread, the rest in workers, so that its event
 * loop never stalls.
 */

import { setImmediate } from 'node:timers/promises'
import { type ContentRule, type Hasher, TidemarkError } from '../../src/index.js'
import { bytesOf, type CopyJob } from '../shared/disk-copy.js'
import { movedWhileRead, diskDescriber } from '../shared/disk-describe.js'
import { type RawListing, type ScanOptions, type Scanner, diskScanner } from '../shared/disk-scan.js'
import type { Disk } from '../shared/disk.js'
import type { FileDescriber, FileDescription } from '../shared/folder-content.js'
import { throwIfAborted } from '../shared/folder-problems.js'
import type { SegmentEnd } from '../shared/segments.js'
import { copySegments, countCopied } from './copy-segments.js'
import { describeSegments, type ReadSegment, segmentStarts } from './describe-segments.js'
import { settleAll } from './settle-all.js'
import { listDirectory } from './sync-scan.js'
import { NoWorkers, WorkerPool } from './worker-pool.js'
import type { StopFlag, WorkerAnswer, WorkerTask } from './worker-tasks.js'

/** A few directories, a few small files: starting a thread would cost more. */
const FEW_DIRECTORIES = 16
const SMALL_FILE = 256 * 1024
const FEW_FILES = 32
/** Directories of one task: an abort or another task waits no longer than for these. */
const DIRECTORIES_PER_TASK = 64

export interface WorkerFolder {
  readonly scanner: Scanner
  readonly describer: FileDescriber
}

/** Whether the event loop of this thread is shared with others, or waits for the folder alone. */
export type ThreadUse = 'shared' | 'own'

/** `workers`: 0 does everything in this thread. */
export function workerFolder(disk: Disk, hasher: Hasher, workers: number, use: ThreadUse = 'shared'): WorkerFolder {
  const here = { scanner: diskScanner(disk), describer: diskDescriber(disk, hasher) }
  if (workers === 0) return here
  const pool = new WorkerPool(workers)
  return {
    scanner: use === 'own' ? ownScanner() : workerScanner(pool, here.scanner),
    describer: workerDescriber(
      pool,
      hasher,
      here.describer,
      use === 'own' ? (path) => unlessSmall(disk, path) : unlessFewSmall(disk, pool),
    ),
  }
}

/** Between two slices of the directories, others get their turn, and an abort is heard. */
function ownScanner(): Scanner {
  return {
    scan: async (directories, { marker, signal }) => {
      const listings: RawListing[] = []
      for (const [at, directory] of directories.entries()) {
        if (at % DIRECTORIES_PER_TASK === DIRECTORIES_PER_TASK - 1) await setImmediate()
        throwIfAborted(signal)
        listings.push(listDirectory(directory, marker))
      }
      return listings
    },
  }
}

function workerScanner(pool: WorkerPool, here: Scanner): Scanner {
  return {
    scan: async (directories, options) => {
      if (directories.length <= FEW_DIRECTORIES && !pool.isRunning) return here.scan(directories, options)
      const parts: Promise<readonly RawListing[]>[] = []
      for (let from = 0; from < directories.length; from += DIRECTORIES_PER_TASK) {
        parts.push(scanPart(pool, here, directories.slice(from, from + DIRECTORIES_PER_TASK), options))
      }
      return (await settleAll(parts)).flat()
    },
  }
}

async function scanPart(
  pool: WorkerPool,
  here: Scanner,
  directories: readonly string[],
  options: ScanOptions,
): Promise<readonly RawListing[]> {
  const answer = await withStop(options.signal, (stop) =>
    attempt(pool, { kind: 'scan', directories, marker: options.marker, stop }),
  )
  return answer?.kind === 'scanned' ? answer.listings : here.scan(directories, options)
}

/** Bytes of a file that is for the workers; null: read it in this thread. */
type ForWorkers = (absolute: string) => Promise<number | null>

async function unlessSmall(disk: Disk, absolute: string): Promise<number | null> {
  const { size } = await disk.lstat(absolute)
  return size < SMALL_FILE ? null : size
}

/** A few small files are read here, as long as no worker runs. */
function unlessFewSmall(disk: Disk, pool: WorkerPool): ForWorkers {
  let served = 0
  return async (absolute) => {
    if (pool.isRunning || served >= FEW_FILES) return (await disk.lstat(absolute)).size
    served += 1
    return unlessSmall(disk, absolute)
  }
}

interface Describing {
  readonly path: string
  readonly rule: ContentRule
  readonly size: number
  readonly stop: StopFlag
}

function workerDescriber(pool: WorkerPool, hasher: Hasher, here: FileDescriber, forWorkers: ForWorkers): FileDescriber {
  return {
    describe: async (path, rule, options = {}) => {
      const size = await forWorkers(path)
      if (size === null) return here.describe(path, rule, options)
      try {
        return await withStop(options.signal, (stop) => describeInWorkers(pool, hasher, { path, rule, size, stop }))
      } catch (error) {
        if (error instanceof NoWorkers) return here.describe(path, rule, options)
        throw error
      }
    },
    copy: async (job, options = {}) => {
      if (bytesOf(job.chunks) < SMALL_FILE) return here.copy(job, options)
      try {
        return await withStop(options.signal, (stop) => copyInWorkers(pool, job, stop))
      } catch (error) {
        if (error instanceof NoWorkers) return here.copy(job, options)
        throw error
      }
    },
    close: () => pool.close(),
  }
}

async function describeInWorkers(
  pool: WorkerPool,
  hasher: Hasher,
  { path, rule, size, stop }: Describing,
): Promise<FileDescription> {
  const starts = segmentStarts(size, pool.size)
  if (starts.length === 1) return taken(await pool.run({ kind: 'describe', path, rule, stop }), 'described').description
  const read = async (from: number, end: SegmentEnd): Promise<ReadSegment> =>
    taken(await pool.run({ kind: 'segment', path, rule, size, from, end, stop }), 'segment')
  return describeSegments({ size, hasher, read }, starts)
}

async function copyInWorkers(pool: WorkerPool, job: CopyJob, stop: StopFlag): Promise<number> {
  const { source, from, target, at } = job
  const seen = await target.file.stat()
  const segments = copySegments(job.chunks, pool.size)
  const copying = segments.map(async ({ chunks, offset }) => {
    const place = { source, from: from + offset, target: target.path, seen, at: at + offset }
    return taken(await pool.run({ kind: 'copy', ...place, chunks, stop }), 'copied').count
  })
  return countCopied(segments, await settleAll(copying))
}

/** An answer of this kind, or the error that came instead. */
function taken<K extends WorkerAnswer['kind']>(answer: WorkerAnswer, kind: K): Extract<WorkerAnswer, { kind: K }> {
  if (answer.kind === kind) return answer as Extract<WorkerAnswer, { kind: K }>
  if (answer.kind === 'moved') throw movedWhileRead()
  if (answer.kind === 'failed') throw Object.assign(new Error(answer.message), { code: answer.code })
  throw new TidemarkError('internal', `a worker answered ${answer.kind}`, { subject: 'worker' })
}

/** Null when there are no workers to be had. */
async function attempt(pool: WorkerPool, task: WorkerTask): Promise<WorkerAnswer | null> {
  try {
    return await pool.run(task)
  } catch (error) {
    if (error instanceof NoWorkers) return null
    throw error
  }
}

/** Hands the abort over to the thread that works: it looks at the flag between two steps. */
async function withStop<T>(signal: AbortSignal | undefined, run: (stop: StopFlag) => Promise<T>): Promise<T> {
  throwIfAborted(signal)
  if (signal === undefined) return run(newFlag())
  try {
    return await run(flagOf(signal))
  } finally {
    if (signal.aborted) throwCancelled(signal)
  }
}

/** One listener for all tasks of a signal: Node prints a warning when there are more than ten. */
const FLAGS = new WeakMap<AbortSignal, StopFlag>()

function flagOf(signal: AbortSignal): StopFlag {
  const known = FLAGS.get(signal)
  if (known !== undefined) return known
  const flag = newFlag()
  FLAGS.set(signal, flag)
  signal.addEventListener('abort', () => void Atomics.store(flag, 0, 1), { once: true })
  return flag
}

function newFlag(): StopFlag {
  return new Int32Array(new SharedArrayBuffer(4))
}

function throwCancelled(signal: AbortSignal): never {
  throw new TidemarkError('aborted', 'The call was cancelled', { retryable: true, cause: signal.reason })
}
