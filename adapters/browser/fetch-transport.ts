/** The transport of a page or worker: frames and hints over HTTP, on the host's `fetch`. */

import type { Transport } from '../../src/index.js'
import { HttpCaller } from '../shared/http-caller.js'
import type { TokenSource } from '../shared/http-caller.js'
import type { HintTimes } from '../shared/http-hints.js'
import { HttpTransport } from '../shared/http-transport.js'
import { FetchHost } from './fetch-host.js'
import { type HttpOptions, urlOf } from './fetch-options.js'

/** Which workspace of which server, and who asks. */
export interface HttpTransportOptions extends HttpOptions {
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** A device token, or what gives the present one. */
  readonly token: TokenSource
  /** For tests and unusual networks. */
  readonly hints?: Partial<HintTimes> | undefined
}

/**
 * Opens its hint channel anew when the network comes back, and when the page is seen again after its channel was silent.
 * @throws invalid-option
 */
export function httpTransport(options: HttpTransportOptions): Transport {
  return transportOn(new FetchHost({ fetch: options.fetch }), options)
}

export function transportOn(host: FetchHost, options: HttpTransportOptions): Transport {
  return new HttpTransport({ ...options, caller: new HttpCaller(urlOf(options), options.headers ?? {}, host) })
}
