/** The transport of a page on Node's own `fetch`: what it makes of its line, how it asks, and what it makes of answers. */

import test from 'ava'
import type { ExecutionContext } from 'ava'
import { accountClient } from '../../adapters/browser/account-client.js'
import { FetchHost } from '../../adapters/browser/fetch-host.js'
import type { FetchHostParts } from '../../adapters/browser/fetch-host.js'
import { urlOf } from '../../adapters/browser/fetch-options.js'
import { httpTransport, transportOn } from '../../adapters/browser/fetch-transport.js'
import { isTidemarkError, LIMITS } from '../../src/index.js'
import type { Transport } from '../../src/index.js'
import { codeOf, FRAME, hello, join, listenTo, worldFor } from './http-callers.js'
import { IMPOSTORS } from './http-impostors.table.js'
import { impostor, PASSWORD } from './http-world.js'

/** No pause ends by itself within a test. */
const PATIENT = { silenceMs: 3_600_000, backoffMs: 3_600_000, maxBackoffMs: 3_600_000 }

/** Knows how many listen to it. */
class Line extends EventTarget {
  visibilityState = 'visible'
  listening = 0

  override addEventListener(...call: Parameters<EventTarget['addEventListener']>): void {
    this.listening++
    super.addEventListener(...call)
  }

  override removeEventListener(...call: Parameters<EventTarget['removeEventListener']>): void {
    this.listening--
    super.removeEventListener(...call)
  }

  tell(type: 'offline' | 'online' | 'visibilitychange'): void {
    this.dispatchEvent(new Event(type))
  }
}

interface Page {
  readonly transport: Transport
  readonly line: Line
  readonly time: { now: number }
  /** Hint channels that were asked for. */
  readonly channels: () => number
}

function pageOn(t: ExecutionContext, url: string, token: string): Page {
  const line = new Line()
  const time = { now: 1_000_000 }
  let channels = 0
  const host = new FetchHost({
    fetch: (url, init) => {
      if (typeof url === 'string' && url.includes('/hints')) channels++
      return fetch(url, init)
    },
    events: { scope: line, page: line },
    now: () => time.now,
  })
  const transport = transportOn(host, { url, workspace: 'notes', token, hints: PATIENT })
  t.teardown(() => transport.close())
  return { transport, line, time, channels: () => channels }
}

// --- the line -----------------------------------------------------------------------------------------------------------

for (const event of ['online', 'visibilitychange'] as const) {
  test(`TRANSPORT-7 ${event}: a channel that waits in its back-off opens at once`, async (t) => {
    const world = await worldFor(t)
    const { transport, line } = pageOn(t, world.url, (await join(t, world, 'ana')).token)
    const ears = listenTo(t, transport)
    t.is(await ears.state(), 'open')
    await world.stopListening()
    t.is(await ears.state(), 'broken')
    await world.listenAgain()
    line.tell(event)
    t.is(await ears.state(), 'open')
  })
}

test('TRANSPORT-7 offline: the channel is told as broken at once; online: it is opened anew', async (t) => {
  const world = await worldFor(t)
  const { transport, line, channels } = pageOn(t, world.url, (await join(t, world, 'ana')).token)
  await hello(transport)
  const ears = listenTo(t, transport)
  t.is(await ears.state(), 'open')
  line.tell('offline')
  t.is(await ears.state(), 'broken')
  line.tell('online')
  t.is(await ears.state(), 'open')
  line.tell('online')
  t.deepEqual(
    [await ears.state(), await ears.state()],
    ['broken', 'open'],
    'another network leaves no connection alive',
  )
  t.is(channels(), 3)
})

