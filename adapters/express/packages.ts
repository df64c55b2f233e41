/**
 * The packages this adapter stands on, loaded when a router is made and not before: importing the adapter needs none of them.
 * By `require`, because a router has to be there at once: `app.use('/sync', syncRouter(server))`.
 */

import { createRequire } from 'node:module'
import type { createEventBuffer } from 'better-sse'
import type express from 'express'
import type { rateLimit } from 'express-rate-limit'
import type helmet from 'helmet'
import { TidemarkError } from '../../src/index.js'

type Express = typeof express
type Helmet = typeof helmet
type RateLimit = typeof rateLimit
type CreateEventBuffer = typeof createEventBuffer

export interface Packages {
  readonly express: Express
  readonly helmet: Helmet
  readonly rateLimit: RateLimit
  readonly createEventBuffer: CreateEventBuffer
}

const NAMES = ['express', 'helmet', 'express-rate-limit', 'better-sse'] as const

/** @throws missing-package with the command that installs what is missing */
export function loadPackages(require: NodeJS.Require = createRequire(import.meta.url)): Packages {
  const missing: string[] = []
  const loaded = new Map<string, unknown>()
  let cause: unknown
  for (const name of NAMES) {
    try {
      loaded.set(name, require(name))
    } catch (error) {
      missing.push(name)
      cause ??= error
    }
  }
  if (missing.length > 0) {
    const command = `npm install ${missing.join(' ')}`
    throw new TidemarkError('missing-package', `tidemark/express needs ${missing.join(', ')}: run \`${command}\``, {
      subject: missing.join(' '),
      next: command,
      cause,
    })
  }
  const shield = loaded.get('helmet') as Helmet & { readonly default?: Helmet }
  return {
    express: loaded.get('express') as Express,
    helmet: shield.default ?? shield,
    rateLimit: (loaded.get('express-rate-limit') as { readonly rateLimit: RateLimit }).rateLimit,
    createEventBuffer: (loaded.get('better-sse') as { readonly createEventBuffer: CreateEventBuffer })
      .createEventBuffer,
  }
}
