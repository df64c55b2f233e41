/**
 * Staged files: what is being downloaded, under `.tidemark/staging`, private until it is finished. Nothing in the tree
 * is ever written in place (SEC-14): every new content starts here, with exclusive create and mode 0600 (SEC-17).
 */

import {
  type ChunkRef,
  type FileId,
  type FilePlace,
  type Options,
  type StagedFile,
  TidemarkError,
} from '../../src/index.js'
import { bytesOf } from './disk-copy.js'
import type { DiskFile } from './disk.js'
import type { FolderContent } from './folder-content.js'
import type { FolderGround } from './folder-ground.js'
import { diskFailure, isGone, isTaken, throwIfAborted } from './folder-problems.js'
import { readFully } from './read-fully.js'

const decoder = new TextDecoder()

const TOKEN = /^[a-z0-9-]{1,64}$/

/** Names given by the engine are file names of ours: anything else is a mistake of the caller. */
export function checkToken(name: string): void {
  if (TOKEN.test(name)) return
  throw new TidemarkError('internal', `"${name}" is no name of a staged or detached entry`, {
    subject: name,
    next: 'Use 1 to 64 characters of a-z, 0-9 and "-".',
  })
}

export class FolderStaging {
  readonly #ground: FolderGround
  readonly #content: FolderContent

  constructor(ground: FolderGround, content: FolderContent) {
    this.#ground = ground
    this.#content = content
  }

  path(name: string): string {
    checkToken(name)
    return this.#ground.own('staging', name)
  }

  async stage(name: string, options: Options & { readonly resume?: boolean }): Promise<StagedFile> {
    throwIfAborted(options.signal)
    const path = this.path(name)
    try {
      const file = await this.#open(path, options.resume === true)
      const { size } = await file.stat()
      return new FolderStagedFile({ ground: this.#ground, content: this.#content, path }, file, size)
    } catch (error) {
      throw diskFailure('A staged file could not be opened', path, error)
    }
  }

  async #open(path: string, resume: boolean): Promise<DiskFile> {
    const { disk } = this.#ground
    try {
      return await disk.open(path, 'create', 0o600)
    } catch (error) {
      if (!isTaken(error)) throw error
    }
    if (resume) {
      const file = await disk.open(path, 'write')
      if ((await file.stat()).nlink <= 1n) return file
      // It was put in its place, and the end of its name here was lost with the power: by now it is a user's (SEC-14).
      await file.close()
    }
    await disk.unlink(path)
    return disk.open(path, 'create', 0o600)
  }

  async clear(keep: readonly string[]): Promise<void> {
    const kept = new Set(keep)
    const directory = this.#ground.own('staging')
    try {
      for (const entry of await this.#ground.disk.readdir(directory)) {
        const name = decoder.decode(entry.name)
        if (kept.has(name)) continue
        await this.#ground.disk.unlink(this.#ground.own('staging', name)).catch(ignoreGone)
      }
    } catch (error) {
      throw diskFailure('Staged files could not be removed', directory, error)
    }
  }
}

export function ignoreGone(error: unknown): void {
  if (!isGone(error)) throw error
}

interface StagedParts {
  readonly ground: FolderGround
  readonly content: FolderContent
  /** Absolute. */
  readonly path: string
}

class FolderStagedFile implements StagedFile {
  readonly #ground: FolderGround
  readonly #content: FolderContent
  readonly #path: string
  #file: DiskFile | null
  #written: number

  constructor({ ground, content, path }: StagedParts, file: DiskFile, size: number) {
    this.#ground = ground
    this.#content = content
    this.#path = path
    this.#file = file
    this.#written = size
  }

  get written(): number {
    return this.#written
  }

  write(bytes: Uint8Array, options: Options = {}): Promise<void> {
    return this.#attempt(async (file) => {
      throwIfAborted(options.signal)
      await file.write(bytes, this.#written)
      this.#written += bytes.byteLength
    })
  }

  copy(source: FilePlace, chunks: readonly ChunkRef[], options: Options = {}): Promise<number> {
    return this.#attempt(async (file) => {
      const job = { target: { path: this.#path, file }, at: this.#written, chunks }
      const copied = await this.#content.copy(source, job, options)
      this.#written += bytesOf(chunks.slice(0, copied))
      return copied
    })
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return this.#attempt((file) => readFully(file, offset, Math.max(0, Math.min(length, this.#written - offset))))
  }

  truncate(length: number): Promise<void> {
    return this.#attempt(async (file) => {
      await file.truncate(length)
      this.#written = length
    })
  }

  async finish(attributes: {
    readonly modifiedAt: number
    readonly executable: boolean
  }): Promise<{ readonly fileId: FileId | null }> {
    const { fileMode, executeMask } = this.#ground.facts
    const fileId = await this.#attempt(async (file) => {
      // A torn write may have left more behind than was counted.
      await file.truncate(this.#written)
      await file.chmod(attributes.executable ? fileMode | executeMask : fileMode)
      await file.utimes(attributes.modifiedAt, attributes.modifiedAt)
      const stat = await file.stat()
      // Nothing shorter than what was written is ever put into the tree, whatever the disk said of its writes.
      if (stat.size !== this.#written)
        throw Object.assign(new Error('it is shorter than what was written'), { code: 'EIO' })
      return this.#ground.id(stat)
    })
    await this.#close()
    return { fileId }
  }

  async suspend(): Promise<void> {
    await this.#close()
  }

  async discard(): Promise<void> {
    await this.#close()
    try {
      await this.#ground.disk.unlink(this.#path).catch(ignoreGone)
    } catch (error) {
      throw diskFailure('A staged file could not be removed', this.#path, error)
    }
  }

  async #attempt<T>(run: (file: DiskFile) => Promise<T>): Promise<T> {
    if (this.#file === null) {
      throw new TidemarkError('closed', 'The staged file is closed', { subject: this.#path, next: 'Stage it again.' })
    }
    try {
      return await run(this.#file)
    } catch (error) {
      throw diskFailure('A staged file could not be written', this.#path, error)
    }
  }

  async #close(): Promise<void> {
    const file = this.#file
    this.#file = null
    try {
      await file?.close()
    } catch (error) {
      // What was written last may not have got there.
      throw diskFailure('A staged file could not be closed', this.#path, error)
    }
  }
}
