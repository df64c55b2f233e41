import test from 'ava'
import { memoryAccountStore } from '../../adapters/memory/memory-account-store.js'
import { argon2Passwords } from '../../adapters/node/argon2-passwords.js'
import { loadArgon2 } from '../../adapters/node/load-argon2.js'
import { accounts } from '../../src/accounts/accounts.js'
import type { Accounts, AccountsOptions, Credentials } from '../../src/accounts/accounts.js'
import { checkNewPassword, normalisePassword } from '../../src/accounts/password-policy.js'
import { sourcePrefix } from '../../src/accounts/source-prefix.js'
import { admit, succeed, THROTTLE_RULES } from '../../src/accounts/throttle.js'
import { drawToken, tokenDigest } from '../../src/accounts/token.js'
import { userName } from '../../src/accounts/user-name.js'
import { isTidemarkError } from '../../src/errors.js'
import type { ErrorCode } from '../../src/errors.js'
import type { AccountStore, ThrottleRecord } from '../../src/interfaces/account-store.js'
import type { LogEvent } from '../../src/interfaces/log.js'
import type { PasswordHasher } from '../../src/interfaces/password-hasher.js'
import type { Random } from '../../src/interfaces/random.js'

const PASSWORD = 'seven brown otters'
const DAY = 86_400_000

/** Every draw is different, and known. */
function countingRandom(): Random {
  let drawn = 0
  return {
    bytes: (length) => {
      drawn++
      return Uint8Array.from({ length }, (_, at) => (drawn * 31 + at * 7) & 255)
    },
  }
}

/** Reversible on purpose: what is tested is what is asked of it, and how often. */
class FakePasswords implements PasswordHasher {
  readonly asked: (string | null)[] = []
  strength = 1
  before: () => Promise<void> = async () => undefined

  async hash(password: string): Promise<string> {
    this.asked.push('hash')
    return `${this.strength}:${password}`
  }

  async verify(stored: string | null, password: string): Promise<boolean> {
    this.asked.push(stored === null ? 'nobody' : 'verify')
    await this.before()
    return stored !== null && stored.slice(stored.indexOf(':') + 1) === password
  }

  isWeak(stored: string): boolean {
    return Number(stored.split(':')[0]) < this.strength
  }
}

interface World {
  readonly rules: Accounts
  readonly store: AccountStore
  readonly passwords: FakePasswords
  readonly events: LogEvent[]
  now: number
}

async function world(options: Partial<AccountsOptions> = {}): Promise<World> {
  const store = options.store ?? memoryAccountStore()
  const passwords = new FakePasswords()
  const events: LogEvent[] = []
  const clock = { now: () => state.now, monotonic: () => state.now, sleep: async () => undefined }
  const log = (build: () => LogEvent): void => void events.push(build())
  const rules = accounts({ store, passwords, clock, random: countingRandom(), log, ...options })
  const state: World = { rules, store, passwords, events, now: 1_700_000_000_000 }
  if (options.store === undefined) await rules.open()
  return state
}

const ana = (rest: Partial<Credentials> = {}): Credentials => ({
  name: 'ana',
  password: PASSWORD,
  source: '192.0.2.1',
  ...rest,
})
const laptop = (rest: Partial<Credentials> = {}): Credentials & { label: string } => ({ ...ana(rest), label: 'laptop' })

async function codeOf(run: Promise<unknown> | (() => unknown)): Promise<ErrorCode | 'fine'> {
  try {
    await (typeof run === 'function' ? run() : run)
    return 'fine'
  } catch (error) {
    if (isTidemarkError(error)) return error.code
    throw error
  }
}

// --- names -----------------------------------------------------------------------------------------------------------

/** Two spellings, and whether they are one name to us: the same account, a look-alike that is refused beside it, or two people. */
const NAME_PAIRS: readonly (readonly [string, string, 'same' | 'look-alike' | 'different'])[] = [
  ['ana', 'ANA', 'same'],
  ['ana', 'Ana', 'same'],
  ['josé', 'jose\u0301', 'same'],
  ['JOSÉ', 'josé', 'same'],
  ['straße', 'STRASSE', 'same'],
  ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς', 'same'],
  ['οδυσσευσ', 'οδυσσευς', 'same'],
  ['ivan', 'IVAN', 'same'],
  ['kelvink', 'Kelvin\u212a', 'same'],
  ['coco', 'сосо', 'look-alike'],
  ['axe', 'ахе', 'look-alike'],
  ['pop', 'рор', 'look-alike'],
  ['ooo', 'οοο', 'look-alike'],
  ['paul', 'pau1', 'look-alike'],
  ['bob0', 'bobo', 'look-alike'],
  ['marnie', 'mamie', 'look-alike'],
  ['xyu', 'хуυ'.slice(0, 2) + 'u', 'different'],
  ['ana', 'anna', 'different'],
  ['jose', 'josé', 'different'],
  ['a.b', 'a_b', 'different'],
  ['ab', 'a.b', 'different'],
  ['ana@example.org', 'ana', 'different'],
]