test('TRANSPORT-8 a page that is seen again opens a channel anew that was silent, and leaves a lively one alone', async (t) => {
  const world = await worldFor(t)
  const { transport, line, time, channels } = pageOn(t, world.url, (await join(t, world, 'ana')).token)
  const states: string[] = []
  let wake = (): void => undefined
  const until = async (count: number): Promise<void> => {
    while (states.length < count) await new Promise<void>((done) => (wake = done))
  }
  transport.subscribe({
    onHint: () => undefined,
    onState: (state) => {
      states.push(state)
      wake()
    },
  })
  await until(1)
  time.now += 59_000
  line.tell('visibilitychange')
  await hello(transport)
  t.deepEqual(states, ['open'], 'a server speaks every 55 s')
  time.now += 2_000
  line.visibilityState = 'hidden'
  line.tell('visibilitychange')
  await hello(transport)
  t.deepEqual(states, ['open'], 'nobody looks')
  line.visibilityState = 'visible'
  line.tell('visibilitychange')
  await until(3)
  t.deepEqual(states, ['open', 'broken', 'open'])
  t.is(channels(), 2)
})

for (const [whose, answer, expected] of [
  [
    'our server',
    [{ 'content-type': 'application/json' }, '{"error":{"code":"busy","message":"later","retryAfterMs":3600000}}'],
    1,
  ],
  ['a stranger', [{ 'content-type': 'text/html', 'retry-after': '3600' }, '<h1>Hotel</h1>'], 2],
] as const) {
  test(`TRANSPORT-7 a pause that ${whose} asked for: coming online opens ${expected - 1} more`, async (t) => {
    let asked = 0
    let isAskedAgain = (): void => undefined
    const again = new Promise<void>((done) => (isAskedAgain = done))
    const server = await impostor((request, response) => {
      if (request.url?.includes('/hints') === true && ++asked === 2) isAskedAgain()
      response.writeHead(503, answer[0]).end(answer[1])
    })
    t.teardown(() => server.close())
    const { transport, line } = pageOn(t, server.url, 'any')
    const ears = listenTo(t, transport)
    t.is(await ears.state(), 'broken')
    line.tell('online')
    line.tell('visibilitychange')
    await (expected === 2 ? again : codeOf(transport.exchange(FRAME)))
    t.is(asked, expected)
  })
}

test('TRANSPORT-10 a closed transport, and a closed channel, listen to nothing any more', async (t) => {
  const world = await worldFor(t)
  const { transport, line } = pageOn(t, world.url, (await join(t, world, 'ana')).token)
  const ears = listenTo(t, transport)
  t.is(await ears.state(), 'open')
  t.is(line.listening, 3)
  await ears.close()
  t.is(line.listening, 0)
  transport.subscribe({ onHint: () => undefined, onState: () => undefined })
  t.is(line.listening, 3)
  await transport.close()
  t.is(line.listening, 0)
})

// --- requests -----------------------------------------------------------------------------------------------------------

const withFetch = (fetch: NonNullable<FetchHostParts['fetch']>): Transport =>
  httpTransport({ url: 'https://example.org/sync', workspace: 'notes', token: 'x', fetch })

test('SEC-26 SEC-28 no cookie, no cache, no referrer, no header but ours; `fetch` is called as a function of nobody', async (t) => {
  const seen: unknown[] = []
  const transport = withFetch(async function (this: unknown, url, init) {
    const { body, signal, ...rest } = init ?? {}
    seen.push(this, url, { ...rest, body: [...(body as Uint8Array)], isHeld: signal?.aborted })
    return new Response(FRAME, { headers: { 'content-type': 'application/octet-stream' } })
  })
  t.deepEqual(await transport.exchange(FRAME), FRAME)
  t.deepEqual(seen, [
    undefined,
    'https://example.org/sync',
    {
      method: 'POST',
      headers: { accept: '*/*', 'content-type': 'application/octet-stream', authorization: 'Bearer x' },
      redirect: 'manual',
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      body: [...FRAME],
      isHeld: false,
    },
  ])
})

