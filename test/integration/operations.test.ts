/** What operators ask a server (SEC-02, SEC-41): whether it is well, and its counters, without a word of whose data it keeps. */

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import test, { type ExecutionContext } from 'ava'
import { memoryServer, type MemoryServer } from '../../adapters/memory/memory-server.js'
import { OPERATIONS_ROUTES, operationsRouter, promMetrics } from '../../adapters/express/index.js'
import { systemClock, systemRandom } from '../../adapters/node/index.js'
import { encodeRequest, type Request } from '../../src/index.js'
import { code } from '../unit/server-world.js'

const TOKEN = 'operator-operator-operator'
const USER = { user: 'secret-user', device: 'secret-device' }

async function serve(t: ExecutionContext, token: string | undefined) {
  const metrics = promMetrics()
  const { observer, onMaintained } = metrics
  const memory = memoryServer({ clock: systemClock(), random: systemRandom(), observer, onMaintained })
  await memory.server.open()
  const app = express()
  app.use(operationsRouter(memory.server, { metrics, token }))
  const listener = http.createServer(app).listen(0, '127.0.0.1')
  await new Promise((resolve) => listener.once('listening', resolve))
  const { port } = listener.address() as AddressInfo
  t.teardown(async () => {
    listener.close()
    listener.closeAllConnections()
    await memory.server.close()
  })
  const get = async (path: string, bearer?: string, method = 'GET') => {
    const headers: Record<string, string> = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers })
    return { status: response.status, text: await response.text(), type: response.headers.get('content-type') }
  }
  return { memory, get }
}

async function work({ server, remote }: MemoryServer): Promise<void> {
  const ask = (request: Request): Promise<Uint8Array> => server.handle(encodeRequest(request), USER)
  const session = { last: null, next: 'n' }
  const stop = server.subscribe(USER, ['secret-workspace'], () => undefined)
  await ask({
    type: 'hello',
    workspace: 'secret-workspace',
    device: 'secret-device',
    session,
    cursor: null,
    witness: null,
  })
  await ask({ type: 'list', workspace: 'secret-other', at: null, after: null })
  await server.handle(new Uint8Array(7), USER)
  await remote.maintain()
  stop()
}

test('/healthz asks the stores: well, and failing when they are closed; a stranger is told one word', async (t) => {
  const { memory, get } = await serve(t, TOKEN)
  t.deepEqual([(await get('/healthz')).status, (await get('/healthz')).text], [200, '{"status":"ok"}'])
  t.deepEqual(await memory.remote.health(), { isWell: true, metadata: 'ok', chunks: 'ok' })
  await memory.metadata.close()
  t.deepEqual(await memory.server.health(), { isWell: false, metadata: 'closed', chunks: 'ok' })
  await memory.server.close()
  t.deepEqual(await memory.server.health(), { isWell: false, metadata: 'closed', chunks: 'closed' })
  const other = await serve(t, TOKEN)
  await other.memory.metadata.close()
  const { status, text } = await other.get('/healthz')
  t.deepEqual([status, text], [503, '{"status":"failing"}'])
})

test('SEC-02 /metrics: not there without a token, shut without the right one, whatever the method and spelling', async (t) => {
  t.is((await (await serve(t, undefined)).get('/metrics', TOKEN)).status, 404)
  const { memory, get } = await serve(t, TOKEN)
  for (const token of [undefined, 'x', TOKEN.slice(1), `${TOKEN}x`, memory.addUser('ann')])
    t.is((await get('/metrics', token)).status, 401)
  for (const path of ['/METRICS', '/metrics/', '//metrics', '/metrics%00', '/metrics/x'])
    t.true((await get(path, TOKEN)).status >= 400, path)
  for (const method of ['POST', 'PUT', 'DELETE']) t.is((await get('/metrics', TOKEN, method)).status, 404)
  t.is((await get('/metrics', TOKEN)).status, 200)
  t.deepEqual(
    OPERATIONS_ROUTES.map(({ path, access }) => [path, access]),
    [
      ['/healthz', 'anyone'],
      ['/metrics', 'operator'],
    ],
  )
  t.throws(() => operationsRouter(memory.server, { token: 'short' }), code('invalid-option'))
})

test('SEC-41 /metrics counts requests, bytes, hints and collection, and holds no name of anybody', async (t) => {
  const { memory, get } = await serve(t, TOKEN)
  await work(memory)
  const { text, type } = await get('/metrics', TOKEN)
  t.regex(type ?? '', /^text\/plain/)
  for (const line of [
    'tidemark_requests_total{type="hello",outcome="ok"} 1',
    'tidemark_requests_total{type="list",outcome="not-found"} 1',
    'tidemark_requests_total{type="unread",outcome="malformed-frame"} 1',
    'tidemark_request_seconds_count{type="hello"} 1',
    'tidemark_requests_running 0',
    'tidemark_hint_subscribers 0',
    'tidemark_maintenance_rounds_total 1',
    'tidemark_workspaces 1',
    'tidemark_gc_removed_bytes_total 0',
  ])
    t.true(text.includes(`${line}\n`), line)
  t.regex(text, /tidemark_received_bytes_total [1-9]/)
  t.regex(text, /tidemark_sent_bytes_total [1-9]/)
  t.false(/secret/.test(text))
})
