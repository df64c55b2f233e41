import { createRequire } from 'node:module'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { ROUTES } from '../../adapters/express/index.js'
import { loadPackages } from '../../adapters/express/packages.js'
import { accountClient } from '../../adapters/node/account-client.js'
import type { LoggedIn } from '../../adapters/node/account-client.js'
import type { HttpFetch } from '../../adapters/node/http-fetch.js'
import { httpTransport } from '../../adapters/node/http-transport.js'
import type { HttpTransportOptions } from '../../adapters/node/http-transport.js'
import { decodeAnswer, encodeRequest, isTidemarkError, LIMITS, ROOT_ID, TidemarkError, toHex } from '../../src/index.js'
import type { Answer, Cursor, Hint, NodeId, Request, Transport } from '../../src/index.js'
import type { SyncServer } from '../../src/server/index.js'
import { httpWorld, impostor, PASSWORD, realRandom } from './http-world.js'
import type { HttpWorld } from './http-world.js'

const QUICK = { silenceMs: 45_000, backoffMs: 5, maxBackoffMs: 20 }

async function worldFor(t: ExecutionContext, options: Parameters<typeof httpWorld>[0] = {}): Promise<HttpWorld> {
  const world = await httpWorld(options)
  t.teardown(() => world.close())
  return world
}

async function join(t: ExecutionContext, world: HttpWorld, name: string, device = 'laptop'): Promise<LoggedIn> {
  const client = accountClient({ url: world.url })
  t.teardown(() => client.close())
  return client.register({ name, password: PASSWORD, device })
}

function transportFor(
  t: ExecutionContext,
  world: { readonly url: string },
  token: string,
  options: Partial<HttpTransportOptions> = {},
): Transport {
  const transport = httpTransport({ url: world.url, workspace: 'notes', token, hints: QUICK, ...options })
  t.teardown(() => transport.close())
  return transport
}

async function ask<R extends Request>(transport: Transport, request: R): Promise<Answer> {
  return decodeAnswer(await transport.exchange(encodeRequest(request)))
}

const randomId = (): string => toHex(realRandom.bytes(16))

async function hello(transport: Transport, device = randomId()): Promise<Cursor> {
  const session = { last: null, next: randomId() }
  const answer = await ask(transport, {
    type: 'hello',
    workspace: transport.workspace,
    device,
    session,
    cursor: null,
    witness: null,
  })
  if (answer.type !== 'hello' || answer.state.standing !== 'current')
    throw new Error(`hello was answered by ${JSON.stringify(answer)}`)
  return answer.state.page.cursor
}

function mkdirRequest(workspace: string, cursor: Cursor, name: string): Request {
  const create = {
    type: 'create',
    id: randomId() as NodeId,
    parentId: ROOT_ID,
    name,
    key: name,
    kind: 'directory',
    content: null,
    size: 0,
    modifiedAt: 0,
    executable: false,
    conflictOf: null,
  } as const
  const witness = { sequence: cursor.sequence, hash: cursor.hash }
  return { type: 'commit', workspace, cursor, witness, key: randomId(), groups: [[create]], manifests: [], chunks: [] }
}

/** What a channel tells, as promises: the next hint, the next change of state. */
function listenTo(
  t: ExecutionContext,
  transport: Transport,
): { readonly hint: () => Promise<Hint>; readonly state: () => Promise<string>; readonly close: () => Promise<void> } {
  const hints = mailbox<Hint>()
  const states = mailbox<string>()
  const subscription = transport.subscribe({ onHint: hints.put, onState: states.put })
  t.teardown(() => subscription.close())
  return { hint: hints.take, state: states.take, close: () => subscription.close() }
}

function mailbox<T>(): { readonly put: (value: T) => void; readonly take: () => Promise<T> } {
  const held: T[] = []
  const waiting: ((value: T) => void)[] = []
  return {
    put: (value) => {
      const next = waiting.shift()
      if (next === undefined) held.push(value)
      else next(value)
    },
    take: () => {
      const first = held.shift()
      return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first)
    },
  }
}

async function codeOf(run: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof run === 'function' ? run() : run)
    return 'fine'
  } catch (error) {
    if (isTidemarkError(error)) return error.code
    throw error
  }
}

