/**
 * Frames and hints over HTTP, by whatever means the host has.
 * Carries frames, never reads them; sends the token to the one address it was made for, and nowhere else.
 */

import { isTidemarkError, TidemarkError } from '../../src/index.js'
import type { SubscribeHandlers, Subscription, Transport } from '../../src/index.js'
import type { HttpCaller, TokenSource } from './http-caller.js'
import { HINT_TIMES, HttpHints } from './http-hints.js'
import type { HintTimes } from './http-hints.js'
import { FRAME_TYPE } from './http-wire.js'
import { WorkSlots } from './work-slots.js'

export interface HttpTransportParts {
  readonly workspace: string
  readonly token: TokenSource
  readonly hints?: Partial<HintTimes> | undefined
  /** Closed with the transport. */
  readonly caller: HttpCaller
}

const MAX_FRAME_BYTES = 4 * 1024 * 1024
/** Requests of a transport at a time (TRANSPORT-2). */
export const IN_FLIGHT = 4

export class HttpTransport implements Transport {
  readonly workspace: string
  readonly #token: TokenSource
  readonly #caller: HttpCaller
  readonly #hintTimes: HintTimes
  readonly #slots = new WorkSlots(IN_FLIGHT, Number.POSITIVE_INFINITY)
  readonly #subscriptions = new Set<HttpHints>()
  #isClosed = false

  constructor({ workspace, token, hints, caller }: HttpTransportParts) {
    this.workspace = workspace
    this.#token = token
    this.#hintTimes = { ...HINT_TIMES, ...hints }
    this.#caller = caller
  }

  async exchange(frame: Uint8Array, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Uint8Array> {
    this.#checkOpen()
    if (frame.length > MAX_FRAME_BYTES) {
      throw new TidemarkError('too-large', `a request of ${frame.length} bytes is more than a frame may have`)
    }
    // The caller may use its bytes again as soon as the call is made.
    const sent = frame.slice()
    return this.#slots.run(async () => {
      this.#checkOpen()
      try {
        return await this.#post(sent, options.signal)
      } catch (error) {
        if (!this.#isStale(error)) throw error
        // The server had given up an idle connection just then. Requests may be repeated: the protocol is made for it.
        return this.#post(sent, options.signal)
      }
    }, options.signal)
  }

  subscribe(handlers: SubscribeHandlers): Subscription {
    this.#checkOpen()
    const hints = new HttpHints(this.#caller, this.workspace, this.#token, handlers, this.#hintTimes)
    this.#subscriptions.add(hints)
    return {
      close: async () => {
        this.#subscriptions.delete(hints)
        await hints.close()
      },
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#subscriptions].map((hints) => hints.close()))
    this.#subscriptions.clear()
    this.#caller.close()
  }

  #post(frame: Uint8Array<ArrayBuffer>, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const content = { type: FRAME_TYPE, bytes: frame }
    return this.#caller.call(
      { method: 'POST', path: '', accept: FRAME_TYPE, token: this.#token, content, signal },
      MAX_FRAME_BYTES,
    )
  }

  #isStale(error: unknown): boolean {
    return isTidemarkError(error) && error.code === 'offline' && this.#caller.host.isStale(error.cause)
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new TidemarkError('closed', 'the transport was closed')
  }
}
