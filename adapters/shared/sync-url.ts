/** Where a sync server may be: over TLS, or on this machine; nowhere else without a person's word (SEC-08, SEC-40). */

import { TidemarkError } from '../../src/index.js'

/** `base`: what a relative one is relative to, where the host has such a place. @throws invalid-option */
export function checkUrl(text: string, allowInsecure: boolean, base?: string): URL {
  const refuse = (why: string): never => {
    throw new TidemarkError('invalid-option', `the url ${why}`, {
      subject: 'url',
      next: "Give one such as 'https://example.org/sync'.",
    })
  }
  if (!URL.canParse(text, base)) return refuse('cannot be read')
  const url = new URL(text, base)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse('has to begin with https://')
  if (url.username !== '' || url.password !== '') return refuse('must not hold a user name or password')
  if (url.search !== '' || url.hash !== '') return refuse('must not have a query or fragment')
  if (url.protocol === 'http:' && !allowInsecure && !isLoopback(url.hostname)) {
    return refuse('is plain http to another machine, so anyone on the way could read the token')
  }
  return url
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