const FRAME = Uint8Array.of(1, 2, 3)

// --- the whole way -----------------------------------------------------------------------------------------------------

test('register, log in on a second device, commit on one: the other hears of it and pulls it', async (t) => {
  const world = await worldFor(t)
  const first = await join(t, world, 'ana')
  const client = accountClient({ url: world.url })
  t.teardown(() => client.close())
  const second = await client.login({ name: 'ANA', password: PASSWORD, device: 'phone' })
  t.is(second.user, first.user)
  const a = transportFor(t, world, first.token)
  const b = transportFor(t, world, second.token)
  const cursorA = await hello(a)
  const cursorB = await hello(b)
  const ears = listenTo(t, b)
  t.is(await ears.state(), 'open')
  const answer = await ask(a, mkdirRequest('notes', cursorA, 'Plans'))
  t.is(answer.type === 'commit' && answer.results[0]?.[0]?.verdict, 'accepted')
  t.deepEqual(await ears.hint(), { workspace: 'notes', sequence: 1 })
  const witness = { sequence: cursorB.sequence, hash: cursorB.hash }
  const pulled = await ask(b, { type: 'pull', workspace: 'notes', cursor: cursorB, witness })
  const names =
    pulled.type === 'pull' && pulled.state.standing === 'current'
      ? pulled.state.page.revisions.map(({ node }) => node?.name)
      : []
  t.deepEqual(names, ['Plans'])
})

test('SEC-01 workspaces of one name belong to their users: no hint, no node of another', async (t) => {
  const world = await worldFor(t)
  const ana = transportFor(t, world, (await join(t, world, 'ana')).token)
  const ben = transportFor(t, world, (await join(t, world, 'ben')).token)
  const cursor = await hello(ana)
  const benCursor = await hello(ben)
  t.not(cursor.epoch, benCursor.epoch)
  const ears = listenTo(t, ben)
  t.is(await ears.state(), 'open')
  await ask(ana, mkdirRequest('notes', cursor, 'Secret'))
  await ask(ben, mkdirRequest('notes', benCursor, 'Mine'))
  await ask(ben, mkdirRequest('notes', benCursor, 'More'))
  t.deepEqual([(await ears.hint()).sequence, (await ears.hint()).sequence], [1, 2])
  const listing = await ask(ben, { type: 'list', workspace: 'notes', at: null, after: null })
  t.deepEqual(listing.type === 'list' && listing.revisions.map(({ node }) => node?.name).sort(), ['Mine', 'More'])
})

test('SEC-26 a revoked device: its channel ends at once, its requests are refused, the others go on', async (t) => {
  const world = await worldFor(t)
  const first = await join(t, world, 'ana')
  const client = accountClient({ url: world.url })
  t.teardown(() => client.close())
  const second = await client.login({ name: 'ana', password: PASSWORD, device: 'phone' })
  const lost = transportFor(t, world, second.token)
  const kept = transportFor(t, world, first.token)
  await hello(kept)
  await hello(lost)
  const ears = listenTo(t, lost)
  t.is(await ears.state(), 'open')
  const listed = await client.devices(first.token)
  t.deepEqual(listed.map(({ label, current }) => [label, current]).sort(), [
    ['laptop', true],
    ['phone', false],
  ])
  await client.revoke(first.token, second.device)
  t.is(await ears.state(), 'broken')
  const refused = await t.throwsAsync(lost.exchange(FRAME))
  t.true(isTidemarkError(refused) && refused.code === 'unauthorized' && !refused.retryable)
  await hello(kept)
  t.is((await client.devices(first.token)).length, 1)
})

test('SEC-26 a token that ended where nobody told this process: the heartbeat finds out', async (t) => {
  let isGood = true
  const world = await worldFor(t, {
    heartbeatMs: 10,
    wrap: (server) => {
      const authenticate: SyncServer['authenticate'] = (token) => {
        return isGood
          ? server.authenticate(token)
          : Promise.reject(new TidemarkError('unauthorized', 'ended elsewhere'))
      }
      return Object.assign(Object.create(server) as SyncServer, {
        authenticate,
        handle: server.handle.bind(server),
        subscribe: server.subscribe.bind(server),
      })
    },
  })
  const transport = transportFor(t, world, (await join(t, world, 'ana')).token)
  const ears = listenTo(t, transport)
  t.is(await ears.state(), 'open')
  isGood = false
  t.is(await ears.state(), 'broken')
})

