/** Real servers on loopback for the HTTP tests: a sync server with accounts behind express, and impostors of one. */

import { randomBytes } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { syncRouter } from '../../adapters/express/index.js'
import type { SyncRouter, SyncRouterOptions } from '../../adapters/express/index.js'
import { memoryAccountStore } from '../../adapters/memory/memory-account-store.js'
import { memoryChunkStore, memoryMetadataStore } from '../../adapters/memory/index.js'
import { accounts } from '../../src/accounts/index.js'
import type { Accounts, PasswordHasher } from '../../src/accounts/index.js'
import { portableHasher } from '../../src/index.js'
import type { ChunkStore, Clock, Compressor, LogEvent, MetadataStore, Random } from '../../src/index.js'
import { remoteStore, SyncServer } from '../../src/server/index.js'

export const PASSWORD = 'seven brown otters'

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: () => Promise.reject(new Error('no server of these tests sleeps')),
}
export const realRandom: Random = { bytes: (length) => new Uint8Array(randomBytes(length)) }

/** Costs nothing: the real function has tests of its own. */
const quickPasswords: PasswordHasher = {
  hash: async (password) => `quick:${password}`,
  verify: async (stored, password) => stored === `quick:${password}`,
  isWeak: () => false,
}

export interface HttpWorld {
  readonly url: string
  readonly port: number
  readonly accounts: Accounts
  readonly server: SyncServer
  readonly router: SyncRouter
  readonly events: LogEvent[]
  /** Ends the listening and every connection; the stores stay open. */
  stopListening(): Promise<void>
  /** On the same port again. */
  listenAgain(): Promise<void>
  close(): Promise<void>
}

/** Stores of a server: in memory, unless others are given. */
export interface WorldStores {
  readonly metadata: MetadataStore
  readonly chunks: ChunkStore
}

export async function httpWorld(
  options: SyncRouterOptions & {
    readonly wrap?: (server: SyncServer) => SyncServer
    readonly stores?: WorldStores
    /** Of the accounts: how old tokens are. */
    readonly clock?: Clock
    readonly compressor?: Compressor
    /** How the listener keeps connections; Node's way by default. */
    readonly listening?: http.ServerOptions & { readonly maxRequestsPerSocket?: number }
  } = {},
): Promise<HttpWorld> {
  const { wrap, clock = realClock, stores = memoryStores(), compressor = null, listening, ...routerOptions } = options
  const events: LogEvent[] = []
  const log = (build: () => LogEvent): void => void events.push(build())
  const users = accounts({
    store: memoryAccountStore(),
    passwords: quickPasswords,
    clock,
    random: realRandom,
    log,
  })
  const remote = remoteStore({
    ...stores,
    hasher: portableHasher(),
    clock: realClock,
    random: realRandom,
  })
  const server = new SyncServer({
    remote,
    authenticate: (token) => users.authenticate(token),
    compressor,
    log,
  })
  await users.open()
  await server.open()
  const router = syncRouter(wrap === undefined ? server : wrap(server), { accounts: users, log, ...routerOptions })
  const app = express()
  app.use('/sync', router)
  let listener = await listen(app, 0, listening)
  const { port } = listener.address() as AddressInfo
  const stopListening = async (): Promise<void> => stop(listener)
  return {
    url: `http://127.0.0.1:${port}/sync`,
    port,
    accounts: users,
    server,
    router,
    events,
    stopListening,
    listenAgain: async () => {
      listener = await listen(app, port, listening)
    },
    close: async () => {
      router.endHints()
      await stopListening()
      await server.close()
      await users.close()
    },
  }
}

function memoryStores(): WorldStores {
  return { metadata: memoryMetadataStore(), chunks: memoryChunkStore() }
}

/** Something that answers, but is no sync server. */
export async function impostor(
  answer: http.RequestListener,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const listener = await listen(answer, 0)
  const { port } = listener.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/sync`, close: () => stop(listener) }
}

function listen(
  handler: http.RequestListener,
  port: number,
  { maxRequestsPerSocket = 0, ...options }: http.ServerOptions & { readonly maxRequestsPerSocket?: number } = {},
): Promise<http.Server> {
  return new Promise((resolve, reject) => {
    const listener = http.createServer(options, handler)
    listener.maxRequestsPerSocket = maxRequestsPerSocket
    listener.once('error', reject)
    listener.listen(port, '127.0.0.1', () => resolve(listener))
  })
}

function stop(listener: http.Server): Promise<void> {
  return new Promise((resolve) => {
    listener.close(() => resolve())
    listener.closeAllConnections()
  })
}
