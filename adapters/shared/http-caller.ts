/**
 * One HTTP call to a sync server: bounded in time and size, never redirected, the token only in its header.
 * It tells a server of ours from anything else that answers (a login page, a proxy), and reads no frame.
 */

import { TidemarkError } from '../../src/index.js'
import type { HttpResponse } from './http-fetch.js'
import type { HttpHost, HttpTimer } from './http-host.js'
import { isAnswer, joined, offline, refusal } from './http-refusal.js'
import { FRAME_TYPE, JSON_LIMIT } from './http-wire.js'

/** A token, or what gives the present one at each request. */
export type TokenSource = string | (() => string | Promise<string>)

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below the url: '' or '/hints?…'. */
  readonly path: string
  readonly accept: string
  readonly token?: TokenSource | undefined
  readonly content?: { readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined
  readonly signal?: AbortSignal | undefined
}

export interface HttpStream {
  /** Bytes as they come; throws `offline` when the connection breaks, `aborted` or `closed` when it was ended here. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** Ends the connection; idempotent. */
  readonly cancel: () => void
}

/** Without an answer for this long the server counts as gone; a large request gets its time on a slow line on top. */
const PATIENCE_MS = 60_000
const SLOW_LINE_BYTES_PER_MS = 16

export class HttpCaller {
  readonly host: HttpHost
  readonly #base: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #running = new Set<AbortController>()
  #isClosed = false

  /** Speaks to what lies below `url`, sends `headers` with every request, and closes `host` with itself. Does no I/O. */
  constructor(url: URL, headers: Readonly<Record<string, string>>, host: HttpHost) {
    this.host = host
    this.#base = url.href.replace(/\/+$/, '')
    this.#headers = headers
  }

  /** The whole answer of type `accept`, at most `maxBytes`; other answers become errors. */
  async call(request: HttpRequest, maxBytes: number): Promise<Uint8Array> {
    const { chunks, cancel } = await this.stream(request, maxBytes)
    try {
      const parts: Uint8Array[] = []
      for await (const chunk of chunks) parts.push(chunk)
      return joined(parts)
    } finally {
      cancel()
    }
  }

  /** Opens an answer of type `accept`. `maxBytes` null: as long as it goes on, without a limit of time. */
  async stream(request: HttpRequest, maxBytes: number | null): Promise<HttpStream> {
    if (this.#isClosed) throw closed()
    const patienceMs = PATIENCE_MS + (request.content?.bytes.length ?? 0) / SLOW_LINE_BYTES_PER_MS
    const life = new Life(this.host, request.signal, patienceMs)
    this.#running.add(life.controller)
    const end = (): void => {
      life.end()
      this.#running.delete(life.controller)
    }
    try {
      const response = await this.#send(request, life, maxBytes === null)
      const chunks = bounded(response, maxBytes ?? Number.POSITIVE_INFINITY, life)
      if (isAnswer(response, request.accept)) {
        if (maxBytes === null) life.isPatient()
        return { chunks: this.#guarded(chunks, life, end), cancel: end }
      }
      throw await refusal(response, bounded(response, JSON_LIMIT, life))
    } catch (error) {
      const known = this.#known(error, life)
      end()
      throw known
    }
  }

  close(): void {
    this.#isClosed = true
    for (const controller of this.#running) controller.abort(closed())
    this.host.close()
  }

  async #send(request: HttpRequest, life: Life, isEndless: boolean): Promise<HttpResponse> {
    const { token, content } = request
    const headers: Record<string, string> = {
      ...this.#headers,
      // A frame is never answered by anything else that is read, and its bytes are counted (P9).
      accept: request.accept === FRAME_TYPE ? '*/*' : request.accept,
      ...this.host.headers,
    }
    if (content !== undefined) headers['content-type'] = content.type
    if (token !== undefined)
      headers['authorization'] = `Bearer ${checkToken(typeof token === 'string' ? token : await token())}`
    life.controller.signal.throwIfAborted()
    const init = { method: request.method, headers, redirect: 'manual', signal: life.controller.signal } as const
    return this.host.send(
      `${this.#base}${request.path}`,
      content === undefined ? init : { ...init, body: content.bytes },
      isEndless,
    )
  }

  async *#guarded(chunks: AsyncIterable<Uint8Array>, life: Life, end: () => void): AsyncIterable<Uint8Array> {
    try {
      yield* chunks
    } catch (error) {
      throw this.#known(error, life)
    } finally {
      end()
    }
  }

  /** What ended the call, in our words: a reason of ours goes before what the library made of it. */
  #known(error: unknown, life: Life): TidemarkError {
    const { signal } = life.controller
    if (signal.aborted && signal.reason instanceof TidemarkError) return signal.reason
    if (error instanceof TidemarkError) return error
    return offline('the server could not be reached', { cause: error })
  }
}

/** Ties one call to its caller's signal and to a limit of time. */
class Life {
  readonly controller = new AbortController()
  /** The answer was read to its end. */
  isWhole = false
  readonly #signal: AbortSignal | undefined
  readonly #onAbort = (): void => {
    this.controller.abort(new TidemarkError('aborted', 'the call was cancelled', { cause: this.#signal?.reason }))
  }
  readonly #timer: HttpTimer
  #isTimed = true

  constructor(host: HttpHost, signal: AbortSignal | undefined, patienceMs: number) {
    this.#signal = signal
    this.#timer = host.timer(patienceMs, () => this.controller.abort(offline('the server does not answer')))
    if (signal?.aborted === true) this.#onAbort()
    else signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Something came: the time starts again. */
  sign(): void {
    if (this.#isTimed) this.#timer.refresh()
  }

  isPatient(): void {
    this.#timer.stop()
    this.#isTimed = false
  }

  end(): void {
    this.isPatient()
    this.#signal?.removeEventListener('abort', this.#onAbort)
    // A whole answer leaves its connection for the next call; anything less takes the connection with it.
    if (!this.isWhole) this.controller.abort(closed())
  }
}

/** Never reads on beyond the limit: the connection is dropped instead. */
async function* bounded(response: HttpResponse, maxBytes: number, life: Life): AsyncIterable<Uint8Array> {
  const tooLarge = (): TidemarkError => new TidemarkError('too-large', `the answer is larger than ${maxBytes} bytes`)
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  let read = 0
  for await (const chunk of response.body ?? []) {
    const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk
    read += bytes.length
    if (read > maxBytes) throw tooLarge()
    life.sign()
    yield bytes
  }
  life.isWhole = true
}

function checkToken(token: string): string {
  if (/^[\x21-\x7e]{1,1024}$/.test(token)) return token
  throw new TidemarkError('unauthorized', 'the token is not one a server gave', { next: 'Log in again.' })
}

function closed(): TidemarkError {
  return new TidemarkError('closed', 'the connection to the server was closed')
}
