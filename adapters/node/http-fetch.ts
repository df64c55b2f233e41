/** The `fetch` that the HTTP adapters call on Node: as much of it as they use, so that any other can be given. */

import type http from 'node:http'
import type { HttpResponse } from '../shared/http-fetch.js'

/** The part of `fetch` that is used. `agent` and `compress` are node-fetch's; others ignore them. */
export interface HttpInit {
  /** In capitals. */
  readonly method: string
  /** By lower-case name. */
  readonly headers: Record<string, string>
  /** Absent for GET. */
  readonly body?: Uint8Array<ArrayBuffer> | string
  /** Redirects are answers like others here, and refused. */
  readonly redirect: 'manual'
  /** Ends the request; the promise then rejects. */
  readonly signal: AbortSignal
  /** Keeps connections open. */
  readonly agent?: http.Agent
  /** False: answers come as they are. */
  readonly compress?: boolean
}

/** Resolves once status and headers are there; rejects when the server cannot be reached. */
export type HttpFetch = (url: string, init: HttpInit) => Promise<HttpResponse>