for (const [one, other, expected] of NAME_PAIRS) {
  test(`SEC-25 ${one} and ${other} (${Array.from(other, (c) => c.codePointAt(0)?.toString(16)).join(' ')}): ${expected}`, (t) => {
    let second
    try {
      second = userName(other)
    } catch (error) {
      // Mixed alphabets never get that far.
      t.true(isTidemarkError(error) && expected === 'different')
      return
    }
    const first = userName(one)
    t.is(first.key === second.key, expected === 'same')
    t.is(first.skeleton === second.skeleton, expected !== 'different')
  })
}

const REFUSED_NAMES = [
  '',
  'a',
  'x'.repeat(65),
  'x'.repeat(5000),
  '.ana',
  'ana.',
  'a b',
  'a\tb',
  'a\nb',
  'a\u0000b',
  'a\u200bb',
  'a\u202eb',
  'a/b',
  'a\\b',
  "a'b",
  'a"b',
  'a<b',
  'a%b',
  'a;b',
  'ａｎａ',
  'ﬁona',
  '①ana',
  'ana²',
  'раypal',
  'pаul',
  'αna',
  'ana\ud800',
  '\u0301ana',
  'a\ufeffb',
  '😀😀',
  '__proto__',
]
for (const [at, name] of REFUSED_NAMES.entries()) {
  test(`SEC-25 refused ${at}: ${JSON.stringify(name.slice(0, 70))}`, async (t) => {
    t.is(await codeOf(() => userName(name)), 'invalid')
  })
}

const TAKEN_NAMES = [
  'ab',
  'x'.repeat(64),
  '李小龍',
  'зоя',
  'Ünal',
  'o-brien',
  'ana+work@example.org',
  'constructor',
  'ひらがなとカタカナ漢字',
]
for (const name of TAKEN_NAMES)
  test(`a fine name: ${name.slice(0, 20)}`, (t) => t.is(userName(name).name, name.normalize('NFC')))

test('SEC-25 every pair of look-alike letters of the table collides, both ways round', (t) => {
  const pairs = [
    ['a', 'а'],
    ['c', 'с'],
    ['e', 'е'],
    ['o', 'о'],
    ['p', 'р'],
    ['x', 'х'],
    ['y', 'у'],
    ['i', 'і'],
    ['s', 'ѕ'],
    ['j', 'ј'],
    ['h', 'һ'],
    ['o', 'ο'],
    ['v', 'ν'],
    ['a', 'α'],
    ['k', 'κ'],
    ['i', 'ι'],
    ['t', 'τ'],
    ['o', 'օ'],
    ['n', 'ո'],
    ['u', 'ս'],
  ]
  for (const [latin = '', double = ''] of pairs) {
    const repeated = (character: string): string => userName(character.repeat(4)).skeleton
    t.is(repeated(latin), repeated(double), `${latin} ${double.codePointAt(0)?.toString(16)}`)
  }
})

// --- passwords -------------------------------------------------------------------------------------------------------

const PASSWORD_TABLE: readonly (readonly [string, string, ErrorCode | 'fine'])[] = [
  ['14 characters', 'abcdefgh ijklm', 'invalid'],
  ['15 characters', 'otter lamp seve', 'fine'],
  ['spaces and any script', 'слон и моська гуляют', 'fine'],
  ['15 code points outside the basic plane', '😀🐟🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦', 'fine'],
  ['no digits or capitals asked', 'seven brown otters', 'fine'],
  ['1,024 bytes', `otters ${'xyzzy plugh '.repeat(200)}`.slice(0, 1024), 'fine'],
  ['1,025 bytes', `otters ${'xyzzy plugh '.repeat(200)}`.slice(0, 1025), 'too-large'],
  ['far too long, never normalised', 'a'.repeat(1_000_000), 'too-large'],
  ['more bytes than characters', 'я'.repeat(600), 'too-large'],
  ['one character', 'aaaaaaaaaaaaaaaaaaaa', 'invalid'],
  ['a short pattern', 'abcabcabcabcabcabc', 'invalid'],
  ['a run of the alphabet', 'abcdefghijklmnopq', 'invalid'],
  ['a run backwards', 'zyxwvutsrqponmlkj', 'invalid'],
  ['a run of digits', '12345678901234567', 'invalid'],
  ['a run of the keyboard', 'qwertyuiopasdfgh', 'invalid'],
  ['a common one', 'correct horse battery staple', 'invalid'],
  ['a common one in capitals', 'PasswordPassword', 'invalid'],
  ['the user name again and again', 'ana ana ana ana ana ana', 'invalid'],
  ['half a character', `seven brown otters \ud800`, 'invalid'],
]
for (const [title, password, expected] of PASSWORD_TABLE) {
  test(`SEC-22 ${title}: ${expected}`, async (t) => {
    t.is(await codeOf(() => checkNewPassword(normalisePassword(password), 'ana')), expected)
  })
}

