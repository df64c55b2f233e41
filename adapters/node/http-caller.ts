/**
 * One HTTP call to a sync server: bounded in time and size, never redirected, the token only in its header.
 * It tells a server of ours from anything else that answers (a login page, a proxy), and reads no frame.
 */

import type http from 'node:http'
import { TidemarkError } from '../../src/index.js'
import { FRAME_TYPE, IDLE_CONNECTION_MS, JSON_LIMIT } from '../shared/http-wire.js'
import type { HttpFetch, HttpResponse } from './http-fetch.js'
import { isAnswer, joined, offline, refusal } from './http-refusal.js'
import { loadFetch } from './load-fetch.js'
import { checkUrl } from './sync-url.js'

/** A token, or what gives the present one at each request. */
export type TokenSource = string | (() => string | Promise<string>)

/** Where a server is, and how it is spoken to. */
export interface HttpOptions {
  /** Where the router is mounted: 'https://example.org/sync'. Plain http is for loopback only. */
  readonly url: string
  /** Instead of node-fetch: any `fetch`. It must not follow redirects when asked not to. */
  readonly fetch?: HttpFetch | undefined
  /** Instead of a keep-alive agent of its own; it is not closed. */
  readonly agent?: http.Agent | undefined
  /** Sent with every request, for proxies that ask for something. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Lets plain http go to other machines: tokens and files can be read on the way. */
  readonly allowInsecure?: boolean | undefined
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below the url: '' or '/hints?…'. */
  readonly path: string
  readonly accept: string
  readonly token?: TokenSource | undefined
  readonly content?: { readonly type: string; readonly bytes: Uint8Array } | undefined
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
  readonly #url: URL
  readonly #base: string
  readonly #options: HttpOptions
  readonly #sockets: number
  #ownAgent: http.Agent | null = null
  /** For what goes on without an end: no timer and no probe of the system looks after such a connection (C6). */
  #ownStreams: http.Agent | null = null
  readonly #running = new Set<AbortController>()
  #isClosed = false

  /** `sockets`: most connections at a time. Does no I/O. */
  constructor(options: HttpOptions, sockets: number) {
    this.#options = options
    const url = checkUrl(options.url, options.allowInsecure === true)
    this.#base = url.href.replace(/\/+$/, '')
    this.#url = url
    this.#sockets = sockets
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
    const life = new Life(request.signal, PATIENCE_MS + (request.content?.bytes.length ?? 0) / SLOW_LINE_BYTES_PER_MS)
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
    this.#ownAgent?.destroy()
    this.#ownStreams?.destroy()
  }

  async #send(request: HttpRequest, life: Life, isEndless: boolean): Promise<HttpResponse> {
    const { token, content } = request
    const headers: Record<string, string> = {
      ...this.#options.headers,
      // A frame is never answered by anything else that is read, and its bytes are counted (P9).
      accept: request.accept === FRAME_TYPE ? '*/*' : request.accept,
      'user-agent': 'tidemark',
    }
    if (content !== undefined) headers['content-type'] = content.type
    if (token !== undefined)
      headers['authorization'] = `Bearer ${checkToken(typeof token === 'string' ? token : await token())}`
    const { fetch, agent } = await this.#means(isEndless)
    life.controller.signal.throwIfAborted()
    return fetch(`${this.#base}${request.path}`, {
      method: request.method,
      headers,
      redirect: 'manual',
      compress: false,
      signal: life.controller.signal,
      ...(content === undefined ? {} : { body: content.bytes }),
      ...(agent === undefined ? {} : { agent }),
    })
  }

  /** Made by the first call: the libraries are loaded by whoever calls, not by whoever imports. */
  async #means(isEndless: boolean): Promise<{ readonly fetch: HttpFetch; readonly agent: http.Agent | undefined }> {
    const { fetch, agent } = this.#options
    if (fetch !== undefined) return { fetch, agent }
    const loaded = await loadFetch()
    if (agent !== undefined) return { fetch: loaded.fetch, agent }
    if (this.#isClosed) throw closed()
    const { fetch: nodeFetch, agentFor } = loaded
    if (isEndless) return { fetch: nodeFetch, agent: (this.#ownStreams ??= agentFor(this.#url, {})) }
    this.#ownAgent ??= agentFor(this.#url, {
      keepAlive: true,
      maxSockets: this.#sockets,
      maxFreeSockets: this.#sockets,
      timeout: IDLE_CONNECTION_MS,
      scheduling: 'lifo',
    })
    return { fetch: nodeFetch, agent: this.#ownAgent }
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

/** Ties one call to its caller's signal and to a limit of time. Its timer never keeps a process alive. */
class Life {
  readonly controller = new AbortController()
  /** The answer was read to its end. */
  isWhole = false
  readonly #signal: AbortSignal | undefined
  readonly #onAbort = (): void => {
    this.controller.abort(new TidemarkError('aborted', 'the call was cancelled', { cause: this.#signal?.reason }))
  }
  #timer: NodeJS.Timeout | null

  constructor(signal: AbortSignal | undefined, patienceMs: number) {
    this.#signal = signal
    this.#timer = setTimeout(() => this.controller.abort(offline('the server does not answer')), patienceMs).unref()
    if (signal?.aborted === true) this.#onAbort()
    else signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Something came: the time starts again. */
  sign(): void {
    this.#timer?.refresh()
  }

  isPatient(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
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
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
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
