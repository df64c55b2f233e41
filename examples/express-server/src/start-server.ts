/**
 * A whole Tidemark server in this process: stores in one directory, accounts, express, and an orderly end.
 * What an app that already has an express server needs of it is the five lines of `makeApp`.
 */

import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import type { Express, Router } from 'express'
import { portableHasher, TidemarkError } from 'tidemark'
import type { Hasher, Log } from 'tidemark'
import { accounts } from 'tidemark/accounts'
import { operationsRouter, promMetrics, syncRouter } from 'tidemark/express'
import type { SyncRouter } from 'tidemark/express'
import { argon2Passwords, systemClock, systemRandom, wasmHasher, zlibCompressor } from 'tidemark/node'
import { remoteStore, SyncServer } from 'tidemark/server'
import type { MaintenanceOptions, QuotaOptions } from 'tidemark/server'
import { type PageFiles, pageFiles } from './page-files.js'
import { serverStores } from './stores.js'

export interface ServerOptions {
  /** Everything the server keeps. Made when absent, readable by its owner only; one server at a time. */
  readonly directory: string
  /** Default '127.0.0.1'. Another address needs `trustProxy` or `allowInsecure`: there is no TLS here. */
  readonly host?: string | undefined
  /** Default 4570; 0 takes any free one. */
  readonly port?: number | undefined
  /** Proxies in front of this server, which then speak TLS and say where requests come from. Default 0. */
  readonly trustProxy?: number | undefined
  /** Lets passwords and files go over an open network. */
  readonly allowInsecure?: boolean | undefined
  /** Default 'open'. */
  readonly registration?: 'open' | 'closed' | undefined
  /** Pages of these origins may call, beside those of this server's own: 'https://app.example.org'. */
  readonly origins?: readonly string[] | undefined
  /** A directory with a built page, which is then served at `/`. */
  readonly page?: string | undefined
  /** What `GET /metrics` asks for as a bearer token; without it there is no such route. */
  readonly metricsToken?: string | undefined
  readonly quota?: QuotaOptions | undefined
  /** Default: 30 days of history, a round of garbage collection each hour. */
  readonly maintenance?: MaintenanceOptions | null | undefined
  readonly log?: Log | undefined
}

export interface RunningServer {
  /** What clients are given: `httpTransport({ url, … })`. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly directory: string
  /** Takes nothing new, lets running requests end (3 s at most), closes the stores. Idempotent. */
  close(): Promise<void>
}

const DEFAULT_PORT = 4570
/** A frame of 4 MiB over a slow line, and no more patience than that. */
const REQUEST_MS = 330_000
const HEADERS_MS = 20_000
const KEEP_ALIVE_MS = 65_000
const GRACE_MS = 3_000
const MAX_CONNECTIONS = 4_000
const MAX_HEADER_BYTES = 8 * 1024

/** @throws locked when another server has the directory; invalid-option, missing-package, newer-version, io */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { directory, host = '127.0.0.1', port = DEFAULT_PORT, registration, log, trustProxy = 0 } = options
  checkHost(host, options)
  const page = options.page === undefined ? null : pageFiles({ directory: options.page, isBehindTls: trustProxy > 0 })
  const clock = systemClock()
  const random = systemRandom()
  const { metadata, chunks, accounts: store } = serverStores(directory)
  const users = accounts({ store, passwords: argon2Passwords(), clock, random, log, registration })
  const metrics = options.metricsToken === undefined ? undefined : promMetrics()
  const { quota, maintenance } = options
  const rules = { quota, maintenance, onMaintained: metrics?.onMaintained }
  const remote = remoteStore({ metadata, chunks, hasher: await fastHasher(log), clock, random, log, ...rules })
  const authenticate = (token: string) => users.authenticate(token)
  const observer = metrics?.observer
  const server = new SyncServer({ remote, authenticate, compressor: zlibCompressor(), log, observer })
  // Made before anything is opened: what they refuse leaves nothing behind.
  const router = syncRouter(server, { accounts: users, log, origins: options.origins })
  const operations = operationsRouter(server, { metrics, token: options.metricsToken })
  const app = makeApp({ router, operations, page, trustProxy })
  const closeAll = async (): Promise<void> => {
    await server.close()
    await users.close()
  }
  try {
    // The server's stores hold the directory, so that a second server says whose it is.
    await server.open()
    await users.open()
    const listener = await listen(app, host, port)
    const bound = (listener.address() as AddressInfo).port
    let closing: Promise<void> | null = null
    return {
      url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/sync`,
      host,
      port: bound,
      directory,
      close: () => {
        closing ??= stop(listener, router).then(closeAll)
        return closing
      },
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** Equal digests at a fortieth of the speed where WebAssembly does not run. */
async function fastHasher(log: Log | undefined): Promise<Hasher> {
  try {
    return await wasmHasher()
  } catch (error) {
    log?.(() => ({ level: 'warn', event: 'server.slow-hasher', detail: { error } }))
    return portableHasher()
  }
}

interface AppParts {
  readonly router: SyncRouter
  readonly operations: Router
  readonly page: PageFiles | null
  readonly trustProxy: number
}

function makeApp({ router, operations, page, trustProxy }: AppParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('trust proxy', trustProxy)
  app.use('/sync', router)
  app.use(operations)
  if (page !== null) app.use(...page.handlers)
  app.use((_request, response) => void response.status(404).type('text').send('not found\n'))
  return app
}

function listen(app: Express, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const listener = createServer(
      {
        headersTimeout: HEADERS_MS,
        requestTimeout: REQUEST_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        maxHeaderSize: MAX_HEADER_BYTES,
      },
      app,
    )
    listener.maxConnections = MAX_CONNECTIONS
    listener.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is taken' : 'cannot be listened on'
      reject(
        new TidemarkError('io', `port ${port} of ${host} ${why}`, {
          subject: `${host}:${port}`,
          next: 'Choose another with --port.',
          cause,
        }),
      )
    })
    listener.listen(port, host, () => resolve(listener))
  })
}

/** Hint channels would keep a server waiting for ever; idle connections too. */
function stop(listener: Server, router: SyncRouter): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => listener.closeAllConnections(), GRACE_MS)
    listener.close(() => {
      clearTimeout(timer)
      resolve()
    })
    router.endHints()
    listener.closeIdleConnections()
  })
}

function checkHost(host: string, { trustProxy = 0, allowInsecure = false }: ServerOptions): void {
  const isLoopback = host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
  if (isLoopback || trustProxy > 0 || allowInsecure) return
  throw new TidemarkError(
    'invalid-option',
    `${host} can be reached from other machines, and this server speaks no TLS`,
    {
      subject: 'host',
      next: 'Put a TLS proxy in front and pass --trust-proxy 1, or pass --allow-insecure for a network where nobody listens.',
    },
  )
}
