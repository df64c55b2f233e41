/**
 * The way to a server in the same process: real frames, copied on both ways, so that neither side shares memory with the
 * other. Settles in microtasks only: it owns no timer, and never loses anything.
 */

import {
  LIMITS,
  TidemarkError,
  type Hint,
  type SubscribeHandlers,
  type Subscription,
  type Transport,
} from '../../src/index.js'
import type { Principal, SyncServer } from '../../src/server/index.js'

/** Who speaks to the server, and of which workspace. */
export interface LoopbackOptions {
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** Id of the user: it is believed, no token is asked for. */
  readonly user: string
  /** Id of the device for the server; none by default. */
  readonly device?: string | undefined
}

interface Call {
  readonly signal?: AbortSignal | undefined
}

const IN_FLIGHT = 4

function aborted(): TidemarkError {
  return new TidemarkError('aborted', 'The exchange was cancelled.', { subject: 'exchange' })
}

/** Rejects with `aborted` as soon as the signal fires; the work itself goes on unheard. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(aborted())
    signal.addEventListener('abort', onAbort, { once: true })
    const settled = (): void => signal.removeEventListener('abort', onAbort)
    work.then(
      (value) => {
        settled()
        resolve(value)
      },
      (error: unknown) => {
        settled()
        reject(error)
      },
    )
  })
}

class LoopbackTransport implements Transport {
  readonly workspace: string
  readonly #server: SyncServer
  readonly #principal: Principal
  readonly #subscriptions = new Set<LoopbackSubscription>()
  readonly #waiting: (() => void)[] = []
  #inFlight = 0
  #closed = false

  constructor(server: SyncServer, options: LoopbackOptions) {
    this.#server = server
    this.workspace = options.workspace
    this.#principal = { user: options.user, device: options.device ?? null }
  }

  async exchange(frame: Uint8Array, call: Call = {}): Promise<Uint8Array> {
    const { signal } = call
    if (signal?.aborted) throw aborted()
    if (frame.length > LIMITS.frameBytes) {
      throw new TidemarkError('too-large', `A request of ${frame.length} bytes is beyond ${LIMITS.frameBytes}.`, {
        subject: 'request',
      })
    }
    const sent = frame.slice()
    await this.#place(signal)
    // the place is given back when the server is through, also when the caller went away
    const work = this.#answer(sent).finally(() => this.#release())
    return orAborted(work, signal)
  }

  async #answer(frame: Uint8Array): Promise<Uint8Array> {
    this.#check()
    const answer = await this.#server.handle(frame, this.#principal)
    this.#check()
    return answer.slice()
  }

  /** Waits for a place among those in flight. One that comes to a caller who went away is passed on. */
  async #place(signal: AbortSignal | undefined): Promise<void> {
    const turn = this.#turn()
    try {
      await orAborted(turn, signal)
    } catch (error) {
      void turn.then(
        () => this.#release(),
        () => undefined,
      )
      throw error
    }
  }

  async #turn(): Promise<void> {
    this.#check()
    if (this.#inFlight < IN_FLIGHT) this.#inFlight++
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Hands the place to the next in line, or frees it. */
  #release(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#inFlight--
    else next()
  }

  #check(): void {
    if (this.#closed) throw new TidemarkError('closed', 'The transport was closed.', { subject: 'transport' })
  }

  subscribe(handlers: SubscribeHandlers): Subscription {
    this.#check()
    const subscription = new LoopbackSubscription(handlers, (onHint) =>
      this.#server.subscribe(this.#principal, [this.workspace], onHint),
    )
    this.#subscriptions.add(subscription)
    return subscription
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const subscription of this.#subscriptions) await subscription.close()
    this.#subscriptions.clear()
  }
}

/** Handlers run in microtasks of their own, never inside a call of the server. */
class LoopbackSubscription implements Subscription {
  #undo: () => void = () => undefined
  #closed = false

  constructor(handlers: SubscribeHandlers, connect: (onHint: (hint: Hint) => void) => () => void) {
    let state: 'open' | 'broken' = 'open'
    try {
      this.#undo = connect((hint) => this.#later(() => handlers.onHint(hint)))
    } catch (error) {
      if (!(error instanceof TidemarkError)) throw error
      state = 'broken'
    }
    this.#later(() => handlers.onState(state))
  }

  #later(tell: () => void): void {
    void Promise.resolve().then(() => {
      if (!this.#closed) tell()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#undo()
  }
}

/** A transport of one user to a server in this process. Closing it leaves the server open. */
export function loopbackTransport(server: SyncServer, options: LoopbackOptions): Transport {
  return new LoopbackTransport(server, options)
}
