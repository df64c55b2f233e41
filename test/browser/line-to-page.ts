/**
 * Node's end of the line: real HTTP on the page's own origin, with the router of `tidemark/express`, to server objects that
 * stand in the page. So a transport of the page is tried over a true wire by cases that hold the server in their hands.
 */

import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import express, { type Router } from 'express'
import { syncRouter } from '../../adapters/express/index.js'
import { type ErrorCode, type Hint, TidemarkError } from '../../src/index.js'
import type { SyncServer } from '../../src/server/index.js'
import type { OpenPage } from './chromium.js'
import type { LineEnd } from './page/line.js'

type SyncFrames = Pick<SyncServer, 'authenticate' | 'handle' | 'subscribe'>

/** `page` is the one whose servers are meant. */
export function lineToPage(page: () => Promise<OpenPage>): http.RequestListener {
  const routers = new Map<string, Router>()
  const hintSockets = new Set<Socket>()
  const app = express()
  app.use('/line/:id/sync/hints', (request, _response, next) => {
    hintSockets.add(request.socket)
    request.socket.once('close', () => hintSockets.delete(request.socket))
    next()
  })
  app.use('/line/:id/sync', (request, response, next) => {
    const { id } = request.params
    const router = routers.get(id) ?? syncRouter(serverInPage(page, id))
    routers.set(id, router)
    router(request, response, next)
  })
  app.post('/line/cut', (_request, response) => {
    for (const socket of hintSockets) socket.destroy()
    response.end()
  })
  app.get('/line/closed-port', async (_request, response) => {
    response.end(String(await closedPort()))
  })
  app.get('/line/silent/hints', (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': hello\n\n')
  })
  app.use('/line/stranger', (_request, response) => {
    response.type('html').send('<h1>Hotel</h1>')
  })
  return app
}

function serverInPage(page: () => Promise<OpenPage>, id: string): SyncFrames {
  const call = async <T>(method: string, ...given: readonly unknown[]): Promise<T> => {
    const end = await (await page()).call<LineEnd<T>>('line', method, id, ...given)
    if ('value' in end) return end.value
    const { code, message, retryable } = end.refusal
    throw new TidemarkError(code as ErrorCode, message, { retryable })
  }
  let channels = 0
  return {
    authenticate: (token) => call('authenticate', token),
    handle: (frame, principal) => call('handle', frame, principal),
    subscribe: (principal, workspaces, onHint) => {
      const channel = `${id}/${++channels}`
      // In the order of the calls: whoever asks for anything after this finds the channel subscribed.
      const subscribing = call('subscribe', channel, principal, workspaces)
      void subscribing.then(() => passHints(page, channel, onHint)).catch(() => undefined)
      return () =>
        void page().then(
          (there) => there.call('line', 'unsubscribe', channel),
          () => undefined,
        )
    },
  }
}

async function passHints(page: () => Promise<OpenPage>, channel: string, onHint: (hint: Hint) => void): Promise<void> {
  for (;;) {
    const hints = await (await page()).call<readonly Hint[] | null>('line', 'hints', channel)
    if (hints === null) return
    for (const hint of hints) onHint(hint)
  }
}

/** One that was free a moment ago: nobody answers there. */
async function closedPort(): Promise<number> {
  const server = http.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
