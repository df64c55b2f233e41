/**
 * Accounts: who may use a server, on which devices. Rules only; the store, the costly function, time and chance are given.
 * Never tells an unknown account from a wrong password, never keeps or logs a password or a token.
 */

import { TidemarkError } from '../errors.js'
import type { AccountStore } from '../interfaces/account-store.js'
import type { Clock } from '../interfaces/clock.js'
import type { Log, LogEvent } from '../interfaces/log.js'
import type { PasswordHasher } from '../interfaces/password-hasher.js'
import type { Random } from '../interfaces/random.js'
import { toHex } from '../model/hex.js'
import type { DeviceInfo, IssuedToken, Principal } from './device-tokens.js'
import { DeviceTokens, unauthorized } from './device-tokens.js'
import { enter, guess } from './password-check.js'
import { checkNewPassword, normalisePassword } from './password-policy.js'
import { sourcePrefix } from './source-prefix.js'
import type { ThrottleSubject } from './throttle.js'
import { THROTTLE_MEMORY_MS } from './throttle.js'
import { userName } from './user-name.js'

/** The parts of the accounts of a server, and its rules. */
export interface AccountsOptions {
  /** Where accounts live; opened and closed with them. */
  readonly store: AccountStore
  /** The costly function: `argon2Passwords()` of `tidemark/node`. */
  readonly passwords: PasswordHasher
  /** The only source of time. */
  readonly clock: Clock
  /** Draws ids and tokens. */
  readonly random: Random
  /** Hears messages for operators. Never a password or a token. */
  readonly log?: Log | undefined
  /** 'closed': nobody can register. Default 'open'. */
  readonly registration?: 'open' | 'closed' | undefined
  /** A token that was not used for this long is worth nothing, ms. Default 90 days. */
  readonly tokenLifeMs?: number | undefined
  /** Devices of one account. Default 100. */
  readonly maxDevices?: number | undefined
}

/** Who wants to come in. */
export interface Credentials {
  /** As typed; what a name may be says `userName`. */
  readonly name: string
  /** As typed. What a new one must be: see `PASSWORD_MIN_LENGTH`, `PASSWORD_MAX_BYTES`. */
  readonly password: string
  /** Address of the requester as the host reports it, for throttling; null inside one process. */
  readonly source: string | null
}

/** What calls on accounts take. */
export interface CallOptions {
  /** Ends the call early: it then fails with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** A token for a new device, and whose it is. */
export interface LoginResult extends IssuedToken {
  /** Id of the account. */
  readonly user: string
}

/** Who may use a server, on which devices: registration, login, tokens. Errors are `TidemarkError`s. */
export interface Accounts {
  /** Opens the store. */
  open(options?: CallOptions): Promise<void>
  /** Makes an account, or does nothing where the name or a look-alike of it is taken: the answer and its cost are the same. `invalid`, `too-large`, `rate-limited`, `forbidden` when closed. */
  register(credentials: Credentials, options?: CallOptions): Promise<void>
  /** A token for a new device called `label`. `unauthorized`, `rate-limited`, `busy`, `over-quota`. */
  login(credentials: Credentials & { readonly label: string }, options?: CallOptions): Promise<LoginResult>
  /** Null for any token that is not good now. */
  authenticate(token: string): Promise<Principal | null>
  /** A new token for the device of this one; the old one ends when the new one is first used. */
  rotate(token: string): Promise<IssuedToken>
  /** All of the account, oldest first. */
  devices(principal: Principal): Promise<readonly DeviceInfo[]>
  /** `not-found` for a device that is not this user's. */
  revoke(principal: Principal, device: string): Promise<void>
  /** Ends the tokens of all other devices. `unauthorized` for a wrong current password. */
  changePassword(
    principal: Principal,
    passwords: { readonly current: string; readonly next: string },
    options?: CallOptions,
  ): Promise<void>
  /** For the operator: forgets the failed logins of a name. */
  unlock(name: string): Promise<void>
  /** A device of this process lost its tokens; returns the undo. */
  onRevoked(listener: (device: string) => void): () => void
  /** Closes the store. Idempotent. */
  close(): Promise<void>
}

const DAY = 86_400_000
const SWEEP_LIMIT = 200
const MAX_LABEL = 100

/** Constructs only: call `open()` before the first use. */
export function accounts(options: AccountsOptions): Accounts {
  return new AccountRules(options)
}

class AccountRules implements Accounts {
  readonly #options: AccountsOptions
  readonly #tokens: DeviceTokens

  constructor(options: AccountsOptions) {
    this.#options = options
    const { store, clock, random, tokenLifeMs = 90 * DAY, maxDevices = 100 } = options
    if (!(tokenLifeMs > 0))
      throw new TidemarkError('invalid-option', 'a token has to live for some time', { subject: 'tokenLifeMs' })
    this.#tokens = new DeviceTokens({ store, clock, random, lifeMs: tokenLifeMs, maxDevices })
  }

  async open(options?: CallOptions): Promise<void> {
    await this.#options.store.open(options)
  }

