/** HTTP on Node: node-fetch over agents that keep connections open, or what the app gives instead. */

import type http from 'node:http'
import type { HttpInit, HttpResponse } from '../shared/http-fetch.js'
import type { HttpHost, HttpTimer } from '../shared/http-host.js'
import { IDLE_CONNECTION_MS } from '../shared/http-wire.js'
import type { HttpFetch } from './http-fetch.js'
import type { HttpOptions } from './http-options.js'
import { loadFetch } from './load-fetch.js'

export class NodeHttp implements HttpHost {
  readonly headers = { 'user-agent': 'tidemark' }
  readonly #options: HttpOptions
  readonly #sockets: number
  #ownAgent: http.Agent | null = null
  /** For what goes on without an end: no timer and no probe of the system looks after such a connection (C6). */
  #ownStreams: http.Agent | null = null

  /** `sockets`: most connections at a time. Does no I/O. */
  constructor(options: HttpOptions, sockets: number) {
    this.#options = options
    this.#sockets = sockets
  }

  async send(url: string, init: HttpInit, isEndless: boolean): Promise<HttpResponse> {
    const { fetch, agent } = await this.#means(new URL(url), init.signal, isEndless)
    return fetch(url, { ...init, compress: false, ...(agent === undefined ? {} : { agent }) })
  }

  isStale(cause: unknown): boolean {
    if (!(cause instanceof Error)) return false
    const { code } = cause as NodeJS.ErrnoException
    return code === 'ECONNRESET' || code === 'EPIPE'
  }

  timer(ms: number, due: () => void): HttpTimer {
    const timer = setTimeout(due, ms).unref()
    return { refresh: () => void timer.refresh(), stop: () => clearTimeout(timer) }
  }

  now(): number {
    return Date.now()
  }

  /** Node hears nothing of its network. */
  onLine(): () => void {
    return () => undefined
  }

  close(): void {
    this.#ownAgent?.destroy()
    this.#ownStreams?.destroy()
  }

  /** Made by the first call: the libraries are loaded by whoever calls, not by whoever imports. */
  async #means(
    url: URL,
    signal: AbortSignal,
    isEndless: boolean,
  ): Promise<{ readonly fetch: HttpFetch; readonly agent: http.Agent | undefined }> {
    const { fetch, agent } = this.#options
    if (fetch !== undefined) return { fetch, agent }
    const loaded = await loadFetch()
    if (agent !== undefined) return { fetch: loaded.fetch, agent }
    // A call that was ended meanwhile, with its caller perhaps, makes no agent that nobody would close.
    signal.throwIfAborted()
    const { fetch: nodeFetch, agentFor } = loaded
    if (isEndless) return { fetch: nodeFetch, agent: (this.#ownStreams ??= agentFor(url, {})) }
    this.#ownAgent ??= agentFor(url, {
      keepAlive: true,
      maxSockets: this.#sockets,
      maxFreeSockets: this.#sockets,
      timeout: IDLE_CONNECTION_MS,
      scheduling: 'lifo',
    })
    return { fetch: nodeFetch, agent: this.#ownAgent }
  }
}
