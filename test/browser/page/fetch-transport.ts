/** The transport on `fetch`, in a page: over real HTTP, to servers of this very page and to what is none. */

import { httpTransport } from '../../../adapters/browser/fetch-transport.js'
import type { Transport } from '../../../src/index.js'
import type { AdapterOf } from '../../conformance/suites.js'
import { mountServer } from './line.js'

const QUICK = { backoffMs: 5, maxBackoffMs: 20 }

const at = (url: string, workspace: string, token: string, silenceMs?: number): Transport =>
  httpTransport({ url, workspace, token, hints: silenceMs === undefined ? QUICK : { ...QUICK, silenceMs } })

export const FETCH_TRANSPORT: AdapterOf<'Transport'> = {
  name: 'httpTransport on fetch',
  capabilities: ['cut', 'nowhere', 'silent', 'stranger'],
  make: async () => ({
    connect: async ({ server, workspace, token }) => at(mountServer(server), workspace, token),
    cut: async () => {
      await fetch('/line/cut', { method: 'POST' })
    },
    nowhere: async () => {
      const port = await (await fetch('/line/closed-port')).text()
      return at(`http://127.0.0.1:${port}/sync`, 'notes', 'any')
    },
    stranger: async () => at('/line/stranger', 'notes', 'any'),
    silent: async () => at('/line/silent', 'notes', 'any', 250),
    dispose: async () => undefined,
  }),
}
