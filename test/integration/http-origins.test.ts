/** SEC-28: pages of which origins may call a server, through a real one. */

import test from 'ava'
import { ROUTES, syncRouter } from '../../adapters/express/index.js'
import { memoryServer } from '../../adapters/memory/index.js'
import { encodeRequest } from '../../src/index.js'
import { codeOf, join, raw, worldFor } from './http-callers.js'
import { realClock, realRandom } from './http-world.js'

const APP = 'https://app.example.org'
const SHELL = 'capacitor://localhost'
const ORIGINS = [APP, SHELL]

const type = 'application/octet-stream'
const frame = encodeRequest({ type: 'list', workspace: 'notes', at: null, after: null })

/** What an answer says about pages. */
function shown(headers: Headers): Record<string, string> {
  const names = [...headers.keys()].filter((name) => name === 'vary' || name.startsWith('access-control-'))
  return Object.fromEntries(names.map((name) => [name, headers.get(name)?.toLowerCase() ?? '']))
}

const allowed = (origin: string): Record<string, string> => ({
  vary: 'origin',
  'access-control-allow-origin': origin,
  'access-control-expose-headers': 'retry-after',
})

for (const [who, headers, expected] of [
  ['an origin of the list', { origin: APP }, allowed(APP)],
  ['the origin of an app in its shell', { origin: SHELL }, allowed(SHELL)],
  ['another origin', { origin: 'https://evil.example.org' }, { vary: 'origin' }],
  ['one that begins alike', { origin: `${APP}.evil.example` }, { vary: 'origin' }],
  ['the same host without TLS', { origin: 'http://app.example.org' }, { vary: 'origin' }],
  ['another port', { origin: `${APP}:8443` }, { vary: 'origin' }],
  ['a page without an origin of its own', { origin: 'null' }, { vary: 'origin' }],
  ['no browser at all', {}, { vary: 'origin' }],
] as const) {
  test(`SEC-28 ${who}: every answer says the same, refusals too, and never a word of credentials`, async (t) => {
    const world = await worldFor(t, { origins: ORIGINS })
    const { token } = await join(t, world, 'ana')
    const answers = [
      [200, await raw(world, 'POST', '', { token, type, body: frame, headers })],
      [401, await raw(world, 'POST', '', { type, body: frame, headers })],
      [415, await raw(world, 'POST', '', { token, type: 'text/plain', body: 'x', headers })],
      [200, await raw(world, 'GET', '/hints?workspace=notes', { token, headers })],
      [200, await raw(world, 'GET', '/accounts/devices', { token, headers })],
      [400, await raw(world, 'POST', '/accounts/login', { type: 'application/json', body: '{}', headers })],
      [405, await raw(world, 'PUT', '/hints', { token, headers })],
      [404, await raw(world, 'GET', '/nothing', { token, headers })],
    ] as const
    for (const [status, answer] of answers) {
      t.is(answer.status, status)
      t.deepEqual(shown(answer.headers), expected, `${status}`)
    }
  })
}

for (const path of new Set(ROUTES.map((route) => route.path))) {
  test(`SEC-28 ${path}: a browser that asks for a page of the list is told what it may send, and for others nothing`, async (t) => {
    const world = await worldFor(t, { origins: ORIGINS })
    const place = path === '/' ? '' : path.replace(':device', '0'.repeat(32))
    const methods = ROUTES.filter((route) => route.path === path).map(({ method }) => method)
    const ask = (headers: Record<string, string>): ReturnType<typeof raw> => raw(world, 'OPTIONS', place, { headers })
    const asked = {
      'access-control-request-method': methods[0]!,
      'access-control-request-headers': 'authorization,content-type',
    }
    const good = await ask({ ...asked, origin: APP })
    t.deepEqual([good.status, good.text], [204, ''])
    t.deepEqual(shown(good.headers), {
      ...allowed(APP),
      'access-control-allow-methods': methods.join(', ').toLowerCase(),
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-max-age': '7200',
    })
    for (const headers of [{ ...asked, origin: 'https://evil.example.org' }, asked]) {
      const refused = await ask(headers)
      t.is(refused.status, 405)
      t.deepEqual(shown(refused.headers), { vary: 'origin' })
    }
    t.is((await ask({ origin: APP })).status, 405, 'OPTIONS is a method like others where nothing is asked')
  })
}

test('SEC-28 without a list no answer has a word of origins, and OPTIONS is refused', async (t) => {
  const world = await worldFor(t)
  const { token } = await join(t, world, 'ana')
  const headers = { origin: APP, 'access-control-request-method': 'POST' }
  const frames = await raw(world, 'POST', '', { token, type, body: frame, headers })
  const question = await raw(world, 'OPTIONS', '', { headers })
  t.deepEqual([frames.status, shown(frames.headers)], [200, {}])
  t.deepEqual([question.status, shown(question.headers)], [405, {}])
})

test('SEC-28 what is no exact origin is refused when the router is made', async (t) => {
  const { server } = memoryServer({ clock: realClock, random: realRandom })
  for (const [origin, expected] of [
    [APP, 'fine'],
    [SHELL, 'fine'],
    ['http://localhost:5173', 'fine'],
    ['http://[::1]:5173', 'fine'],
    ['*', 'invalid-option'],
    ['null', 'invalid-option'],
    ['', 'invalid-option'],
    ['https://*.example.org', 'invalid-option'],
    ['app.example.org', 'invalid-option'],
    ['https://app.example.org/', 'invalid-option'],
    ['https://app.example.org/sync', 'invalid-option'],
    ['https://app.example.org:443', 'invalid-option'],
    ['https://APP.example.org', 'invalid-option'],
    ['https://ana@app.example.org', 'invalid-option'],
    ['https://app.example.org ', 'invalid-option'],
  ] as const) {
    t.is(await codeOf(() => void syncRouter(server, { origins: [origin] })), expected, origin)
  }
})
