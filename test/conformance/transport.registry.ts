/** The transports that obey the transport rules. */

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { syncRouter } from '../../adapters/express/index.js'
import { loopbackTransport } from '../../adapters/memory/loopback-transport.js'
import { httpTransport } from '../../adapters/node/http-transport.js'
import { limitBandwidth } from '../../adapters/shared/limit-bandwidth.js'
import { systemClock } from '../../adapters/shared/system-clock.js'
import type { TransportSubject } from './transport.suite.js'

export interface TransportAdapter {
  readonly name: string
  /** Why it cannot run here; null when it can. */
  readonly missing: string | null
  readonly make: () => Promise<TransportSubject & { readonly dispose: () => Promise<void> }>
}

export const TRANSPORTS: readonly TransportAdapter[] = [
  {
    name: 'loopbackTransport',
    missing: null,
    make: async () => ({
      connect: async ({ server, workspace, user }) => loopbackTransport(server, { workspace, user }),
      dispose: async () => {},
    }),
  },
  {
    name: 'limitBandwidth(loopbackTransport)',
    missing: null,
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
    missing: null,
    make: async () => {
      const listeners: http.Server[] = []
      return {
        connect: async ({ server, workspace, token }) => {
          const app = express()
          app.use('/sync', syncRouter(server))
          const listener = http.createServer(app)
          listeners.push(listener)
          await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
          const { port } = listener.address() as AddressInfo
          return httpTransport({ url: `http://127.0.0.1:${port}/sync`, workspace, token })
        },
        dispose: async () => {
          for (const listener of listeners) {
            listener.close()
            listener.closeAllConnections()
          }
        },
      }
    },
  },
]
