/** Accounts in memory: the reference for the contract, and the store of tests and demos. Never survives its process. */

import type {
  AccountDevice,
  AccountStore,
  AccountUser,
  ThrottleChange,
  ThrottleRecord,
} from '../../src/accounts/index.js'
import { TidemarkError } from '../../src/index.js'

/** Accounts that end with their process: for tests and demos. */
export function memoryAccountStore(): AccountStore {
  return new MemoryAccountStore()
}

class MemoryAccountStore implements AccountStore {
  readonly #users = new Map<string, AccountUser>()
  readonly #devices = new Map<string, AccountDevice>()
  readonly #throttles = new Map<string, ThrottleRecord>()
  #state: 'new' | 'open' | 'closed' = 'new'

  async open(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    if (options.signal?.aborted === true) throw new TidemarkError('aborted', 'opening the account store was cancelled')
    if (this.#state === 'open') throw new TidemarkError('locked', 'the account store is open already')
    this.#state = 'open'
  }

  async createUser(user: AccountUser): Promise<boolean> {
    this.#check()
    for (const held of this.#users.values()) {
      if (held.id === user.id || held.key === user.key || held.skeleton === user.skeleton) return false
    }
    this.#users.set(user.id, { ...user })
    return true
  }

  async userByKey(key: string): Promise<AccountUser | null> {
    this.#check()
    for (const user of this.#users.values()) if (user.key === key) return user
    return null
  }

  async userById(id: string): Promise<AccountUser | null> {
    this.#check()
    return this.#users.get(id) ?? null
  }

  async setPassword(id: string, expected: string, password: string): Promise<boolean> {
    this.#check()
    const user = this.#users.get(id)
    if (user === undefined || user.password !== expected) return false
    this.#users.set(id, { ...user, password })
    return true
  }

  async addDevice(device: AccountDevice): Promise<void> {
    this.#check()
    if (!this.#users.has(device.user))
      throw new TidemarkError('not-found', 'the user of the device is not there', { subject: device.user })
    if (this.#devices.has(device.id) || this.#holdsToken(device, null)) {
      throw new TidemarkError('exists', 'the device or its token is there already', { subject: device.id })
    }
    this.#devices.set(device.id, { ...device })
  }

  async deviceByToken(digest: string): Promise<AccountDevice | null> {
    this.#check()
    for (const device of this.#devices.values())
      if (device.token === digest || device.nextToken === digest) return device
    return null
  }

  async replaceDevice(expectedToken: string, device: AccountDevice): Promise<boolean> {
    this.#check()
    const held = this.#devices.get(device.id)
    if (held === undefined || held.token !== expectedToken || held.user !== device.user) return false
    if (this.#holdsToken(device, device.id))
      throw new TidemarkError('exists', 'another device has this token', { subject: device.id })
    this.#devices.set(device.id, { ...device })
    return true
  }

  async devices(user: string): Promise<readonly AccountDevice[]> {
    this.#check()
    return [...this.#devices.values()]
      .filter((device) => device.user === user)
      .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
  }

  async removeDevices(user: string, ids: readonly string[]): Promise<readonly string[]> {
    this.#check()
    return [...new Set(ids)].filter((id) => this.#devices.get(id)?.user === user && this.#devices.delete(id))
  }

  async throttle<T>(
    subjects: readonly string[],
    decide: (records: ReadonlyMap<string, ThrottleRecord>) => ThrottleChange<T>,
  ): Promise<T> {
    this.#check()
    const records = new Map<string, ThrottleRecord>()
    for (const subject of subjects) {
      const record = this.#throttles.get(subject)
      if (record !== undefined) records.set(subject, record)
    }
    const { put, remove, result } = decide(records)
    for (const subject of remove) this.#throttles.delete(subject)
    for (const record of put) this.#throttles.set(record.subject, { ...record })
    return result
  }

  async sweep({ expiredBefore, throttledBefore, limit }: Parameters<AccountStore['sweep']>[0]): Promise<void> {
    this.#check()
    const expired = [...this.#devices.values()].filter((device) => device.expiresAt < expiredBefore)
    for (const { id } of expired.slice(0, limit)) this.#devices.delete(id)
    const stale = [...this.#throttles.values()].filter((record) => record.latest < throttledBefore)
    for (const { subject } of stale.slice(0, limit)) this.#throttles.delete(subject)
  }

  async close(): Promise<void> {
    this.#state = 'closed'
  }

  #holdsToken(device: AccountDevice, except: string | null): boolean {
    const wanted = [device.token, device.nextToken].filter((token) => token !== null)
    return [...this.#devices.values()].some(
      (held) => held.id !== except && wanted.some((token) => token === held.token || token === held.nextToken),
    )
  }

  #check(): void {
    if (this.#state !== 'open') throw new TidemarkError('closed', 'the account store is not open')
  }
}
