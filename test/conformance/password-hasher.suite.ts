/** The rules every password hasher obeys. Runner-neutral: a case throws when its rule is broken. */

import type { PasswordHasher } from '../../src/accounts/index.js'
import { isTidemarkError } from '../../src/index.js'
import { assert, codeOf, required, withCode } from './assertion.js'
import type { Case } from './case.js'

/** What the cases of a `PasswordHasher` are tried on. */
export interface PasswordHasherSubject {
  /** The hasher that is tried. */
  readonly hasher: PasswordHasher
  /** One that takes no more than `holds` calls at a time, those that wait included. */
  readonly cramped?: () => { readonly hasher: PasswordHasher; readonly holds: number }
  /** A stored form that is weaker than what the hasher makes now. */
  readonly weaker?: () => Promise<string>
}

/** Each is the member of its name. */
export type PasswordHasherCapability = 'cramped' | 'weaker'

export type PasswordHasherCase = Case<PasswordHasherSubject, PasswordHasherCapability>

const PASSWORD = 'correct horse battery'

export const PASSWORD_HASHER_CASES: readonly PasswordHasherCase[] = [
  {
    rule: 'PASSWORD-1',
    title: 'two stored forms of one password differ, and neither shows it',
    run: async ({ hasher }) => {
      const [one, two] = await Promise.all([hasher.hash(PASSWORD), hasher.hash(PASSWORD)])
      assert.notEqual(one, two)
      for (const stored of [one, two]) {
        assert.ok(stored.length > 0 && !stored.includes('horse'))
        assert.equal(await hasher.verify(stored, PASSWORD), true)
      }
    },
  },
  {
    rule: 'PASSWORD-1',
    title: 'passwords of any characters, also of none',
    run: async ({ hasher }) => {
      for (const password of ['', 'Ünal’s \u{1F511}', 'a\0b', 'x'.repeat(1_000)]) {
        const stored = await hasher.hash(password)
        assert.equal(await hasher.verify(stored, password), true)
        assert.equal(await hasher.verify(stored, `${password}.`), false)
      }
    },
  },
  {
    rule: 'PASSWORD-2',
    title: 'more calls than it holds are busy, to be tried again; those it took are answered',
    needs: ['cramped'],
    run: async ({ cramped }) => {
      const { hasher, holds } = required(cramped)()
      const results = await Promise.allSettled(Array.from({ length: holds + 3 }, () => hasher.hash(PASSWORD)))
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
      assert.equal(refused.length, 3)
      for (const error of refused) assert.ok(isTidemarkError(error) && error.code === 'busy' && error.retryable)
      assert.equal(await hasher.verify(await hasher.hash(PASSWORD), PASSWORD), true)
    },
  },
  {
    rule: 'PASSWORD-2',
    title: 'a fired signal cancels a call',
    run: async ({ hasher }) => {
      await assert.rejects(hasher.hash(PASSWORD, { signal: AbortSignal.abort() }), withCode('aborted'))
      await assert.rejects(hasher.verify(null, PASSWORD, { signal: AbortSignal.abort() }), withCode('aborted'))
    },
  },
  {
    rule: 'PASSWORD-3',
    title: 'a wrong password and an unknown account are false alike',
    run: async ({ hasher }) => {
      const stored = await hasher.hash(PASSWORD)
      assert.equal(await hasher.verify(stored, PASSWORD.toUpperCase()), false)
      assert.equal(await hasher.verify(null, PASSWORD), false)
      assert.equal(await hasher.verify(null, ''), false)
    },
  },
  {
    rule: 'PASSWORD-4',
    title: 'a stored form it cannot read is corrupt, never false',
    run: async ({ hasher }) => {
      const stored = await hasher.hash(PASSWORD)
      for (const damaged of ['', 'plain', PASSWORD, stored.slice(0, stored.length >> 1), `x${stored}`]) {
        assert.equal(await codeOf(() => hasher.verify(damaged, PASSWORD)), 'corrupt', damaged)
      }
    },
  },
  {
    rule: 'PASSWORD-5',
    title: 'what it makes is not weak',
    run: async ({ hasher }) => assert.equal(hasher.isWeak(await hasher.hash(PASSWORD)), false),
  },
  {
    rule: 'PASSWORD-5',
    title: 'what was made with less is weak, and still serves',
    needs: ['weaker'],
    run: async ({ hasher, weaker }) => {
      const stored = await required(weaker)()
      assert.equal(hasher.isWeak(stored), true)
      assert.equal(typeof (await hasher.verify(stored, PASSWORD)), 'boolean')
    },
  },
]
