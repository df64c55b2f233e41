/** The door of the HTTP server: who may come in by which route, with what, and what is told about it. */

import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { ROUTES } from '../../adapters/express/index.js'
import { loadPackages } from '../../adapters/express/packages.js'
import { decodeAnswer, encodeRequest, isTidemarkError, LIMITS, TidemarkError } from '../../src/index.js'
import type { SyncServer } from '../../src/server/index.js'
import { codeIn, codeOf, hello, join, raw, transportFor, worldFor } from './http-callers.js'
import { PASSWORD } from './http-world.js'
import type { HttpWorld } from './http-world.js'

/** A body each route takes, so that nothing but the caller decides. */
const BODIES: Readonly<Record<string, unknown>> = {
  '/accounts/register': { name: 'eve', password: PASSWORD },
  '/accounts/login': { name: 'ana', password: PASSWORD, device: 'x' },
  '/accounts/password': { current: PASSWORD, next: 'nine green herons' },
  '/accounts/token': {},
  '/accounts/logout': {},
}

for (const [listening, heads] of [
  [{ keepAliveTimeout: 5_000 }, ['keep-alive', 'timeout=5']],
  [{ keepAliveTimeout: 40_000 }, ['keep-alive', 'timeout=40']],
  [{ keepAliveTimeout: 65_000 }, [null, null]],
  [{ keepAliveTimeout: 65_000, maxRequestsPerSocket: 9 }, ['keep-alive', 'timeout=65, max=9']],
] as const) {
  test(`P9 how long a connection is kept is told where a client could find it closed: ${JSON.stringify(listening)}`, async (t) => {
    const world = await worldFor(t, { listening })
    const { token } = await join(t, world, 'ana')
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    t.teardown(() => agent.destroy())
    const ports = new Set<number | undefined>()
    for (let sent = 0; sent < 3; sent++) {
      const { status, headers, port } = await posted(world, token, agent)
      ports.add(port)
      t.deepEqual([status, headers.connection ?? null, headers['keep-alive'] ?? null], [200, ...heads])
    }
    t.is(ports.size, 1, 'one connection carried all')
  })
}

/** A frame through the agent, the heads as they came, and the local port it went from. */
function posted(world: HttpWorld, token: string, agent: Agent) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' }
  return new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; port: number | undefined }>(
    (done, failed) => {
      const sent = request(world.url, { method: 'POST', agent, headers }, (answer) => {
        const port = sent.socket?.localPort
        answer.resume().once('end', () => done({ status: answer.statusCode, headers: answer.headers, port }))
      })
      sent.once('error', failed).end(encodeRequest({ type: 'list', workspace: 'notes', at: null, after: null }))
    },
  )
}

for (const route of ROUTES) {
  const send = (world: HttpWorld, device: string, token?: string): ReturnType<typeof raw> => {
    const path = route.path.replace(':device', device).replace('/hints', '/hints?workspace=notes')
    const content =
      route.body === 'frame'
        ? {
            type: 'application/octet-stream',
            body: encodeRequest({ type: 'list', workspace: 'notes', at: null, after: null }),
          }
        : route.body === 'json'
          ? { type: 'application/json', body: JSON.stringify(BODIES[route.path]) }
          : {}
    return raw(world, route.method, path === '/' ? '' : path, { ...content, ...(token === undefined ? {} : { token }) })
  }
  test(`SEC-01 SEC-47 ${route.method} ${route.path}: ${route.access}; anonymous, made-up, revoked and another user's callers`, async (t) => {
    const world = await worldFor(t)
    const ana = await join(t, world, 'ana')
    const eve = await join(t, world, 'eve-other')
    const gone = await join(t, world, 'gone')
    await world.accounts.revoke(gone, gone.device)
    const anyone = route.access === 'anyone'
    for (const token of [undefined, 'tm1_'.padEnd(47, 'A'), 'x', gone.token, ana.token.slice(0, -1)]) {
      const { status, text, headers } = await send(world, ana.device, token)
      if (anyone) {
        t.true(status < 300, `${status}`)
        continue
      }
      t.deepEqual([status, codeIn(text), headers.get('www-authenticate')], [401, 'unauthorized', 'Bearer'])
    }
    const foreign = await send(world, ana.device, eve.token)
    t.is(foreign.status, route.path.includes(':device') ? 404 : route.path === '/accounts/register' ? 202 : 200)
    t.not(await world.accounts.authenticate(ana.token), null, 'nothing another user sends ends a token')
    const own = await send(world, ana.device, ana.token)
    t.true(own.status < 300, `${own.status} ${own.text}`)
  })

  test(`SEC-02 ${route.path} ${route.method}: every other method and spelling is refused`, async (t) => {
    const world = await worldFor(t)
    const { token, device } = await join(t, world, 'ana')
    const path = route.path.replace(':device', device)
    const allowed = ROUTES.filter((other) => other.path === route.path).map((other) => other.method as string)
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter(
      (other) => !allowed.includes(other),
    )) {
      const { status, headers } = await raw(world, method, path, { token })
      t.deepEqual([status, headers.get('allow')], [405, allowed.join(', ')], method)
    }
    if (path === '/') return
    for (const spelling of [
      path.toUpperCase().replace(device.toUpperCase(), device),
      `${path}/`,
      `/${path}`,
      path.replace('/', '/%2f'),
      `${path}%00`,
    ]) {
      const { status } = await raw(world, route.method, spelling, { token })
      t.true(status === 404 || (status === 400 && spelling.includes('%00')), `${spelling}: ${status}`)
    }
  })
}

