/** How a server is spoken to from Node. */

import type http from 'node:http'
import type { HttpFetch } from './http-fetch.js'

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
