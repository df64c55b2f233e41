/** Accounts and devices: registering, tokens and their rotation, revoking, changing the password, the log. */

import test from 'ava'
import { drawToken, tokenDigest } from '../../src/accounts/token.js'
import { ana, codeOf, DAY, laptop, PASSWORD, world } from './accounts-world.js'

// --- accounts and devices ---------------------------------------------------------------------------------------------

test('SEC-24 register: a taken name costs and answers the same', async (t) => {
  const { rules, passwords, store } = await world()
  await rules.register(ana())
  const before = await store.userByKey('ana')
  passwords.asked.length = 0
  for (const name of ['ana', 'ANA', 'Ana']) {
    t.is(await rules.register(ana({ name, password: 'nine green herons' })), undefined)
  }
  t.deepEqual(passwords.asked, ['hash', 'hash', 'hash'])
  t.deepEqual(await store.userByKey('ana'), before)
})

test('SEC-24 login: an unknown account and a wrong password give one error at one cost', async (t) => {
  const { rules, passwords } = await world()
  await rules.register(ana())
  passwords.asked.length = 0
  const wrong = await t.throwsAsync(rules.login(laptop({ password: 'nine green herons' })))
  const unknown = await t.throwsAsync(rules.login(laptop({ name: 'nobody' })))
  t.deepEqual(JSON.stringify(wrong), JSON.stringify(unknown))
  t.deepEqual(passwords.asked, ['verify', 'nobody'])
})

test('SEC-21 a password beyond the limit never reaches the function', async (t) => {
  const { rules, passwords } = await world()
  t.is(await codeOf(rules.register(ana({ password: 'x'.repeat(1025) }))), 'too-large')
  t.is(await codeOf(rules.login(laptop({ password: 'x'.repeat(1025) }))), 'too-large')
  t.deepEqual(passwords.asked, [])
})

test('SEC-26 tokens: 256 bits, one shape, stored as a digest only', async (t) => {
  const { rules, store } = await world()
  await rules.register(ana())
  const { token, user, device } = await rules.login(laptop())
  t.regex(token, /^tm1_[A-Za-z0-9_-]{43}$/)
  const held = await store.devices(user)
  t.false(JSON.stringify(held).includes(token.slice(4)))
  t.is(held[0]?.token ?? null, tokenDigest(token))
  t.deepEqual(await rules.authenticate(token), { user, device })
  for (const other of [
    '',
    'tm1_',
    token.slice(0, -1),
    `${token}x`,
    token.toUpperCase(),
    held[0]?.token ?? '',
    'x'.repeat(1e6),
  ]) {
    t.is(await rules.authenticate(other), null)
  }
})

test('SEC-26 the text of a token is base64url of all its bits', (t) => {
  const draw = (fill: (at: number) => number): string =>
    drawToken({ bytes: (length) => Uint8Array.from({ length }, (_, at) => fill(at)) })
  const bytes = (fill: (at: number) => number): string =>
    Buffer.from(Uint8Array.from({ length: 32 }, (_, at) => fill(at))).toString('base64url')
  for (const fill of [() => 0, () => 255, (at: number) => at, (at: number) => (at * 73 + 11) & 255])
    t.is(draw(fill), `tm1_${bytes(fill)}`)
})

test('SEC-26 a token lives as long as it is used, and no longer', async (t) => {
  const state = await world()
  const { rules } = state
  await rules.register(ana())
  const { token, user } = await rules.login(laptop())
  state.now += 89 * DAY
  t.not(await rules.authenticate(token), null)
  state.now += 89 * DAY
  t.not(await rules.authenticate(token), null)
  state.now += 90 * DAY
  t.is(await rules.authenticate(token), null)
  t.deepEqual(await rules.devices({ user, device: 'x' }), [])
  state.now += 1
  await rules.login(laptop())
  t.is((await state.store.devices(user)).length, 1, 'the sweep of a login takes expired devices')
})

test('SEC-26 rotation: the old token works until the new one was used, then never again', async (t) => {
  const { rules } = await world()
  await rules.register(ana())
  const first = await rules.login(laptop())
  const lost = await rules.rotate(first.token)
  const second = await rules.rotate(first.token)
  t.is(await rules.authenticate(lost.token), null, 'an answer that was lost is worth nothing')
  t.is((await rules.authenticate(first.token))?.device, first.device)
  t.is((await rules.authenticate(second.token))?.device, first.device)
  t.is(await rules.authenticate(first.token), null)
  const third = await rules.rotate(second.token)
  t.is((await rules.authenticate(third.token))?.device, first.device)
  t.is(await codeOf(rules.rotate(second.token)), 'unauthorized')
  t.is((await rules.devices({ user: first.user, device: first.device })).length, 1)
})

