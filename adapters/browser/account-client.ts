/** Accounts over HTTP from a page or worker. Where the token is kept is the app's affair. */

import { HttpAccounts } from '../shared/account-client.js'
import type { AccountClient } from '../shared/account-client.js'
import { HttpCaller } from '../shared/http-caller.js'
import { FetchHost } from './fetch-host.js'
import { type HttpOptions, urlOf } from './fetch-options.js'

/** @throws invalid-option */
export function accountClient(options: HttpOptions): AccountClient {
  const host = new FetchHost({ fetch: options.fetch })
  return new HttpAccounts(new HttpCaller(urlOf(options), options.headers ?? {}, host))
}
