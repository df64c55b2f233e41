/**
 * Scanner and describer of the Node folder: small work is done in this thread, the rest in workers, so that its event
 * loop never stalls.
 */

import { type ContentRule, type Hasher, type Options, TidemarkError } from '../../src/index.js'
import { movedWhileRead, diskDescriber } from '../shared/disk-describe.js'
import { type RawListing, type ScanOptions, type Scanner, diskScanner } from '../shared/disk-scan.js'
import type { Disk } from '../shared/disk.js'
import type { FileDescriber, FileDescription } from '../shared/folder-content.js'
import { throwIfAborted } from '../shared/folder-problems.js'
import { NoWorkers, WorkerPool } from './worker-pool.js'
import type { StopFlag, WorkerAnswer, WorkerTask } from './worker-tasks.js'

/** A few directories, a few small files: starting a thread would cost more. */
const FEW_DIRECTORIES = 16
/** In a thread of our own nothing else waits: handing less over costs more than doing it. */
const FEW_IN_OWN_THREAD = 64
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
    scanner: workerScanner(pool, here.scanner, use),
    describer: workerDescriber(pool, here.describer, use === 'own' ? ownSmall(disk) : sharedSmall(disk, pool)),
  }
}

function workerScanner(pool: WorkerPool, here: Scanner, use: ThreadUse): Scanner {
  const isFew = (count: number): boolean =>
    use === 'own' ? count <= FEW_IN_OWN_THREAD : count <= FEW_DIRECTORIES && !pool.isRunning
  return {
    scan: async (directories, options) => {
      if (isFew(directories.length)) return here.scan(directories, options)
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

type IsSmall = (absolute: string) => Promise<boolean>

function ownSmall(disk: Disk): IsSmall {
  return async (absolute) => (await disk.lstat(absolute)).size < SMALL_FILE
}

/** A few small files, as long as no worker runs. */
function sharedSmall(disk: Disk, pool: WorkerPool): IsSmall {
  let served = 0
  return async (absolute) => {
    if (pool.isRunning || served >= FEW_FILES) return false
    served += 1
    return (await disk.lstat(absolute)).size < SMALL_FILE
  }
}

function workerDescriber(pool: WorkerPool, here: FileDescriber, isSmall: IsSmall): FileDescriber {
  return {
    describe: async (absolute, rule, options = {}) => {
      if (await isSmall(absolute)) return here.describe(absolute, rule, options)
      return describeInWorker(pool, here, { absolute, rule, options })
    },
    close: () => pool.close(),
  }
}

async function describeInWorker(
  pool: WorkerPool,
  here: FileDescriber,
  file: { readonly absolute: string; readonly rule: ContentRule; readonly options: Options },
): Promise<FileDescription> {
  const { absolute, rule, options } = file
  const answer = await withStop(options.signal, (stop) =>
    attempt(pool, { kind: 'describe', path: absolute, rule, stop }),
  )
  switch (answer?.kind) {
    case 'described':
      return answer.description
    case 'moved':
      throw movedWhileRead()
    case 'failed':
      throw Object.assign(new Error(answer.message), { code: answer.code })
    default:
      return here.describe(absolute, rule, options)
  }
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

/** Waits for all, so that nothing of a failed call still runs when it fails. */
async function settleAll<T>(parts: readonly Promise<T>[]): Promise<readonly T[]> {
  const results = await Promise.allSettled(parts)
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}
