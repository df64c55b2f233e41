/** The `fetch` that the HTTP adapters call: as much of it as they use, so that any other can be given. */

import type http from 'node:http'

/** The part of `fetch` that is used. `agent` and `compress` are node-fetch's; others ignore them. */
export interface HttpInit {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: Uint8Array | string
  readonly redirect: 'manual'
  readonly signal: AbortSignal
  readonly agent?: http.Agent
  readonly compress?: boolean
}
export interface HttpResponse {
  readonly status: number
  readonly headers: { get: (name: string) => string | null }
  readonly body: AsyncIterable<Uint8Array | string> | null
}
export type HttpFetch = (url: string, init: HttpInit) => Promise<HttpResponse>
