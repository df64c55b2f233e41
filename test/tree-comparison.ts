/**
 * Compares two trees byte for byte: names, kinds, contents, modification times in whole milliseconds, the executable bit,
 * empty files and directories. Says every difference; what the engine keeps for itself is not looked at.
 */

import { bytesOf, directorySource, type EntryLook, readable, type TreeSource } from './tree-source.js'

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

const BUFFER = 256 * 1024
const NS_PER_MS = 1_000_000n

/** A text is a directory of this machine. */
export function compareTrees(
  left: string | TreeSource,
  right: string | TreeSource,
  options: ComparisonOptions = {},
): TreeComparison {
  const comparison = new Comparison(sourceOf(left), sourceOf(right))
  comparison.directory('', new Set((options.except ?? ['.tidemark']).map(bytesOf)))
  return comparison
}

function sourceOf(tree: string | TreeSource): TreeSource {
  return typeof tree === 'string' ? directorySource(tree) : tree
}

class Comparison implements TreeComparison {
  readonly differences: string[] = []
  files = 0
  directories = 0
  bytes = 0
  readonly #left: TreeSource
  readonly #right: TreeSource

  constructor(left: TreeSource, right: TreeSource) {
    this.#left = left
    this.#right = right
  }

  directory(path: string, except: ReadonlySet<string>): void {
    const [left, right] = [new Set(this.#left.names(path)), new Set(this.#right.names(path))]
    for (const name of [...new Set([...left, ...right])].sort()) {
      if (except.has(name)) continue
      const at = path === '' ? name : `${path}/${name}`
      if (!right.has(name)) this.#say(at, 'only on the left')
      else if (!left.has(name)) this.#say(at, 'only on the right')
      else this.#entry(at)
    }
  }

  #say(path: string, difference: string): void {
    this.differences.push(`${readable(path)}: ${difference}`)
  }

  #entry(path: string): void {
    const [left, right] = [this.#left.look(path), this.#right.look(path)]
    if (left.kind !== right.kind) this.#say(path, `${left.kind} on the left, ${right.kind} on the right`)
    else if (left.kind === 'directory') {
      this.directories += 1
      this.directory(path, new Set())
    } else if (left.kind === 'file') this.#file(path, left, right)
    else if (left.kind === 'symlink' && this.#left.target(path) !== this.#right.target(path))
      this.#say(path, 'another target')
  }

  #file(path: string, left: EntryLook, right: EntryLook): void {
    this.files += 1
    this.bytes += left.size
    const at = left.size === right.size ? this.#firstDifference(path) : null
    if (left.size !== right.size) this.#say(path, `${left.size} bytes, ${right.size} bytes`)
    else if (at !== null) this.#say(path, `contents differ at byte ${at}`)
    const [leftTime, rightTime] = [milliseconds(left.mtimeNs), milliseconds(right.mtimeNs)]
    if (leftTime !== rightTime) this.#say(path, `modified at ${leftTime}, at ${rightTime}`)
    if (left.executable !== right.executable)
      this.#say(path, `executable on the ${left.executable ? 'left' : 'right'} only`)
  }

  /** Offset of the first byte that is not the same; null when all are. */
  #firstDifference(path: string): number | null {
    const [ours, theirs] = [Buffer.alloc(BUFFER), Buffer.alloc(BUFFER)]
    for (let at = 0; ; ) {
      const [left, right] = [this.#left.read(path, at, ours), this.#right.read(path, at, theirs)]
      const length = Math.min(left, right)
      if (ours.compare(theirs, 0, length, 0, length) !== 0) {
        for (let byte = 0; byte < length; byte++) if (ours[byte] !== theirs[byte]) return at + byte
      }
      if (left !== right) return at + length
      if (length === 0) return null
      at += length
    }
  }
}

/** Whole ones, rounded down before 1970 as after. */
export function milliseconds(nanoseconds: bigint): bigint {
  const rest = ((nanoseconds % NS_PER_MS) + NS_PER_MS) % NS_PER_MS
  return (nanoseconds - rest) / NS_PER_MS
}
