/**
 * One call on the disk in IndexedDB: names, inodes and counters as one transaction sees them. It has the rules of POSIX for
 * files and directories, and knows no links but hard ones. What throws here undoes the whole call.
 */

import { promisifyRequest } from 'idb-keyval'
import type { Blocks } from './indexeddb-content.js'
import { fileError } from './handle-errors.js'

/** A file or a directory. Its number is never given again. */
export interface Inode {
  readonly ino: number
  readonly kind: 'file' | 'directory'
  readonly mode: number
  readonly nlink: number
  readonly size: number
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly birthtimeNs: bigint
}

/** By directory and name. */
interface Entry {
  readonly ino: number
  readonly kind: Inode['kind']
}

interface Place {
  /** Directories on the way, from the top; empty for the top itself. */
  readonly above: readonly number[]
  readonly name: string
  readonly entry: Entry | null
}

/** The row beside the inodes that is none. */
interface Counters {
  readonly ino: 0
  next: number
  /** Time of the last change: each has a later one, however the clock of the device jumps. */
  tick: bigint
  /** Files without a name that someone has open. */
  orphans: number[]
}

/** What a step needs beside its transaction. */
export interface StepParts {
  readonly bound: (typeof IDBKeyRange)['bound']
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly isOpen: (ino: number) => boolean
  readonly orphaned: (ino: number) => void
}

export const STORES = ['inodes', 'names', 'blocks'] as const

const TOP = 1
const NAME_LIMIT_BYTES = 255
const UMASK = 0o022
const encoder = new TextEncoder()

/** An empty disk: its top, and in it one empty directory. */
export function makeStores(database: IDBDatabase, now: number): void {
  const inodes = database.createObjectStore('inodes', { keyPath: 'ino' })
  const names = database.createObjectStore('names')
  database.createObjectStore('blocks')
  const tick = BigInt(now) * 1_000_000n
  const times = { mtimeNs: tick, ctimeNs: tick, birthtimeNs: tick }
  const made = { kind: 'directory', mode: 0o777 & ~UMASK, nlink: 1, size: 0 } as const
  inodes.put({ ino: TOP, ...made, ...times })
  inodes.put({ ino: TOP + 1, ...made, ...times })
  names.put({ ino: TOP + 1, kind: 'directory' }, [TOP, 'root'])
  inodes.put({ ino: 0, next: TOP + 2, tick, orphans: [] })
}

export class DiskStep {
  readonly #parts: StepParts
  readonly #call: string
  readonly #path: string
  readonly #inodes: IDBObjectStore
  readonly #names: IDBObjectStore
  readonly #blocks: IDBObjectStore
  #counters: Counters | null = null

  /** `call` and `path` are for messages. */
  constructor(transaction: IDBTransaction, parts: StepParts, call: string, path: string) {
    this.#parts = parts
    this.#call = call
    this.#path = path
    this.#inodes = transaction.objectStore('inodes')
    this.#names = transaction.objectStore('names')
    this.#blocks = transaction.objectStore('blocks')
  }

