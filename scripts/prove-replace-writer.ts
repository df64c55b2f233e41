/** A user at full speed, in a process of its own: edits one file in one of the ways of editors, as often as it is told. */

import { closeSync, existsSync, ftruncateSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs'

export const WAYS = ['in place', 'in two halves', 'by a rename', 'behind a backup', 'emptied first'] as const
export type Way = (typeof WAYS)[number]

export interface Burst {
  readonly round: number
  readonly path: string
  readonly way: Way
  readonly writes: number
  /** Microseconds before the first write, spent awake. */
  readonly delay: number
}

/** What was written last, and by the `write`-th write of a burst; always of one length. */
export function contentOf(round: number, write: number): string {
  return `written by the user:  ${String(round).padStart(10, '0')} ${String(write).padStart(4, '0')}\n`
}

export function isWhole(content: string): boolean {
  return /^written by the user: {2}\d{10} \d{4}\n$/.test(content)
}

function overwrite(path: string, content: string, pieces: number, before: (file: number) => void): void {
  // Without O_TRUNC: what is there is written over, or the file is made.
  const file = openSync(path, existsSync(path) ? 'r+' : 'w')
  before(file)
  const size = content.length / pieces
  for (let at = 0; at < content.length; at += size) writeSync(file, content.slice(at, at + size), at)
  closeSync(file)
}

const WRITE: Readonly<Record<Way, (path: string, content: string) => void>> = {
  'in place': (path, content) => overwrite(path, content, 1, () => undefined),
  'in two halves': (path, content) => overwrite(path, content, 2, () => undefined),
  'emptied first': (path, content) => overwrite(path, content, 1, (file) => ftruncateSync(file, 0)),
  'by a rename': (path, content) => {
    writeFileSync(`${path}.tmp`, content)
    renameSync(`${path}.tmp`, path)
  },
  'behind a backup': (path, content) => {
    if (existsSync(path)) attempt(() => renameSync(path, `${path}~`))
    writeFileSync(path, content)
  },
}

/** Between two calls of ours the other side may have taken the file away. */
function attempt(run: () => void): boolean {
  try {
    run()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

function burst({ round, path, way, writes, delay }: Burst): string {
  const end = process.hrtime.bigint() + BigInt(delay) * 1000n
  while (process.hrtime.bigint() < end);
  let last = ''
  for (let write = 1; write <= writes; write++) {
    const content = contentOf(round, write)
    while (!attempt(() => WRITE[way](path, content)));
    last = content
  }
  return last
}

process.on('message', (order: Burst) => process.send?.(burst(order)))
process.on('disconnect', () => process.exit())
