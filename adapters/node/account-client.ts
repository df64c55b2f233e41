/** Accounts over HTTP from Node. */

import { ACCOUNT_REQUESTS, HttpAccounts } from '../shared/account-client.js'
import type { AccountClient } from '../shared/account-client.js'
import { HttpCaller } from '../shared/http-caller.js'
import { checkUrl } from '../shared/sync-url.js'
import type { HttpOptions } from './http-options.js'
import { NodeHttp } from './node-http.js'

/** @throws invalid-option */
export function accountClient(options: HttpOptions): AccountClient {
  const { url, headers = {}, allowInsecure = false } = options
  return new HttpAccounts(
    new HttpCaller(checkUrl(url, allowInsecure), headers, new NodeHttp(options, ACCOUNT_REQUESTS)),
  )
}
