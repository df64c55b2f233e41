/**
 * The server without a framework: frames in, frames out, for a principal the host has authenticated. Every trouble
 * becomes an error answer; nothing of a stack, a path or a foreign error leaves it.
 */

import { type ErrorCode, isTidemarkError, TidemarkError } from '../errors.js'
import type { Compressor } from '../interfaces/compressor.js'
import type { Log } from '../interfaces/log.js'
import type { Hint } from '../interfaces/transport.js'
import { isDigest } from '../model/ids.js'
import { decodeRequest, encodeAnswer } from '../protocol/codec.js'
import { openFrame, pressFrame } from '../protocol/frame-encoding.js'
import { LIMITS } from '../protocol/limits.js'
import type { Answer, ErrorAnswer, Request } from '../protocol/messages.js'
import type { Health } from './health.js'
import { Hints } from './hints.js'
import { NO_OBSERVER, type Observer, type RequestEnd } from './observer.js'
import type { Principal } from './principal.js'
import type { RemoteStore } from './remote-store.js'

/** What calls on the server take. */
interface Call {
  /** Ends the call early: it then fails with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** The parts of a server. */
export interface SyncServerOptions {
  /** Opened and closed with the server. */
  readonly remote: RemoteStore
  /** The principal behind a token; null when there is none. */
  readonly authenticate: (token: string, call: Call) => Promise<Principal | null>
  /** Lets frames travel compressed, both ways, with devices that can do the same. */
  readonly compressor?: Compressor | null | undefined
  /** Hears messages for operators. Default: nobody does. */
  readonly log?: Log | undefined
  /** For metrics. */
  readonly observer?: Observer | undefined
}

const OPTIONS = new Set(['remote', 'authenticate', 'compressor', 'log', 'observer'])
const BUSY_RETRY_MS = 1_000

function checkOptions(options: SyncServerOptions): void {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.has(name)) {
      throw new TidemarkError('unknown-option', `SyncServer has no option ${name}.`, {
        subject: name,
        next: `Known are ${[...OPTIONS].join(', ')}.`,
      })
    }
  }
  if (typeof options.remote !== 'object' || options.remote === null) {
    throw new TidemarkError('invalid-option', 'SyncServer needs a remote store.', {
      subject: 'remote',
      next: 'Pass remoteStore({ … }).',
    })
  }
  if (typeof options.authenticate !== 'function') {
    throw new TidemarkError('invalid-option', 'SyncServer needs to authenticate.', {
      subject: 'authenticate',
      next: 'Pass a function from token to principal.',
    })
  }
  if (options.compressor != null && typeof options.compressor.decompress !== 'function') {
    throw new TidemarkError('invalid-option', 'The compressor of SyncServer cannot decompress.', {
      subject: 'compressor',
      next: 'Pass zlibCompressor() of tidemark/node, or leave it out.',
    })
  }
}

/** Codes that speak of the request. All others speak of this machine, and its paths are nobody's business (SEC-41). */
const TOLD: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'busy',
  'rate-limited',
  'unauthorized',
  'not-found',
  'forbidden',
  'exists',
  'invalid',
  'too-large',
  'malformed-frame',
  'newer-version',
  'unknown-encoding',
  'diverged',
  'expired',
  'key-reused',
  'over-quota',
  'aborted',
])

function toErrorAnswer(error: unknown): ErrorAnswer {
  const isToldWhole =
    isTidemarkError(error) && (TOLD.has(error.code) || (error.code === 'corrupt' && isDigest(error.subject)))
  if (!isToldWhole) {
    const code = isTidemarkError(error) && error.code === 'no-space' ? error.code : 'internal'
    return { type: 'error', code, message: 'The server failed.', subject: null, retryAfterMs: null }
  }
  const { code, message, subject, next, retryAfterMs } = error
  return { type: 'error', code, message, subject, next, retryAfterMs }
}

/** Answers frames and passes hints on, for any host that carries them. Knows no framework and no socket. */
export class SyncServer {
  readonly #remote: RemoteStore
  readonly #authenticate: SyncServerOptions['authenticate']
  readonly #compressor: Compressor | null
  readonly #log: Log
  readonly #observer: Observer
  readonly #hints: Hints
  readonly #running = new Set<Promise<Uint8Array>>()
  #state: 'new' | 'open' | 'closed' = 'new'
  #closing: Promise<void> | null = null
  #unsubscribe: () => void = () => undefined

  /** Throws `unknown-option` or `invalid-option`. Does no I/O. */
  constructor(options: SyncServerOptions) {
    checkOptions(options)
    this.#remote = options.remote
    this.#authenticate = options.authenticate
    this.#compressor = options.compressor ?? null
    this.#log = options.log ?? (() => undefined)
    this.#observer = options.observer ?? NO_OBSERVER
    this.#hints = new Hints(this.#observer)
  }

