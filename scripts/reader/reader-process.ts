/**
 * A program that does not know of us: opens files again and again, reads each to its end, and judges what it got by a list of
 * contents. In a process of its own; what it saw goes to its parent.
 */

import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

export interface ReadOrder {
  readonly files: readonly string[]
  /** SHA-1 of every content there may be. */
  readonly contents: readonly string[]
}

export interface ReadReport {
  readonly reads: number
  /** The file was not there. */
  readonly absent: number
  /** What was read is no content of the list. */
  readonly mixed: number
  /** Reads that got another content than the one before, of the same file. */
  readonly changes: number
}

/** Reports are sent so often. */
const REPORT_EVERY = 1_000
const MOST_BYTES = 1024 * 1024

const buffer = Buffer.alloc(MOST_BYTES)

/** Null when it is not there. */
function digestAt(path: string): string | null {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    let length = 0
    // In pieces, with a call between them: a file that is written in place would show both contents.
    const piece = Math.max(1, Math.ceil(fstatSync(file).size / 3))
    for (;;) {
      const count = readSync(file, buffer, length, Math.min(piece, MOST_BYTES - length), length)
      if (count === 0) break
      length += count
    }
    return createHash('sha1').update(buffer.subarray(0, length)).digest('hex')
  } finally {
    closeSync(file)
  }
}

/** Until the parent goes. */
function readAll({ files, contents }: ReadOrder): void {
  const known = new Set(contents)
  const before = new Map<string, string>()
  const report = { reads: 0, absent: 0, mixed: 0, changes: 0 }
  const some = (): void => {
    for (let at = 0; at < REPORT_EVERY; at++) {
      const path = files[report.reads % files.length] ?? ''
      const digest = digestAt(path)
      report.reads += 1
      if (digest === null) report.absent += 1
      else if (!known.has(digest)) report.mixed += 1
      else if (before.get(path) !== digest) {
        report.changes += before.has(path) ? 1 : 0
        before.set(path, digest)
      }
    }
    // The parent may be gone by now: then nobody wants to know.
    process.send?.(report, undefined, undefined, () => undefined)
    setImmediate(some)
  }
  some()
}

process.on('message', (order: ReadOrder) => readAll(order))
process.on('disconnect', () => process.exit())
