/** What a login is measured by: names, passwords, how often one may guess, and the real password function. */

import test from 'ava'
import { argon2Passwords } from '../../adapters/node/argon2-passwords.js'
import { loadArgon2 } from '../../adapters/node/load-argon2.js'
import { checkNewPassword, normalisePassword } from '../../src/accounts/password-policy.js'
import { sourcePrefix } from '../../src/accounts/source-prefix.js'
import { admit, succeed, THROTTLE_RULES } from '../../src/accounts/throttle.js'
import { userName } from '../../src/accounts/user-name.js'
import { isTidemarkError } from '../../src/errors.js'
import type { ThrottleRecord } from '../../src/interfaces/account-store.js'
import { ana, codeOf, DAY, laptop, PASSWORD, world } from './accounts-world.js'
import { NAME_PAIRS, PASSWORD_TABLE, REFUSED_NAMES, TAKEN_NAMES } from './login-rules.table.js'

// --- names -----------------------------------------------------------------------------------------------------------

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

for (const [at, name] of REFUSED_NAMES.entries()) {
  test(`SEC-25 refused ${at}: ${JSON.stringify(name.slice(0, 70))}`, async (t) => {
    t.is(await codeOf(() => userName(name)), 'invalid')
  })
}

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
