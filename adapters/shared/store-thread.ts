/**
 * The thread of a local store, seen from the embedding program: starts it, asks it, hands aborts over. Calls made in one
 * turn travel in one message. A thread that is lost fails what was asked of it.
 */

import { type Listing, type Options, TidemarkError } from '../../src/index.js'
import { toListing } from './listing-columns.js'
import type { FolderLock, TakeLock } from './folder-root.js'
import { throwIfAborted } from './folder-problems.js'
import { plainError, thrownError } from './plain-error.js'
import type { FromThread, StoreAnswer, StoreCall, ToThread } from './store-calls.js'
import type { StartedThread } from './thread-line.js'

/** The same signal mostly comes again: those without a call are forgotten when there are so many. */
const SIGNALS_KEPT = 16

/** What is asked; its id, its signal and the message it travels in are given here. */
export type Question = StoreCall extends infer Call ? (Call extends StoreCall ? Omit<Call, Given> : never) : never
type Given = 'id' | 'options' | 'signal'

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  readonly signal: AbortSignal | undefined
  /** What a scan told so far. */
  readonly parts: Map<string, Listing>
}

interface Known {
  readonly number: number
  calls: number
  readonly unlisten: () => void
}

/** A thread in which a `StoreServer` serves. */
export type StartedStore = StartedThread<FromThread, ToThread>

export class StoreThread {
  readonly #thread: StartedStore
  readonly #subject: string
  readonly #takeLock: TakeLock
  readonly #waiting = new Map<number, Waiting>()
  readonly #signals = new Map<AbortSignal, Known>()
  #outgoing: StoreCall[] = []
  #transfer: ArrayBuffer[] = []
  #lock: FolderLock | null = null
  #asked = 0
  #numbered = 0
  #lost: TidemarkError | null = null

  private constructor(thread: StartedStore, subject: string, takeLock: TakeLock) {
    this.#thread = thread
    this.#subject = subject
    this.#takeLock = takeLock
  }

  /** Over a thread that was just started; null when it does not come up. */
  static async over(thread: StartedStore, subject: string, takeLock: TakeLock): Promise<StoreThread | null> {
    const store = new StoreThread(thread, subject, takeLock)
    const isReady = await new Promise<boolean>((resolve) => {
      thread.listen((message) => {
        if (message.kind === 'ready') resolve(true)
        else void store.#hear(message)
      })
      thread.onLost((cause) => {
        resolve(false)
        store.#lose(cause)
      })
    })
    if (!isReady) {
      await thread.end()
      return null
    }
    thread.hold(false)
    return store
  }

  /** Bytes in `transfer` are handed over: they are empty here afterwards. */
  ask(question: Question, options: Options | null, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#lost !== null) return Promise.reject(this.#lost)
    const { signal, ...rest } = options ?? {}
    try {
      throwIfAborted(signal)
    } catch (error) {
      return Promise.reject(error)
    }
    return new Promise((resolve, reject) => {
      const id = ++this.#asked
      if (this.#waiting.size === 0) this.#thread.hold(true)
      this.#waiting.set(id, { resolve, reject, signal, parts: new Map() })
      const number = signal === undefined ? null : this.#hold(signal)
      if (this.#outgoing.length === 0) queueMicrotask(() => this.#send())
      this.#outgoing.push({ ...question, id, options: options === null ? null : rest, signal: number })
      this.#transfer.push(...transfer)
    })
  }

  #send(): void {
    const [calls, transfer] = [this.#outgoing, this.#transfer]
    this.#outgoing = []
    this.#transfer = []
    this.#post({ kind: 'calls', calls }, transfer)
  }

  #post(message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#thread.post(message, transfer)
  }

  /** One listener for all calls of a signal: Node prints a warning when there are more than ten. */
  #hold(signal: AbortSignal): number {
    const known = this.#signals.get(signal)
    if (known !== undefined) {
      known.calls += 1
      return known.number
    }
    if (this.#signals.size >= SIGNALS_KEPT) this.#forgetIdle()
    const number = ++this.#numbered
    const tell = (): void => this.#post({ kind: 'abort', signal: number })
    signal.addEventListener('abort', tell, { once: true })
    this.#signals.set(signal, { number, calls: 1, unlisten: () => signal.removeEventListener('abort', tell) })
    return number
  }

  #letGo(signal: AbortSignal | undefined): void {
    const known = signal === undefined ? undefined : this.#signals.get(signal)
    if (known !== undefined) known.calls -= 1
  }

  #forgetIdle(): void {
    for (const [signal, { calls, number, unlisten }] of this.#signals) {
      if (calls > 0) continue
      unlisten()
      this.#signals.delete(signal)
      this.#post({ kind: 'forget', signal: number })
    }
  }

  async #hear(message: Exclude<FromThread, { kind: 'ready' }>): Promise<void> {
    switch (message.kind) {
      case 'answers':
        for (const answer of message.answers) this.#take(answer)
        return
      case 'part':
        for (const [path, sent] of message.listings) this.#waiting.get(message.id)?.parts.set(path, toListing(sent))
        return this.#post({ kind: 'more', id: message.id })
      case 'lock':
        return this.#post({ kind: 'locked', error: await this.#tryLock(message.own) })
      case 'unlock':
        return this.#unlock()
    }
  }

  async #tryLock(own: string): Promise<ReturnType<typeof plainError> | null> {
    try {
      this.#lock = await this.#takeLock(own)
      return null
    } catch (error) {
      return plainError(error)
    }
  }

  async #unlock(): Promise<void> {
    const lock = this.#lock
    this.#lock = null
    await lock?.release()
  }

  #take(answer: StoreAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    if (waiting === undefined) return
    this.#waiting.delete(answer.id)
    this.#letGo(waiting.signal)
    // A thread that waits for work keeps no process alive.
    if (this.#waiting.size === 0) this.#thread.hold(false)
    if ('error' in answer) return waiting.reject(reasonOf(thrownError(answer.error), waiting.signal))
    if ('value' in answer) return waiting.resolve(answer.value)
    for (const [path, sent] of answer.listings) waiting.parts.set(path, toListing(sent))
    waiting.resolve(waiting.parts)
  }

  #lose(cause: Error | null): void {
    const message = 'The thread of the folder ended while it worked'
    const next = 'Close the folder and open it again.'
    this.#lost ??= new TidemarkError('io', message, { subject: this.#subject, next, cause })
    this.#failAll(this.#lost)
  }

  #failAll(error: TidemarkError): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    for (const { unlisten } of this.#signals.values()) unlisten()
    this.#signals.clear()
  }

  /** Ends the thread. The lock is given back when nothing of it can run any more. */
  async end(): Promise<void> {
    this.#lost ??= new TidemarkError('closed', 'The folder was closed while it worked', { subject: this.#subject })
    this.#failAll(this.#lost)
    await this.#thread.end()
    await this.#unlock()
  }
}

/** The reason a caller gave for an abort does not travel: it is put back here. */
function reasonOf(error: Error, signal: AbortSignal | undefined): Error {
  if (!(error instanceof TidemarkError) || error.code !== 'aborted' || signal === undefined) return error
  return new TidemarkError('aborted', error.message, { retryable: error.retryable, cause: signal.reason })
}
