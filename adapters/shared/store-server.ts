/** The other end of a `StoreThread`: carries out what is asked, in its thread, and answers what was done in one turn together. */

import { type ContentRule, type LocalStore, type StagedFile, TidemarkError } from '../../src/index.js'
import type { FolderLock } from './folder-root.js'
import { type SentListing, toColumns } from './listing-columns.js'
import { plainError, thrownError } from './plain-error.js'
import type { FromThread, OpenedStage, StagedMethod, StoreAnswer, StoreCall, ToThread } from './store-calls.js'
import type { ThreadLine } from './thread-line.js'

/** Entries of a scan in one message: taking them up must not stop the event loop of the embedding program. */
const PART_ENTRIES = 1_000
/** After one of them a staged file is closed. */
const ENDS = new Set<StagedMethod>(['finish', 'suspend', 'discard'])

type Scanned = Awaited<ReturnType<LocalStore['scan']>>
type Sent = readonly [path: string, SentListing]

export class StoreServer {
  readonly #line: ThreadLine<ToThread, FromThread>
  readonly #atTurnsEnd: (run: () => void) => void
  #store: LocalStore | null = null
  readonly #staged = new Map<number, StagedFile>()
  readonly #aborts = new Map<number, AbortController>()
  readonly #mores = new Map<number, () => void>()
  #locking: ((error: Error | null) => void) | null = null
  #answers: StoreAnswer[] = []
  #transfer: ArrayBuffer[] = []
  #opened = 0
  #rule: { readonly text: string; readonly rule: ContentRule } | null = null

  /** `atTurnsEnd`: calls once, when what came in together has been answered as far as it can be. */
  constructor(line: ThreadLine<ToThread, FromThread>, atTurnsEnd: (run: () => void) => void) {
    this.#line = line
    this.#atTurnsEnd = atTurnsEnd
  }

  serve(store: LocalStore): void {
    this.#store = store
    this.#line.listen((message) => this.#hear(message))
    this.#post({ kind: 'ready' })
  }

  /** Of the process, so it is taken in its main thread. */
  async takeLock(own: string): Promise<FolderLock> {
    const error = await new Promise<Error | null>((resolve) => {
      this.#locking = resolve
      this.#post({ kind: 'lock', own })
    })
    if (error !== null) throw error
    return { release: () => this.#post({ kind: 'unlock' }) }
  }

  #post(message: FromThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#line.post(message, transfer)
  }

  #hear(message: ToThread): void {
    switch (message.kind) {
      case 'calls':
        for (const call of message.calls) void this.#answer(call)
        return
      case 'abort':
        return this.#abortOf(message.signal).abort()
      case 'forget':
        return void this.#aborts.delete(message.signal)
      case 'more':
        return this.#mores.get(message.id)?.()
      case 'locked':
        return this.#locking?.(message.error === null ? null : thrownError(message.error))
    }
  }

  #abortOf(signal: number): AbortController {
    const known = this.#aborts.get(signal)
    if (known !== undefined) return known
    const made = new AbortController()
    this.#aborts.set(signal, made)
    return made
  }

  async #answer(call: StoreCall): Promise<void> {
    let answer: StoreAnswer
    const { id } = call
    try {
      const value = await this.#carryOut(call)
      answer =
        call.kind === 'store' && call.method === 'scan'
          ? { id, listings: await this.#told(id, value as Scanned) }
          : { id, value }
    } catch (error) {
      answer = { id, error: plainError(error) }
    }
    if (this.#answers.length === 0) this.#atTurnsEnd(() => this.#flush())
    this.#answers.push(answer)
  }

  #flush(): void {
    const [answers, transfer] = [this.#answers, this.#transfer]
    this.#answers = []
    this.#transfer = []
    this.#post({ kind: 'answers', answers }, transfer)
  }

  async #carryOut(call: StoreCall): Promise<unknown> {
    const store = this.#store
    if (store === null) throw new Error('asked before it was ready')
    if (call.kind === 'staged') return this.#carryOutStaged(call)
    const args = [...call.args, ...optionsOf(call, call.signal === null ? null : this.#abortOf(call.signal).signal)]
    const run = (): Promise<unknown> =>
      (store[call.method] as (...given: readonly unknown[]) => Promise<unknown>).apply(store, args)
    switch (call.method) {
      case 'open':
        return { opened: await store.open(args[0] as object), traits: store.traits }
      case 'describe':
        args[1] = this.#sameRule(args[1] as ContentRule)
        return run()
      case 'stage':
        return this.#keep((await run()) as StagedFile)
      case 'read': {
        const result = (await run()) as Awaited<ReturnType<LocalStore['read']>>
        if (result.state === 'read') for (const part of result.parts) this.#handOver(part)
        return result
      }
      default:
        return run()
    }
  }

  /** As an object of this thread: what is made of a rule is kept by its identity. */
  #sameRule(rule: ContentRule): ContentRule {
    const text = JSON.stringify(rule)
    if (this.#rule?.text !== text) this.#rule = { text, rule }
    return this.#rule.rule
  }

  /** Part after part goes ahead, each when the one before was taken up; the last one is given back. */
  async #told(id: number, found: Scanned): Promise<readonly Sent[]> {
    let taken = Promise.resolve()
    let entries = 0
    let listings: Sent[] = []
    for (const [path, listing] of found) {
      listings.push([path, toColumns(listing)])
      entries += 1 + (listing.state === 'complete' ? listing.entries.length : 0)
      if (entries < PART_ENTRIES) continue
      await taken
      taken = new Promise<void>((resolve) => this.#mores.set(id, resolve))
      this.#post({ kind: 'part', id, listings })
      listings = []
      entries = 0
    }
    await taken
    this.#mores.delete(id)
    return listings
  }

  #keep(stage: StagedFile): OpenedStage {
    const file = ++this.#opened
    this.#staged.set(file, stage)
    return { file, written: stage.written }
  }

  async #carryOutStaged(call: Extract<StoreCall, { kind: 'staged' }>): Promise<unknown> {
    const stage = this.#staged.get(call.file)
    if (stage === undefined) throw new TidemarkError('closed', 'The staged file is closed', { next: 'Stage it again.' })
    const args = [...call.args, ...optionsOf(call, call.signal === null ? null : this.#abortOf(call.signal).signal)]
    const run = stage[call.method].bind(stage) as (...given: readonly unknown[]) => Promise<unknown>
    const value = await run(...args)
    if (value instanceof Uint8Array) this.#handOver(value)
    if (ENDS.has(call.method)) this.#staged.delete(call.file)
    return value
  }

  /** Not a view into something larger: its bytes go without being copied. */
  #handOver(bytes: Uint8Array): void {
    const { buffer } = bytes
    if (buffer instanceof ArrayBuffer && bytes.byteLength === buffer.byteLength && bytes.byteLength > 0)
      this.#transfer.push(buffer)
  }
}

function optionsOf({ options }: StoreCall, signal: AbortSignal | null): readonly object[] {
  if (options === null) return []
  return [signal === null ? options : { ...options, signal }]
}