test('TRANSPORT-5 SEC-40 a redirect that a page is shown nothing of is offline, and named', async (t) => {
  const transport = withFetch(async () => Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' }))
  const refused = await t.throwsAsync(transport.exchange(FRAME))
  t.true(isTidemarkError(refused) && refused.code === 'offline' && refused.retryable)
  t.regex(refused?.message ?? '', /redirect/)
})

for (const [text, page, expected] of [
  ['/sync', 'https://app.example.org/a/b?token=x#y', 'https://app.example.org/sync'],
  ['sync', 'https://app.example.org/a/b', 'https://app.example.org/a/sync'],
  ['/sync', 'https://ana:secret@app.example.org/', 'https://app.example.org/sync'],
  ['/sync', 'http://localhost:8080/', 'http://localhost:8080/sync'],
  ['/sync', 'http://127.0.0.1:8080/app/', 'http://127.0.0.1:8080/sync'],
  ['/sync', 'http://[::1]:8080/', 'http://[::1]:8080/sync'],
  ['/sync', 'blob:https://app.example.org/8d2f', 'https://app.example.org/sync'],
  ['https://sync.example.org/', 'https://app.example.org/', 'https://sync.example.org/'],
  ['https://sync.example.org/', null, 'https://sync.example.org/'],
  ['/sync', null, 'invalid-option'],
  ['/sync', 'file:///home/ana/app.html', 'invalid-option'],
  ['/sync', 'http://192.168.1.2/', 'invalid-option'],
  ['//example.org/sync', 'http://localhost/', 'invalid-option'],
  ['http://example.org/sync', 'https://app.example.org/', 'invalid-option'],
  ['/sync?token=x', 'https://app.example.org/', 'invalid-option'],
] as const) {
  test(`SEC-08 '${text}' on ${page ?? 'a host without a place'}: ${expected}`, (t) => {
    let result: string
    try {
      result = urlOf({ url: text }, page === null ? undefined : new URL(page)).href
    } catch (error) {
      result = isTidemarkError(error) ? error.code : String(error)
    }
    t.is(result, expected)
  })
}

// --- answers ------------------------------------------------------------------------------------------------------------

for (const [what, answer] of IMPOSTORS) {
  /** Encoded on the way, and decoded by whoever fetched it: then it is a frame. */
  const isPlain = what !== 'an encoded answer'
  test(`TRANSPORT-5 ${what} is ${isPlain ? 'offline, never a frame' : 'decoded by the host'}`, async (t) => {
    const server = await impostor(answer)
    t.teardown(() => server.close())
    const { transport } = pageOn(t, server.url, 'any')
    if (!isPlain) return t.is(new TextDecoder().decode(await transport.exchange(FRAME)), 'abc')
    const refused = await t.throwsAsync(transport.exchange(FRAME))
    t.true(isTidemarkError(refused) && refused.code === 'offline' && refused.retryable, String(refused))
  })
}

test('TRANSPORT-1 SEC-48 an answer beyond the limit is dropped, one of exactly 4 MiB is a frame', async (t) => {
  let written = 0
  const server = await impostor((request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    if (request.headers['x-whole'] === 'yes') return void response.end(new Uint8Array(LIMITS.frameBytes).fill(7))
    const more = (): void => {
      while (!response.destroyed && written < 1e9) {
        written += 65_536
        if (!response.write(new Uint8Array(65_536))) break
      }
    }
    response.on('drain', more)
    response.on('error', () => undefined)
    more()
  })
  t.teardown(() => server.close())
  const at = (headers: Record<string, string>): Transport => {
    const transport = httpTransport({ url: server.url, workspace: 'notes', token: 'any', headers })
    t.teardown(() => transport.close())
    return transport
  }
  t.is(await codeOf(at({}).exchange(FRAME)), 'too-large')
  t.true(written < 64 * 1024 * 1024, `${written} bytes were taken`)
  const whole = await at({ 'x-whole': 'yes' }).exchange(FRAME)
  t.deepEqual([whole.length, whole[0], whole.at(-1)], [LIMITS.frameBytes, 7, 7])
})

test('accounts from a page: register, log in, rotate, look at the devices, log out', async (t) => {
  const world = await worldFor(t)
  const client = accountClient({ url: world.url })
  t.teardown(() => client.close())
  const first = await client.register({ name: 'ana', password: PASSWORD, device: 'page' })
  const { token } = await client.rotate(first.token)
  t.deepEqual(
    (await client.devices(token)).map(({ label, current }) => [label, current]),
    [['page', true]],
  )
  await client.logout(token)
  t.is(await codeOf(client.devices(token)), 'unauthorized')
  t.is(await codeOf(client.login({ name: 'ana', password: 'wrong', device: 'page' })), 'unauthorized')
  t.is(await codeOf(() => accountClient({ url: 'http://example.org/sync' })), 'invalid-option')
})