test('SEC-22 two encodings of one password are one password', (t) => {
  t.is(normalisePassword('caf\u00e9 und kuchen'), normalisePassword('cafe\u0301 und kuchen'))
})

test('SEC-41 no refusal quotes the password', async (t) => {
  for (const [, password] of PASSWORD_TABLE) {
    try {
      checkNewPassword(normalisePassword(password), 'ana')
    } catch (error) {
      t.false(JSON.stringify(error).includes(password.slice(0, 10)))
    }
  }
})

// --- throttling ------------------------------------------------------------------------------------------------------

test('SEC-23 five failures cost nothing, then each costs twice the time, at 50 it stops', (t) => {
  const subjects = [{ kind: 'account', subject: 'account:ana' }] as const
  let records: ReadonlyMap<string, ThrottleRecord> = new Map()
  let now = 1_000_000
  const waits: number[] = []
  for (let passed = 0; passed < 50; ) {
    const { put, result } = admit(subjects, records, now)
    if (result.waitMs === null) {
      passed++
      records = new Map(put.map((record) => [record.subject, record]))
      continue
    }
    waits.push(result.waitMs)
    const early = admit(subjects, records, now + result.waitMs - 1)
    t.is(early.result.waitMs, 1)
    now += result.waitMs
  }
  t.deepEqual(waits.slice(0, 4), [30_000, 60_000, 120_000, 240_000])
  t.is(waits.length, 45)
  t.is(Math.max(...waits), DAY)
  t.is(admit(subjects, records, now + 365 * DAY).result.waitMs, Number.POSITIVE_INFINITY)
  t.deepEqual(succeed(subjects, records).remove, ['account:ana'])
})

test('SEC-23 a source is forgiven one failure at a time, and no fraction is lost', (t) => {
  const subjects = [{ kind: 'source', subject: 's' }] as const
  const { free, windowMs } = THROTTLE_RULES.source
  let records: ReadonlyMap<string, ThrottleRecord> = new Map()
  let admitted = 0
  // Twice as fast as it is forgiven, for ten windows.
  for (let now = 0; now < 10 * windowMs; now += Math.floor((windowMs / free) * 0.5)) {
    const { put, result } = admit(subjects, records, now)
    if (result.waitMs !== null) continue
    admitted++
    records = new Map(put.map((record) => [record.subject, record]))
  }
  t.true(admitted >= 10 * free - 1 && admitted <= 11 * free + 2, `${admitted}`)
})

test('INV-14 a clock set back locks nobody out', (t) => {
  const subjects = [{ kind: 'source', subject: 's' }] as const
  const records = new Map([['s', { subject: 's', failures: 40, since: 1e12, latest: 1e12 }]])
  t.true((admit(subjects, records, 1e12).result.waitMs ?? 0) > 0)
  t.is(admit(subjects, records, 5e11).result.waitMs, null)
})

test('SEC-23 the source of a request is a whole IPv6 network, and one IPv4 address', (t) => {
  const table: readonly (readonly [string | null, string])[] = [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1:2:3', 'unknown'],
    ['1::2::3', 'unknown'],
    ['x'.repeat(1000), 'unknown'],
    ['', 'unknown'],
    [null, 'unknown'],
  ]
  for (const [address, expected] of table) t.is(sourcePrefix(address), expected)
})

test('SEC-23 10,000 guesses sent at once: five reach the function, and existing devices go on', async (t) => {
  const { rules, passwords } = await world()
  await rules.register(ana())
  const { token } = await rules.login(laptop())
  passwords.asked.length = 0
  const guesses = Array.from({ length: 10_000 }, (_, at) => {
    return codeOf(rules.login(laptop({ password: `a wrong password ${at}`, source: `198.51.${at >> 8}.${at & 255}` })))
  })
  const codes = await Promise.all(guesses)
  t.is(passwords.asked.length, 5)
  t.is(codes.filter((code) => code === 'unauthorized').length, 5)
  t.is(codes.filter((code) => code === 'rate-limited').length, 9_995)
  t.not(await rules.authenticate(token), null)
  t.is(await codeOf(rules.login(laptop())), 'rate-limited')
})

