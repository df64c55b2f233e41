/**
 * A local store that lives in a thread of its own (LOCAL-1 to 24): every call is carried out there, by the same code and
 * in synchronous calls of the disk, so that the event loop of the embedding program neither waits for the disk nor pays
 * for a promise each time it is looked at. Where no thread can be had, the store works in this one.
 */

import {
  type ChunkRef,
  type Description,
  type DiskTraits,
  type FilePlace,
  type KeptContent,
  type Listing,
  type LocalStore,
  type OpenedRoot,
  type Options,
  type Outcome,
  type ReadResult,
  type StagedFile,
  type StatResult,
  TidemarkError,
} from '../../src/index.js'
import type { TakeLock } from './folder-root.js'
import type { OpenedStage, OpenedStore, StagedMethod, StoreMethod } from './store-calls.js'
import { type StartedStore, StoreThread } from './store-thread.js'

export interface ThreadedStoreParts {
  /** The root, as messages name it. */
  readonly root: string
  /** Starts the thread; null, or a failure, where none can be had. */
  readonly start: () => Promise<StartedStore | null>
  readonly lock: TakeLock
  /** The same store in the thread of its caller. */
  readonly here: () => LocalStore | Promise<LocalStore>
}

/** Makes the store; nothing is touched and no thread is started before `open`. */
export function threadedStore(parts: ThreadedStoreParts): LocalStore {
  return new ThreadedStore(parts)
}

class ThreadedStore implements LocalStore {
  readonly #parts: ThreadedStoreParts
  #thread: StoreThread | null = null
  #here: LocalStore | null = null
  #traits: DiskTraits | null = null
  #isOpening = false

  constructor(parts: ThreadedStoreParts) {
    this.#parts = parts
  }

  async open(options: Options = {}): Promise<OpenedRoot> {
    const { root, here } = this.#parts
    if (this.#isOpening || this.#traits !== null)
      throw new TidemarkError('locked', `${root} is open already`, { subject: root })
    this.#isOpening = true
    try {
      const thread = await this.#started()
      if (thread === null) {
        this.#here = await here()
        const opened = await this.#here.open(options)
        this.#traits = this.#here.traits
        return opened
      }
      return await this.#openIn(thread, options)
    } finally {
      this.#isOpening = false
    }
  }

  async #started(): Promise<StoreThread | null> {
    const { root, start, lock } = this.#parts
    try {
      const thread = await start()
      return thread === null ? null : await StoreThread.over(thread, root, lock)
    } catch {
      return null
    }
  }

