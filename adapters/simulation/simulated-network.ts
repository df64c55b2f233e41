/**
 * The network of one device on virtual time: delays everything, and while a fault lasts drops requests or answers, sends
 * twice, cuts, flips bits of the bodies, or lets nothing through. Reads of a frame only where its head ends.
 */

import {
  type Clock,
  type SubscribeHandlers,
  type Subscription,
  TidemarkError,
  type Transport,
} from '../../src/index.js'
import type { SeededRandom } from '../shared/seeded-random.js'
import type { Life } from './life.js'
import type { Fault } from './script.js'
import type { Wire } from './simulated-server.js'

/** What the network did to requests and answers. */
export type NetworkFault = Extract<
  Fault,
  'drop-request' | 'drop-answer' | 'duplicate' | 'delay' | 'cut' | 'corrupt' | 'partition'
>

export interface NetworkParts {
  readonly clock: Clock
  readonly random: SeededRandom
  readonly life: Life
  /** The way to the server as it is now; null while there is none. */
  readonly wire: () => Wire | null
  /** Faults that last now. */
  readonly active: ReadonlySet<NetworkFault>
  /** Told of each fault that really struck. */
  readonly onStruck: (fault: NetworkFault) => void
  /** What befalls the very request that is about to be carried; null for nothing. */
  readonly onRequest: () => unknown
  /** Sees each frame with what became of it; null: no answer came back. */
  readonly onExchange: (frame: Uint8Array, answer: Uint8Array | null) => void
}

/** Of a hundred requests while a fault lasts. */
const STRIKES = 45
const TIMEOUT_MS = 400
const LATENCY_MS = 40
const LONG_DELAY_MS = 6_000
const HEAD_AT = 10
const HEAD_LENGTH_AT = 6

export class SimulatedNetwork implements Transport {
  readonly workspace: string
  readonly #parts: NetworkParts
  readonly #channels = new Set<Channel>()

  constructor(workspace: string, parts: NetworkParts) {
    this.workspace = workspace
    this.#parts = parts
  }

  async exchange(frame: Uint8Array, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Uint8Array> {
    const { life, active } = this.#parts
    const sent = frame.slice()
    if (life.isOver) return life.never()
    const answer = await this.#carry(sent, options.signal)
    if (life.isOver) return life.never()
    this.#parts.onExchange(sent, answer)
    if (answer === null) throw noAnswer()
    if (active.has('cut') && this.#strikes('cut')) return answer.slice(0, this.#parts.random.below(answer.length))
    return active.has('corrupt') && this.#strikes('corrupt') ? this.#flipped(answer) : answer
  }

  /** Null when no answer came; the request may have been carried out all the same. */
  async #carry(frame: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array | null> {
    const { clock, random, active } = this.#parts
    const struck = this.#parts.onRequest()
    if (active.has('partition') && this.#always('partition')) return this.#silence()
    if (active.has('delay') && this.#strikes('delay')) await clock.sleep(random.below(LONG_DELAY_MS), { signal })
    if (struck === 'drop-request') return this.#silence()
    if (struck === 'delay-request') await clock.sleep(LONG_DELAY_MS, { signal })
    if (active.has('drop-request') && this.#strikes('drop-request')) return this.#silence()
    await clock.sleep(random.below(LATENCY_MS), { signal })
    const wire = this.#parts.wire()
    if (wire === null) return this.#silence()
    if (struck === 'duplicate' || (active.has('duplicate') && this.#strikes('duplicate'))) this.#again(wire, frame)
    const answer = await this.#answered(wire, frame)
    await clock.sleep(random.below(LATENCY_MS))
    if (struck === 'drop-answer') return null
    if (struck === 'delay-answer') await clock.sleep(LONG_DELAY_MS, { signal })
    return active.has('drop-answer') && this.#strikes('drop-answer') ? null : answer
  }

  /** A server that ends before it answers answers nobody. */
  async #answered({ transport, gone }: Wire, frame: Uint8Array): Promise<Uint8Array | null> {
    try {
      return await Promise.race([transport.exchange(frame), gone.then(() => null)])
    } catch (error) {
      if (error instanceof TidemarkError && (error.code === 'closed' || error.code === 'offline')) return null
      throw error
    }
  }

  /** The second one comes a while later, when everything may look otherwise. */
  #again({ transport }: Wire, frame: Uint8Array): void {
    const { clock, random } = this.#parts
    clock
      .sleep(random.below(LONG_DELAY_MS))
      .then(() => transport.exchange(frame))
      .catch(() => undefined)
  }

  async #silence(): Promise<null> {
    await this.#parts.clock.sleep(TIMEOUT_MS)
    return null
  }

  /** A bit of the body: heads are protected by whatever carries frames, stored bytes only by their digests (INV-26). */
  #flipped(answer: Uint8Array): Uint8Array {
    const head = new DataView(answer.buffer, answer.byteOffset).getUint32(HEAD_LENGTH_AT)
    const body = HEAD_AT + head
    if (body >= answer.length) return answer
    const flipped = answer.slice()
    const at = body + this.#parts.random.below(answer.length - body)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << this.#parts.random.below(8))
    return flipped
  }

  #strikes(fault: NetworkFault): boolean {
    return this.#parts.random.below(100) < STRIKES && this.#always(fault)
  }

  #always(fault: NetworkFault): true {
    this.#parts.onStruck(fault)
    return true
  }

  subscribe(handlers: SubscribeHandlers): Subscription {
    const channel = new Channel(this.#parts, handlers)
    this.#channels.add(channel)
    channel.open()
    return channel
  }

  /** Every channel breaks, and opens again when it can. */
  breakChannels(): void {
    for (const channel of this.#channels) channel.broke()
  }

  async close(): Promise<void> {
    for (const channel of this.#channels) await channel.close()
  }
}

const REOPEN_MS = 3_000

class Channel implements Subscription {
  readonly #parts: NetworkParts
  readonly #handlers: SubscribeHandlers
  #inner: Subscription | null = null
  #isClosed = false

  constructor(parts: NetworkParts, handlers: SubscribeHandlers) {
    this.#parts = parts
    this.#handlers = handlers
  }

  open(): void {
    const { wire, active, life } = this.#parts
    if (this.#isClosed || life.isOver) return
    const server = active.has('partition') ? null : wire()
    if (server === null) {
      void Promise.resolve().then(() => this.#handlers.onState('broken'))
      return this.#later()
    }
    this.#inner = server.transport.subscribe({
      onHint: (hint) => {
        if (!life.isOver && !active.has('partition')) this.#handlers.onHint(hint)
      },
      onState: (state) => {
        if (!life.isOver) this.#handlers.onState(state)
      },
    })
  }

  broke(): void {
    const inner = this.#inner
    if (inner === null) return
    this.#inner = null
    void inner.close()
    if (this.#isClosed || this.#parts.life.isOver) return
    this.#handlers.onState('broken')
    this.#later()
  }

  #later(): void {
    const { clock, random } = this.#parts
    void clock.sleep(500 + random.below(REOPEN_MS)).then(() => this.open())
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#inner?.close()
  }
}

function noAnswer(): TidemarkError {
  return new TidemarkError('offline', 'no answer came', { retryable: true })
}
