/** An open file of a simulated disk behind its gate: every call is told before it is made. */

import type { DiskFile, DiskStat } from '../shared/disk.js'
import type { OpenFile } from './open-file.js'

/** What a call is about, as far as it has it. */
export interface DiskCallDetail {
  /** Second path of `rename` and `link`. */
  readonly to?: string
  /** Of `open`. */
  readonly how?: 'read' | 'write' | 'create'
  /** Bytes asked of `file.read`, or given to `file.write`. */
  readonly length?: number
  /** Where `file.read` and `file.write` begin. */
  readonly position?: number
}

/** Of a call that has a path and nothing else. */
export const NO_DETAIL: DiskCallDetail = {}

/** Tells a call, and makes it when it is its turn; a program that is dead gets no answer. */
export type DiskGate = <Result>(
  call: string,
  path: string,
  detail: DiskCallDetail,
  run: () => Result,
) => Promise<Result>

export class SimulatedFile implements DiskFile {
  readonly #file: OpenFile
  readonly #gate: DiskGate
  readonly #opened: Set<OpenFile>

  /** Stands in `opened` until it is closed. */
  constructor(file: OpenFile, gate: DiskGate, opened: Set<OpenFile>) {
    this.#file = file
    this.#gate = gate
    this.#opened = opened
    opened.add(file)
  }

  /** As in `DiskFile`; all there is, never fewer bytes. */
  read(into: Uint8Array, position: number): Promise<number> {
    const detail = { position, length: into.length }
    return this.#gate('file.read', this.#file.path, detail, () => this.#file.read(into, position))
  }

  /** As in `DiskFile`. On a full disk a beginning of it is written (ENOSPC). */
  write(bytes: Uint8Array, position: number): Promise<void> {
    const detail = { position, length: bytes.length }
    return this.#gate('file.write', this.#file.path, detail, () => this.#file.write(bytes, position))
  }

  /** As in `DiskFile`. */
  truncate(length: number): Promise<void> {
    return this.#gate('file.truncate', this.#file.path, { length }, () => this.#file.truncate(length))
  }

  /** As in `DiskFile`. */
  stat(): Promise<DiskStat> {
    return this.#gate('file.stat', this.#file.path, NO_DETAIL, () => this.#file.stat())
  }

  /** As in `DiskFile`. */
  chmod(mode: number): Promise<void> {
    return this.#gate('file.chmod', this.#file.path, NO_DETAIL, () => this.#file.chmod(mode))
  }

  /** As in `DiskFile`; the time of access is not kept. */
  utimes(_atimeMs: number, mtimeMs: number): Promise<void> {
    return this.#gate('file.utimes', this.#file.path, NO_DETAIL, () => this.#file.utimes(mtimeMs))
  }

  /** As in `DiskFile`. */
  sync(): Promise<void> {
    return this.#gate('file.sync', this.#file.path, NO_DETAIL, () => this.#file.sync())
  }

  /** As in `DiskFile`. */
  close(): Promise<void> {
    return this.#gate('file.close', this.#file.path, NO_DETAIL, () => {
      this.#opened.delete(this.#file)
      this.#file.close()
    })
  }
}
