/** Copying and comparing real directories: bytes, times, modes. Nothing of Tidemark is used here, so that it proves something. */

import { createReadStream } from 'node:fs'
import { lstat, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface TreeSize {
  readonly files: number
  readonly bytes: number
  /** Path and size of the largest file. */
  readonly largest: { readonly path: string; readonly bytes: number }
}

interface Entry {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'other'
  readonly size: number
  readonly mtimeMs: number
  readonly mode: number
}

/** Whatever is never synced. */
const OWN = '.tidemark'

/** Copies files with their times and modes. */
export async function copyTree(from: string, to: string, signal: AbortSignal): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const entry of await entriesBelow(from, signal)) {
    signal.throwIfAborted()
    const target = join(to, entry.path)
    if (entry.kind === 'directory') {
      await mkdir(target, { recursive: true })
      continue
    }
    // Not more rights than this user gives to any new file.
    await writeFile(target, await readFile(join(from, entry.path)), { mode: entry.mode })
    const { atimeMs, mtimeMs } = await lstat(join(from, entry.path))
    await utimes(target, insideMs(atimeMs), insideMs(mtimeMs))
  }
}

/** Seconds for `utimes`, in the middle of the millisecond: the rounding on the way never leaves it. */
function insideMs(ms: number): number {
  return (Math.floor(ms) + 0.5) / 1000
}

export async function sizeOf(root: string, signal: AbortSignal): Promise<TreeSize> {
  const files = (await entriesBelow(root, signal)).filter(({ kind }) => kind === 'file')
  const largest = files.reduce((most, file) => (file.size > most.size ? file : most))
  return {
    files: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    largest: { path: largest.path, bytes: largest.size },
  }
}

/** Paths of all files and directories, sorted. */
export async function pathsBelow(root: string, signal: AbortSignal): Promise<readonly string[]> {
  return (await entriesBelow(root, signal)).map(({ path }) => path)
}

/** Of the owner alone, or of all: what others may do depends on who copied. */
export const MODE_BITS = { owner: 0o700, all: 0o777 } as const

export interface CompareOptions {
  readonly modes: (typeof MODE_BITS)[keyof typeof MODE_BITS]
  readonly signal: AbortSignal
}

/** What differs, as sentences; empty when nothing does. Times in whole milliseconds, of files. */
export async function differences(a: string, b: string, options: CompareOptions): Promise<readonly string[]> {
  const { signal } = options
  const [left, right] = await Promise.all([entriesBelow(a, signal), entriesBelow(b, signal)])
  const there = new Map(right.map((entry) => [entry.path, entry]))
  const found: string[] = []
  for (const entry of left) {
    const other = there.get(entry.path)
    there.delete(entry.path)
    if (other === undefined) found.push(`only in the first: ${entry.path}`)
    else found.push(...(await differs(entry, other, { a, b, ...options })))
  }
  return [...found, ...[...there.keys()].map((path) => `only in the second: ${path}`)]
}

async function differs(
  entry: Entry,
  other: Entry,
  { a, b, modes, signal }: CompareOptions & { readonly a: string; readonly b: string },
): Promise<readonly string[]> {
  signal.throwIfAborted()
  if (entry.kind !== other.kind) return [`a ${entry.kind} and a ${other.kind}: ${entry.path}`]
  if (entry.kind !== 'file') return []
  if (entry.size !== other.size || !(await sameBytes(join(a, entry.path), join(b, other.path)))) {
    return [`other bytes: ${entry.path}`]
  }
  if (Math.floor(entry.mtimeMs) !== Math.floor(other.mtimeMs)) return [`another time: ${entry.path}`]
  return (entry.mode & modes) === (other.mode & modes) ? [] : [`another mode: ${entry.path}`]
}

async function sameBytes(a: string, b: string): Promise<boolean> {
  const right = createReadStream(b)[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let rest = Buffer.alloc(0)
  for await (const part of createReadStream(a) as AsyncIterable<Buffer>) {
    while (rest.length < part.length) {
      const next = await right.next()
      if (next.done === true) return false
      rest = Buffer.concat([rest, next.value])
    }
    if (!part.equals(rest.subarray(0, part.length))) return false
    rest = rest.subarray(part.length)
  }
  return rest.length === 0 && (await right.next()).done === true
}

async function entriesBelow(root: string, signal: AbortSignal): Promise<readonly Entry[]> {
  const found: Entry[] = []
  const walk = async (directory: string): Promise<void> => {
    for (const name of (await readdir(join(root, directory))).sort()) {
      signal.throwIfAborted()
      if (directory === '' && name === OWN) continue
      const path = directory === '' ? name : `${directory}/${name}`
      const stat = await lstat(join(root, path))
      const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other'
      found.push({ path, kind, size: stat.size, mtimeMs: stat.mtimeMs, mode: stat.mode & 0o777 })
      if (kind === 'directory') await walk(path)
    }
  }
  await walk('')
  return found
}
