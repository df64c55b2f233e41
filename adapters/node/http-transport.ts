/**
 * Frames and hints over HTTP, on node-fetch with connections that stay open.
 * Carries frames, never reads them; sends the token to the one address it was made for, and nowhere else.
 */

import { isTidemarkError, TidemarkError } from '../../src/index.js'
import type { SubscribeHandlers, Subscription, Transport } from '../../src/index.js'
import { FRAME_TYPE } from '../shared/http-wire.js'
import { HttpCaller } from './http-caller.js'
import type { HttpOptions, TokenSource } from './http-caller.js'
import { HINT_TIMES, HttpHints } from './http-hints.js'
import type { HintTimes } from './http-hints.js'
import { WorkSlots } from './work-slots.js'

/** Which workspace of which server, and who asks. */
export interface HttpTransportOptions extends HttpOptions {
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** A device token, or what gives the present one. */
  readonly token: TokenSource
  /** For tests and unusual networks. */
  readonly hints?: Partial<HintTimes> | undefined
}

const MAX_FRAME_BYTES = 4 * 1024 * 1024
const IN_FLIGHT = 4

/** @throws invalid-option */
export function httpTransport(options: HttpTransportOptions): Transport {
  return new HttpTransport(options)
}

class HttpTransport implements Transport {
  readonly workspace: string
  readonly #token: TokenSource
  readonly #caller: HttpCaller
  readonly #hintTimes: HintTimes
  readonly #slots = new WorkSlots(IN_FLIGHT, Number.POSITIVE_INFINITY)
  readonly #subscriptions = new Set<HttpHints>()
  #isClosed = false

  constructor(options: HttpTransportOptions) {
    this.workspace = options.workspace
    this.#token = options.token
    this.#hintTimes = { ...HINT_TIMES, ...options.hints }
    this.#caller = new HttpCaller(options, IN_FLIGHT)
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
        if (!isStaleConnection(error)) throw error
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

  #post(frame: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const content = { type: FRAME_TYPE, bytes: frame }
    return this.#caller.call(
      { method: 'POST', path: '', accept: FRAME_TYPE, token: this.#token, content, signal },
      MAX_FRAME_BYTES,
    )
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new TidemarkError('closed', 'the transport was closed')
  }
}

function isStaleConnection(error: unknown): boolean {
  if (!isTidemarkError(error) || error.code !== 'offline' || !(error.cause instanceof Error)) return false
  const { code } = error.cause as NodeJS.ErrnoException
  return code === 'ECONNRESET' || code === 'EPIPE'
}
