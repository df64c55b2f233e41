/** The rules every account store obeys. Runner-neutral: a case throws when its rule is broken. */

import type { AccountDevice, AccountStore, AccountUser } from '../../src/accounts/index.js'
import { assert, required, withCode } from './assertion.js'
import type { Case } from './case.js'

/** What the cases of a `AccountStore` are tried on. */
export interface AccountStoreSubject {
  /** Open, and empty. */
  readonly store: AccountStore
  /** Closes the store and opens what it has kept. `dispose` closes what it gave. */
  readonly again?: () => Promise<AccountStore>
  /** A second holder of the same data, not opened. */
  readonly second?: () => AccountStore
  /** Makes the data look as if a later version had written it; the store is closed by then. */
  readonly makeNewer?: () => Promise<void>
  /** All bytes of the data, to see that nothing touched them. */
  readonly bytes?: () => Promise<string>
}

/** Data outlives a store; it can have two holders; it can be written by a later version; it can be looked at from outside. */
export type AccountStoreCapability = 'again' | 'second' | 'makeNewer' | 'bytes'

export type AccountStoreCase = Case<AccountStoreSubject, AccountStoreCapability>

const id = (number: number): string => number.toString(16).padStart(32, '0')
const digest = (number: number): string => number.toString(16).padStart(64, '0')

function user(number: number, rest: Partial<AccountUser> = {}): AccountUser {
  const name = `user-${number}`
  return {
    id: id(number),
    name,
    key: name,
    skeleton: name,
    password: `stored-${number}`,
    createdAt: 1_000 + number,
    ...rest,
  }
}

function device(number: number, owner: number, rest: Partial<AccountDevice> = {}): AccountDevice {
  return {
    id: id(number),
    user: id(owner),
    label: `device ${number}`,
    token: digest(number),
    nextToken: null,
    createdAt: 1_000,
    seenAt: 1_000,
    expiresAt: 9_000,
    ...rest,
  }
}

