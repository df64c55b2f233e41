/** The transport of Node: frames and hints over HTTP, on node-fetch with connections that stay open. */

import type { Transport } from '../../src/index.js'
import { HttpCaller } from '../shared/http-caller.js'
import type { TokenSource } from '../shared/http-caller.js'
import type { HintTimes } from '../shared/http-hints.js'
import { HttpTransport, IN_FLIGHT } from '../shared/http-transport.js'
import { checkUrl } from '../shared/sync-url.js'
import type { HttpOptions } from './http-options.js'
import { NodeHttp } from './node-http.js'

/** Which workspace of which server, and who asks. */
export interface HttpTransportOptions extends HttpOptions {
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** A device token, or what gives the present one. */
  readonly token: TokenSource
  /** For tests and unusual networks. */
  readonly hints?: Partial<HintTimes> | undefined
}

/** @throws invalid-option */
export function httpTransport(options: HttpTransportOptions): Transport {
  const { url, headers = {}, allowInsecure = false } = options
  const caller = new HttpCaller(checkUrl(url, allowInsecure), headers, new NodeHttp(options, IN_FLIGHT))
  return new HttpTransport({ ...options, caller })
}
