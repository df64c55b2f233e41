/**
 * Handles by path. A handle stands for a path and not for an object, so a kept one is as good as a fresh one: where the
 * directory is gone, it says so.
 */

import { fileError, handleError, isMissing, isOtherKind } from './handle-errors.js'
import type { DirectoryHandle, FileHandle } from './handles.js'

/** Beyond that the kept handles are let go, and asked for again. */
const MOST_KEPT = 4_096
/** As on most disks; OPFS itself would take more, which no other device could hold. */
const NAME_LIMIT_BYTES = 255

const encoder = new TextEncoder()

export interface Parent {
  readonly directory: DirectoryHandle
  readonly name: string
}

export class HandlePaths {
  readonly #mount: string
  readonly #root: DirectoryHandle
  readonly #kept = new Map<string, DirectoryHandle>()

  /** `mount`: absolute path at which the directory stands, without a slash at the end. */
  constructor(mount: string, root: DirectoryHandle) {
    this.#mount = mount
    this.#root = root
  }

  /** Whether a path lies at or below the mount. Above it there are only directories that hold nothing else. */
  place(path: string): 'above' | 'inside' | 'outside' {
    if (path === this.#mount || path.startsWith(`${this.#mount}/`)) return 'inside'
    return path === '/' || this.#mount.startsWith(`${path}/`) ? 'above' : 'outside'
  }

  isMount(path: string): boolean {
    return path === this.#mount
  }

  async directory(path: string, call: string): Promise<DirectoryHandle> {
    if (this.isMount(path)) return this.#root
    if (this.place(path) !== 'inside') throw fileError('ENOENT', call, path)
    const known = this.#kept.get(path)
    if (known !== undefined) return known
    const { directory, name } = await this.parent(path, call)
    try {
      const handle = await directory.getDirectoryHandle(name)
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear()
      this.#kept.set(path, handle)
      return handle
    } catch (error) {
      throw handleError(error, call, path, 'ENOTDIR')
    }
  }

  async parent(path: string, call: string): Promise<Parent> {
    if (this.place(path) !== 'inside' || this.isMount(path)) throw fileError('EPERM', call, path)
    const slash = path.lastIndexOf('/')
    const name = path.slice(slash + 1)
    if (encoder.encode(name).byteLength > NAME_LIMIT_BYTES) throw fileError('ENAMETOOLONG', call, path)
    return { directory: await this.directory(path.slice(0, slash), call), name }
  }

  /** Null: nothing stands there, and its parent is a directory. Whether it is a file or a directory is asked in that order. */
  async entry(path: string, call: string): Promise<FileHandle | DirectoryHandle | null> {
    if (this.isMount(path)) return this.#root
    const { directory, name } = await this.parent(path, call)
    try {
      return await directory.getFileHandle(name)
    } catch (error) {
      if (isOtherKind(error)) return this.directory(path, call)
      if (!isMissing(error)) throw handleError(error, call, path, 'EISDIR')
      await this.#isThere(path.slice(0, path.lastIndexOf('/')), call)
      return null
    }
  }

  async file(path: string, call: string): Promise<FileHandle> {
    const entry = await this.entry(path, call)
    if (entry === null) throw fileError('ENOENT', call, path)
    if (entry.kind === 'directory') throw fileError('EISDIR', call, path)
    return entry
  }

  /** A kept handle of a directory that is gone finds nothing in it either: only its own parent tells which. */
  async #isThere(path: string, call: string): Promise<void> {
    if (this.isMount(path)) return
    this.forget(path)
    await this.directory(path, call)
  }

  /** After a directory has left its path. */
  forget(path: string): void {
    for (const kept of this.#kept.keys()) if (kept === path || kept.startsWith(`${path}/`)) this.#kept.delete(kept)
  }
}
