/** The options of a `SyncEngine`: validated once, unknown ones refused, defaults filled in. */

import { TidemarkError } from './errors.js'
import type { Clock } from './interfaces/clock.js'
import type { Compressor } from './interfaces/compressor.js'
import type { Hasher } from './interfaces/hasher.js'
import type { LocalStore } from './interfaces/local-store.js'
import type { Log } from './interfaces/log.js'
import type { Random } from './interfaces/random.js'
import type { StateStore } from './interfaces/state-store.js'
import type { Transport } from './interfaces/transport.js'
import type { Watcher } from './interfaces/watcher.js'

export interface SyncEngineOptions {
  readonly local: LocalStore
  readonly state: StateStore
  readonly hasher: Hasher
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  /** Without one the disk is scanned each `scanEveryMs` only. */
  readonly watcher?: Watcher | null
  /** Lets frames travel compressed with a server that can do the same. Without one they travel as they are. */
  readonly compressor?: Compressor | null
  readonly log?: Log
  /** Stands in the names of conflict copies made here. Default 'device'. */
  readonly deviceName?: string
  /** Full scan, whatever the watcher said; milliseconds, 1,000 to 86,400,000. Default 600,000. */
  readonly scanEveryMs?: number
  /** Asks the server while hints do not come; milliseconds, 1,000 to 86,400,000. Default 30,000. */
  readonly pollEveryMs?: number
  /** Next try of paths with a problem; milliseconds, 1,000 to 86,400,000. Default 60,000. */
  readonly retryEveryMs?: number
  /** Largest file that `readFile` and `conflicts.contents` hand out, bytes, 1 to 1,073,741,824. Default 67,108,864. */
  readonly readLimitBytes?: number
}

export type CheckedOptions = Required<SyncEngineOptions>

/** What each part must be able to do, so that a wrong object is named at once and not at its first call. */
const PARTS: { readonly [K in keyof SyncEngineOptions]?: readonly string[] } = {
  local: ['open', 'scan', 'describe', 'replaceIf', 'flush', 'close'],
  state: ['open', 'get', 'range', 'batch', 'close'],
  hasher: ['digest', 'start'],
  transport: ['exchange', 'subscribe', 'close'],
  clock: ['now', 'monotonic', 'sleep'],
  random: ['bytes'],
}

const PERIODS = { scanEveryMs: 600_000, pollEveryMs: 30_000, retryEveryMs: 60_000 } as const
/** A file handed out lies in memory as a whole. */
const READ_LIMIT_BYTES = 64 * 1024 * 1024
const READ_LIMIT_MOST = 1024 * 1024 * 1024
const OPTIONAL = ['watcher', 'compressor', 'log', 'deviceName', 'readLimitBytes', ...Object.keys(PERIODS)]

export function checkOptions(options: SyncEngineOptions): CheckedOptions {
  for (const name of Object.keys(options)) {
    if (!(name in PARTS) && !OPTIONAL.includes(name)) {
      throw new TidemarkError('unknown-option', `SyncEngine has no option '${name}'`, {
        subject: name,
        next: `Remove it; known are ${[...Object.keys(PARTS), ...OPTIONAL].join(', ')}.`,
      })
    }
  }
  for (const [name, methods] of Object.entries(PARTS)) checkPart(name, Reflect.get(options, name), methods)
  const { watcher = null, compressor = null, log = silent, deviceName = 'device' } = options
  if (watcher !== null) checkPart('watcher', watcher, ['start', 'stop'])
  if (compressor !== null) checkPart('compressor', compressor, ['compress', 'decompress'])
  if (typeof log !== 'function') throw invalid('log', 'a function')
  if (typeof deviceName !== 'string' || deviceName.trim() === '')
    throw invalid('deviceName', 'a name that is not empty')
  return {
    ...options,
    watcher,
    compressor,
    log,
    deviceName,
    scanEveryMs: period(options, 'scanEveryMs'),
    pollEveryMs: period(options, 'pollEveryMs'),
    retryEveryMs: period(options, 'retryEveryMs'),
    readLimitBytes: readLimit(options),
  }
}

function checkPart(name: string, part: unknown, methods: readonly string[]): void {
  const able =
    typeof part === 'object' &&
    part !== null &&
    methods.every((method) => typeof Reflect.get(part, method) === 'function')
  if (!able)
    throw invalid(
      name,
      `an object with ${methods.join(', ')} (spread nodeFolder(…) or memoryFolder(…) into the options)`,
    )
}

function period(options: SyncEngineOptions, name: keyof typeof PERIODS): number {
  const value = options[name] ?? PERIODS[name]
  if (!Number.isInteger(value) || value < 1000 || value > 86_400_000)
    throw invalid(name, 'whole milliseconds from 1,000 to 86,400,000')
  return value
}

function readLimit({ readLimitBytes = READ_LIMIT_BYTES }: SyncEngineOptions): number {
  if (!Number.isInteger(readLimitBytes) || readLimitBytes < 1 || readLimitBytes > READ_LIMIT_MOST)
    throw invalid('readLimitBytes', 'whole bytes from 1 to 1,073,741,824')
  return readLimitBytes
}

function invalid(name: string, expected: string): TidemarkError {
  return new TidemarkError('invalid-option', `the option '${name}' must be ${expected}`, {
    subject: name,
    next: `Pass ${expected} as '${name}'.`,
  })
}

function silent(): void {
  // nobody listens
}
