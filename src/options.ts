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
import { HYDRATIONS, type Hydration } from './model/hydration.js'
import { nameTrouble } from './model/name.js'
import { SYNC_MODES, type SyncMode } from './model/sync-mode.js'
import { RULE_LIMITS } from './reconcile/ignore-rules.js'

/** The parts of an engine and its habits. Spread `nodeFolder(…)` or `memoryFolder(…)` for the parts of a folder. */
export interface SyncEngineOptions {
  /** The folder on this device. */
  readonly local: LocalStore
  /** The client database: one for each folder, and never shared by two engines. */
  readonly state: StateStore
  /** Computes all digests. */
  readonly hasher: Hasher
  /** The way to one workspace of a server. It is closed by whoever made it. */
  readonly transport: Transport
  /** The only source of time. */
  readonly clock: Clock
  /** The only source of chance: ids, names and jitter. */
  readonly random: Random
  /** Without one the disk is scanned each `scanEveryMs` only. */
  readonly watcher?: Watcher | null
  /** Lets frames travel compressed with a server that can do the same. Without one they travel as they are. */
  readonly compressor?: Compressor | null
  /** Hears messages for operators. Default: nobody does. */
  readonly log?: Log
  /** Ignore rules of this device alone, a line each, as if appended to the rule file of the root. Default none. */
  readonly ignore?: readonly string[]
  /** Directories that this device does not want, as paths below the root with `/`. Default none. */
  readonly scope?: { readonly exclude: readonly string[] }
  /** Stands in the names of conflict copies made here. Default 'device'. */
  readonly deviceName?: string
  /** Which way changes go. Default 'two-way'. */
  readonly mode?: SyncMode
  /** Which contents this device holds: all, or those that are asked for. Default 'all'. */
  readonly hydrate?: Hydration
  /** Full scan, whatever the watcher said; milliseconds, 1,000 to 86,400,000. Default 600,000. */
  readonly scanEveryMs?: number
  /** Asks the server while hints do not come; milliseconds, 1,000 to 86,400,000. Default 30,000. */
  readonly pollEveryMs?: number
  /** Next try of paths with a problem; milliseconds, 1,000 to 86,400,000. Default 60,000. */
  readonly retryEveryMs?: number
  /** New nodes that are planned, sent and brought together, 1 to 1,000,000: what a first sync holds in memory. Default 4,096. */
  readonly newNodesAtOnce?: number
  /** Largest file that `readFile` and `conflicts.contents` hand out, bytes, 1 to 1,073,741,824. Default 67,108,864. */
  readonly readLimitBytes?: number
}

/** Each costs memory for as long as the engine runs. */
const MOST_EXCLUDED = 10_000
const OWN_RULES = ['ignore', 'scope'] as const

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
const NEW_NODES_AT_ONCE = 4_096
const NEW_NODES_MOST = 1_000_000
const OPTIONAL = [
  ...['watcher', 'compressor', 'log', 'deviceName', 'mode', 'hydrate', 'newNodesAtOnce', 'readLimitBytes'],
  ...OWN_RULES,
  ...Object.keys(PERIODS),
]

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
  const { watcher = null, compressor = null, log = silent, deviceName = 'device', mode = 'two-way' } = options
  if (watcher !== null) checkPart('watcher', watcher, ['start', 'stop'])
  if (compressor !== null) checkPart('compressor', compressor, ['compress', 'decompress'])
  if (typeof log !== 'function') throw invalid('log', 'a function')
  if (typeof deviceName !== 'string' || deviceName.trim() === '')
    throw invalid('deviceName', 'a name that is not empty')
  if (!SYNC_MODES.includes(mode)) throw invalid('mode', `one of ${SYNC_MODES.join(', ')}`)
  const { hydrate = 'all' } = options
  if (!HYDRATIONS.includes(hydrate)) throw invalid('hydrate', `one of ${HYDRATIONS.join(', ')}`)
  return {
    ...options,
    watcher,
    compressor,
    log,
    deviceName,
    mode,
    hydrate,
    ignore: checkIgnore(options.ignore ?? []),
    scope: { exclude: checkScope(options.scope ?? { exclude: [] }) },
    scanEveryMs: period(options, 'scanEveryMs'),
    pollEveryMs: period(options, 'pollEveryMs'),
    retryEveryMs: period(options, 'retryEveryMs'),
    newNodesAtOnce: whole('newNodesAtOnce', options.newNodesAtOnce ?? NEW_NODES_AT_ONCE, NEW_NODES_MOST),
    readLimitBytes: whole('readLimitBytes', options.readLimitBytes ?? READ_LIMIT_BYTES, READ_LIMIT_MOST),
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

function checkIgnore(lines: unknown): readonly string[] {
  const { lines: most, bytes } = RULE_LIMITS
  const expected = `up to ${most.toLocaleString('en')} lines of ignore rules, ${bytes.toLocaleString('en')} characters together`
  if (!isListOfText(lines) || lines.some((line) => /[\n\r]/.test(line))) throw invalid('ignore', expected)
  if (lines.length >= most || lines.join('\n').length > bytes) throw invalid('ignore', expected)
  return [...lines]
}

function checkScope(scope: unknown): readonly string[] {
  const expected = `{ exclude } with up to ${MOST_EXCLUDED.toLocaleString('en')} paths of directories below the root, such as 'Photos/2019'`
  if (typeof scope !== 'object' || scope === null || Object.keys(scope).some((name) => name !== 'exclude'))
    throw invalid('scope', expected)
  const exclude: unknown = Reflect.get(scope, 'exclude')
  if (!isListOfText(exclude) || exclude.length > MOST_EXCLUDED) throw invalid('scope', expected)
  if (exclude.some((path) => path.split('/').some((name) => nameTrouble(name) !== null)))
    throw invalid('scope', expected)
  return [...exclude]
}

function isListOfText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function period(options: SyncEngineOptions, name: keyof typeof PERIODS): number {
  const value = options[name] ?? PERIODS[name]
  if (!Number.isInteger(value) || value < 1000 || value > 86_400_000)
    throw invalid(name, 'whole milliseconds from 1,000 to 86,400,000')
  return value
}

function whole(name: 'newNodesAtOnce' | 'readLimitBytes', value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  const what = name === 'readLimitBytes' ? 'whole bytes' : 'a whole number'
  throw invalid(name, `${what} from 1 to ${most.toLocaleString('en')}`)
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
