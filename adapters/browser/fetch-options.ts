/** How a server is spoken to from a page or a worker. */

import { checkUrl } from '../shared/sync-url.js'

/** Where a server is, and how it is spoken to. */
export interface HttpOptions {
  /**
   * Where the router is mounted: '/sync' on the page's own server, or 'https://example.org/sync', whose router then has to
   * know the page's origin. Plain http is for loopback only.
   */
  readonly url: string
  /** Instead of the host's own. It must not follow redirects when asked not to. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Sent with every request, for proxies that ask for something; another origin has to allow each of them. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** As much of an address as is used. */
type Place = Pick<Location, 'protocol' | 'origin' | 'pathname'>

/** @throws invalid-option */
export function urlOf({ url }: HttpOptions, place: Place | undefined = globalThis.location): URL {
  return checkUrl(url, false, place === undefined ? undefined : baseOf(place))
}

/** Without what a url of ours must not have. A worker made of a blob has an address that nothing can be relative to, and an origin. */
function baseOf({ protocol, origin, pathname }: Place): string {
  return protocol === 'blob:' ? origin : origin + pathname
}
