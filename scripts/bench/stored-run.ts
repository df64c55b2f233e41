/** A run of the bench as `docs/performance.json` keeps it: everything that the page of it is written from. */

import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import { Mistaken } from './arguments.js'
import type { MicroFigure } from './micro/micro-bench.js'
import type { Outcome } from './outcome.js'
import type { Measured } from './rounds.js'
import { versionOf } from './rsync.js'
import { GIB } from './trees.js'

export interface RunMachine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  /** That of the temporary directory; null where nobody tells. */
  readonly fileSystem: string | null
  readonly node: string
}

/** What a probe said while it measured. */
export interface ProbeTold {
  readonly id: string
  readonly title: string
  readonly lines: readonly string[]
}

export interface StoredRun {
  /** Year, month and day, in UTC. */
  readonly date: string
  /** The commit that was measured, whole. */
  readonly revision: string
  readonly seed: string
  readonly rounds: number
  /** What was run, by name; null: everything. */
  readonly only: readonly string[] | null
  readonly machine: RunMachine
  /** Of 1, 5 and 15 minutes, before the first round and after the last. */
  readonly load: { readonly before: readonly number[]; readonly after: readonly number[] }
  /** As each says of itself; null where it is not installed. */
  readonly peers: Readonly<Record<string, string | null>>
  /** With all values of every cell. */
  readonly measured: readonly Measured[]
  readonly probes: readonly ProbeTold[]
  readonly outcomes: readonly Outcome[]
  readonly micro: readonly MicroFigure[]
}

/** What decides what is measured: a change there that is in no commit has no revision to be named by. */
const MEASURED_PATHS = ['src', 'adapters', 'examples', 'scripts', 'package.json', 'package-lock.json', 'tsup.config.ts']

/** The commit that stands here. Throws `Mistaken` where what would be measured is not what the commit holds. */
export function cleanRevision(root: string): string {
  const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  const changed = git('status', '--porcelain', '--', ...MEASURED_PATHS).split('\n')[0] ?? ''
  if (changed !== '')
    throw new Mistaken(`--publish names the commit it measured, and ${changed.trim()} is in none: commit it first`)
  return git('rev-parse', 'HEAD')
}

/** `directory`: where the run works. */
export function machineOf(directory: string): RunMachine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / GIB),
    system: `${process.platform} ${release()}`,
    fileSystem: fileSystemOf(directory),
    node: process.version,
  }
}

function fileSystemOf(directory: string): string | null {
  try {
    return execFileSync('stat', ['-f', '-c', '%T', directory], { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return null
  }
}

export function peerVersions(): StoredRun['peers'] {
  return {
    rsync: versionOf('rsync', '--version'),
    unison: versionOf('unison', '-version'),
    syncthing: versionOf('syncthing', '--version'),
  }
}

export function loadNow(): readonly number[] {
  return loadavg().map((value) => Number(value.toFixed(2)))
}

/** As JSON, an entry of a list to a line, so that two runs can be compared by eye. */
export function storedText(run: StoredRun): string {
  const entries = Object.entries(run).map(
    ([name, value]: [string, unknown]) => `${JSON.stringify(name)}: ${text(value)}`,
  )
  return `{\n${entries.join(',\n')}\n}\n`
}

function text(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return plain(value)
  return `[\n${value.map(plain).join(',\n')}\n]`
}

/** Six places: microseconds, and millionths of a ratio. What is beyond is no measurement. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_, of: unknown) => (typeof of === 'number' ? Number(of.toFixed(6)) : of))
}