test('accounts over HTTP: rotate, change the password, log out; a taken name shows as a refused login', async (t) => {
  const world = await worldFor(t)
  const client = accountClient({ url: world.url })
  t.teardown(() => client.close())
  const first = await client.register({ name: 'ana', password: PASSWORD, device: 'laptop' })
  const again = await client.register({ name: 'ana', password: PASSWORD, device: 'laptop' })
  t.is(again.user, first.user, 'a registration whose answer was lost can be repeated')
  const taken = await t.throwsAsync(client.register({ name: 'Ana', password: 'nine green herons', device: 'x' }))
  t.true(isTidemarkError(taken) && taken.code === 'unauthorized' && taken.subject === 'name')
  const rotated = await client.rotate(first.token)
  t.is(rotated.device, first.device)
  t.is((await client.devices(rotated.token)).length, 2)
  t.is(await codeOf(client.devices(first.token)), 'unauthorized')
  t.is(
    await codeOf(client.changePassword(rotated.token, { current: 'wrong', next: 'nine green herons' })),
    'unauthorized',
  )
  await client.changePassword(rotated.token, { current: PASSWORD, next: 'nine green herons' })
  t.is(await codeOf(client.devices(again.token)), 'unauthorized')
  await client.logout(rotated.token)
  t.is(await codeOf(client.devices(rotated.token)), 'unauthorized')
  t.is(await codeOf(client.login({ name: 'ana', password: PASSWORD, device: 'x' })), 'unauthorized')
  t.is(await codeOf(client.login({ name: 'ana', password: 'nine green herons', device: 'x' })), 'fine')
})

// --- a server that is not there, or is no server ------------------------------------------------------------------------

test('TRANSPORT-4 TRANSPORT-7 TRANSPORT-9 a stopped server is offline; back again, the channel opens by itself', async (t) => {
  const world = await worldFor(t)
  const transport = transportFor(t, world, (await join(t, world, 'ana')).token)
  await hello(transport)
  const ears = listenTo(t, transport)
  t.is(await ears.state(), 'open')
  await world.stopListening()
  t.is(await ears.state(), 'broken')
  const refused = await t.throwsAsync(transport.exchange(FRAME))
  t.true(isTidemarkError(refused) && refused.code === 'offline' && refused.retryable)
  await world.listenAgain()
  t.is(await ears.state(), 'open')
  await hello(transport)
})

test('TRANSPORT-8 a channel that goes silent is broken, and opened anew', async (t) => {
  let opened = 0
  const server = await impostor((_request, response) => {
    opened++
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': hello\n\n')
  })
  t.teardown(() => server.close())
  const transport = transportFor(t, server, 'any', { hints: { ...QUICK, silenceMs: 250 } })
  const ears = listenTo(t, transport)
  // On a busy machine the first opening itself may take longer than that.
  const wanted = ['open', 'broken', 'open']
  while (wanted.length > 0) if ((await ears.state()) === wanted[0]) wanted.shift()
  t.true(opened >= 2)
})

