/**
 * What those who run a server ask it, on a router of its own: `app.use(operationsRouter(server, { … }))`. Users' tokens open
 * nothing here (SEC-02), and what a stranger is told is one word.
 */

import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler, Response, Router } from 'express'
import { TidemarkError } from '../../src/index.js'
import type { SyncServer } from '../../src/server/index.js'
import { sendError } from './answers.js'
import { loadPackages } from './packages.js'
import type { PromMetrics } from './prom-metrics.js'

/** One route of operation. */
interface OperationsRoute {
  readonly method: 'GET'
  /** Below the place where the router is mounted. */
  readonly path: '/healthz' | '/metrics'
  /** 'operator': with the token of the options, and only where there is one. */
  readonly access: 'anyone' | 'operator'
  /** For people, as the documents say it. */
  readonly does: string
}

/** Every route of this router. What is not in the table does not exist. */
export const OPERATIONS_ROUTES = [
  {
    method: 'GET',
    path: '/healthz',
    access: 'anyone',
    does: 'asks both stores; 200 when they answer, else 503',
  },
  {
    method: 'GET',
    path: '/metrics',
    access: 'operator',
    does: 'tells counters and gauges in the text format of Prometheus',
  },
] as const satisfies readonly OperationsRoute[]

/** What of a running server is shown to whom. */
export interface OperationsOptions {
  /** Without them, or without a token, there is no `/metrics`. */
  readonly metrics?: PromMetrics | undefined
  /** What `Authorization: Bearer …` has to carry for `/metrics`: 16 characters or more, of your choice. */
  readonly token?: string | undefined
}

const LEAST_TOKEN = 16
/** Between two askings of the stores: strangers may come as often as they like. */
const FRESH_MS = 1_000

/** @throws missing-package, invalid-option */
export function operationsRouter(server: Pick<SyncServer, 'health'>, options: OperationsOptions = {}): Router {
  const { metrics, token } = options
  if (token !== undefined && token.length < LEAST_TOKEN) {
    throw new TidemarkError('invalid-option', `the token of operations has ${LEAST_TOKEN} characters or more`, {
      subject: 'token',
      next: 'Draw one: openssl rand -hex 32',
    })
  }
  const { express, helmet } = loadPackages()
  const router = express.Router({ caseSensitive: true, strict: true })
  const shielded = helmet()
  router.get('/healthz', shielded, healthz(server))
  if (metrics === undefined || token === undefined) return router
  router.get('/metrics', shielded, async (request: Request, response: Response) => {
    const [, shown = ''] = /^Bearer ([\x21-\x7e]{1,1024})$/i.exec(request.headers.authorization ?? '') ?? []
    if (!isSame(shown, token)) {
      sendError(response, new TidemarkError('unauthorized', 'the token of operations is missing or wrong'))
      return
    }
    const { contentType, text } = await metrics.expose()
    response.setHeader('cache-control', 'no-store')
    response.type(contentType).send(text)
  })
  return router
}

function healthz(server: Pick<SyncServer, 'health'>): RequestHandler {
  let asked: { readonly at: number; readonly answer: ReturnType<SyncServer['health']> } | null = null
  return async (_request, response) => {
    const now = performance.now()
    if (asked === null || now - asked.at > FRESH_MS) asked = { at: now, answer: server.health() }
    const { isWell } = await asked.answer
    response.setHeader('cache-control', 'no-store')
    response.status(isWell ? 200 : 503).json({ status: isWell ? 'ok' : 'failing' })
  }
}

/** In a time that tells nothing of either. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