  async register(credentials: Credentials, options: CallOptions = {}): Promise<void> {
    if (this.#options.registration === 'closed') {
      throw new TidemarkError('forbidden', 'this server takes no registrations', {
        next: 'Ask its operator for an account.',
      })
    }
    const { store, clock, random, passwords } = this.#options
    const name = userName(credentials.name)
    const password = normalisePassword(credentials.password)
    checkNewPassword(password, name.key)
    await enter(this.#options, sourceSubjects('registration', credentials.source))
    const stored = await passwords.hash(password, options)
    const id = toHex(random.bytes(16))
    const isNew = await store.createUser({ id, ...name, password: stored, createdAt: clock.now() })
    this.#audit(isNew ? 'registered' : 'register-taken', { user: isNew ? id : null, name: name.key })
  }

  async login(credentials: Credentials & { readonly label: string }, options: CallOptions = {}): Promise<LoginResult> {
    const { store, passwords } = this.#options
    const label = deviceLabel(credentials.label)
    const { key } = userName(credentials.name)
    const password = normalisePassword(credentials.password)
    const subjects: readonly ThrottleSubject[] = [
      accountSubject(key),
      ...sourceSubjects('source', credentials.source),
      { kind: 'everybody', subject: 'everybody' },
    ]
    const user = await this.#audited(key, () =>
      guess(this.#options, subjects, () => store.userByKey(key), password, options.signal),
    )
    await this.#sweep()
    const issued = await this.#tokens.issue(user.id, label)
    if (!(await this.#stillGood(user.id, user.password, password))) {
      // The password was changed while we compared it: the change has ended all devices it saw, so we end this one.
      await this.#tokens.revoke(user.id, issued.device)
      throw unauthorized()
    }
    if (passwords.isWeak(user.password)) {
      await store.setPassword(user.id, user.password, await passwords.hash(password, options))
    }
    this.#audit('login', { user: user.id, device: issued.device })
    return { ...issued, user: user.id }
  }

  authenticate(token: string): Promise<Principal | null> {
    return this.#tokens.recognise(token)
  }

  async rotate(token: string): Promise<IssuedToken> {
    const issued = await this.#tokens.rotate(token)
    this.#audit('rotated', { device: issued.device })
    return issued
  }

  devices(principal: Principal): Promise<readonly DeviceInfo[]> {
    return this.#tokens.list(principal.user)
  }

  async revoke(principal: Principal, device: string): Promise<void> {
    if (!(await this.#tokens.revoke(principal.user, device))) {
      throw new TidemarkError('not-found', 'this account has no such device', { subject: 'device' })
    }
    this.#audit('revoked', { user: principal.user, device })
  }

  async changePassword(
    principal: Principal,
    { current, next }: { readonly current: string; readonly next: string },
    options: CallOptions = {},
  ): Promise<void> {
    const { store, passwords } = this.#options
    const known = await store.userById(principal.user)
    if (known === null) throw unauthorized()
    const password = normalisePassword(next)
    checkNewPassword(password, known.key)
    // A subject of its own: strangers who have used up the login's attempts cannot keep the owner from changing the password.
    const subjects: readonly ThrottleSubject[] = [{ kind: 'account', subject: `change:${principal.user}` }]
    const find = (): ReturnType<AccountStore['userById']> => store.userById(principal.user)
    const user = await this.#audited(known.key, () =>
      guess(this.#options, subjects, find, normalisePassword(current), options.signal),
    )
    if (!(await store.setPassword(user.id, user.password, await passwords.hash(password, options)))) {
      throw new TidemarkError('busy', 'the password was changed at the same time', { retryable: true })
    }
    const ended = await this.#tokens.revokeOthers(user.id, principal.device)
    await this.#lift(user.key)
    this.#audit('password-changed', { user: user.id, device: principal.device, ended })
  }

  async unlock(name: string): Promise<void> {
    const { key } = userName(name)
    await this.#lift(key)
    this.#audit('unlocked', { name: key })
  }

  onRevoked(listener: (device: string) => void): () => void {
    return this.#tokens.onRevoked(listener)
  }

  async close(): Promise<void> {
    await this.#options.store.close()
  }

  async #stillGood(id: string, verified: string, password: string): Promise<boolean> {
    const now = await this.#options.store.userById(id)
    if (now === null) return false
    return now.password === verified || this.#options.passwords.verify(now.password, password)
  }

  async #lift(key: string): Promise<void> {
    const { subject } = accountSubject(key)
    await this.#options.store.throttle([subject], () => ({ put: [], remove: [subject], result: undefined }))
  }

  async #sweep(): Promise<void> {
    const now = this.#options.clock.now()
    await this.#options.store.sweep({
      expiredBefore: now,
      throttledBefore: now - THROTTLE_MEMORY_MS,
      limit: SWEEP_LIMIT,
    })
  }

  async #audited<T>(name: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      const code = error instanceof TidemarkError ? error.code : 'internal'
      this.#audit('login-failed', { name, code }, 'warn')
      throw error
    }
  }

  #audit(event: string, detail: Readonly<Record<string, unknown>>, level: LogEvent['level'] = 'info'): void {
    this.#options.log?.(() => ({ level, event: `accounts.${event}`, detail }))
  }
}

function accountSubject(key: string): ThrottleSubject {
  return { kind: 'account', subject: `account:${key}` }
}

function sourceSubjects(kind: 'source' | 'registration', source: string | null): readonly ThrottleSubject[] {
  return source === null ? [] : [{ kind, subject: `${kind}:${sourcePrefix(source)}` }]
}

/** Shown to a person in the list of devices: one line, no control characters. */
function deviceLabel(text: string): string {
  const label = text.normalize('NFC').trim()
  if (label === '' || Array.from(label).length > MAX_LABEL || /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(label)) {
    throw new TidemarkError('invalid', `a device label is one line of 1 to ${MAX_LABEL} characters`, {
      subject: 'device',
    })
  }
  return label
}
