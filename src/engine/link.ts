/**
 * Asks the server and understands its answers. Retries what may succeed later, on the injected clock, so that the
 * engine above sees either an answer or a reason to stop. It never interprets what an answer means for the trees.
 */

import { checkAborted, type ErrorCode, TidemarkError } from '../errors.js'
import type { Clock } from '../interfaces/clock.js'
import type { Compressor } from '../interfaces/compressor.js'
import type { Random } from '../interfaces/random.js'
import type { Transport } from '../interfaces/transport.js'
import { decodeAnswer, encodeRequest } from '../protocol/codec.js'
import { openFrame, pressFrame } from '../protocol/frame-encoding.js'
import type { Answer, AnswerTo, Request } from '../protocol/messages.js'
import { codeOf, knownError } from './known-error.js'

/** Bounds of the back-off between two tries, milliseconds. */
const FIRST_DELAY = 250
const LAST_DELAY = 60_000

const LARGE_ANSWERS: ReadonlySet<Request['type']> = new Set([
  'hello',
  'pull',
  'list',
  'get-chunks',
  'get-signatures',
  'get-manifests',
  'history',
])

/** What a server answers to a request, a field or an encoding that it does not know. */
const UNKNOWN: ReadonlySet<ErrorCode> = new Set(['invalid', 'malformed-frame', 'unknown-encoding'])

export interface Traffic {
  requests: number
  bytesUp: number
  bytesDown: number
}

export interface LinkOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  /** Null: frames travel as they are. */
  readonly compressor: Compressor | null
  /** Tries before a retryable failure is passed on; at least 1. */
  readonly tries: number
  /** Told of each failed try, before the wait. */
  readonly onTrouble: (error: TidemarkError) => void
}

export class Link {
  readonly traffic: Traffic = { requests: 0, bytesUp: 0, bytesDown: 0 }
  readonly #options: LinkOptions
  /** Frame encodings the server said it reads. */
  #accepted: readonly string[] = []
  #deltas = false

  constructor(options: LinkOptions) {
    this.#options = options
  }

  get workspace(): string {
    return this.#options.transport.workspace
  }

  /** Whether the server said that it knows deltas of chunks, and keeps to it. */
  get knowsDeltas(): boolean {
    return this.#deltas
  }

  /** Fails with the server's code, or `offline` after the last try. Repeating a request is safe for every type. */
  async ask<R extends Request>(request: R, signal: AbortSignal): Promise<AnswerTo<R>> {
    const { compressor } = this.#options
    const frame = encodeRequest(this.#accepting(request))
    for (let tried = 1; ; tried++) {
      const sent = await pressFrame(frame, compressor, this.#accepted)
      try {
        return await this.#once(request, sent, signal)
      } catch (error) {
        checkAborted(signal)
        if (sent !== frame && codeOf(error) === 'unknown-encoding') {
          // Another process of the server, of an older version: it takes frames as they are.
          this.#accepted = []
          continue
        }
        const known = knownError(error)
        // Another process of the server, of an older version: it knows nothing of deltas.
        if (UNKNOWN.has(known.code) && needsDeltas(request)) this.#deltas = false
        if (!known.retryable) throw error
        this.#options.onTrouble(known)
        if (tried >= this.#options.tries) throw error
        await this.#options.clock.sleep(Math.max(this.#delay(tried), known.retryAfterMs ?? 0), { signal })
      }
    }
  }

  async #once<R extends Request>(request: R, frame: Uint8Array, signal: AbortSignal): Promise<AnswerTo<R>> {
    this.traffic.requests += 1
    this.traffic.bytesUp += frame.length
    const bytes = await this.#options.transport.exchange(frame, { signal })
    this.traffic.bytesDown += bytes.length
    const answer: Answer = decodeAnswer(await openFrame(bytes, this.#options.compressor), request)
    if (answer.type === 'hello') {
      this.#accepted = answer.encodings ?? []
      this.#deltas = answer.deltas === true
    }
    if (answer.type === 'error') {
      throw new TidemarkError(answer.code, answer.message, {
        retryable: answer.code === 'busy' || answer.code === 'rate-limited',
        data: { answered: true },
        ...(answer.subject === null ? {} : { subject: answer.subject }),
        ...(answer.next == null ? {} : { next: answer.next }),
        ...(answer.retryAfterMs === null ? {} : { retryAfterMs: answer.retryAfterMs }),
      })
    }
    return answer as AnswerTo<R>
  }

  #accepting(request: Request): Request {
    const { compressor } = this.#options
    return compressor !== null && LARGE_ANSWERS.has(request.type)
      ? ({ ...request, accept: compressor.encodings } as Request)
      : request
  }

  /** Doubling, with full jitter: a crowd that lost its server does not come back in step. */
  #delay(tried: number): number {
    const bound = Math.min(LAST_DELAY, FIRST_DELAY * 2 ** (tried - 1))
    const [high = 0, low = 0] = this.#options.random.bytes(2)
    return Math.floor((bound * (high * 256 + low)) / 65_536)
  }
}

function needsDeltas(request: Request): boolean {
  if (request.type === 'get-signatures') return true
  if (request.type === 'get-chunks') return request.have !== undefined
  return 'chunks' in request && request.chunks.some(({ encoding }) => encoding === 'delta')
}
