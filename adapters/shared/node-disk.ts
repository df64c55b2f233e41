/**
 * The disk seam over `node:fs`. Thin: it decides nothing, follows no symlink in the last component and never waits on a
 * FIFO or device. Errors go up as Node made them.
 */

import { constants, type BigIntStats, type Dirent } from 'node:fs'
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises'
import type { Disk, DiskEntry, DiskFile, DiskStat } from './disk.js'

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
/** Opening a FIFO that took the place of a file must fail or return at once. */
const NO_WAIT = constants.O_NONBLOCK ?? 0
/** How a file of a disk is opened: never through a link, never waiting for the other end of a FIFO. */
export const OPEN_FLAGS = {
  read: constants.O_RDONLY | NO_FOLLOW | NO_WAIT,
  write: constants.O_RDWR | NO_FOLLOW | NO_WAIT,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW,
} as const

export const WINDOWS = process.platform === 'win32'

/** The disk of this machine. Stateless: any number of them may be made. */
export function nodeDisk(): Disk {
  return {
    open: async (path, how, mode) => new NodeFile(await open(path, OPEN_FLAGS[how], mode)),
    lstat: async (path) => statOf(await lstat(path, { bigint: true })),
    readdir: async (path) => entriesOf(await readdir(path, BUFFER_ENTRIES)),
    mkdir: async (path, mode) => {
      await mkdir(path, mode === undefined ? {} : { mode })
    },
    rmdir,
    rename,
    link,
    unlink,
    chmod: (path, mode) => withHandle(path, (handle) => handle.chmod(mode)),
    utimes: (path, atimeMs, mtimeMs) => withHandle(path, (handle) => handle.utimes(seconds(atimeMs), seconds(mtimeMs))),
    syncDirectory: async (path) => {
      // Windows opens no directories; its file systems log directory entries by themselves.
      if (!WINDOWS) await withHandle(path, (handle) => handle.sync())
    },
  }
}

/** Names as bytes: @types/node declares this combination for strings only. */
export const BUFFER_ENTRIES = { withFileTypes: true, encoding: 'buffer' } as unknown as { withFileTypes: true }

class NodeFile implements DiskFile {
  readonly #handle: FileHandle

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    const { bytesRead } = await this.#handle.read(into, 0, into.byteLength, position)
    return bytesRead
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0
    while (done < bytes.byteLength) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.byteLength - done, position + done)
      done += bytesWritten
    }
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length)
  }

  async stat(): Promise<DiskStat> {
    return statOf(await this.#handle.stat({ bigint: true }))
  }

  chmod(mode: number): Promise<void> {
    return this.#handle.chmod(mode)
  }

  utimes(atimeMs: number, mtimeMs: number): Promise<void> {
    return this.#handle.utimes(seconds(atimeMs), seconds(mtimeMs))
  }

  sync(): Promise<void> {
    return this.#handle.sync()
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

/** `fs.Stats` with bigint fields, from a promise or from a worker's synchronous call. */
export function statOf(stats: BigIntStats): DiskStat {
  return {
    kind: kindOf(stats),
    dev: stats.dev,
    ino: stats.ino,
    nlink: stats.nlink,
    mode: Number(stats.mode) & 0o7777,
    size: Number(stats.size),
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    birthtimeNs: stats.birthtimeNs,
  }
}

/** Directory entries read with `encoding: 'buffer'`. */
export function entriesOf(entries: readonly Dirent[]): readonly DiskEntry[] {
  return entries.map((entry) => ({
    name: entry.name as unknown as Uint8Array,
    kind: kindOf(entry),
  }))
}

function kindOf(entry: BigIntStats | Dirent): DiskStat['kind'] {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'directory'
  return entry.isSymbolicLink() ? 'symlink' : 'special'
}

/**
 * As text: of a negative number Node makes the present time. Half a microsecond on top, and more the farther away it is:
 * a double of seconds lies below the millisecond as often as above it, and is cut off.
 */
export function seconds(milliseconds: number): string {
  return String((milliseconds + 0.0005 + Math.abs(milliseconds) * 2 ** -51) / 1000)
}

async function withHandle(path: string, run: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path, OPEN_FLAGS.read)
  try {
    await run(handle)
  } finally {
    await handle.close()
  }
}