export const ACCOUNT_STORE_CASES: readonly AccountStoreCase[] = [
  {
    rule: 'ACCOUNT-1',
    title: 'opening twice without a close is refused, and disturbs nothing',
    run: async ({ store }) => {
      await assert.rejects(store.open(), withCode('locked'))
      assert.equal(await store.userById(id(1)), null)
    },
  },
  {
    rule: 'ACCOUNT-1',
    title: 'a second holder is refused while the first is open',
    needs: ['second'],
    run: async ({ store, second }) => {
      await assert.rejects(required(second)().open(), withCode('locked'))
      assert.equal(await store.userById(id(1)), null)
    },
  },
  {
    rule: 'ACCOUNT-1',
    title: 'a newer format is refused and nothing of it touched',
    needs: ['second', 'makeNewer', 'bytes'],
    run: async ({ store, second, makeNewer, bytes }) => {
      await store.createUser(user(1))
      await store.close()
      await required(makeNewer)()
      const before = await required(bytes)()
      await assert.rejects(required(second)().open(), withCode('newer-version'))
      assert.equal(await required(bytes)(), before)
    },
  },
  {
    rule: 'ACCOUNT-2',
    title: 'id, key and skeleton are each taken once, and of several at once one wins',
    run: async ({ store }) => {
      assert.equal(await store.createUser(user(1)), true)
      assert.equal(await store.createUser(user(2, { id: id(1) })), false)
      assert.equal(await store.createUser(user(2, { key: 'user-1' })), false)
      assert.equal(await store.createUser(user(2, { skeleton: 'user-1' })), false)
      assert.equal(await store.userById(id(2)), null)
      assert.deepEqual(await store.userById(id(1)), user(1))
      const results = await Promise.all([3, 4, 5, 6].map((number) => store.createUser(user(number, { key: 'same' }))))
      assert.equal(results.filter(Boolean).length, 1)
    },
  },
  {
    rule: 'ACCOUNT-3',
    title: 'what was written is there after closing',
    needs: ['again'],
    run: async ({ store, again }) => {
      await store.createUser(user(1, { name: 'Ünal’s name', key: 'ünal' }))
      await store.addDevice(device(7, 1, { nextToken: digest(8) }))
      await store.throttle(['account:x'], () => ({
        put: [{ subject: 'account:x', failures: 3, since: 1, latest: 2 }],
        remove: [],
        result: null,
      }))
      const reopened = await required(again)()
      assert.deepEqual(await reopened.userByKey('ünal'), user(1, { name: 'Ünal’s name', key: 'ünal' }))
      assert.deepEqual(await reopened.deviceByToken(digest(8)), device(7, 1, { nextToken: digest(8) }))
      const failures = await reopened.throttle(['account:x'], (records) => ({
        put: [],
        remove: [],
        result: records.get('account:x')?.failures,
      }))
      assert.equal(failures, 3)
    },
  },
  {
    rule: 'ACCOUNT-4',
    title: 'keys compare by exact code points, wildcards and inherited names are plain text',
    run: async ({ store }) => {
      const keys = ['straße', 'é', 'e\u0301', '__proto__', 'constructor', '%', "' OR 1=1 --", '_ser-1']
      for (const [at, key] of keys.entries())
        assert.equal(await store.createUser(user(at + 1, { key, skeleton: key })), true)
      for (const [at, key] of keys.entries()) assert.equal((await store.userByKey(key))?.id, id(at + 1))
      for (const absent of ['STRASSE', 'É', 'toString', 'user-1', '']) assert.equal(await store.userByKey(absent), null)
    },
  },
  {
    rule: 'ACCOUNT-5',
    title: 'a password is replaced only where the expected one stands',
    run: async ({ store }) => {
      await store.createUser(user(1))
      assert.equal(await store.setPassword(id(1), 'other', 'new'), false)
      assert.equal(await store.setPassword(id(2), 'stored-2', 'new'), false)
      assert.equal((await store.userById(id(1)))?.password, 'stored-1')
      const swaps = await Promise.all(['a', 'b', 'c'].map((next) => store.setPassword(id(1), 'stored-1', next)))
      assert.equal(swaps.filter(Boolean).length, 1)
    },
  },
  {
    rule: 'ACCOUNT-6',
    title: 'a device needs its user, and shares neither id nor token',
    run: async ({ store }) => {
      await assert.rejects(store.addDevice(device(1, 1)), withCode('not-found'))
      await store.createUser(user(1))
      await store.createUser(user(2))
      await store.addDevice(device(1, 1, { nextToken: digest(11) }))
      await assert.rejects(store.addDevice(device(1, 2, { token: digest(5) })), withCode('exists'))
      await assert.rejects(store.addDevice(device(2, 2, { token: digest(1) })), withCode('exists'))
      await assert.rejects(store.addDevice(device(2, 2, { token: digest(11) })), withCode('exists'))
      await assert.rejects(store.addDevice(device(2, 2, { nextToken: digest(1) })), withCode('exists'))
      assert.deepEqual(await store.devices(id(2)), [])
    },
  },
  {
    rule: 'ACCOUNT-7',
    title: 'a device is found by either token, expired or not, and by nothing else',
    run: async ({ store }) => {
      await store.createUser(user(1))
      const held = device(1, 1, { nextToken: digest(11), expiresAt: 1 })
      await store.addDevice(held)
      assert.deepEqual(await store.deviceByToken(digest(1)), held)
      assert.deepEqual(await store.deviceByToken(digest(11)), held)
      for (const other of [digest(2), '', digest(1).slice(1), 'null'])
        assert.equal(await store.deviceByToken(other), null)
    },
  },
  {
    rule: 'ACCOUNT-8',
    title: 'what was revoked does not come back by a replacement',
    run: async ({ store }) => {
      await store.createUser(user(1))
      await store.createUser(user(2))
      await store.addDevice(device(1, 1))
      await store.addDevice(device(2, 1))
      const next = device(1, 1, { token: digest(21), nextToken: digest(22), seenAt: 5_000 })
      assert.equal(await store.replaceDevice(digest(9), next), false)
      assert.equal(await store.replaceDevice(digest(1), { ...next, user: id(2) }), false)
      await assert.rejects(store.replaceDevice(digest(1), { ...next, token: digest(2) }), withCode('exists'))
      assert.equal(await store.replaceDevice(digest(1), next), true)
      assert.deepEqual(await store.deviceByToken(digest(22)), next)
      assert.equal(await store.deviceByToken(digest(1)), null)
      await store.removeDevices(id(1), [id(1)])
      assert.equal(await store.replaceDevice(digest(21), next), false)
      assert.equal(await store.deviceByToken(digest(21)), null)
    },
  },
  {
    rule: 'ACCOUNT-9',
    title: 'devices of one user, by creation and then id',
    run: async ({ store }) => {
      await store.createUser(user(1))
      await store.createUser(user(2))
      await store.addDevice(device(5, 1, { createdAt: 2_000 }))
      await store.addDevice(device(9, 1, { createdAt: 1_000 }))
      await store.addDevice(device(3, 1, { createdAt: 2_000 }))
      await store.addDevice(device(4, 2))
      assert.deepEqual(
        (await store.devices(id(1))).map((held) => held.id),
        [id(9), id(3), id(5)],
      )
      assert.deepEqual(await store.devices(id(3)), [])
    },
  },
  {
    rule: 'ACCOUNT-10',
    title: 'only devices of the user are removed',
    run: async ({ store }) => {
      await store.createUser(user(1))
      await store.createUser(user(2))
      for (const number of [1, 2, 3]) await store.addDevice(device(number, 1))
      await store.addDevice(device(4, 2))
      const removed = await store.removeDevices(id(1), [id(1), id(4), id(2), id(99), id(1)])
      assert.deepEqual([...removed].sort(), [id(1), id(2)])
      assert.deepEqual(await store.removeDevices(id(1), [id(1)]), [])
      assert.deepEqual(await store.removeDevices(id(1), []), [])
      assert.equal(await store.deviceByToken(digest(1)), null)
      assert.notEqual(await store.deviceByToken(digest(4)), null)
    },
  },
  {
    rule: 'ACCOUNT-11',
    title: 'throttle steps are serial, and a failing one changes nothing',
    run: async ({ store }) => {
      const step = (subject: string): Promise<number> =>
        store.throttle([subject], (records) => {
          const failures = (records.get(subject)?.failures ?? 0) + 1
          return { put: [{ subject, failures, since: 1, latest: 2 }], remove: [], result: failures }
        })
      const seen = await Promise.all(Array.from({ length: 25 }, () => step('a')))
      assert.deepEqual(
        [...seen].sort((a, b) => a - b),
        Array.from({ length: 25 }, (_, at) => at + 1),
      )
      const failing = store.throttle(['a'], () => {
        throw new RangeError('no')
      })
      await assert.rejects(failing, (error) => error instanceof RangeError)
      assert.equal(await step('a'), 26)
      assert.equal(await step('__proto__'), 1)
      await store.throttle(['a'], () => ({ put: [], remove: ['a'], result: null }))
      assert.equal(await step('a'), 1)
      assert.equal(await store.throttle([], (records) => ({ put: [], remove: [], result: records.size })), 0)
    },
  },
  {
    rule: 'ACCOUNT-12',
    title: 'the sweep forgets what is old, no more than asked, and nothing else',
    run: async ({ store }) => {
      await store.createUser(user(1))
      for (const number of [1, 2, 3, 4]) await store.addDevice(device(number, 1, { expiresAt: number * 100 }))
      const put = [1, 2, 3].map((number) => ({ subject: `s${number}`, failures: 1, since: 0, latest: number * 100 }))
      await store.throttle([], () => ({ put, remove: [], result: null }))
      const held = (): Promise<number> =>
        store.throttle(['s1', 's2', 's3'], (records) => ({ put: [], remove: [], result: records.size }))
      await store.sweep({ expiredBefore: 300, throttledBefore: 200, limit: 1 })
      assert.equal((await store.devices(id(1))).length, 3)
      assert.equal(await held(), 2)
      await store.sweep({ expiredBefore: 300, throttledBefore: 200, limit: 10 })
      assert.deepEqual(
        (await store.devices(id(1))).map((kept) => kept.id),
        [id(3), id(4)],
      )
      assert.equal(await held(), 2)
    },
  },
  {
    rule: 'ACCOUNT-13',
    title: 'closing twice is nothing, and a closed store answers nothing',
    run: async ({ store }) => {
      await store.close()
      await store.close()
      await assert.rejects(store.userByKey('user-1'), withCode('closed'))
      await assert.rejects(store.createUser(user(1)), withCode('closed'))
    },
  },
]
