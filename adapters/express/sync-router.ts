/**
 * The server's routes for express: `app.use('/sync', syncRouter(server))`.
 * Decides nothing about files and accounts: it authenticates, bounds, hands over, and answers.
 */

import type { Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'
import type { NextFunction, Request, RequestHandler, Response, Router } from 'express'
import type { Accounts } from '../../src/accounts/index.js'
import { TidemarkError } from '../../src/index.js'
import type { Log } from '../../src/index.js'
import {
  FRAME_TYPE,
  HEARTBEAT_MS,
  IDLE_CONNECTION_MS,
  JSON_LIMIT,
  JSON_TYPE,
  parseShape,
  WorkspaceNames,
} from '../shared/http-wire.js'
import { accountHandlers } from './account-handlers.js'
import { isOurFault, sendError } from './answers.js'
import { HintChannels } from './hint-channels.js'
import { checkOrigins, preflight, showTo } from './origins.js'
import type { Packages } from './packages.js'
import { loadPackages } from './packages.js'
import type { Caller, RouteHandler } from './route-handler.js'
import type { RouteKey } from './routes.js'
import { routeKey, ROUTES } from './routes.js'
import type { SyncFrames } from './served.js'

/** What a router is given beside its server. */
export interface SyncRouterOptions {
  /** Adds the account routes. Give the server the same ones: `authenticate: (token) => accounts.authenticate(token)`. */
  readonly accounts?: Accounts | undefined
  /** Hears messages for operators. Default: nobody does. */
  readonly log?: Log | undefined
  /** Account requests of one address in a minute. Default 60. */
  readonly accountRequestsPerMinute?: number | undefined
  /** How often an idle hint channel says something, and its token is looked at again, ms. Default, and most, 55,000. */
  readonly heartbeatMs?: number | undefined
  /** Pages of these origins may call: 'https://app.example.org'. Default none: pages of this server's own origin only. */
  readonly origins?: readonly string[] | undefined
}

/** A router of express with open hint channels. */
export interface SyncRouter extends Router {
  /** Ends all hint channels and takes no more; call it before the HTTP server is closed. */
  endHints(): void
}

const MAX_FRAME_BYTES = 4 * 1024 * 1024
/** Between a client that lets go of a connection and a server that closes it. */
const MARGIN_MS = 10_000

/** @throws missing-package, invalid-option */
export function syncRouter(server: SyncFrames, options: SyncRouterOptions = {}): SyncRouter {
  const { accounts, log, heartbeatMs = HEARTBEAT_MS, accountRequestsPerMinute = 60 } = options
  if (!(heartbeatMs > 0 && heartbeatMs <= HEARTBEAT_MS)) {
    throw new TidemarkError('invalid-option', `heartbeatMs is at most ${HEARTBEAT_MS}`, { subject: 'heartbeatMs' })
  }
  const origins = checkOrigins(options.origins ?? [])
  const packages = loadPackages()
  const onRevoked = accounts === undefined ? null : (listener: (device: string) => void) => accounts.onRevoked(listener)
  const channels = new HintChannels({ createEventBuffer: packages.createEventBuffer, server, heartbeatMs, onRevoked })
  const handlers: Readonly<Partial<Record<RouteKey, RouteHandler>>> = {
    'POST /': (request, response, caller) => exchange(server, request, response, caller),
    'GET /hints': (request, response, caller) => hints(channels, request, response, caller),
    ...(accounts === undefined ? {} : accountHandlers(accounts)),
  }
  const router = packages.express.Router({ caseSensitive: true, strict: true })
  router.use(plain(log))
  if (origins.size > 0) router.use(showTo(origins))
  addRoutes(router, packages, server, handlers, { accountRequestsPerMinute, origins })
  router.use((_request: Request, response: Response) => {
    sendError(response, new TidemarkError('not-found', 'there is no such route'))
  })
  router.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    if (isOurFault(error)) log?.(() => ({ level: 'error', event: 'http.failed', detail: { error } }))
    sendError(response, error)
  })
  return Object.assign(router, { endHints: () => channels.end() })
}

