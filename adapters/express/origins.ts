/**
 * Pages of other origins: those of the list may call, all others are told nothing and are stopped by their browser (SEC-28).
 * Never with credentials: who asks is said by the token alone, which no browser sends by itself.
 */

import type { RequestHandler } from 'express'
import { TidemarkError } from '../../src/index.js'

/** What a request of a page carries, and what its answer may say beyond what every page may read. */
const ASKED_HEADERS = 'authorization, content-type'
const SHOWN_HEADERS = 'retry-after'
/** A browser asks again before each request when it may not remember; none remembers for longer than a few hours. */
const REMEMBERED_S = '7200'

/** @throws invalid-option */
export function checkOrigins(origins: readonly string[]): ReadonlySet<string> {
  for (const origin of origins) {
    if (isOrigin(origin)) continue
    throw new TidemarkError('invalid-option', `'${origin}' is not the origin of a page`, {
      subject: 'origins',
      next: "Name each by scheme, host and port, as a browser does: 'https://app.example.org'. There is no word for all of them.",
    })
  }
  return new Set(origins)
}

/** As a browser says it: no path, no default port, in small letters. Apps in a shell of their own have schemes of their own. */
function isOrigin(text: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*\\]+$/.test(text) || !URL.canParse(text)) return false
  const { protocol, origin } = new URL(text)
  return protocol === 'https:' || protocol === 'http:' ? origin === text : text === text.toLowerCase()
}

/** On every answer, refusals too: a page that may call may also read what went wrong. */
export function showTo(origins: ReadonlySet<string>): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers
    response.vary('origin')
    if (origin !== undefined && origins.has(origin)) {
      response.setHeader('access-control-allow-origin', origin)
      response.setHeader('access-control-expose-headers', SHOWN_HEADERS)
    }
    next()
  }
}

/** Answers what a browser asks before it lets a page send something; any other OPTIONS is a method like others. */
export function preflight(origins: ReadonlySet<string>, methods: readonly string[]): RequestHandler {
  return ({ headers }, response, next) => {
    const { origin, 'access-control-request-method': method } = headers
    if (origin === undefined || method === undefined || !origins.has(origin)) return next()
    response.writeHead(204, {
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': ASKED_HEADERS,
      'access-control-max-age': REMEMBERED_S,
    })
    response.end()
  }
}
