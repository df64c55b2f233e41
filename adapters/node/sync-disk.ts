/**
 * The disk of this machine in synchronous calls, for a thread of our own: a look costs a quarter of what it costs as a
 * promise (docs/decisions/0071). Only what waits for the device itself, a flush, goes through the thread pool: many of them run at once.
 */

import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsync,
  ftruncateSync,
  futimesSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { promisify } from 'node:util'
import type { Disk, DiskFile, DiskStat } from '../shared/disk.js'
import { BUFFER_ENTRIES, OPEN_FLAGS, WINDOWS, entriesOf, seconds, statOf } from '../shared/node-disk.js'

const flush = promisify(fsync)

/** Never in the thread of the embedding program: each call stops the thread it is made in. */
export function syncDisk(): Disk {
  return {
    open: async (path, how, mode) => new SyncFile(openSync(path, OPEN_FLAGS[how], mode)),
    lstat: async (path) => statOf(lstatSync(path, { bigint: true })),
    readdir: async (path) => entriesOf(readdirSync(path, BUFFER_ENTRIES)),
    mkdir: async (path, mode) => {
      mkdirSync(path, mode === undefined ? {} : { mode })
    },
    rmdir: async (path) => rmdirSync(path),
    rename: async (from, to) => renameSync(from, to),
    link: async (from, to) => linkSync(from, to),
    unlink: async (path) => unlinkSync(path),
    chmod: async (path, mode) => withDescriptor(path, (descriptor) => fchmodSync(descriptor, mode)),
    utimes: async (path, atimeMs, mtimeMs) =>
      withDescriptor(path, (descriptor) => futimesSync(descriptor, seconds(atimeMs), seconds(mtimeMs))),
    syncDirectory: async (path) => {
      if (!WINDOWS) await withDescriptor(path, flush)
    },
  }
}

class SyncFile implements DiskFile {
  readonly #descriptor: number

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    return readSync(this.#descriptor, into, 0, into.byteLength, position)
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.byteLength; )
      done += writeSync(this.#descriptor, bytes, done, bytes.byteLength - done, position + done)
  }

  async truncate(length: number): Promise<void> {
    ftruncateSync(this.#descriptor, length)
  }

  async stat(): Promise<DiskStat> {
    return statOf(fstatSync(this.#descriptor, { bigint: true }))
  }

  async chmod(mode: number): Promise<void> {
    fchmodSync(this.#descriptor, mode)
  }

  async utimes(atimeMs: number, mtimeMs: number): Promise<void> {
    futimesSync(this.#descriptor, seconds(atimeMs), seconds(mtimeMs))
  }

  sync(): Promise<void> {
    return flush(this.#descriptor)
  }

  async close(): Promise<void> {
    closeSync(this.#descriptor)
  }
}

async function withDescriptor(path: string, run: (descriptor: number) => Promise<void> | void): Promise<void> {
  const descriptor = openSync(path, OPEN_FLAGS.read)
  try {
    await run(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
