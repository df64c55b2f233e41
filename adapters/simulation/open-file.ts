/**
 * One open file, without waiting: what programs and users hold. It goes on after a rename and after the last name is gone,
 * and is dead after a power loss (EBADF).
 */

import type { DiskStat } from '../shared/disk.js'
import { diskError } from './disk-error.js'
import type { DirectoryNode, FileNode } from './disk-nodes.js'
import type { DiskState } from './disk-state.js'

const MOST_BYTES = 2 ** 31 - 1
const NS_PER_MS = 1_000_000n

/** Sets the modification time of a node, whole milliseconds since 1970. */
export function setModified(state: DiskState, node: { mtimeNs: bigint; ctimeNs: bigint }, mtimeMs: number): void {
  node.mtimeNs = state.rounded(BigInt(Math.floor(mtimeMs)) * NS_PER_MS)
  node.ctimeNs = state.time()
}

/** Sets the permission bits of a node, as far as the disk keeps them. */
export function setMode(state: DiskState, node: FileNode | DirectoryNode, mode: number): void {
  node.mode = node.kind === 'file' ? state.fileMode(mode) : mode & 0o7777
  node.ctimeNs = state.time()
}

export class OpenFile {
  /** Under which it was opened. */
  readonly path: string
  readonly #state: DiskState
  readonly #node: FileNode | DirectoryNode
  readonly #writes: boolean
  readonly #generation: number
  #open = true

  /** Counts as a handle until it is closed. */
  constructor(state: DiskState, node: FileNode | DirectoryNode, path: string, writes: boolean) {
    this.#state = state
    this.#node = node
    this.path = path
    this.#writes = writes
    this.#generation = state.generation
    node.handles++
  }

  /** Bytes read, 0 at the end. */
  read(into: Uint8Array, position: number): number {
    this.#check('read')
    if (into.length === 0) return 0
    if (this.#node.kind === 'directory') throw diskError('EISDIR', 'read', this.path)
    return this.#node.content.read(into, position)
  }

  /** All of it, or as much as there is room for and ENOSPC. */
  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return
    this.#check('write')
    const file = this.#written('write', 'EBADF')
    const end = position + bytes.length
    if (end > MOST_BYTES) throw diskError('EFBIG', 'write', this.path)
    const fits = Math.min(end, Math.max(this.#state.mostFor(file), file.content.length))
    const { length } = file.content
    if (fits > position) {
      this.#state.resize(file, () => file.content.write(bytes.subarray(0, fits - position), position))
      file.dirty(Math.min(position, length), fits)
      file.mtimeNs = file.ctimeNs = this.#state.time()
    }
    if (fits < end) throw diskError('ENOSPC', 'write', this.path)
  }

  /** Cuts, or fills up with zeros, which count as room taken. */
  truncate(to: number): void {
    this.#check('ftruncate')
    const file = this.#written('ftruncate', 'EINVAL')
    if (to > MOST_BYTES) throw diskError('EFBIG', 'ftruncate', this.path)
    const { length } = file.content
    if (to > length && to > this.#state.mostFor(file)) throw diskError('ENOSPC', 'ftruncate', this.path)
    this.#state.resize(file, () => file.content.truncate(to))
    if (to !== length) file.dirty(Math.min(to, length), to)
    file.mtimeNs = file.ctimeNs = this.#state.time()
  }

  /** Of the open file, wherever it stands by now. */
  stat(): DiskStat {
    this.#check('fstat')
    return this.#state.stat(this.#node)
  }

  /** Twelve permission bits. */
  chmod(mode: number): void {
    this.#check('fchmod')
    setMode(this.#state, this.#node, mode)
  }

  /** Whole milliseconds since 1970. */
  utimes(mtimeMs: number): void {
    this.#check('futime')
    setModified(this.#state, this.#node, mtimeMs)
  }

  /** Content and attributes of a file, or the entries of a directory, are durable. */
  sync(): void {
    this.#check('fsync')
    if (this.#node.kind === 'file') this.#node.flush()
    else this.#state.journal.flush(this.#node)
  }

  /** The second time does nothing, nor does one after a power loss. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    if (this.#generation !== this.#state.generation) return
    this.#node.handles--
    this.#state.release(this.#node)
  }

  #check(call: string): void {
    if (!this.#open || this.#generation !== this.#state.generation) throw diskError('EBADF', call, this.path)
  }

  #written(call: string, refusal: string): FileNode {
    if (!this.#writes || this.#node.kind === 'directory') throw diskError(refusal, call, this.path)
    return this.#node
  }
}