  async #openIn(thread: StoreThread, options: Options): Promise<OpenedRoot> {
    try {
      const { opened, traits } = (await thread.ask({ kind: 'store', method: 'open', args: [] }, options)) as OpenedStore
      this.#thread = thread
      this.#traits = traits
      return opened
    } catch (error) {
      await thread.end()
      throw error
    }
  }

  get traits(): DiskTraits {
    if (this.#traits === null) throw this.#notOpen()
    return this.#traits
  }

  #notOpen(): TidemarkError {
    const next = 'Call open() first.'
    return new TidemarkError('closed', 'The folder is not open', { subject: this.#parts.root, next })
  }

  async #ask(
    method: StoreMethod | 'scan' | 'stage',
    args: readonly unknown[],
    options: Options | null = null,
  ): Promise<unknown> {
    const call = { kind: 'store', method, args } as const
    if (this.#thread !== null) return this.#thread.ask(call, options)
    if (this.#here === null) throw this.#notOpen()
    const run = this.#here[method].bind(this.#here) as (...given: readonly unknown[]) => Promise<unknown>
    return run(...args, ...(options === null ? [] : [options]))
  }

  async check(options: Options = {}): Promise<void> {
    await this.#ask('check', [], options)
  }

  async setTick(tick: number): Promise<void> {
    await this.#ask('setTick', [tick])
  }

  async list(path: string, options: Options = {}): Promise<Listing> {
    return (await this.#ask('list', [path], options)) as Listing
  }

  async scan(
    paths: readonly string[],
    options: Options & { readonly deep: boolean },
  ): Promise<ReadonlyMap<string, Listing>> {
    return (await this.#ask('scan', [paths], options)) as ReadonlyMap<string, Listing>
  }

  async stat(path: string, options: Options = {}): Promise<StatResult> {
    return (await this.#ask('stat', [path], options)) as StatResult
  }

  async describe(
    path: string,
    rule: Parameters<LocalStore['describe']>[1],
    options: Options = {},
  ): Promise<Description> {
    return (await this.#ask('describe', [path, rule], options)) as Description
  }

  async read(
    path: string,
    expected: Parameters<LocalStore['read']>[1],
    ranges: Parameters<LocalStore['read']>[2],
    options: Options = {},
  ): Promise<ReadResult> {
    // Whatever else these objects hold would travel along.
    const plain = ranges.map(({ offset, length }) => ({ offset, length }))
    return (await this.#ask('read', [path, expected, plain], options)) as ReadResult
  }

  async stage(name: string, options: Options & { readonly resume?: boolean } = {}): Promise<StagedFile> {
    const stage = await this.#ask('stage', [name], options)
    return this.#thread === null ? (stage as StagedFile) : new ThreadedStage(this.#thread, stage as OpenedStage)
  }

  async clearStaging(keep: readonly string[]): Promise<void> {
    await this.#ask('clearStaging', [keep])
  }

  create(...[staged, to, options]: Parameters<LocalStore['create']>): Promise<Outcome> {
    return this.#change('create', [staged, to], options)
  }

  makeDirectory(...[to, options]: Parameters<LocalStore['makeDirectory']>): Promise<Outcome> {
    return this.#change('makeDirectory', [to], options)
  }

  replaceIf(...[staged, to, expected, options]: Parameters<LocalStore['replaceIf']>): Promise<Outcome> {
    return this.#change('replaceIf', [staged, to, expected], options)
  }

  moveIf(...[from, to, expected, options]: Parameters<LocalStore['moveIf']>): Promise<Outcome> {
    return this.#change('moveIf', [from, to, expected], options)
  }

  detachIf(...[from, token, expected, options]: Parameters<LocalStore['detachIf']>): Promise<Outcome> {
    return this.#change('detachIf', [from, token, expected], options)
  }

  attach(...[token, to, options]: Parameters<LocalStore['attach']>): Promise<Outcome> {
    return this.#change('attach', [token, to], options)
  }

  removeIf(...[from, expected, options]: Parameters<LocalStore['removeIf']>): Promise<Outcome> {
    return this.#change('removeIf', [from, expected], options)
  }

  async restoreKept(...args: Parameters<LocalStore['restoreKept']>): Promise<Outcome> {
    return (await this.#ask('restoreKept', args)) as Outcome
  }

  async setExecutableIf(...args: Parameters<LocalStore['setExecutableIf']>): Promise<Outcome> {
    return (await this.#ask('setExecutableIf', args)) as Outcome
  }

  async #change(method: StoreMethod, args: readonly unknown[], options: Options = {}): Promise<Outcome> {
    return (await this.#ask(method, args, options)) as Outcome
  }

  async detached(): ReturnType<LocalStore['detached']> {
    return (await this.#ask('detached', [])) as Awaited<ReturnType<LocalStore['detached']>>
  }

  async kept(): ReturnType<LocalStore['kept']> {
    return (await this.#ask('kept', [])) as Awaited<ReturnType<LocalStore['kept']>>
  }

  async flush(paths: readonly string[], options: Options = {}): Promise<readonly KeptContent[]> {
    return (await this.#ask('flush', [paths], options)) as readonly KeptContent[]
  }

  async close(): Promise<void> {
    const [thread, here] = [this.#thread, this.#here]
    this.#thread = null
    this.#here = null
    this.#traits = null
    await here?.close()
    if (thread === null) return
    try {
      await thread.ask({ kind: 'store', method: 'close', args: [] }, null)
    } finally {
      await thread.end()
    }
  }
}

class ThreadedStage implements StagedFile {
  readonly #thread: StoreThread
  readonly #file: number
  #written: number

  constructor(thread: StoreThread, { file, written }: OpenedStage) {
    this.#thread = thread
    this.#file = file
    this.#written = written
  }

  #ask(
    method: StagedMethod,
    args: readonly unknown[],
    options: Options | null = null,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<unknown> {
    return this.#thread.ask({ kind: 'staged', method, file: this.#file, args }, options, transfer)
  }

  get written(): number {
    return this.#written
  }

  async write(bytes: Uint8Array, options: Options = {}): Promise<void> {
    // A view would travel with the whole buffer it is a part of, what is given over is lost to the caller, and the `slice`
    // of a Buffer is a view.
    const own = new Uint8Array(bytes)
    await this.#ask('write', [own], options, [own.buffer])
    this.#written += bytes.byteLength
  }

  async copy(source: FilePlace, chunks: readonly ChunkRef[], options: Options = {}): Promise<number> {
    const copied = (await this.#ask('copy', [source, chunks], options)) as number
    for (const { length } of chunks.slice(0, copied)) this.#written += length
    return copied
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    return (await this.#ask('read', [offset, length])) as Uint8Array
  }

  async truncate(length: number): Promise<void> {
    await this.#ask('truncate', [length])
    this.#written = length
  }

  async finish(attributes: Parameters<StagedFile['finish']>[0]): ReturnType<StagedFile['finish']> {
    return (await this.#ask('finish', [attributes])) as Awaited<ReturnType<StagedFile['finish']>>
  }

  async suspend(): Promise<void> {
    await this.#ask('suspend', [])
  }

  async discard(): Promise<void> {
    await this.#ask('discard', [])
  }
}
