/** The whole way over HTTP: accounts, two devices, the channel of hints, and callers that go away. */

import test from 'ava'
import { accountClient } from '../../adapters/node/account-client.js'
import { isTidemarkError, LIMITS, TidemarkError } from '../../src/index.js'
import type { SyncServer } from '../../src/server/index.js'
import {
  ask,
  codeOf,
  FRAME,
  hello,
  join,
  listenTo,
  mailbox,
  mkdirRequest,
  raw,
  transportFor,
  worldFor,
} from './http-callers.js'
import { PASSWORD } from './http-world.js'

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

// --- channels and callers that go away ------------------------------------------------------------------------------------

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