test('SEC-01 a foreign device looks like an absent one, and is untouched', async (t) => {
  const { rules } = await world()
  await rules.register(ana())
  await rules.register(ana({ name: 'ben' }))
  const a = await rules.login(laptop())
  const b = await rules.login(laptop({ name: 'ben' }))
  const foreign = await t.throwsAsync(rules.revoke({ user: b.user, device: b.device }, a.device))
  const absent = await t.throwsAsync(rules.revoke({ user: b.user, device: b.device }, '0'.repeat(32)))
  t.is(JSON.stringify(foreign), JSON.stringify(absent))
  t.not(await rules.authenticate(a.token), null)
})

test('SEC-26 revoking ends the token at once, and is told', async (t) => {
  const { rules } = await world()
  await rules.register(ana())
  const { token, user, device } = await rules.login(laptop())
  const told: string[] = []
  const undo = rules.onRevoked((id) => told.push(id))
  await rules.revoke({ user, device }, device)
  t.is(await rules.authenticate(token), null)
  t.deepEqual(told, [device])
  t.is(await codeOf(rules.revoke({ user, device }, device)), 'not-found')
  undo()
  const other = await rules.login(laptop())
  await rules.revoke({ user, device: other.device }, other.device)
  t.deepEqual(told, [device])
})

test('SEC-26 a new password ends all other devices and keeps this one', async (t) => {
  const { rules } = await world()
  await rules.register(ana())
  const [kept, ...others] = await Promise.all([rules.login(laptop()), rules.login(laptop()), rules.login(laptop())])
  const told: string[] = []
  rules.onRevoked((id) => told.push(id))
  const change = (current: string, next: string): Promise<string> =>
    codeOf(rules.changePassword({ user: kept.user, device: kept.device }, { current, next }))
  t.is(await change('not the password', 'nine green herons'), 'unauthorized')
  t.is(await change(PASSWORD, 'too short'), 'invalid')
  t.not(await rules.authenticate(others[0]?.token ?? ''), null)
  t.is(await change(PASSWORD, 'nine green herons'), 'fine')
  t.not(await rules.authenticate(kept.token), null)
  for (const { token } of others) t.is(await rules.authenticate(token), null)
  t.deepEqual([...told].sort(), others.map(({ device }) => device).sort())
  t.is(await codeOf(rules.login(laptop())), 'unauthorized')
  t.is(await codeOf(rules.login(laptop({ password: 'nine green herons' }))), 'fine')
})

test('SEC-26 a login that was comparing the old password while it was changed leaves no device', async (t) => {
  const { rules, store } = await world()
  await rules.register(ana())
  const { user, device } = await rules.login(laptop())
  // The change has done all its work when the device of the slow login is written.
  const addDevice = store.addDevice.bind(store)
  let isChanged = false
  store.addDevice = async (added) => {
    if (!isChanged) {
      isChanged = true
      await rules.changePassword({ user, device }, { current: PASSWORD, next: 'nine green herons' })
    }
    await addDevice(added)
  }
  t.is(await codeOf(rules.login(laptop())), 'unauthorized')
  t.deepEqual(
    (await store.devices(user)).map((held) => held.id),
    [device],
  )
})

test('SEC-20 a weaker stored form is made anew at login', async (t) => {
  const { rules, passwords, store } = await world()
  await rules.register(ana())
  passwords.strength = 2
  await rules.login(laptop())
  t.is((await store.userByKey('ana'))?.password, `2:${PASSWORD}`)
  passwords.asked.length = 0
  await rules.login(laptop())
  t.deepEqual(passwords.asked, ['verify'])
})

test('devices are listed with what a person knows them by; too many are refused', async (t) => {
  const { rules } = await world({ maxDevices: 2 })
  await rules.register(ana())
  const { user, device } = await rules.login(laptop())
  await rules.login({ ...laptop(), label: 'Zoë’s phone' })
  t.is(await codeOf(rules.login(laptop())), 'over-quota')
  t.deepEqual((await rules.devices({ user, device })).map(({ label }) => label).sort(), ['Zoë’s phone', 'laptop'])
  for (const label of ['', ' ', 'a\nb', 'a\u202eb', 'x'.repeat(101)])
    t.is(await codeOf(rules.login({ ...laptop(), label })), 'invalid')
})

test('SEC-42 a closed server takes no registrations', async (t) => {
  const { rules } = await world({ registration: 'closed' })
  t.is(await codeOf(rules.register(ana())), 'forbidden')
})

test('SEC-41 SEC-26 the log tells who did what, and holds no password and no token', async (t) => {
  const { rules, events } = await world()
  await rules.register(ana())
  const { token, user, device } = await rules.login(laptop())
  await codeOf(rules.login(laptop({ password: 'a wrong password' })))
  const next = await rules.rotate(token)
  await rules.changePassword({ user, device }, { current: PASSWORD, next: 'nine green herons' })
  await rules.revoke({ user, device }, device)
  t.deepEqual(
    events.map(({ event }) => event.replace('accounts.', '')),
    ['registered', 'login', 'login-failed', 'rotated', 'password-changed', 'revoked'],
  )
  const text = JSON.stringify(events)
  for (const secret of [PASSWORD, 'a wrong password', 'nine green herons', token, next.token])
    t.false(text.includes(secret))
})
