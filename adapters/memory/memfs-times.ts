/**
 * Times of the inodes of a memfs volume, from an injected clock: memfs itself writes the host's clock into them.
 * One table per volume, shared by every disk on it, so that a restart sees the times it saw before.
 */

import type { Volume } from 'memfs'

export interface InodeTimes {
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly birthtimeNs: bigint
}

export interface MemfsTimes {
  of(inode: number): InodeTimes
  /** What `utimes` does. */
  setModified(inode: number, mtimeMs: number): void
}

/** Values of memfs's `FsEventType`, which it declares for type checking only. */
const CREATED = 0
const DELETED = 1
const MODIFIED = 2
const ATTRIBUTES = 3
const MOVED = 4

const START_MS = 1_600_000_000_000
const NS_PER_MS = 1_000_000n

const TABLES = new WeakMap<Volume, InodeTable>()

/** The table of the volume; `now`, where given, is asked from here on. */
export function memfsTimes(volume: Volume, now: (() => number) | undefined): MemfsTimes {
  let table = TABLES.get(volume)
  if (table === undefined) {
    table = new InodeTable(now ?? logicalClock())
    TABLES.set(volume, table)
    listen(volume, table)
  } else if (now !== undefined) {
    table.useClock(now)
  }
  return table
}

function logicalClock(): () => number {
  let time = START_MS
  return () => ++time
}

interface Inode {
  readonly ino: number
  readonly nlink: number
}

function listen(volume: Volume, table: InodeTable): void {
  volume._core.changes.listen((event) => {
    const type: number = event.type
    const parent: Inode | undefined = event.link.parent?.getNode()
    switch (type) {
      case CREATED:
        // A second name of an inode that was there before is a change of the inode, not its birth.
        if (event.node.isFile() && event.node.nlink > 1) table.touch(event.node.ino)
        else table.born(event.node.ino)
        break
      case MODIFIED:
        table.modify(event.node.ino)
        return
      case ATTRIBUTES:
        table.touch(event.node.ino)
        return
      case DELETED:
      case MOVED:
        table.touch(event.node.ino)
        break
    }
    if (parent !== undefined) table.modify(parent.ino)
  })
}

class InodeTable implements MemfsTimes {
  readonly #rows = new Map<number, InodeTimes>()
  #now: () => number
  readonly #startNs: bigint
  #births = 0n

  constructor(now: () => number) {
    this.#now = now
    this.#startNs = nanoseconds(now())
  }

  useClock(now: () => number): void {
    this.#now = now
  }

  of(inode: number): InodeTimes {
    const start = this.#startNs
    return this.#rows.get(inode) ?? { mtimeNs: start, ctimeNs: start, birthtimeNs: start }
  }

  /** Inode numbers are used again at once: only a birth time of its own tells the new file from the old. */
  born(inode: number): void {
    const time = nanoseconds(this.#now())
    this.#births += 1n
    this.#rows.set(inode, { mtimeNs: time, ctimeNs: time, birthtimeNs: time + (this.#births % NS_PER_MS) })
  }

  modify(inode: number): void {
    const time = nanoseconds(this.#now())
    this.#rows.set(inode, { ...this.of(inode), mtimeNs: time, ctimeNs: time })
  }

  touch(inode: number): void {
    this.#rows.set(inode, { ...this.of(inode), ctimeNs: nanoseconds(this.#now()) })
  }

  setModified(inode: number, mtimeMs: number): void {
    this.#rows.set(inode, { ...this.of(inode), mtimeNs: nanoseconds(mtimeMs), ctimeNs: nanoseconds(this.#now()) })
  }
}

function nanoseconds(milliseconds: number): bigint {
  return BigInt(Math.floor(milliseconds)) * NS_PER_MS
}