test('SEC-23 unknown accounts are throttled alike, and one source cannot try many accounts', async (t) => {
  const { rules, passwords } = await world()
  const codes: string[] = []
  for (let at = 0; at < 7; at++) codes.push(await codeOf(rules.login(laptop({ name: 'nobody-here' }))))
  t.deepEqual(codes, [...Array<string>(5).fill('unauthorized'), 'rate-limited', 'rate-limited'])
  for (let at = 0; at < 40; at++) await codeOf(rules.login(laptop({ name: `other-${at}` })))
  t.is(passwords.asked.length, THROTTLE_RULES.source.free)
})

test('SEC-23 delays survive a restart of the server', async (t) => {
  const first = await world()
  await first.rules.register(ana())
  for (let at = 0; at < 5; at++) await codeOf(first.rules.login(laptop({ password: `a wrong password ${at}` })))
  const second = await world({ store: first.store })
  t.is(await codeOf(second.rules.login(laptop())), 'rate-limited')
  second.now += 30_000
  t.is(await codeOf(second.rules.login(laptop())), 'fine')
})

test('a guess that was never compared does not count', async (t) => {
  const { rules, passwords } = await world()
  await rules.register(ana())
  passwords.before = () => Promise.reject(new RangeError('the function is broken'))
  for (let at = 0; at < 20; at++) await t.throwsAsync(rules.login(laptop()), { instanceOf: RangeError })
  passwords.before = async () => undefined
  t.is(await codeOf(rules.login(laptop())), 'fine')
})

test('the stop at 50 is lifted by the operator, or by a change of the password on a device', async (t) => {
  const state = await world()
  const { rules, store } = state
  await rules.register(ana())
  const { token } = await rules.login(laptop())
  const stop = (): Promise<null> =>
    store.throttle([], () => ({
      put: [{ subject: 'account:ana', failures: 50, since: 0, latest: 0 }],
      remove: [],
      result: null,
    }))
  await stop()
  t.is(await codeOf(rules.login(laptop())), 'rate-limited')
  await rules.unlock('ANA')
  t.is(await codeOf(rules.login(laptop())), 'fine')
  await stop()
  const principal = await rules.authenticate(token)
  t.truthy(principal)
  if (principal !== null) await rules.changePassword(principal, { current: PASSWORD, next: 'nine green herons' })
  t.is(await codeOf(rules.login(laptop({ password: 'nine green herons' }))), 'fine')
})

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

// --- the real function -------------------------------------------------------------------------------------------------

test('SEC-20 PASSWORD-1…5 Argon2id with its parameters in the stored form', async (t) => {
  const passwords = argon2Passwords()
  const stored = await passwords.hash(PASSWORD)
  t.true(stored.startsWith('$argon2id$v=19$m=19456,t=2,p=1$'))
  t.not(await passwords.hash(PASSWORD), stored)
  t.true(await passwords.verify(stored, PASSWORD))
  t.false(await passwords.verify(stored, `${PASSWORD} `))
  t.false(await passwords.verify(null, PASSWORD))
  t.false(passwords.isWeak(stored))
  t.true(argon2Passwords({ passes: 3 }).isWeak(stored))
  const damaged = [
    '',
    'x',
    stored.replace('argon2id', 'argon2i'),
    stored.replace('m=19456', 'm=99999999'),
    stored.slice(0, -10),
    `${stored}$`,
  ]
  for (const form of damaged) t.is(await codeOf(passwords.verify(form, PASSWORD)), 'corrupt')
})

test('SEC-20 SEC-42 weaker parameters than OWASP asks are refused at the start', async (t) => {
  for (const options of [
    { memoryKib: 19_455 },
    { passes: 1 },
    { concurrency: 0 },
    { queue: -1 },
    { memoryKib: Number.NaN },
    { memoryKib: 1e9 },
  ]) {
    t.is(await codeOf(() => argon2Passwords(options)), 'invalid-option')
  }
})

test('SEC-21 PASSWORD-2 one at a time, one waiting, the rest turned away; a wait can be given up', async (t) => {
  const passwords = argon2Passwords({ concurrency: 1, queue: 1 })
  await passwords.hash(PASSWORD)
  const codes = await Promise.all([1, 2, 3, 4].map((at) => codeOf(passwords.hash(`${PASSWORD} ${at}`))))
  t.deepEqual(codes, ['fine', 'fine', 'busy', 'busy'])
  const giveUp = new AbortController()
  const running = passwords.hash(PASSWORD)
  const waiting = codeOf(passwords.hash(PASSWORD, { signal: giveUp.signal }))
  await Promise.resolve()
  giveUp.abort()
  t.is(await waiting, 'aborted')
  await running
  t.is(await codeOf(passwords.hash(PASSWORD)), 'fine')
})

test('without @node-rs/argon2 the error is the command that helps', async (t) => {
  const absent = await t.throwsAsync(loadArgon2(() => Promise.reject(new Error('Cannot find package'))))
  t.true(isTidemarkError(absent) && absent.code === 'missing-package' && absent.next === 'npm install @node-rs/argon2')
})
