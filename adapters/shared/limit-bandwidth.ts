/**
 * A transport that lets through so many bytes a second. It carries the frames of another one as they are, waits only, and
 * never holds up a hint.
 */

import {
  type Clock,
  type Subscription,
  type SubscribeHandlers,
  TidemarkError,
  type Transport,
} from '../../src/index.js'
import { ByteBucket } from './byte-bucket.js'

/** What a transport may carry in a second, and the clock that says what a second is. */
export interface BandwidthLimits {
  /** Bytes of requests per second, a whole number of 1 or more. Default: no limit. */
  readonly up?: number | undefined
  /** Bytes of answers per second, a whole number of 1 or more. Default: no limit. */
  readonly down?: number | undefined
  /** `systemClock()` of `tidemark/node`, or the clock the engine is given. */
  readonly clock: Clock
}

/**
 * A request leaves once its bytes are due; an answer is handed on once its are. Requests in flight share a limit evenly.
 * Closing it closes the transport inside. @throws invalid-option
 */
export function limitBandwidth(transport: Transport, { up, down, clock }: BandwidthLimits): Transport {
  return new LimitedTransport(transport, bucketOf('up', up, clock), bucketOf('down', down, clock))
}

class LimitedTransport implements Transport {
  readonly workspace: string
  readonly #inner: Transport
  readonly #up: ByteBucket | null
  readonly #down: ByteBucket | null

  constructor(inner: Transport, up: ByteBucket | null, down: ByteBucket | null) {
    this.workspace = inner.workspace
    this.#inner = inner
    this.#up = up
    this.#down = down
  }

  async exchange(frame: Uint8Array, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Uint8Array> {
    const { signal } = options
    // The caller may use its bytes again as soon as the call is made.
    const sent = this.#up === null ? frame : frame.slice()
    await this.#up?.take(sent.length, 'passing', signal)
    const answer = await this.#inner.exchange(sent, options)
    await this.#down?.take(answer.length, 'passed', signal)
    return answer
  }

  subscribe(handlers: SubscribeHandlers): Subscription {
    return this.#inner.subscribe(handlers)
  }

  async close(): Promise<void> {
    this.#up?.close()
    this.#down?.close()
    await this.#inner.close()
  }
}

function bucketOf(name: 'up' | 'down', perSecond: number | undefined, clock: Clock): ByteBucket | null {
  if (perSecond === undefined) return null
  if (Number.isSafeInteger(perSecond) && perSecond >= 1) return new ByteBucket(perSecond, clock)
  throw new TidemarkError(
    'invalid-option',
    `the limit '${name}' must be a whole number of bytes per second, 1 or more`,
    {
      subject: name,
      next: `Pass such a number as '${name}', or leave it out for no limit.`,
    },
  )
}
