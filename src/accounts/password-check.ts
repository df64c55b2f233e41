/**
 * One guess at a password: throttled, then compared at the same cost whether or not the account exists (SEC-23, SEC-24).
 * Never answers why a guess was wrong.
 */

import { TidemarkError } from '../errors.js'
import type { AccountStore, AccountUser } from '../interfaces/account-store.js'
import type { Clock } from '../interfaces/clock.js'
import type { PasswordHasher } from '../interfaces/password-hasher.js'
import { unauthorized } from './device-tokens.js'
import type { ThrottleSubject } from './throttle.js'
import { admit, succeed, withdraw } from './throttle.js'

export interface PasswordCheckParts {
  readonly store: AccountStore
  readonly passwords: PasswordHasher
  readonly clock: Clock
}

/** Counts one attempt, or throws `rate-limited` without counting it. */
export async function enter(
  parts: Pick<PasswordCheckParts, 'store' | 'clock'>,
  subjects: readonly ThrottleSubject[],
): Promise<void> {
  const now = parts.clock.now()
  const { waitMs } = await parts.store.throttle(namesOf(subjects), (records) => admit(subjects, records, now))
  if (waitMs === null) return
  if (Number.isFinite(waitMs)) {
    throw new TidemarkError('rate-limited', 'too many attempts', {
      retryable: true,
      retryAfterMs: waitMs,
      next: `Try again in ${Math.ceil(waitMs / 1000)} s.`,
    })
  }
  throw new TidemarkError('rate-limited', 'too many wrong passwords: this login is stopped', {
    next: 'Change the password on a device that is still logged in, or ask the operator to lift the stop.',
  })
}

/** Throws `unauthorized` for a wrong password and for no user alike; `rate-limited` before it spends anything. */
export async function guess(
  parts: PasswordCheckParts,
  subjects: readonly ThrottleSubject[],
  find: () => Promise<AccountUser | null>,
  password: string,
  signal: AbortSignal | undefined,
): Promise<AccountUser> {
  const { store, passwords } = parts
  await enter(parts, subjects)
  try {
    const user = await find()
    const isRight = await passwords.verify(user?.password ?? null, password, { signal })
    if (user === null || !isRight) throw unauthorized()
    await store.throttle(namesOf(subjects), (records) => succeed(subjects, records))
    return user
  } catch (error) {
    // A guess that was never compared does not count. One that its sender gave up does: it has cost a comparison.
    if (!(error instanceof TidemarkError) || (error.code !== 'unauthorized' && error.code !== 'aborted')) {
      await store.throttle(namesOf(subjects), (records) => withdraw(subjects, records))
    }
    throw error
  }
}

function namesOf(subjects: readonly ThrottleSubject[]): readonly string[] {
  return subjects.map(({ subject }) => subject)
}
