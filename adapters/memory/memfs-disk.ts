/**
 * The disk seam over a memfs volume. Every call does its work synchronously and settles as a microtask, and all times
 * come from `now`, so that a seeded run is the same each time. It must never read the host's clock or use a timer.
 */

import type { Volume } from 'memfs'
import { TidemarkError } from '../../src/index.js'
import type { Disk, DiskEntry, DiskFile, DiskStat } from '../shared/disk.js'
import { type MemfsTimes, memfsTimes } from './memfs-times.js'
import type { MemoryVolume } from './memory-volume.js'

/** Milliseconds since 1970. Without one, each change is a millisecond after the one before, from a fixed start. */
export interface MemfsDiskOptions {
  /** Wall time of changes. */
  readonly now?: () => number
}

const NAME_LIMIT_BYTES = 255

/**
 * The disk of a memfs volume. Where memfs is kinder than POSIX (long names, renames that destroy or make a loop), the
 * POSIX error is raised. Changes made on the volume directly get their times from the same `now`, but for `utimes`,
 * which only counts when it comes through this disk. Times have a granularity of one millisecond; birth times are unique.
 */
export function memfsDisk(volume: MemoryVolume, options: MemfsDiskOptions = {}): Disk {
  if (!isMemfs(volume)) {
    throw new TidemarkError('invalid-option', 'the volume is not one of memfs', {
      subject: 'volume',
      next: 'Pass a `new Volume()` of memfs, or none.',
    })
  }
  const times = memfsTimes(volume, options.now)
  return {
    open: async (path, how, mode) => openFile(volume, times, path, how, mode),
    lstat: async (path) => statOf(volume, times, path),
    readdir: async (path) => entriesOf(volume, path),
    mkdir: async (path, mode) => {
      checkName(path, 'mkdir')
      checkWritable(volume, path, 'mkdir')
      volume.mkdirSync(path, { mode: (mode ?? 0o777) & ~UMASK })
    },
    rmdir: async (path) => removeEmpty(volume, path),
    rename: async (from, to) => renameLikePosix(volume, from, to),
    link: async (from, to) => {
      checkName(to, 'link')
      checkWritable(volume, to, 'link')
      if (kindOfMode(volume.lstatSync(from).mode) === 'directory') throw diskError('EPERM', 'link', from)
      volume.linkSync(from, to)
    },
    unlink: async (path) => {
      checkWritable(volume, path, 'unlink')
      volume.unlinkSync(path)
    },
    chmod: async (path, mode) => volume.chmodSync(path, mode),
    utimes: async (path, _atimeMs, mtimeMs) => times.setModified(inodeOf(volume, path), mtimeMs),
    syncDirectory: async (path) => {
      volume.lstatSync(path)
    },
  }
}

/** Numbers of the open flags and file types as memfs knows them on every host: those of Linux. */
const constants = {
  O_RDONLY: 0,
  O_RDWR: 2,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  S_IFMT: 0o170000,
  S_IFREG: 0o100000,
  S_IFDIR: 0o040000,
  S_IFLNK: 0o120000,
}

const UMASK = 0o022

const FLAGS = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
} as const

function openFile(
  volume: Volume,
  times: MemfsTimes,
  path: string,
  how: 'read' | 'write' | 'create',
  mode = 0o666,
): DiskFile {
  if (how === 'create') checkName(path, 'open')
  else if (kindOfMode(volume.lstatSync(path).mode) === 'symlink') throw diskError('ELOOP', 'open', path)
  const descriptor = volume.openSync(path, FLAGS[how], mode & ~UMASK)
  return new MemfsFile(volume, times, descriptor)
}

class MemfsFile implements DiskFile {
  readonly #volume: Volume
  readonly #times: MemfsTimes
  readonly #descriptor: number

  constructor(volume: Volume, times: MemfsTimes, descriptor: number) {
    this.#volume = volume
    this.#times = times
    this.#descriptor = descriptor
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    return into.byteLength === 0 ? 0 : this.#volume.readSync(this.#descriptor, into, 0, into.byteLength, position)
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    if (bytes.byteLength > 0) this.#volume.writeSync(this.#descriptor, bytes, 0, bytes.byteLength, position)
  }

  async truncate(length: number): Promise<void> {
    this.#volume.ftruncateSync(this.#descriptor, length)
  }

