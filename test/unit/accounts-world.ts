/** The rules of accounts over a store in memory, with a clock set by hand and passwords that count how often they are asked. */

import { memoryAccountStore } from '../../adapters/memory/memory-account-store.js'
import { accounts } from '../../src/accounts/accounts.js'
import type { Accounts, AccountsOptions, Credentials } from '../../src/accounts/accounts.js'
import { isTidemarkError } from '../../src/errors.js'
import type { ErrorCode } from '../../src/errors.js'
import type { AccountStore } from '../../src/interfaces/account-store.js'
import type { LogEvent } from '../../src/interfaces/log.js'
import type { PasswordHasher } from '../../src/interfaces/password-hasher.js'
import type { Random } from '../../src/interfaces/random.js'

export const PASSWORD = 'seven brown otters'
export const DAY = 86_400_000

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

export async function world(options: Partial<AccountsOptions> = {}): Promise<World> {
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

export const ana = (rest: Partial<Credentials> = {}): Credentials => ({
  name: 'ana',
  password: PASSWORD,
  source: '192.0.2.1',
  ...rest,
})
export const laptop = (rest: Partial<Credentials> = {}): Credentials & { label: string } => ({
  ...ana(rest),
  label: 'laptop',
})

export async function codeOf(run: Promise<unknown> | (() => unknown)): Promise<ErrorCode | 'fine'> {
  try {
    await (typeof run === 'function' ? run() : run)
    return 'fine'
  } catch (error) {
    if (isTidemarkError(error)) return error.code
    throw error
  }
}
