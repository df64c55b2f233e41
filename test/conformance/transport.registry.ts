/** The transports that obey the transport rules. */

import { loopbackTransport } from '../../adapters/memory/loopback-transport.js'
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
]