function addRoutes(
  router: Router,
  packages: Packages,
  server: SyncFrames,
  handlers: Readonly<Partial<Record<RouteKey, RouteHandler>>>,
  {
    accountRequestsPerMinute,
    origins,
  }: { readonly accountRequestsPerMinute: number; readonly origins: ReadonlySet<string> },
): void {
  const { express, helmet, rateLimit } = packages
  const bodies: Readonly<Record<'frame' | 'json' | 'none', readonly RequestHandler[]>> = {
    frame: [express.raw({ type: FRAME_TYPE, limit: MAX_FRAME_BYTES, inflate: false })],
    json: [express.json({ type: JSON_TYPE, limit: JSON_LIMIT, inflate: false })],
    none: [],
  }
  const limited = rateLimit({
    windowMs: 60_000,
    limit: accountRequestsPerMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Its checks print to the console; what the address is, is decided by the app's `trust proxy`.
    validate: false,
    handler: (_request, response) => {
      sendError(
        response,
        new TidemarkError('rate-limited', 'too many requests', { retryable: true, retryAfterMs: 60_000 }),
      )
    },
  })
  const shielded = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  })
  for (const route of ROUTES) {
    const handler = handlers[routeKey(route)]
    if (handler === undefined) continue
    // Nothing that shows a page ever sees a frame, and a frame's answer is counted in bytes.
    const before = route.answer === 'frame' ? [] : route.part === 'accounts' ? [shielded, limited] : [shielded]
    const method = route.method === 'GET' ? 'get' : route.method === 'POST' ? 'post' : 'delete'
    router[method](route.path, ...before, letIn(server, route.access), ...bodies[route.body], run(handler))
  }
  router.use(shielded)
  for (const path of new Set(
    ROUTES.filter((route) => handlers[routeKey(route)] !== undefined).map((route) => route.path),
  )) {
    const allowed = ROUTES.filter((route) => route.path === path).map((route) => route.method)
    router.options(path, preflight(origins, allowed))
    router.all(path, (_request, response) => {
      response.setHeader('allow', allowed.join(', '))
      sendError(response, new TidemarkError('not-found', 'this route has other methods', { data: { status: 405 } }))
    })
  }
}

/** The caller of a request, kept beside it: a header that a client sends can never be taken for it. */
const CALLERS = new WeakMap<Request, Caller>()

/** Before the body is read: a stranger's 4 MiB are not worth the memory. */
function letIn(server: SyncFrames, access: 'anyone' | 'device'): RequestHandler {
  return async (request, _response, next) => {
    if (access === 'device') {
      const [, token = ''] = /^Bearer ([\x21-\x7e]{1,1024})$/i.exec(request.headers.authorization ?? '') ?? []
      if (token === '') throw new TidemarkError('unauthorized', 'the token is missing', { next: 'Log in first.' })
      CALLERS.set(request, { principal: await server.authenticate(token), token })
    }
    next()
  }
}

function run(handler: RouteHandler): RequestHandler {
  return (request, response) => handler(request, response, CALLERS.get(request) ?? null)
}

/** Few headers, and one line for the operator when the answer is out. */
function plain(log: Log | undefined): RequestHandler {
  return (request, response, next) => {
    response.removeHeader('x-powered-by')
    const { socket } = request
    const written = socket.bytesWritten
    response.once('close', () =>
      log?.(() => ({
        level: 'info',
        event: 'http.request',
        detail: {
          method: request.method,
          path: pathOf(request),
          status: response.statusCode,
          /** Bytes: of the body as announced, and of the whole answer with its head. */
          received: Number(request.headers['content-length'] ?? 0),
          sent: socket.bytesWritten - written,
          ...CALLERS.get(request)?.principal,
        },
      })),
    )
    next()
  }
}

/** The route as the table has it, so that no id, name or query of a request gets into a log. */
function pathOf(request: Request): string | null {
  const route: unknown = request.route
  return typeof route === 'object' && route !== null && 'path' in route ? String(route.path) : null
}

async function exchange(
  server: SyncFrames,
  request: Request,
  response: Response,
  caller: Caller | null,
): Promise<void> {
  const body: unknown = request.body
  if (caller === null) throw new TidemarkError('internal', 'a frame came past the door')
  if (!Buffer.isBuffer(body)) {
    throw new TidemarkError('invalid', `the body has to be ${FRAME_TYPE}`, { data: { status: 415 } })
  }
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new TidemarkError('aborted', 'the client is gone'))
  })
  const frame = new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  const answer = await server.handle(frame, caller.principal, { signal: gone.signal })
  if (response.destroyed) return
  if (outlivesClients(request)) response.removeHeader('connection')
  response.writeHead(200, { 'content-type': FRAME_TYPE, 'content-length': answer.byteLength })
  response.end(answer)
}

/**
 * HTTP/1.1 keeps a connection without a word. How long is told only where a client could find it closed before it lets go
 * of it by itself: both lines together are 48 bytes of each answer (P9).
 */
function outlivesClients({ httpVersion, socket }: Request): boolean {
  const { server } = socket as Socket & { readonly server?: Partial<HttpServer> }
  const { keepAliveTimeout = 0, maxRequestsPerSocket = 0 } = server ?? {}
  return httpVersion === '1.1' && maxRequestsPerSocket === 0 && keepAliveTimeout > IDLE_CONNECTION_MS + MARGIN_MS
}

async function hints(
  channels: HintChannels,
  request: Request,
  response: Response,
  caller: Caller | null,
): Promise<void> {
  if (caller === null) throw new TidemarkError('internal', 'a subscription came past the door')
  const names = new URL(request.originalUrl, 'http://localhost').searchParams.getAll('workspace')
  const workspaces = parseShape(WorkspaceNames, names)
  if (workspaces === null) {
    throw new TidemarkError('invalid', 'name one or a few workspaces', { subject: 'workspace' })
  }
  await channels.serve(response, { ...caller, workspaces: [...new Set(workspaces)] })
}
