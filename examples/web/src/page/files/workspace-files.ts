/**
 * The files of a workspace in this browser, read and written by the browser's own calls. Nothing is ever written over
 * what its caller did not see. Each change is told as soon as it is made.
 */

import { TidemarkError } from 'tidemark'
import type { FolderNews } from './folder-news.js'
import { fileTrouble, isMissing } from './file-trouble.js'
import { directoryAt, fileAt, handleAt, madeDirectory } from './handles.js'
import { moveEntry } from './move-entry.js'
import { joined, marked, nameOf, parentOf } from './paths.js'
import { whenFree } from './when-free.js'

export interface Entry {
  readonly path: string
  readonly name: string
  readonly kind: 'file' | 'directory'
}

export type Content = Uint8Array<ArrayBuffer> | Blob

/** The engine's own directory, and what Chromium keeps while a file is written. */
const OWN_NAME = '.tidemark'
const SWAP_FILE = /\.crswap$/
const ORDER = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
const MOST_MARKS = 10_000

export class WorkspaceFiles {
  readonly workspace: string
  readonly #news: FolderNews

  constructor(workspace: string, news: FolderNews) {
    this.workspace = workspace
    this.#news = news
  }

  /** Directories first, then by name. Null: there is no such directory. */
  async list(path: string): Promise<readonly Entry[] | null> {
    const directory = await directoryAt(this.workspace, path)
    if (directory === null) return path === '' ? [] : null
    const entries: Entry[] = []
    try {
      for await (const [name, { kind }] of directory.entries()) {
        if ((path === '' && name === OWN_NAME) || SWAP_FILE.test(name)) continue
        entries.push({ path: joined(path, name), name, kind })
      }
    } catch (error) {
      if (isMissing(error)) return null
      throw fileTrouble(error, path)
    }
    return entries.sort((a, b) => (a.kind === b.kind ? ORDER.compare(a.name, b.name) : a.kind === 'directory' ? -1 : 1))
  }

  /** Null: no file is there. */
  async read(path: string): Promise<File | null> {
    try {
      return (await (await fileAt(this.workspace, path))?.getFile()) ?? null
    } catch (error) {
      if (isMissing(error)) return null
      throw fileTrouble(error, path)
    }
  }

  /** What is there, or null. */
  async kindOf(path: string): Promise<Entry['kind'] | null> {
    return (await handleAt(this.workspace, path))?.kind ?? null
  }

  /** @throws exists, invalid, no-space */
  async create(path: string, content: Content): Promise<void> {
    await this.#checkFree(path)
    try {
      const directory = await madeDirectory(this.workspace, parentOf(path))
      const handle = await directory.getFileHandle(nameOf(path), { create: true })
      const isDone = await whenFree(path, () => put(handle, content, async ({ size }) => size === 0))
      if (!isDone) throw taken(path)
    } catch (error) {
      throw fileTrouble(error, path)
    } finally {
      this.#news.tell([path])
    }
  }

  /** In the directory under this name, or under one beside it that is free. Returns the path. */
  async createBeside(directory: string, name: string, content: Content): Promise<string> {
    const path = await this.freePath(directory, name)
    await this.create(path, content)
    return path
  }

  /** `name`, else `name (2)`, `name (3)` and so on. */
  async freePath(directory: string, name: string): Promise<string> {
    for (let count = 1; count < MOST_MARKS; count++) {
      const path = joined(directory, count === 1 ? name : marked(name, String(count)))
      if ((await this.kindOf(path)) === null) return path
    }
    throw taken(joined(directory, name))
  }

  /** @throws exists, invalid */
  async makeDirectory(path: string): Promise<void> {
    await this.#checkFree(path)
    try {
      await madeDirectory(this.workspace, path)
    } catch (error) {
      throw fileTrouble(error, path)
    }
    this.#news.tell([path])
  }

  /**
   * Another content in place of one that `isSeen` knows. While it looks and writes nobody else can put something there.
   * 'changed': `isSeen` said no, and nothing was written.
   */
  async replace(
    path: string,
    content: Content,
    isSeen: (now: File) => Promise<boolean>,
  ): Promise<'written' | 'changed' | 'gone'> {
    try {
      const handle = await fileAt(this.workspace, path)
      if (handle === null) return 'gone'
      if (!(await whenFree(path, () => put(handle, content, isSeen)))) return 'changed'
    } catch (error) {
      if (isMissing(error)) return 'gone'
      throw fileTrouble(error, path)
    }
    this.#news.tell([path])
    return 'written'
  }

  /** With all that is in it. What is not there is removed already. */
  async remove(path: string): Promise<void> {
    try {
      const directory = await directoryAt(this.workspace, parentOf(path))
      await whenFree(path, async () => directory?.removeEntry(nameOf(path), { recursive: true }))
    } catch (error) {
      if (!isMissing(error)) throw fileTrouble(error, path)
    } finally {
      this.#news.tell([path])
    }
  }

  /** A directory file by file: what cannot be moved stays where it is. @throws exists, not-found, busy */
  async rename(from: string, to: string): Promise<void> {
    await this.#checkFree(to)
    try {
      await moveEntry(this.workspace, from, to)
    } catch (error) {
      throw fileTrouble(error, from)
    } finally {
      this.#news.tell([from, to])
    }
  }

  async #checkFree(path: string): Promise<void> {
    if ((await this.kindOf(path)) !== null) throw taken(path)
  }
}

/** False: what stands there is not what the caller saw. */
async function put(
  handle: FileSystemFileHandle,
  content: Content,
  isSeen: (now: File) => Promise<boolean>,
): Promise<boolean> {
  // `exclusive`: where it is known, the engine waits meanwhile.
  const options: FileSystemCreateWritableOptions & { readonly mode: 'exclusive' } = {
    keepExistingData: false,
    mode: 'exclusive',
  }
  const into = await handle.createWritable(options)
  try {
    if (!(await isSeen(await handle.getFile()))) {
      await into.abort()
      return false
    }
    await into.write(content)
  } catch (error) {
    await into.abort().catch(() => undefined)
    throw error
  }
  await into.close()
  return true
}

function taken(path: string): TidemarkError {
  return new TidemarkError('exists', `'${path}' is there already`, { subject: path, next: 'Choose another name.' })
}
