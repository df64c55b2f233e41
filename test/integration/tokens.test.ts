/** Tokens that end while an engine runs, and new ones (A17, SEC-26). Real engines, a real server; clocks are moved by hand. */

import { mkdirSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { accountClient, httpTransport, nodeFolder, rotatingToken } from '../../adapters/node/index.js'
import { type Clock, type Status, SyncEngine, TidemarkError, type Transport } from '../../src/index.js'
import { httpWorld, type HttpWorld, PASSWORD, realClock } from './http-world.js'
import { rootWorld, treeAt } from './root-world.js'

const ANN = { name: 'ann', password: PASSWORD }
const DAY = 86_400_000

/** Its sleeps end when they are told to. */
function handClock(): { readonly clock: Clock; readonly endSleeps: () => void; ahead: number } {
  const sleeping = new Set<() => void>()
  const hand = {
    ahead: 0,
    endSleeps: () => {
      for (const wake of [...sleeping]) wake()
    },
    clock: {
      now: () => realClock.now() + hand.ahead,
      monotonic: () => realClock.monotonic(),
      sleep: (_ms: number, { signal }: { readonly signal?: AbortSignal | undefined } = {}) =>
        new Promise<void>((wake, failed) => {
          const end = (settle: () => void): void => {
            sleeping.delete(done)
            signal?.removeEventListener('abort', cut)
            settle()
          }
          const done = (): void => end(wake)
          const cut = (): void => end(() => failed(new TidemarkError('aborted', 'the sleep was cut short')))
          sleeping.add(done)
          signal?.addEventListener('abort', cut)
        }),
    },
  }
  return hand
}

async function live(t: ExecutionContext): Promise<{
  http: HttpWorld
  root: string
  engine: SyncEngine
  hand: ReturnType<typeof handClock>
  /** A login for the engine from now on. */
  logIn: () => Promise<string>
  until: (state: Status['state']) => Promise<void>
}> {
  const hand = handClock()
  const world = await rootWorld(t)
  const http = await httpWorld({ clock: { ...realClock, now: () => realClock.now() + hand.ahead } })
  const account = accountClient({ url: http.url })
  const root = join(world.directory, 'live')
  mkdirSync(root)
  let token = ''
  let device = ''
  const logIn = async (): Promise<string> => {
    ;({ token, device } = await account.register({ ...ANN, device: 'live' }))
    return device
  }
  await logIn()
  const transport = httpTransport({ url: http.url, workspace: 'notes', token: () => token })
  const folder = nodeFolder(root, { workers: 0, watch: 'fs' })
  const engine = new SyncEngine({ ...folder, watcher: null, transport, clock: hand.clock })
  t.teardown(async () => {
    await engine.stop()
    await transport.close()
    await account.close()
    await http.close()
  })
  const until = (state: Status['state']): Promise<void> =>
    new Promise((reached) => {
      const undo = engine.on('status', (status) => {
        if (status.state !== state) return
        undo()
        reached()
      })
      if (engine.status.state === state) reached()
    })
  writeFileSync(join(root, 'a.txt'), 'a')
  await engine.start()
  await until('synced')
  return { http, root, engine, hand, logIn, until }
}

/** The device of the engine. */
async function principal(http: HttpWorld): Promise<{ user: string; device: string; revoke: () => Promise<void> }> {
  const issued = await http.accounts.login({ ...ANN, label: 'another', source: null })
  const asker = { user: issued.user, device: issued.device }
  const found = (await http.accounts.devices(asker)).filter(({ device }) => device !== issued.device)
  const device = found[0]?.device ?? ''
  return { ...asker, device, revoke: () => http.accounts.revoke(asker, device) }
}

for (const [how, end] of [
  ['revoked', async ({ http }: { readonly http: HttpWorld }) => (await principal(http)).revoke()],
  ['expired', async ({ hand }: { readonly hand: { ahead: number } }) => void (hand.ahead += 91 * DAY)],
] as const) {
  test(`A17 a token that is ${how} while it runs: unauthorized, work is noted, nothing deleted; sync() after a login tries now`, async (t) => {
    const world = await live(t)
    const { root, engine, logIn } = world
    await end(world)
    writeFileSync(join(root, 'b.txt'), 'written without a token')
    await t.throwsAsync(engine.sync(), { code: 'unauthorized' })
    t.is(engine.status.state, 'unauthorized')
    t.is(engine.status.pending, 1, 'what was written is noted')
    t.deepEqual(treeAt(root), { 'a.txt': 'a', 'b.txt': 'written without a token' })
    await logIn()
    const { uploaded } = await engine.sync()
    t.is(uploaded, 1)
    t.is(engine.status.pending, 0)
    t.is(engine.status.known?.sequence, 2, 'it was never restarted, and nothing went twice')
  })
}

test('A17 with a new token it goes on by itself, at the next try of the back-off', async (t) => {
  const world = await live(t)
  const { root, engine, hand, logIn, until } = world
  await (await principal(world.http)).revoke()
  writeFileSync(join(root, 'b.txt'), 'b')
  hand.endSleeps() // a poll, or the next full scan, is due
  await engine.sync().catch(() => undefined)
  t.is(engine.status.state, 'unauthorized')
  await logIn()
  const back = until('synced')
  const turn = setInterval(hand.endSleeps, 5)
  await back
  clearInterval(turn)
  t.is(engine.status.known?.sequence, 2)
})

test('A17 sync() as "try now" ends the pause of a running engine: the next change needs no further call', async (t) => {
  const world = await live(t)
  const { engine, logIn, until } = world
  await (await principal(world.http)).revoke()
  await t.throwsAsync(engine.sync(), { code: 'unauthorized' })
  await logIn()
  await engine.sync()
  await until('synced')
  t.is(engine.status.state, 'synced')
})

test('A17 SEC-26 a revoked device loses its open hint channel at once, by event; the others keep theirs', async (t) => {
  const world = await httpWorld()
  const account = accountClient({ url: world.url })
  const states: Record<string, string[]> = { kept: [], revoked: [] }
  const opened: Promise<void>[] = []
  const broken: Promise<void>[] = []
  const transports: { readonly transport: Transport; readonly token: string; readonly device: string }[] = []
  for (const name of ['kept', 'revoked'] as const) {
    const { token, device } = await account.register({ ...ANN, device: name })
    const transport = httpTransport({ url: world.url, workspace: 'notes', token })
    transports.push({ transport, token, device })
    let [isOpen, isBroken] = [(): void => undefined, (): void => undefined]
    opened.push(new Promise((done) => (isOpen = done)))
    broken.push(new Promise((done) => (isBroken = done)))
    transport.subscribe({
      onHint: () => undefined,
      onState: (state) => {
        states[name]?.push(state)
        if (state === 'open') isOpen()
        else isBroken()
      },
    })
  }
  t.teardown(async () => {
    for (const { transport } of transports) await transport.close()
    await account.close()
    await world.close()
  })
  await Promise.all(opened)
  const [kept, gone] = transports
  await account.revoke(kept?.token ?? '', gone?.device ?? '')
  await broken[1]
  t.deepEqual(states, { kept: ['open'], revoked: ['open', 'broken'] })
})

// ---- rotation

test('A17 a long-lived device stays logged in: its token is exchanged each week, once, and the old one ends with the first use', async (t) => {
  const hand = { ahead: 0 }
  const clock = { ...realClock, now: () => realClock.now() + hand.ahead }
  const world = await httpWorld({ clock })
  const account = accountClient({ url: world.url })
  t.teardown(async () => {
    await account.close()
    await world.close()
  })
  const first = await account.register({ ...ANN, device: 'tablet' })
  let kept = { token: first.token, issuedAt: clock.now() }
  let exchanges = 0
  let isAway = false
  const rotate: typeof account.rotate = async (token) => {
    exchanges += 1
    if (isAway) throw new TidemarkError('offline', 'no answer came', { retryable: true })
    return account.rotate(token)
  }
  const token = rotatingToken({ accounts: { rotate }, read: () => kept, write: (next) => void (kept = next), clock })
  t.is(await token(), first.token)
  hand.ahead += 6 * DAY
  t.is(await token(), first.token)
  t.is(exchanges, 0)

  hand.ahead += 2 * DAY
  const given = await Promise.all([token(), token(), token()])
  t.deepEqual([exchanges, new Set(given).size], [1, 1], 'once, whoever asks meanwhile')
  t.not(given[0], first.token)
  t.is(kept.token, given[0])
  t.not(await world.accounts.authenticate(first.token), null, 'until it is used, a lost answer locks nobody out')
  t.is((await world.accounts.authenticate(given[0] ?? ''))?.device, first.device, 'the same device')
  t.is(await world.accounts.authenticate(first.token), null)

  hand.ahead += 8 * DAY
  isAway = true
  t.is(await token(), given[0], 'the server is away: the one in hand goes on')
  t.is(await token(), given[0])
  t.is(exchanges, 2, 'and is not tried at each request')
  isAway = false
  hand.ahead += 60_000
  t.not(await token(), given[0])

  for (let week = 0; week < 60; week++) {
    hand.ahead += 7 * DAY
    t.not(await world.accounts.authenticate(await token()), null, `week ${week}`)
  }
})

test('A17 headers, an agent and a fetch of the app are used by transport and accounts', async (t) => {
  const world = await httpWorld()
  const account = accountClient({ url: world.url })
  const { token } = await account.register({ ...ANN, device: 'one' })
  const seen: (string | undefined)[] = []
  const asked: string[] = []
  const front = http.createServer((request, response) => {
    seen.push(request.headers['x-tenant'] as string | undefined)
    asked.push(request.url ?? '')
    response.writeHead(503).end()
  })
  await new Promise<void>((done) => front.listen(0, '127.0.0.1', done))
  const { port } = front.address() as { port: number }
  const url = `http://127.0.0.1:${port}/sync`
  const agent = new http.Agent({ keepAlive: true })
  let sockets = 0
  const create = agent.createConnection.bind(agent)
  agent.createConnection = (...args: Parameters<typeof create>) => {
    sockets += 1
    return create(...args)
  }
  let fetched = 0
  const own: typeof fetch = (...args) => {
    fetched += 1
    return fetch(...args)
  }
  const parties = [
    httpTransport({ url, workspace: 'notes', token, headers: { 'x-tenant': 'seven' }, agent }),
    httpTransport({ url, workspace: 'notes', token, headers: { 'x-tenant': 'eight' }, fetch: own }),
  ]
  const client = accountClient({ url, headers: { 'x-tenant': 'nine' }, agent })
  t.teardown(async () => {
    for (const party of parties) await party.close()
    for (const each of [client, account]) await each.close()
    agent.destroy()
    front.closeAllConnections()
    front.close()
    await world.close()
  })
  for (const party of parties) await t.throwsAsync(party.exchange(new Uint8Array(8)))
  await t.throwsAsync(client.devices(token))
  t.deepEqual(seen, ['seven', 'eight', 'nine'])
  t.deepEqual(asked, ['/sync', '/sync', '/sync/accounts/devices'])
  t.deepEqual([sockets > 0, fetched], [true, 1])
})