  async stat(): Promise<DiskStat> {
    const raw = this.#volume.fstatSync(this.#descriptor)
    return diskStat(raw, this.#times)
  }

  async chmod(mode: number): Promise<void> {
    this.#volume.fchmodSync(this.#descriptor, mode)
  }

  async utimes(_atimeMs: number, mtimeMs: number): Promise<void> {
    this.#times.setModified(Number(this.#volume.fstatSync(this.#descriptor).ino), mtimeMs)
  }

  async sync(): Promise<void> {
    this.#volume.fsyncSync(this.#descriptor)
  }

  async close(): Promise<void> {
    this.#volume.closeSync(this.#descriptor)
  }
}

interface RawStat {
  readonly ino: number | bigint
  readonly nlink: number | bigint
  readonly mode: number | bigint
  readonly size: number | bigint
}

function diskStat(raw: RawStat, times: MemfsTimes): DiskStat {
  const kind = kindOfMode(raw.mode)
  return {
    kind,
    dev: 1n,
    ino: BigInt(raw.ino),
    nlink: BigInt(raw.nlink),
    mode: Number(raw.mode) & 0o7777,
    size: kind === 'directory' ? 0 : Number(raw.size),
    ...times.of(Number(raw.ino)),
  }
}

function statOf(volume: Volume, times: MemfsTimes, path: string): DiskStat {
  return diskStat(volume.lstatSync(path), times)
}

function inodeOf(volume: Volume, path: string): number {
  return Number(volume.lstatSync(path).ino)
}

function kindOfMode(mode: number | bigint): DiskStat['kind'] {
  switch (Number(mode) & constants.S_IFMT) {
    case constants.S_IFREG:
      return 'file'
    case constants.S_IFDIR:
      return 'directory'
    case constants.S_IFLNK:
      return 'symlink'
    default:
      return 'special'
  }
}

/** Names as the bytes a disk would keep; a lone surrogate, which stands for bytes that are not UTF-8, stays invalid. */
function entriesOf(volume: Volume, path: string): readonly DiskEntry[] {
  return (volume.readdirSync(path) as readonly string[]).map((name) => ({ name: bytesOfName(name), kind: 'unknown' }))
}

function bytesOfName(name: string): Uint8Array {
  const bytes: number[] = []
  for (const character of name) {
    const code = character.codePointAt(0) ?? 0
    if (code >= 0xd800 && code <= 0xdfff)
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
    else bytes.push(...new TextEncoder().encode(character))
  }
  return Uint8Array.from(bytes)
}

/** memfs leaves the inode of a replaced file behind, follows a symlink and lets a directory vanish into itself. */
function renameLikePosix(volume: Volume, from: string, to: string): void {
  checkName(to, 'rename')
  checkWritable(volume, from, 'rename')
  checkWritable(volume, to, 'rename')
  const source = volume.lstatSync(from)
  const sourceKind = kindOfMode(source.mode)
  if (sourceKind === 'symlink') throw diskError('ENOTSUP', 'rename', from)
  if (to === from) return
  if (sourceKind === 'directory' && to.startsWith(`${from}/`)) throw diskError('EINVAL', 'rename', from)
  const target = volume.lstatSync(to, { throwIfNoEntry: false })
  if (target === undefined) {
    volume.renameSync(from, to)
    return
  }
  if (target.ino === source.ino) return
  const targetKind = kindOfMode(target.mode)
  if (targetKind === 'directory') {
    if (sourceKind !== 'directory') throw diskError('EISDIR', 'rename', to)
    volume.rmdirSync(to)
  } else {
    if (sourceKind === 'directory') throw diskError('ENOTDIR', 'rename', to)
    volume.unlinkSync(to)
  }
  volume.renameSync(from, to)
}

/** memfs asks for the right to write a directory in some of its calls only. A missing parent is told by the call itself. */
function checkWritable(volume: Volume, path: string, call: string): void {
  const parent = volume.lstatSync(path.slice(0, path.lastIndexOf('/')) || '/', { throwIfNoEntry: false })
  if (parent !== undefined && (Number(parent.mode) & 0o300) !== 0o300) throw diskError('EACCES', call, path)
}

function checkName(path: string, call: string): void {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (new TextEncoder().encode(name).byteLength > NAME_LIMIT_BYTES) throw diskError('ENAMETOOLONG', call, path)
}

function diskError(code: string, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${call} '${path}'`), { code, syscall: call, path })
}

/** memfs counts the children of a directory wrongly after a rename over one of them: the listing is what is true. */
function removeEmpty(volume: Volume, path: string): void {
  const recursive = volume.lstatSync(path).isDirectory() && volume.readdirSync(path).length === 0
  volume.rmdirSync(path, { recursive })
}

function isMemfs(volume: MemoryVolume): volume is Volume {
  return '_core' in volume
}
