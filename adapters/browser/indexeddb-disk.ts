/**
 * A disk in a browser: a small file tree in an IndexedDB database of its own, for browsers without a private file system.
 * Every call is one transaction, so that a rename over a file, too, is done or not. It knows no symbolic links.
 */

import { isTidemarkError } from '../../src/index.js'
import type { Disk, DiskEntry, DiskFile, DiskStat } from '../shared/disk.js'
import { diskCode } from '../shared/folder-problems.js'
import { fileError } from './handle-errors.js'
import { IndexedDbConnection } from './indexeddb-connection.js'
import { storageError } from './indexeddb-errors.js'
import { IndexedDbFile, type Run, statOf } from './indexeddb-file.js'
import { type IndexedDbHost, browserHost, checkName } from './indexeddb-host.js'
import { DiskStep, STORES, type StepParts, makeStores } from './indexeddb-step.js'

/** Which disk, and what stands in for its host. */
export interface IndexedDbDiskOptions {
  /** Of the disk: each has a database of its own. Not empty. */
  readonly name: string
  /** Wall time of changes, milliseconds since 1970. Default: the system's. Two changes never have the same time. */
  readonly now?: () => number
  /** Default: the browser's globals. */
  readonly host?: IndexedDbHost
}

const VERSION = 1
const encoder = new TextEncoder()

/** What is open of one database in this page, through whichever disk object. */
interface OpenFiles {
  readonly counts: Map<number, number>
  /** Of these, what has no name any more. */
  readonly orphans: Set<number>
}

const OPEN = new WeakMap<IDBFactory, Map<string, OpenFiles>>()

function openFilesOf(factory: IDBFactory, name: string): OpenFiles {
  const all = OPEN.get(factory) ?? new Map<string, OpenFiles>()
  OPEN.set(factory, all)
  const files = all.get(name) ?? { counts: new Map(), orphans: new Set() }
  all.set(name, files)
  return files
}

/** A disk in IndexedDB. */
export class IndexedDbDisk implements Disk {
  readonly #name: string
  readonly #host: IndexedDbHost | undefined
  readonly #now: () => number
  #files: OpenFiles = { counts: new Map(), orphans: new Set() }
  #ready: Promise<void> | null = null
  #connection: IndexedDbConnection | null = null
  #parts: StepParts | null = null

  /** Nothing is touched before the first call. */
  constructor({ name, now = () => Date.now(), host }: IndexedDbDiskOptions) {
    checkName(name)
    this.#name = `tidemark-disk:${name}`
    this.#host = host
    this.#now = now
  }

