/** The transports that obey the transport rules. */

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { httpTransport as fetchTransport } from '../../adapters/browser/fetch-transport.js'
import { syncRouter } from '../../adapters/express/index.js'
import { loopbackTransport } from '../../adapters/shared/loopback-transport.js'
import { httpTransport } from '../../adapters/node/http-transport.js'
import { limitBandwidth } from '../../adapters/shared/limit-bandwidth.js'
import { systemClock } from '../../adapters/shared/system-clock.js'
import type { Adapter } from './case.js'
import type { TransportCapability, TransportSubject } from './transport.suite.js'

export type TransportAdapter = Adapter<TransportSubject, TransportCapability>

const QUICK = { backoffMs: 5, maxBackoffMs: 20 }

/** Listeners of one subject, each on a port of its own. */
class Listeners {
  readonly #listeners: http.Server[] = []

  async open(answer: http.RequestListener): Promise<string> {
    const listener = http.createServer(answer)
    // Nothing but `cut` closes a connection: on a busy machine it may be idle for longer than a server waits.
    listener.keepAliveTimeout = 0
    this.#listeners.push(listener)
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(listener.address() as AddressInfo).port}/sync`
  }

  cut(): void {
    for (const listener of this.#listeners) listener.closeAllConnections()
  }

  close(): void {
    for (const listener of this.#listeners) listener.close()
    this.cut()
  }
}

const greeting: http.RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(': hello\n\n')
}

const loginPage: http.RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hotel</h1>')
}

async function overHttp(transport: typeof httpTransport | typeof fetchTransport): ReturnType<TransportAdapter['make']> {
  const listeners = new Listeners()
  const at = (url: string, workspace: string, token: string) =>
    transport({ url, workspace, token, hints: { ...QUICK } })
  return {
    connect: async ({ server, workspace, token }) => {
      const app = express()
      app.use('/sync', syncRouter(server))
      return at(await listeners.open(app), workspace, token)
    },
    cut: async () => listeners.cut(),
    nowhere: async () => {
      const free = new Listeners()
      const url = await free.open(loginPage)
      free.close()
      return at(url, 'notes', 'any')
    },
    stranger: async () => at(await listeners.open(loginPage), 'notes', 'any'),
    silent: async () => {
      const url = await listeners.open(greeting)
      return transport({ url, workspace: 'notes', token: 'any', hints: { ...QUICK, silenceMs: 250 } })
    },
    dispose: async () => listeners.close(),
  }
}

export const TRANSPORTS: readonly TransportAdapter[] = [
  {
    name: 'loopbackTransport',
    make: async () => ({
      connect: async ({ server, workspace, user }) => loopbackTransport(server, { workspace, user }),
      dispose: async () => {},
    }),
  },
  {
    name: 'limitBandwidth(loopbackTransport)',
    make: async () => ({
      connect: async ({ server, workspace, user }) =>
        limitBandwidth(loopbackTransport(server, { workspace, user }), {
          up: 1_000_000_000,
          down: 1_000_000_000,
          clock: systemClock(),
        }),
      dispose: async () => {},
    }),
  },
  {
    name: 'httpTransport',
    capabilities: ['cut', 'nowhere', 'silent', 'stranger'],
    make: () => overHttp(httpTransport),
  },
  {
    name: 'httpTransport on fetch',
    capabilities: ['cut', 'nowhere', 'silent', 'stranger'],
    make: () => overHttp(fetchTransport),
  },
]