test('SEC-47 what is not in the table does not exist, and account routes only where there are accounts', async (t) => {
  const world = await worldFor(t)
  const { token } = await join(t, world, 'ana')
  for (const path of [
    '/metrics',
    '/admin',
    '/accounts',
    '/hint',
    '/exchange',
    '/__proto__',
    '/constructor',
    '/..%2fhints',
  ]) {
    const { status, text, headers } = await raw(world, 'GET', path, { token })
    t.deepEqual([status, codeIn(text)], [404, 'not-found'])
    t.is(headers.get('x-powered-by'), null)
    t.is(headers.get('x-content-type-options'), 'nosniff')
  }
  const bare = await worldFor(t, { accounts: undefined })
  for (const { method, path } of ROUTES.filter(({ part }) => part === 'accounts'))
    t.is((await raw(bare, method, path)).status, 404)
})

test('SEC-30 SEC-31 SEC-39 a frame: its limit, its type, never encoded', async (t) => {
  const world = await worldFor(t)
  const { token } = await join(t, world, 'ana')
  const type = 'application/octet-stream'
  const whole = await raw(world, 'POST', '', { token, type, body: new Uint8Array(LIMITS.frameBytes) })
  t.deepEqual([whole.status, whole.headers.get('content-type')], [200, type])
  t.is(decodeAnswer(whole.bytes).type, 'error')
  t.is((await raw(world, 'POST', '', { token, type, body: new Uint8Array(LIMITS.frameBytes + 1) })).status, 413)
  t.is((await raw(world, 'POST', '', { token, type: 'text/plain', body: 'x' })).status, 415)
  t.is((await raw(world, 'POST', '', { token, type: 'application/json', body: '{}' })).status, 415)
  t.is((await raw(world, 'POST', '', { token })).status, 415)
  const packed = gzipSync(Buffer.alloc(10_000_000))
  t.is(
    (await raw(world, 'POST', '', { token, type, body: packed, headers: { 'content-encoding': 'gzip' } })).status,
    415,
  )
  t.is(await codeOf(hello(transportFor(t, world, token))), 'fine')
})

test('SEC-03 SEC-30 SEC-33 SEC-39 account bodies: exact fields, small, never echoed', async (t) => {
  const world = await worldFor(t)
  const type = 'application/json'
  const good = { name: 'ana', password: PASSWORD }
  const bad: readonly string[] = [
    '',
    'null',
    '[]',
    '"x"',
    '1',
    '{',
    '{}',
    `{"name":"ana"}`,
    JSON.stringify({ ...good, role: 'admin' }),
    JSON.stringify({ ...good, id: '0'.repeat(32), createdAt: 0 }),
    JSON.stringify({ ...good, name: ['ana'] }),
    JSON.stringify({ ...good, name: { toString: 'ana' } }),
    JSON.stringify({ ...good, password: 15 }),
    `{"name":"ana","password":"${PASSWORD}","__proto__":{"admin":true}}`,
    `{"name":"ana","password":"${PASSWORD}","constructor":1}`,
    `{"password":"${PASSWORD}","__proto__":{"name":"ana"}}`,
    `${'['.repeat(4000)}${']'.repeat(4000)}`,
    JSON.stringify({ ...good, name: 'x'.repeat(300) }),
    `{"name":"ana","password":"${PASSWORD}" oops}`,
  ]
  for (const body of bad) {
    const { status, text } = await raw(world, 'POST', '/accounts/register', { type, body })
    t.deepEqual([status, codeIn(text)], [400, 'invalid'], body.slice(0, 80))
    t.false(text.includes('otters'))
  }
  t.is(
    (
      await raw(world, 'POST', '/accounts/register', {
        type,
        body: JSON.stringify({ ...good, password: 'x'.repeat(9000) }),
      })
    ).status,
    413,
  )
  t.is((await raw(world, 'POST', '/accounts/register', { type: 'text/plain', body: JSON.stringify(good) })).status, 400)
  t.is(({} as { admin?: unknown }).admin, undefined)
  t.is((await raw(world, 'POST', '/accounts/register', { type, body: JSON.stringify(good) })).status, 202)
})