  /** Tells what is the matter with the whole database, where a call on the disk would say EIO. @throws io, newer-version, no-space */
  async prepare(): Promise<void> {
    try {
      await (this.#ready ??= this.#start())
    } catch (error) {
      this.#ready = null
      throw storageError(error, this.#name)
    }
  }

  /** Lets the connection go. The next call makes it again. */
  close(): void {
    this.#connection?.close()
  }

  /** A tab that died may have left files that only it had open. Where there is no room to sweep, they wait. */
  async #start(): Promise<void> {
    const host = this.#host ?? browserHost()
    const make = (database: IDBDatabase): void => makeStores(database, this.#now())
    this.#connection = new IndexedDbConnection(host, { name: this.#name, version: VERSION, stores: STORES, make })
    this.#files = openFilesOf(host.indexedDB, this.#name)
    this.#parts = {
      bound: (...range) => host.IDBKeyRange.bound(...range),
      now: this.#now,
      isOpen: (ino) => this.#files.counts.has(ino),
      orphaned: (ino) => this.#files.orphans.add(ino),
    }
    const { orphans } = await this.#transact('read', 'open', '/', (step) => step.counters())
    if (orphans.length > 0) await this.#transact('change', 'open', '/', (step) => step.sweep()).catch(() => undefined)
  }

  readonly #run: Run = async (how, call, path, work) => {
    try {
      await this.prepare()
      return await this.#transact(how, call, path, work)
    } catch (error) {
      if (!isTidemarkError(error) && diskCode(error) !== '') throw error
      const known = storageError(error, this.#name)
      throw fileError(known.code === 'no-space' ? 'ENOSPC' : 'EIO', call, path, known)
    }
  }

  readonly #transact: Run = (how, call, path, work) => {
    const mode = how === 'read' ? 'readonly' : 'readwrite'
    return this.#connection!.transact(mode, how === 'flush' ? 'strict' : 'relaxed', async (transaction) => {
      const step = new DiskStep(transaction, this.#parts!, call, path)
      const result = await work(step)
      // What came before stands in the same log and is flushed with this; an empty transaction would flush nothing.
      if (how === 'flush') await step.counters()
      if (how !== 'read') step.finish()
      return result
    })
  }

  /** As in `Disk`. A directory can be opened to read: what it tells is its `stat`. */
  async open(path: string, how: 'read' | 'write' | 'create', mode = 0o666): Promise<DiskFile> {
    const { ino } = await this.#run(how === 'create' ? 'change' : 'read', 'open', path, async (step) => {
      if (how === 'create') return step.create(path, 'file', mode)
      const inode = await step.find(path)
      if (how === 'write' && inode.kind === 'directory') throw step.error('EISDIR')
      return inode
    })
    // No later transaction has run yet: none has taken the file away for want of this.
    const { counts } = this.#files
    counts.set(ino, (counts.get(ino) ?? 0) + 1)
    return new IndexedDbFile(this.#run, { path, ino, isWritable: how !== 'read', closed: () => this.#closed(ino) })
  }

  async #closed(ino: number): Promise<void> {
    const { counts, orphans } = this.#files
    const left = counts.get(ino)! - 1
    if (left > 0) {
      counts.set(ino, left)
      return
    }
    counts.delete(ino)
    if (orphans.delete(ino)) await this.#run('change', 'close', '', (step) => step.sweep(ino))
  }

  /** As in `Disk`. */
  lstat(path: string): Promise<DiskStat> {
    return this.#run('read', 'lstat', path, async (step) => statOf(await step.find(path)))
  }

  /** As in `Disk`. */
  async readdir(path: string): Promise<readonly DiskEntry[]> {
    const entries = await this.#run('read', 'readdir', path, (step) => step.list(path))
    return entries.map(({ name, kind }) => ({ name: encoder.encode(name), kind }))
  }

  /** As in `Disk`. */
  async mkdir(path: string, mode = 0o777): Promise<void> {
    await this.#run('change', 'mkdir', path, (step) => step.create(path, 'directory', mode))
  }

  /** As in `Disk`. */
  rmdir(path: string): Promise<void> {
    return this.#run('change', 'rmdir', path, (step) => step.rmdir(path))
  }

  /** As in `Disk`. */
  rename(from: string, to: string): Promise<void> {
    return this.#run('change', 'rename', from, (step) => step.rename(from, to))
  }

  /** As in `Disk`. */
  link(from: string, to: string): Promise<void> {
    return this.#run('change', 'link', from, (step) => step.link(from, to))
  }

  /** As in `Disk`. */
  unlink(path: string): Promise<void> {
    return this.#run('change', 'unlink', path, (step) => step.unlink(path))
  }

  /** As in `Disk`. */
  chmod(path: string, mode: number): Promise<void> {
    return this.#run('change', 'chmod', path, async (step) => step.chmod(await step.find(path), mode))
  }

  /** As in `Disk`; the time of access is not kept. */
  utimes(path: string, _atimeMs: number, mtimeMs: number): Promise<void> {
    return this.#run('change', 'utimes', path, async (step) => step.utimes(await step.find(path), mtimeMs))
  }

  /** As in `Disk`. */
  async syncDirectory(path: string): Promise<void> {
    await this.#run('flush', 'fsync', path, (step) => step.find(path))
  }
}

/**
 * A disk in IndexedDB, as the ground of a small folder. A new one holds one empty directory, `/root`. Names are text, up to
 * 255 bytes of UTF-8, and 'a' and 'A' are two. Several pages may use one: what a page
 * removes while another has it open is busy there.
 */
export function indexedDbDisk(options: IndexedDbDiskOptions): IndexedDbDisk {
  return new IndexedDbDisk(options)
}