  /** Opens the stores. Fails with their codes: `locked`, `newer-version`, … */
  async open(call: Call = {}): Promise<void> {
    if (this.#state !== 'new') throw new TidemarkError('closed', 'A server is opened once.', { subject: 'server' })
    await this.#remote.open(call)
    this.#state = 'open'
    const onError = (error: unknown): void => this.#logFailure('server.hint', error)
    const undo = [
      this.#remote.onCommitted(({ owner, workspace, sequence }) =>
        this.#hints.tell(owner, { workspace, sequence }, onError),
      ),
      this.#remote.onArriving(({ owner, workspace }) => this.#hints.tell(owner, arrivingHint(workspace), onError)),
    ]
    this.#unsubscribe = () => {
      for (const step of undo) step()
    }
  }

  /** Fails with `unauthorized`. */
  async authenticate(token: string, call: Call = {}): Promise<Principal> {
    const principal = await this.#authenticate(token, call)
    if (principal !== null) return principal
    throw new TidemarkError('unauthorized', 'The token is wrong, expired or revoked.', { next: 'Log in again.' })
  }

  /**
   * Carries out one request. Resolves with an error answer where it cannot; rejects only with `aborted`, and only before
   * the work began: what is begun is finished, as its outcome may be durable.
   */
  async handle(frame: Uint8Array, principal: Principal, call: Call = {}): Promise<Uint8Array> {
    if (call.signal?.aborted)
      throw new TidemarkError('aborted', 'The request was cancelled before it began.', { subject: 'request' })
    const refusal = this.#refusal()
    if (refusal !== null) {
      const answer = encodeAnswer(toErrorAnswer(refusal))
      this.#observer.request(frame.length)({ type: 'unread', outcome: refusal.code, sent: answer.length })
      return answer
    }
    const work = this.#work(frame, principal)
    this.#running.add(work)
    try {
      return await work
    } finally {
      this.#running.delete(work)
    }
  }

  #refusal(): TidemarkError | null {
    if (this.#state !== 'open' || this.#closing !== null) {
      return new TidemarkError('busy', 'The server is not open.', { retryable: true, retryAfterMs: BUSY_RETRY_MS })
    }
    if (this.#running.size < LIMITS.running) return null
    return new TidemarkError('busy', 'The server has too much to do.', { retryable: true, retryAfterMs: BUSY_RETRY_MS })
  }

  async #work(frame: Uint8Array, principal: Principal): Promise<Uint8Array> {
    const end = this.#observer.request(frame.length)
    let type: RequestEnd['type'] = 'unread'
    try {
      const request = decodeRequest(await openFrame(frame, this.#compressor))
      type = request.type
      const answer = this.#introduced(await this.#remote.answer<Request>(principal, request))
      const accepted = 'accept' in request ? (request.accept ?? []) : []
      const bytes = await pressFrame(encodeAnswer(answer, request), this.#compressor, accepted)
      end({ type, outcome: 'ok', sent: bytes.length })
      return bytes
    } catch (error) {
      this.#logFailure('server.request', error)
      const answer = toErrorAnswer(error)
      const bytes = encodeAnswer(answer)
      end({ type, outcome: answer.code, sent: bytes.length })
      return bytes
    }
  }

  /** Whether it is open and its stores answer. Never rejects. */
  async health(): Promise<Health> {
    if (this.#state === 'open' && this.#closing === null) return this.#remote.health()
    return { isWell: false, metadata: 'closed', chunks: 'closed' }
  }

  #introduced(answer: Answer): Answer {
    return answer.type === 'hello' && this.#compressor !== null
      ? { ...answer, encodings: this.#compressor.encodings }
      : answer
  }

  #logFailure(event: string, error: unknown): void {
    const known = isTidemarkError(error)
    this.#log(() => ({
      level: known ? 'info' : 'error',
      event,
      detail: known ? { code: error.code, subject: error.subject } : { error: String(error) },
    }))
  }

  /**
   * Hints of commits to the named workspaces of this user, after each became durable, the subscriber's own included; and
   * of large contents on their way, at once where there are any. Returns its undo. Names that do not exist are silent.
   * Fails with `rate-limited` beyond the limit per user.
   */
  subscribe(principal: Principal, workspaces: readonly string[], onHint: (hint: Hint) => void): () => void {
    if (this.#state !== 'open' || this.#closing !== null)
      throw new TidemarkError('closed', 'The server is not open.', { subject: 'server' })
    const undo = this.#hints.subscribe(principal.user, workspaces, onHint)
    for (const workspace of new Set(workspaces)) {
      if (this.#remote.isArriving({ owner: principal.user, workspace })) onHint(arrivingHint(workspace))
    }
    return undo
  }

  /** Takes no further request, waits for the running ones, then closes the stores. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const opened = this.#state === 'open'
    this.#state = 'closed'
    await Promise.allSettled([...this.#running])
    this.#unsubscribe()
    this.#hints.clear()
    if (opened) await this.#remote.close()
  }

  /** For `await using`: the same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

function arrivingHint(workspace: string): Hint {
  return { workspace, sequence: null, arriving: true }
}
