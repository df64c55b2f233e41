/** An open file of the disk in IndexedDB: known by its inode, so that it outlives its names. */

import type { DiskFile, DiskStat } from '../shared/disk.js'
import { fileError } from './handle-errors.js'
import { cutBlocks, readBlocks, writeBlocks } from './indexeddb-content.js'
import type { DiskStep, Inode } from './indexeddb-step.js'

/** Runs one call as one transaction. 'flush': when it resolves, it and all before it survive a power loss. */
export type Run = <T>(
  how: 'read' | 'change' | 'flush',
  call: string,
  path: string,
  work: (step: DiskStep) => Promise<T>,
) => Promise<T>

export interface OpenedFile {
  /** For messages. */
  readonly path: string
  readonly ino: number
  readonly isWritable: boolean
  readonly closed: () => Promise<void>
}

export class IndexedDbFile implements DiskFile {
  readonly #run: Run
  readonly #opened: OpenedFile

  constructor(run: Run, opened: OpenedFile) {
    this.#run = run
    this.#opened = opened
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.#ask('read', 'read', async (step, inode) => {
      if (inode.kind === 'directory') throw step.error('EISDIR')
      return readBlocks(step.blocks(inode), into, position)
    })
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    if (bytes.byteLength === 0) return Promise.resolve()
    return this.#resize('write', (step, inode) => writeBlocks(step.blocks(inode), bytes, position))
  }

  truncate(length: number): Promise<void> {
    return this.#resize('ftruncate', async (step, inode) => {
      if (length < inode.size) await cutBlocks(step.blocks(inode), length)
      else await writeBlocks(step.blocks(inode), new Uint8Array(0), length)
      return length
    })
  }

  stat(): Promise<DiskStat> {
    return this.#ask('read', 'fstat', async (_step, inode) => statOf(inode))
  }

  chmod(mode: number): Promise<void> {
    return this.#ask('change', 'fchmod', (step, inode) => step.chmod(inode, mode))
  }

  utimes(_atimeMs: number, mtimeMs: number): Promise<void> {
    return this.#ask('change', 'futimes', (step, inode) => step.utimes(inode, mtimeMs))
  }

  sync(): Promise<void> {
    return this.#ask('flush', 'fsync', async () => undefined)
  }

  close(): Promise<void> {
    return this.#opened.closed()
  }

  #ask<T>(how: Parameters<Run>[0], call: string, work: (step: DiskStep, inode: Inode) => Promise<T>): Promise<T> {
    const { path, ino } = this.#opened
    return this.#run(how, call, path, async (step) => work(step, await step.opened(ino)))
  }

  async #resize(call: string, change: (step: DiskStep, inode: Inode) => Promise<number>): Promise<void> {
    const { path, isWritable } = this.#opened
    if (!isWritable) throw fileError('EBADF', call, path)
    await this.#ask('change', call, async (step, inode) => {
      const size = await change(step, inode)
      const tick = await step.tick()
      step.put({ ...inode, size, mtimeNs: tick, ctimeNs: tick })
    })
  }
}

export function statOf({ ino, nlink, kind, mode, size, mtimeNs, ctimeNs, birthtimeNs }: Inode): DiskStat {
  return { kind, dev: 1n, ino: BigInt(ino), nlink: BigInt(nlink), mode, size, mtimeNs, ctimeNs, birthtimeNs }
}
