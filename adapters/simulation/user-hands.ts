/**
 * The hands of a simulated user, or of a program of theirs: at once, untold, by the rules of the disk. Links are followed
 * where `node:fs` follows them. They are no part of the `Disk` contract, and no program under test may use them.
 */

import type { DiskStat } from '../shared/disk.js'
import { diskError } from './disk-error.js'
import type { DiskTree } from './disk-tree.js'
import type { OpenFile } from './open-file.js'

/** A file that a program keeps open: after a rename, and after its last name is gone. EBADF after a power loss. */
export interface HeldFile {
  /** In place; text as UTF-8. `position` in bytes, 0 where none is given. */
  write(content: string | Uint8Array, position?: number): void
  /** Cuts, or fills up with zeros. */
  truncate(length: number): void
  /** All of it. */
  read(): Uint8Array
  /** The second time does nothing. */
  close(): void
}

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content

/** The calls of a user and of the programs he works with: at once, past all hooks, in the life of nobody. */
export class UserHands {
  readonly #tree: DiskTree

  /** On one disk; they outlive a power loss. */
  constructor(tree: DiskTree) {
    this.#tree = tree
  }

  /** Names, in the order in which they came. */
  readdir(path: string): string[] {
    return [...this.#tree.list(path).values()].map(({ name }) => name)
  }

  /** A link is not followed. */
  lstat(path: string): DiskStat {
    return this.#tree.stat(path)
  }

  /** A copy. */
  readFile(path: string): Uint8Array {
    return this.#with(path, 'read', readAll)
  }

  /** As UTF-8. */
  readText(path: string): string {
    return new TextDecoder().decode(this.readFile(path))
  }

  /** In place: what is there is cut and written over, and keeps its number. Else it is made. */
  writeFile(path: string, content: string | Uint8Array, mode?: number): void {
    this.#with(
      path,
      'make',
      (file) => {
        file.truncate(0)
        file.write(bytesOf(content), 0)
      },
      mode,
    )
  }

  /** At the end; made where it is missing. */
  append(path: string, content: string | Uint8Array): void {
    this.#with(path, 'make', (file) => file.write(bytesOf(content), file.stat().size))
  }

  /** With all that is missing above it; no error where it is there. */
  mkdir(path: string, mode?: number): void {
    const parts = path.split('/').filter((part) => part !== '')
    for (let length = 1; length <= parts.length; length++) {
      const at = `/${parts.slice(0, length).join('/')}`
      if (!this.exists(at)) this.#tree.mkdir(at, mode)
      else if (this.#tree.stat(at, true).kind !== 'directory') {
        throw diskError(length === parts.length ? 'EEXIST' : 'ENOTDIR', 'mkdir', path)
      }
    }
  }

  /** As POSIX renames. */
  rename(from: string, to: string): void {
    this.#tree.rename(from, to)
  }

  /** A second name. */
  link(from: string, to: string): void {
    this.#tree.link(from, to)
  }

  /** Anything but a directory. */
  unlink(path: string): void {
    this.#tree.unlink(path)
  }

  /** Whatever is there, with all below it. ENOENT for nothing. */
  rm(path: string): void {
    if (this.#tree.stat(path).kind !== 'directory') return this.#tree.unlink(path)
    for (const name of this.readdir(path)) this.rm(`${path === '/' ? '' : path}/${name}`)
    if (path !== '/') this.#tree.rmdir(path)
  }

  /** Twelve permission bits. */
  chmod(path: string, mode: number): void {
    this.#tree.chmod(path, mode, true)
  }

  /** Whole milliseconds since 1970. */
  utimes(path: string, mtimeMs: number): void {
    this.#tree.utimes(path, mtimeMs, true)
  }

  /** A link at `path` to `target`, which may be missing. */
  symlink(target: string, path: string): void {
    this.#tree.symlink(target, path)
  }

  /** Whether a path leads to anything. */
  exists(path: string): boolean {
    try {
      this.#tree.stat(path, true)
      return true
    } catch {
      return false
    }
  }

  /** Opens for writing, and makes it where it is missing. */
  hold(path: string): HeldFile {
    const file = this.#open(path, 'make')
    return {
      write: (content, position = 0) => file.write(bytesOf(content), position),
      truncate: (length) => file.truncate(length),
      read: () => readAll(file),
      close: () => file.close(),
    }
  }

  #open(path: string, how: 'read' | 'make', mode?: number): OpenFile {
    if (how === 'read') return this.#tree.open(path, 'read', undefined, true)
    const make = !this.exists(path)
    return make ? this.#tree.open(path, 'create', mode, true) : this.#tree.open(path, 'write', undefined, true)
  }

  #with<Result>(path: string, how: 'read' | 'make', run: (file: OpenFile) => Result, mode?: number): Result {
    const file = this.#open(path, how, mode)
    try {
      return run(file)
    } finally {
      file.close()
    }
  }
}

function readAll(file: OpenFile): Uint8Array {
  const bytes = new Uint8Array(file.stat().size)
  file.read(bytes, 0)
  return bytes
}