const IMPOSTORS: readonly (readonly [string, Parameters<typeof impostor>[0]])[] = [
  [
    'a login page',
    (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hotel</h1>'),
  ],
  [
    'a login page of the right length',
    (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('abc'),
  ],
  ['no content type', (_, response) => void response.writeHead(200).end('abc')],
  [
    'JSON with status 200',
    (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
  ],
  [
    'an encoded answer',
    (_, response) =>
      void response
        .writeHead(200, { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' })
        .end(gzipSync('abc')),
  ],
  [
    'a 401 of a proxy',
    (_, response) => void response.writeHead(401, { 'content-type': 'text/html' }).end('who are you'),
  ],
  [
    'a 403 with JSON of its own',
    (_, response) => void response.writeHead(403, { 'content-type': 'application/json' }).end('{"error":"denied"}'),
  ],
  ['a 404', (_, response) => void response.writeHead(404, { 'content-type': 'text/plain' }).end('no')],
  ['a 502', (_, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('bad gateway')],
  ['a 511', (_, response) => void response.writeHead(511, { 'content-type': 'text/html' }).end('log in')],
  [
    'a cut answer',
    (_, response) =>
      void response
        .writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': 100 })
        .write('abc', () => response.destroy()),
  ],
  ['a hang-up', (request) => void request.socket.destroy()],
]
for (const [what, answer] of IMPOSTORS) {
  test(`TRANSPORT-5 ${what} is offline, never a frame`, async (t) => {
    const server = await impostor(answer)
    t.teardown(() => server.close())
    const transport = transportFor(t, server, 'any')
    const refused = await t.throwsAsync(transport.exchange(FRAME))
    t.true(isTidemarkError(refused) && refused.code === 'offline' && refused.retryable, String(refused))
  })
}

test('SEC-40 no redirect is followed, so no token goes where it leads', async (t) => {
  const seen: (string | undefined)[] = []
  const thief = await impostor((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end('abc')
  })
  t.teardown(() => thief.close())
  for (const status of [301, 302, 303, 307, 308]) {
    const server = await impostor((_, response) => void response.writeHead(status, { location: thief.url }).end())
    const transport = transportFor(t, server, 'any')
    t.is(await codeOf(transport.exchange(FRAME)), 'offline')
    await server.close()
  }
  t.deepEqual(seen, [])
})

test('TRANSPORT-1 SEC-48 an answer beyond the limit is dropped, announced or not', async (t) => {
  let written = 0
  const server = await impostor((request, response) => {
    const isAnnounced = request.headers['x-announced'] === 'yes'
    const head = { 'content-type': 'application/octet-stream', ...(isAnnounced ? { 'content-length': 1e9 } : {}) }
    response.writeHead(200, head)
    const more = (): void => {
      while (!response.destroyed && written < 1e9) {
        written += 65_536
        if (!response.write(Buffer.alloc(65_536))) break
      }
    }
    response.on('drain', more)
    response.on('error', () => undefined)
    more()
  })
  t.teardown(() => server.close())
  t.is(await codeOf(transportFor(t, server, 'any').exchange(FRAME)), 'too-large')
  t.is(await codeOf(transportFor(t, server, 'any', { headers: { 'x-announced': 'yes' } }).exchange(FRAME)), 'too-large')
  t.true(written < 64 * 1024 * 1024, `${written} bytes were taken`)
})

test('an answer of exactly 4 MiB is a frame', async (t) => {
  const bytes = Buffer.alloc(LIMITS.frameBytes, 7)
  const server = await impostor(
    (_, response) => void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes),
  )
  t.teardown(() => server.close())
  const answer = await transportFor(t, server, 'any').exchange(FRAME)
  t.is(Buffer.compare(answer, bytes), 0)
})

test('what the server says of a request comes through, with the time to wait', async (t) => {
  const said = (code: string, retryAfterMs: number | null): string =>
    JSON.stringify({ error: { code, message: 'said', subject: null, next: null, retryAfterMs } })
  const table: readonly (readonly [number, string, Record<string, string>, string, number | null])[] = [
    [401, said('unauthorized', null), {}, 'unauthorized', null],
    [429, said('rate-limited', 1500), { 'retry-after': '2' }, 'rate-limited', 1500],
    [503, said('busy', null), { 'retry-after': '7' }, 'busy', 7000],
    [500, said('internal', null), {}, 'busy', null],
    [500, said('root-missing', null), {}, 'busy', null],
    [400, said('no-such-code', null), { 'retry-after': 'Wed, 21 Oct 2065 07:28:00 GMT' }, 'offline', null],
  ]
  for (const [status, body, headers, code, retryAfterMs] of table) {
    const server = await impostor(
      (_, response) => void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body),
    )
    const error = await t.throwsAsync(transportFor(t, server, 'any').exchange(FRAME))
    t.true(isTidemarkError(error))
    if (isTidemarkError(error)) t.deepEqual([error.code, error.retryAfterMs], [code, retryAfterMs])
    await server.close()
  }
})

// --- the client's manners ------------------------------------------------------------------------------------------------

/** A `fetch` whose answers are given by hand. */
function heldFetch(): { readonly fetch: HttpFetch; readonly open: (() => void)[]; readonly most: () => number } {
  let running = 0
  let most = 0
  const open: (() => void)[] = []
  const fetch: HttpFetch = (_url, { signal }) =>
    new Promise((resolve, reject) => {
      most = Math.max(most, ++running)
      signal.addEventListener('abort', () => reject(new Error('aborted')))
      open.push(() => {
        running--
        const headers = { get: (name: string) => (name === 'content-type' ? 'application/octet-stream' : null) }
        const body = (async function* () {
          yield FRAME
        })()
        resolve({ status: 200, headers, body })
      })
    })
  return { fetch, open, most: () => most }
}

const turns = async (count = 50): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve()
}

test('TRANSPORT-2 four in flight, the others wait their turn; TRANSPORT-6 a waiting and a running one can be given up', async (t) => {
  const { fetch, open, most } = heldFetch()
  const transport = httpTransport({ url: 'http://127.0.0.1:9/sync', workspace: 'notes', token: 'x', fetch })
  const giveUp = new AbortController()
  const running = transport.exchange(FRAME, { signal: giveUp.signal })
  const others = Array.from({ length: 7 }, () => transport.exchange(FRAME))
  const waiting = transport.exchange(FRAME, { signal: giveUp.signal })
  await turns()
  t.is(open.length, 4)
  giveUp.abort()
  t.is(await codeOf(running), 'aborted')
  t.is(await codeOf(waiting), 'aborted')
  t.is(await codeOf(transport.exchange(FRAME, { signal: giveUp.signal })), 'aborted')
  for (let answered = 0; answered < 8; answered++) {
    await turns()
    open[answered]?.()
  }
  t.is((await Promise.all(others)).length, 7)
  t.is(open.length, 8)
  t.true(most() <= 5)
})

test('TRANSPORT-10 closing ends what runs and waits, twice is nothing, and nothing starts afterwards', async (t) => {
  const { fetch } = heldFetch()
  const transport = httpTransport({ url: 'http://127.0.0.1:9/sync', workspace: 'notes', token: 'x', fetch })
  const codes = Array.from({ length: 6 }, () => codeOf(transport.exchange(FRAME)))
  const states: string[] = []
  transport.subscribe({ onHint: () => undefined, onState: (state) => states.push(state) })
  await turns()
  await transport.close()
  await transport.close()
  t.deepEqual(await Promise.all(codes), Array<string>(6).fill('closed'))
  t.is(await codeOf(transport.exchange(FRAME)), 'closed')
  t.is(await codeOf(() => transport.subscribe({ onHint: () => undefined, onState: () => undefined })), 'closed')
  t.deepEqual(states, [])
})

test('TRANSPORT-1 a request beyond 4 MiB is not sent', async (t) => {
  const { fetch, open } = heldFetch()
  const transport = httpTransport({ url: 'http://127.0.0.1:9/sync', workspace: 'notes', token: 'x', fetch })
  t.is(await codeOf(transport.exchange(new Uint8Array(LIMITS.frameBytes + 1))), 'too-large')
  t.is(open.length, 0)
})

test('SEC-08 SEC-26 where a token may go: https, loopback, or where a person says so; never in the address', async (t) => {
  const table: readonly (readonly [string, boolean, string])[] = [
    ['https://example.org/sync', false, 'fine'],
    ['http://127.0.0.1:1/sync', false, 'fine'],
    ['http://127.9.9.9/sync', false, 'fine'],
    ['http://localhost:1', false, 'fine'],
    ['http://[::1]:1/', false, 'fine'],
    ['http://example.org/sync', false, 'invalid-option'],
    ['http://127.0.0.1.example.org/', false, 'invalid-option'],
    ['http://localhost.example.org/', false, 'invalid-option'],
    ['http://192.168.1.2/sync', false, 'invalid-option'],
    ['http://192.168.1.2/sync', true, 'fine'],
    ['https://ana:secret@example.org/', false, 'invalid-option'],
    ['https://example.org/?token=x', false, 'invalid-option'],
    ['ftp://example.org/', true, 'invalid-option'],
    ['file:///etc/passwd', true, 'invalid-option'],
    ['example.org', false, 'invalid-option'],
  ]
  for (const [url, allowInsecure, expected] of table) {
    t.is(
      await codeOf(() => httpTransport({ url, workspace: 'notes', token: 'x', allowInsecure }).close()),
      expected,
      url,
    )
  }
  const { fetch, open } = heldFetch()
  for (const token of ['', 'a b', 'x\r\ny: z', 'é', 'x'.repeat(2000)]) {
    const error = await t.throwsAsync(
      httpTransport({ url: 'https://example.org', workspace: 'n', token, fetch }).exchange(FRAME),
    )
    t.true(isTidemarkError(error) && error.code === 'unauthorized')
    t.false(token.length > 3 && JSON.stringify(error).includes(token.slice(0, 100)))
  }
  t.is(open.length, 0)
})

test('an idle connection that the server gave up just then is no outage; a server that always hangs up is', async (t) => {
  let heard = 0
  let isRude = false
  const server = await impostor((request, response) => {
    heard++
    if (isRude || heard === 2) request.socket.destroy()
    else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end('abc')
  })
  t.teardown(() => server.close())
  const transport = transportFor(t, server, 'any')
  await transport.exchange(FRAME)
  t.is((await transport.exchange(FRAME)).length, 3)
  t.is(heard, 3)
  isRude = true
  t.is(await codeOf(transport.exchange(FRAME)), 'offline')
  t.is(heard, 5, 'tried once more, and no more')
})

test('the token is asked for at each request', async (t) => {
  const tokens = ['first', 'second']
  const seen: (string | undefined)[] = []
  const server = await impostor((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end('abc')
  })
  t.teardown(() => server.close())
  const transport = httpTransport({ url: server.url, workspace: 'notes', token: async () => tokens.shift() ?? 'none' })
  t.teardown(() => transport.close())
  await transport.exchange(FRAME)
  await transport.exchange(FRAME)
  t.deepEqual(seen, ['Bearer first', 'Bearer second'])
})

test('an exchange costs at most 350 bytes of headers up and 250 down, on one connection', async (t) => {
  const world = await worldFor(t)
  const { token } = await join(t, world, 'ana')
  const counted = { up: 0, down: 0, connections: 0 }
  const relay = net.createServer((client) => {
    counted.connections++
    const server = net.connect(world.port, '127.0.0.1')
    client.on('data', (bytes) => (counted.up += bytes.length))
    server.on('data', (bytes) => (counted.down += bytes.length))
    client.pipe(server).pipe(client)
    client.on('error', () => server.destroy())
    server.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  t.teardown(() => relay.close())
  const transport = transportFor(t, { url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}/sync` }, token)
  const request = encodeRequest({ type: 'list', workspace: 'notes', at: null, after: null })
  const answer = await transport.exchange(request)
  await transport.exchange(request)
  t.is(counted.connections, 1)
  t.true(counted.up / 2 - request.length <= 350, `${counted.up / 2 - request.length} up`)
  t.true(counted.down / 2 - answer.length <= 250, `${counted.down / 2 - answer.length} down`)
  t.log(`${counted.up / 2 - request.length} bytes of headers up, ${counted.down / 2 - answer.length} down`)
})

// --- the server's door ----------------------------------------------------------------------------------------------------

async function raw(
  world: HttpWorld,
  method: string,
  path: string,
  options: {
    readonly token?: string
    readonly type?: string
    readonly body?: Uint8Array | string
    readonly headers?: Record<string, string>
  } = {},
): Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }> {
  const headers: Record<string, string> = { ...options.headers }
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`
  if (options.type !== undefined) headers['content-type'] = options.type
  const controller = new AbortController()
  const response = await fetch(`${world.url}${path}`, {
    method,
    headers,
    redirect: 'manual',
    signal: controller.signal,
    ...(options.body === undefined ? {} : { body: options.body }),
  })
  const isChannel = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  const text = isChannel ? '' : await response.text()
  if (isChannel) controller.abort()
  return { status: response.status, text, headers: response.headers }
}

const codeIn = (text: string): unknown => (JSON.parse(text) as { error?: { code?: unknown } }).error?.code

/** A body each route takes, so that nothing but the caller decides. */
const BODIES: Readonly<Record<string, unknown>> = {
  '/accounts/register': { name: 'eve', password: PASSWORD },
  '/accounts/login': { name: 'ana', password: PASSWORD, device: 'x' },
  '/accounts/password': { current: PASSWORD, next: 'nine green herons' },
  '/accounts/token': {},
  '/accounts/logout': {},
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
  t.is(decodeAnswer(Buffer.from(whole.text)).type, 'error')
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

test('SEC-30 hint channels: named workspaces only, a bounded number of them, a bounded number of channels', async (t) => {
  const world = await worldFor(t)
  const { token } = await join(t, world, 'ana')
  const query = (names: readonly string[]): string =>
    `/hints?${names.map((name) => `workspace=${encodeURIComponent(name)}`).join('&')}`
  const table: readonly (readonly [readonly string[], number])[] = [
    [[], 400],
    [[''], 400],
    [['x'.repeat(129)], 400],
    [Array.from({ length: 17 }, (_, at) => `w${at}`), 400],
    [Array.from({ length: 16 }, (_, at) => `w${at}`), 200],
  ]
  for (const [names, status] of table) t.is((await raw(world, 'GET', query(names), { token })).status, status)
  const open = await Promise.all(
    Array.from({ length: LIMITS.subscriptions }, () =>
      fetch(`${world.url}${query(['notes'])}`, { headers: { authorization: `Bearer ${token}` } }),
    ),
  )
  const refused = await raw(world, 'GET', query(['notes']), { token })
  t.true(open.filter(({ status }) => status === 200).length >= LIMITS.subscriptions - 1)
  t.is(refused.status, 429)
  world.router.endHints()
  await Promise.all(open.map((response) => response.text()))
  t.is((await raw(world, 'GET', query(['notes']), { token })).status, 503)
})

test('a reader that goes away, or is revoked, while its channel opens leaves nothing behind', async (t) => {
  const asked = mailbox<() => void>()
  const counted = { open: 0 }
  let isHeld = false
  const world = await worldFor(t, {
    wrap: (server) =>
      Object.assign(Object.create(server) as SyncServer, {
        handle: server.handle.bind(server),
        subscribe: (...call: Parameters<SyncServer['subscribe']>) => {
          const undo = server.subscribe(...call)
          counted.open++
          isHeld = true
          return () => {
            counted.open--
            undo()
          }
        },
        // Only the second question of a channel is held: the first is the door's.
        authenticate: async (token: string) => {
          if (isHeld) {
            isHeld = false
            await new Promise<void>((go) => asked.put(go))
          }
          return server.authenticate(token)
        },
      }),
  })
  const { token, user, device } = await join(t, world, 'ana')
  const gone = new AbortController()
  const first = fetch(`${world.url}/hints?workspace=notes`, {
    headers: { authorization: `Bearer ${token}` },
    signal: gone.signal,
  }).catch(() => null)
  const goOn = await asked.take()
  gone.abort()
  await first
  // The server hears of it in its own time; a whole exchange lies between.
  while (counted.open > 0) await raw(world, 'GET', '/nothing')
  goOn()
  const second = fetch(`${world.url}/hints?workspace=notes`, { headers: { authorization: `Bearer ${token}` } })
  const goOnAgain = await asked.take()
  await world.accounts.revoke({ user, device }, device)
  goOnAgain()
  t.is((await second).status, 401)
  t.is(counted.open, 0)
  t.is(world.events.filter(({ event }) => event === 'http.failed').length, 0)
})

test('a client that goes away cancels what has not begun', async (t) => {
  const signals = mailbox<AbortSignal>()
  const world = await worldFor(t, {
    wrap: (server) =>
      Object.assign(Object.create(server) as SyncServer, {
        authenticate: server.authenticate.bind(server),
        subscribe: server.subscribe.bind(server),
        handle: (_frame: Uint8Array, _principal: unknown, { signal }: { signal: AbortSignal }) => {
          signals.put(signal)
          return new Promise<Uint8Array>((_, reject) =>
            signal.addEventListener('abort', () => reject(new TidemarkError('aborted', 'gone'))),
          )
        },
      }),
  })
  const transport = transportFor(t, world, (await join(t, world, 'ana')).token)
  const giveUp = new AbortController()
  const exchange = codeOf(transport.exchange(FRAME, { signal: giveUp.signal }))
  const signal = await signals.take()
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  giveUp.abort()
  t.is(await exchange, 'aborted')
  await t.notThrowsAsync(aborted)
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
