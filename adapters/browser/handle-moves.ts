/**
 * Renames over handles. A file moves in one step where the browser can (OPFS); elsewhere it is copied to its new name,
 * whole, and then taken from the old one. A directory is made anew and its entries follow: a crash leaves some in
 * each, none in neither.
 */

import { fileError, handleError } from './handle-errors.js'
import type { CopiedTime, HandleIdentities } from './handle-identities.js'
import type { HandlePaths } from './handle-paths.js'
import type { DiskStat } from '../shared/disk.js'
import type { DirectoryHandle, FileHandle, FileView, WritableView } from './handles.js'

const COPY_BYTES = 1024 * 1024

export class HandleMoves {
  readonly #paths: HandlePaths
  readonly #identities: HandleIdentities

  constructor(paths: HandlePaths, identities: HandleIdentities) {
    this.#paths = paths
    this.#identities = identities
  }

  async rename(from: string, to: string): Promise<void> {
    const paths = this.#paths
    const source = await paths.entry(from, 'rename')
    if (source === null) throw fileError('ENOENT', 'rename', from)
    if (to === from) return
    if (source.kind === 'directory' && to.startsWith(`${from}/`)) throw fileError('EINVAL', 'rename', to)
    const target = await paths.entry(to, 'rename')
    if (source.kind === 'file') {
      if (target?.kind === 'directory') throw fileError('EISDIR', 'rename', to)
      return this.#moveFile(source, from, to)
    }
    if (target?.kind === 'file') throw fileError('ENOTDIR', 'rename', to)
    if (target !== null && !(await isEmpty(target, to))) throw fileError('ENOTEMPTY', 'rename', to)
    await this.#moveDirectory(source, from, to)
  }

  async #moveFile(source: FileHandle, from: string, to: string): Promise<void> {
    const { directory, name } = await this.#paths.parent(to, 'rename')
    try {
      if (source.move !== undefined) {
        await source.move(directory, name)
        return this.#identities.moved(from, to)
      }
      const target = await directory.getFileHandle(name, { create: true })
      const copied = await this.#copy(source, from, target)
      await this.#forget(from)
      this.#identities.moved(from, to, copied)
    } catch (error) {
      throw handleError(error, 'rename', to, 'EISDIR')
    }
  }

  /**
   * Into a free place by a move. Over a file by a copy that takes its place when it is whole: all the while the browser
   * lets nobody else write to that file, so what is looked at first is what is replaced (DISK-13).
   */
  async replaceIf(from: string, to: string, seen: DiskStat | null): Promise<boolean> {
    const source = await this.#paths.file(from, 'rename')
    const there = await this.#paths.entry(to, 'rename')
    if (seen === null) {
      if (there !== null) return false
      await this.#moveFile(source, from, to)
      return true
    }
    if (there?.kind !== 'file') return false
    try {
      const copied = await this.#copy(source, from, there, (now) => this.#isSeen(to, now, seen))
      if (copied === null) return false
      await this.#forget(from)
      this.#identities.moved(from, to, copied)
      return true
    } catch (error) {
      throw handleError(error, 'rename', to, 'EISDIR')
    }
  }

  #isSeen(path: string, now: FileView, seen: DiskStat): boolean {
    return now.size === seen.size && this.#identities.mtimeNs(path, now.lastModified) === seen.mtimeNs
  }

  /** What stands at the new name is replaced when the copy is whole, in one step of the browser. Null: `isRight` said no. */
  async #copy(
    source: FileHandle,
    from: string,
    target: FileHandle,
    isRight: (now: FileView) => boolean = () => true,
  ): Promise<CopiedTime | null> {
    const view = await source.getFile()
    const writable = await target.createWritable({ keepExistingData: false, mode: 'exclusive' })
    try {
      if (!isRight(await target.getFile())) {
        await writable.abort()
        return null
      }
      await pour(view, writable)
      const now = await source.getFile()
      if (now.size !== view.size || now.lastModified !== view.lastModified) throw fileError('EBUSY', 'rename', from)
    } catch (error) {
      await writable.abort().catch(() => {})
      throw error
    }
    await writable.close()
    const mtimeNs = this.#identities.mtimeNs(from, view.lastModified)
    return { shown: (await target.getFile()).lastModified, mtimeNs }
  }

  async #forget(path: string): Promise<void> {
    const { directory, name } = await this.#paths.parent(path, 'rename')
    await directory.removeEntry(name)
    this.#paths.forget(path)
  }

  async #moveDirectory(source: DirectoryHandle, from: string, to: string): Promise<void> {
    const { directory, name } = await this.#paths.parent(to, 'rename')
    try {
      await directory.getDirectoryHandle(name, { create: true })
      this.#identities.moved(from, to)
      const entries: [string, FileHandle | DirectoryHandle][] = []
      for await (const entry of source.entries()) entries.push(entry)
      for (const [child, handle] of entries) {
        const [here, there] = [`${from}/${child}`, `${to}/${child}`]
        await (handle.kind === 'file' ? this.#moveFile(handle, here, there) : this.#moveDirectory(handle, here, there))
      }
      await this.#forget(from)
    } catch (error) {
      throw handleError(error, 'rename', from, 'ENOTDIR')
    }
  }
}

async function pour(view: FileView, writable: WritableView): Promise<void> {
  for (let position = 0; position < view.size; position += COPY_BYTES) {
    const bytes = await view.slice(position, Math.min(view.size, position + COPY_BYTES)).arrayBuffer()
    await writable.write({ type: 'write', position, data: new Uint8Array(bytes) })
  }
}

async function isEmpty(directory: DirectoryHandle, path: string): Promise<boolean> {
  try {
    return (await directory.entries()[Symbol.asyncIterator]().next()).done === true
  } catch (error) {
    throw handleError(error, 'rename', path, 'ENOTDIR')
  }
}