test('SEC-24 a taken and a free name, an unknown account and a wrong password answer alike', async (t) => {
  const world = await worldFor(t)
  await join(t, world, 'ana')
  const send = (path: string, body: unknown): ReturnType<typeof raw> =>
    raw(world, 'POST', path, { type: 'application/json', body: JSON.stringify(body) })
  const free = await send('/accounts/register', { name: 'free', password: PASSWORD })
  const taken = await send('/accounts/register', { name: 'ana', password: PASSWORD })
  t.deepEqual([free.status, free.text], [taken.status, taken.text])
  const wrong = await send('/accounts/login', { name: 'ana', password: 'nine green herons', device: 'x' })
  const unknown = await send('/accounts/login', { name: 'nobody', password: 'nine green herons', device: 'x' })
  t.deepEqual([wrong.status, wrong.text, wrong.status], [unknown.status, unknown.text, 401])
})

test('SEC-23 a header cannot change where a request comes from, and too many requests are turned away', async (t) => {
  const world = await worldFor(t, { accountRequestsPerMinute: 8 })
  const statuses: number[] = []
  for (let at = 0; at < 12; at++) {
    const body = JSON.stringify({ name: `user-${at}`, password: 'nine green herons', device: 'x' })
    const headers = { 'x-forwarded-for': `203.0.113.${at}`, forwarded: `for=203.0.113.${at}` }
    const { status, headers: answered } = await raw(world, 'POST', '/accounts/login', {
      type: 'application/json',
      body,
      headers,
    })
    statuses.push(status)
    if (status === 429) t.truthy(answered.get('retry-after'))
  }
  t.deepEqual(statuses, [...Array<number>(8).fill(401), ...Array<number>(4).fill(429)])
})

test('SEC-41 a failure of the server says nothing of itself, and goes on', async (t) => {
  const canary = '/var/lib/secret SELECT * FROM users tm1_canary'
  let isBroken = true
  const world = await worldFor(t, {
    wrap: (server) =>
      Object.assign(Object.create(server) as SyncServer, {
        authenticate: server.authenticate.bind(server),
        subscribe: () => {
          throw new TidemarkError('io', canary, { subject: canary, next: canary })
        },
        handle: (...call: Parameters<SyncServer['handle']>) =>
          isBroken ? Promise.reject(new Error(canary)) : server.handle(...call),
      }),
  })
  const { token } = await join(t, world, 'ana')
  const type = 'application/octet-stream'
  for (const answer of [
    await raw(world, 'POST', '', { token, type, body: 'abc' }),
    await raw(world, 'GET', '/hints?workspace=notes', { token }),
  ]) {
    t.is(answer.status, 500)
    t.deepEqual(Object.keys(JSON.parse(answer.text) as object), ['error'])
    for (const part of ['secret', 'SELECT', 'canary', '    at ', '.ts'])
      t.false(answer.text.includes(part), answer.text)
  }
  t.is(world.events.filter(({ event }) => event === 'http.failed').length, 2)
  isBroken = false
  await hello(transportFor(t, world, token))
})

test('SEC-26 SEC-41 the log has one line for each request, and no token, password, name or query', async (t) => {
  const world = await worldFor(t)
  const { token, device } = await join(t, world, 'ana')
  await hello(transportFor(t, world, token))
  await raw(world, 'GET', '/hints?workspace=my-secret-plans', { token })
  await raw(world, 'DELETE', `/accounts/devices/${device}?x=${token}`, { token })
  await raw(world, 'GET', `/nothing/${token}`)
  const lines = world.events
    .filter(({ event }) => event === 'http.request')
    .map(({ detail }) => `${String(detail?.['method'])} ${String(detail?.['path'])} ${String(detail?.['status'])}`)
  const expected = [
    'POST /accounts/register 202',
    'POST /accounts/login 200',
    'POST / 200',
    'DELETE /accounts/devices/:device 200',
    'GET null 404',
  ]
  for (const line of expected) t.is(lines.filter((other) => other === line).length, 1, line)
  const text = JSON.stringify(world.events)
  for (const secret of [token, PASSWORD, 'my-secret-plans']) t.false(text.includes(secret))
})

test('without express, or what goes with it, the error is the command that helps', (t) => {
  const real = createRequire(import.meta.url)
  const without = (...names: readonly string[]): NodeJS.Require =>
    Object.assign((name: string): unknown => {
      if (!names.includes(name)) return real(name)
      throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' })
    }, real)
  const one = t.throws(() => loadPackages(without('express')))
  t.true(isTidemarkError(one) && one.code === 'missing-package' && one.next === 'npm install express')
  const two = t.throws(() => loadPackages(without('helmet', 'better-sse')))
  t.true(isTidemarkError(two) && two.next === 'npm install helmet better-sse')
  t.notThrows(() => loadPackages(without()))
})