  error(code: string): Error {
    return fileError(code, this.#call, this.#path)
  }

  /** What was counted is written with the rest. */
  finish(): void {
    if (this.#counters !== null) this.#inodes.put(this.#counters)
  }

  async counters(): Promise<Counters> {
    const found: unknown = this.#counters ?? (await promisifyRequest(this.#inodes.get(0)))
    if (found === undefined) throw new RangeError('the counters are not there')
    return (this.#counters = found as Counters)
  }

  /** A time of change that no other change has. */
  async tick(): Promise<bigint> {
    const counters = await this.counters()
    const now = BigInt(Math.floor(this.#parts.now())) * 1_000_000n
    counters.tick = now > counters.tick ? now : counters.tick + 1n
    return counters.tick
  }

  /** A name that leads to nothing is damage, and no proof of absence. */
  async inode(ino: number): Promise<Inode> {
    const found = await this.#row(ino)
    if (found === undefined) throw new RangeError(`inode ${ino} is not there`)
    return found
  }

  /** Of an open file. Another page, which knows nothing of that, may have removed it for good. */
  async opened(ino: number): Promise<Inode> {
    const found = await this.#row(ino)
    if (found === undefined) throw this.error('EAGAIN')
    return found
  }

  #row(ino: number): Promise<Inode | undefined> {
    return promisifyRequest<Inode | undefined>(this.#inodes.get(ino))
  }

  put(inode: Inode): void {
    this.#inodes.put(inode)
  }

  blocks({ ino, size }: Inode): Blocks {
    return { store: this.#blocks, bound: this.#parts.bound, ino, size }
  }

  async chmod(inode: Inode, mode: number): Promise<void> {
    this.put({ ...inode, mode: mode & 0o7777, ctimeNs: await this.tick() })
  }

  async utimes(inode: Inode, mtimeMs: number): Promise<void> {
    this.put({ ...inode, mtimeNs: BigInt(Math.floor(mtimeMs)) * 1_000_000n, ctimeNs: await this.tick() })
  }

  async walk(path: string): Promise<Place> {
    const above: number[] = []
    let name = ''
    let entry: Entry | null = { ino: TOP, kind: 'directory' }
    for (name of path.split('/').filter((part) => part !== '')) {
      if (entry === null) throw this.error('ENOENT')
      if (entry.kind !== 'directory') throw this.error('ENOTDIR')
      if (name === '.' || name === '..' || name.includes('\0')) throw this.error('EINVAL')
      if (encoder.encode(name).byteLength > NAME_LIMIT_BYTES) throw this.error('ENAMETOOLONG')
      above.push(entry.ino)
      const found: Entry | undefined = await promisifyRequest<Entry | undefined>(this.#names.get([entry.ino, name]))
      entry = found ?? null
    }
    return { above, name, entry }
  }

  async find(path: string): Promise<Inode> {
    const { entry } = await this.walk(path)
    if (entry === null) throw this.error('ENOENT')
    return this.inode(entry.ino)
  }

  async list(path: string): Promise<readonly { readonly name: string; readonly kind: Inode['kind'] }[]> {
    const { ino, kind } = await this.find(path)
    if (kind !== 'directory') throw this.error('ENOTDIR')
    const all = this.#inside(ino)
    const [keys, entries] = await Promise.all([
      promisifyRequest(this.#names.getAllKeys(all)) as Promise<[number, string][]>,
      promisifyRequest<Entry[]>(this.#names.getAll(all)),
    ])
    return keys.map(([, name], at) => ({ name, kind: entries[at]!.kind }))
  }

  /** Arrays sort above all texts. */
  #inside(ino: number): IDBKeyRange {
    return this.#parts.bound([ino], [ino, []])
  }

  async create(path: string, kind: Inode['kind'], mode: number): Promise<Inode> {
    const place = await this.walk(path)
    if (place.entry !== null) throw this.error('EEXIST')
    if (/\p{Surrogate}/u.test(place.name)) throw this.error('EILSEQ')
    const tick = await this.tick()
    const counters = await this.counters()
    const times = { mtimeNs: tick, ctimeNs: tick, birthtimeNs: tick }
    const inode = { ino: counters.next++, kind, mode: mode & 0o7777 & ~UMASK, nlink: 1, size: 0, ...times }
    this.put(inode)
    await this.#setName(place, inode)
    return inode
  }

  async link(from: string, to: string): Promise<void> {
    const inode = await this.find(from)
    if (inode.kind === 'directory') throw this.error('EPERM')
    const place = await this.walk(to)
    if (place.entry !== null) throw this.error('EEXIST')
    this.put({ ...inode, nlink: inode.nlink + 1, ctimeNs: await this.tick() })
    await this.#setName(place, inode)
  }

  async unlink(path: string): Promise<void> {
    const place = await this.walk(path)
    if (place.entry === null) throw this.error('ENOENT')
    if (place.entry.kind === 'directory') throw this.error('EISDIR')
    await this.#setName(place, null)
    await this.#letGo(place.entry.ino)
  }

  async rmdir(path: string): Promise<void> {
    const place = await this.walk(path)
    if (place.entry === null) throw this.error('ENOENT')
    if (place.entry.kind !== 'directory') throw this.error('ENOTDIR')
    if (place.name === '') throw this.error('EBUSY')
    await this.#mustBeEmpty(place.entry.ino)
    await this.#setName(place, null)
    this.#erase(place.entry.ino)
  }

  async rename(from: string, to: string): Promise<void> {
    const source = await this.walk(from)
    const { entry } = source
    if (entry === null) throw this.error('ENOENT')
    const target = await this.walk(to)
    if (source.name === '' || target.name === '') throw this.error('EBUSY')
    if (target.entry?.ino === entry.ino) return
    if (target.above.includes(entry.ino)) throw this.error('EINVAL')
    if (/\p{Surrogate}/u.test(target.name)) throw this.error('EILSEQ')
    if (target.entry !== null) await this.#replace(entry, target.entry)
    await this.#setName(source, null)
    await this.#setName(target, entry)
    this.put({ ...(await this.inode(entry.ino)), ctimeNs: await this.tick() })
  }

  async #replace(source: Entry, target: Entry): Promise<void> {
    if (target.kind === 'file') {
      if (source.kind === 'directory') throw this.error('ENOTDIR')
      await this.#letGo(target.ino)
    } else {
      if (source.kind === 'file') throw this.error('EISDIR')
      await this.#mustBeEmpty(target.ino)
      this.#erase(target.ino)
    }
  }

  async #mustBeEmpty(ino: number): Promise<void> {
    if ((await promisifyRequest(this.#names.count(this.#inside(ino)))) > 0) throw this.error('ENOTEMPTY')
  }

  /** Null takes the name away. Either is a change of its directory. */
  async #setName({ above, name }: Place, entry: Entry | null): Promise<void> {
    const parent = above.at(-1)!
    if (entry === null) this.#names.delete([parent, name])
    else this.#names.put({ ino: entry.ino, kind: entry.kind }, [parent, name])
    const tick = await this.tick()
    this.put({ ...(await this.inode(parent)), mtimeNs: tick, ctimeNs: tick })
  }

  /** One name less. What is open stays until it is closed. */
  async #letGo(ino: number): Promise<void> {
    const inode = await this.inode(ino)
    const nlink = inode.nlink - 1
    if (nlink === 0 && !this.#parts.isOpen(ino)) return this.#erase(ino)
    this.put({ ...inode, nlink, ctimeNs: await this.tick() })
    if (nlink > 0) return
    ;(await this.counters()).orphans.push(ino)
    this.#parts.orphaned(ino)
  }

  /** Of those that are asked for, or of all: what has no name and is not open goes for good. */
  async sweep(asked?: number): Promise<void> {
    const counters = await this.counters()
    const goes = (ino: number): boolean => (asked === undefined || asked === ino) && !this.#parts.isOpen(ino)
    for (const ino of counters.orphans.filter(goes)) this.#erase(ino)
    counters.orphans = counters.orphans.filter((ino) => !goes(ino))
  }

  #erase(ino: number): void {
    this.#inodes.delete(ino)
    this.#blocks.delete(this.#inside(ino))
  }
}
