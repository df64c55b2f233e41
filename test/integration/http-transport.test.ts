/** The HTTP transport before servers that are not there, or are none, and what it never does itself. */

import net from 'node:net'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import type { HttpFetch } from '../../adapters/node/http-fetch.js'
import { httpTransport } from '../../adapters/node/http-transport.js'
import { encodeRequest, isTidemarkError, LIMITS } from '../../src/index.js'
import { codeOf, FRAME, hello, join, listenTo, QUICK, transportFor, worldFor } from './http-callers.js'
import { IMPOSTORS } from './http-impostors.table.js'
import { impostor } from './http-world.js'

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
