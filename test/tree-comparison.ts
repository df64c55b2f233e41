/**
 * Compares two directories byte for byte: names, kinds, contents, modification times in whole milliseconds, the
 * executable bit, empty directories. Says every difference; what the engine keeps for itself is not looked at.
 */

import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type BigIntStats } from 'node:fs'
import { join } from 'node:path'

export interface TreeComparison {
  /** One line per difference, by path; empty when the trees are equal. */
  readonly differences: readonly string[]
  readonly files: number
  readonly directories: number
  /** Bytes of the files on the left. */
  readonly bytes: number
}

export interface ComparisonOptions {
  /** Names directly below the root that are not compared. Default `.tidemark`. */
  readonly except?: readonly string[]
}

type Kind = 'file' | 'directory' | 'symlink' | 'special'

const BUFFER = 256 * 1024
const NS_PER_MS = 1_000_000n

export function compareTrees(left: string, right: string, options: ComparisonOptions = {}): TreeComparison {
  const comparison = new Comparison(left, right)
  comparison.directory('', new Set(options.except ?? ['.tidemark']))
  return comparison
}

class Comparison implements TreeComparison {
  readonly differences: string[] = []
  files = 0
  directories = 0
  bytes = 0
  readonly #left: string
  readonly #right: string

  constructor(left: string, right: string) {
    this.#left = left
    this.#right = right
  }

  directory(path: string, except: ReadonlySet<string>): void {
    const [left, right] = [namesIn(this.#left, path), namesIn(this.#right, path)]
    for (const name of [...new Set([...left, ...right])].sort()) {
      if (except.has(name)) continue
      const at = path === '' ? name : `${path}/${name}`
      if (!right.has(name)) this.differences.push(`${at}: only on the left`)
      else if (!left.has(name)) this.differences.push(`${at}: only on the right`)
      else this.#entry(at)
    }
  }

  #entry(path: string): void {
    const [left, right] = [statOf(this.#left, path), statOf(this.#right, path)]
    const kind = kindOf(left)
    if (kind !== kindOf(right)) this.differences.push(`${path}: ${kind} on the left, ${kindOf(right)} on the right`)
    else if (kind === 'directory') {
      this.directories += 1
      this.directory(path, new Set())
    } else if (kind === 'file') this.#file(path, left, right)
    else if (kind === 'symlink' && readlinkSync(join(this.#left, path)) !== readlinkSync(join(this.#right, path)))
      this.differences.push(`${path}: another target`)
  }

  #file(path: string, left: BigIntStats, right: BigIntStats): void {
    this.files += 1
    this.bytes += Number(left.size)
    const at = left.size === right.size ? firstDifference(join(this.#left, path), join(this.#right, path)) : null
    if (left.size !== right.size) this.differences.push(`${path}: ${left.size} bytes, ${right.size} bytes`)
    else if (at !== null) this.differences.push(`${path}: contents differ at byte ${at}`)
    const [leftTime, rightTime] = [left.mtimeNs / NS_PER_MS, right.mtimeNs / NS_PER_MS]
    if (leftTime !== rightTime) this.differences.push(`${path}: modified at ${leftTime}, at ${rightTime}`)
    if (isExecutable(left) !== isExecutable(right))
      this.differences.push(`${path}: executable on the ${isExecutable(left) ? 'left' : 'right'} only`)
  }
}

function namesIn(root: string, path: string): Set<string> {
  return new Set(readdirSync(join(root, path), { encoding: 'utf8' }))
}

function statOf(root: string, path: string): BigIntStats {
  return lstatSync(join(root, path), { bigint: true })
}

function kindOf(stats: BigIntStats): Kind {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'symlink' : 'special'
}

function isExecutable(stats: BigIntStats): boolean {
  return (stats.mode & 0o100n) !== 0n
}

/** Offset of the first byte that is not the same; null when all are. */
function firstDifference(left: string, right: string): number | null {
  const files = [openSync(left, 'r'), openSync(right, 'r')] as const
  const buffers = [Buffer.alloc(BUFFER), Buffer.alloc(BUFFER)] as const
  try {
    for (let at = 0; ; ) {
      const [ours, theirs] = [0, 1].map((side) => readFully(files[side as 0 | 1], buffers[side as 0 | 1], at)) as [
        number,
        number,
      ]
      const length = Math.min(ours, theirs)
      if (buffers[0].compare(buffers[1], 0, length, 0, length) !== 0) {
        for (let byte = 0; byte < length; byte++) if (buffers[0][byte] !== buffers[1][byte]) return at + byte
      }
      if (ours !== theirs) return at + length
      if (length === 0) return null
      at += length
    }
  } finally {
    for (const file of files) closeSync(file)
  }
}

function readFully(file: number, into: Buffer, position: number): number {
  let done = 0
  while (done < into.length) {
    const read = readSync(file, into, done, into.length - done, position + done)
    if (read === 0) break
    done += read
  }
  return done
}
