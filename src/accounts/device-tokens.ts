/**
 * The devices of users and what their tokens are worth: issue, recognise, rotate, revoke (SEC-26).
 * Keeps no token and no copy of a device: what the store has forgotten is refused from the next question on.
 */

import { createNanoEvents } from 'nanoevents'
import { TidemarkError } from '../errors.js'
import type { AccountDevice, AccountStore } from '../interfaces/account-store.js'
import type { Clock } from '../interfaces/clock.js'
import type { Random } from '../interfaces/random.js'
import { toHex } from '../model/hex.js'
import { drawToken, tokenDigest } from './token.js'

/** Who asks. `user` is the account's id, `device` the device's. */
export interface Principal {
  /** Id of the account. */
  readonly user: string
  /** Id of the device whose token was shown. */
  readonly device: string
}

/** What the owner of an account sees of a device. */
export interface DeviceInfo {
  /** Its id. */
  readonly device: string
  /** What its owner called it at the login. */
  readonly label: string
  /** Wall times, ms. `seenAt` is exact to a day. */
  readonly createdAt: number
  /** Last use of its token. */
  readonly seenAt: number
  /** From then on its token is worth nothing; moves on as long as it is used. */
  readonly expiresAt: number
}

/** A token, shown once: only its digest is stored. */
export interface IssuedToken {
  /** To be kept where only its owner can read it. */
  readonly token: string
  /** Id of the device it stands for. */
  readonly device: string
  /** Moves on as long as the token is used. */
  readonly expiresAt: number
}

export interface DeviceTokensParts {
  readonly store: AccountStore
  readonly clock: Clock
  readonly random: Random
  /** A token not used for this long is worth nothing, ms. */
  readonly lifeMs: number
  readonly maxDevices: number
}

const DAY = 86_400_000

interface Events {
  revoked(device: string): void
}

export class DeviceTokens {
  readonly #parts: DeviceTokensParts
  readonly #events = createNanoEvents<Events>()

  constructor(parts: DeviceTokensParts) {
    this.#parts = parts
  }

  /** Calls the listener with the id of each device that loses its tokens in this process; returns the undo. */
  onRevoked(listener: (device: string) => void): () => void {
    return this.#events.on('revoked', listener)
  }

  async issue(user: string, label: string): Promise<IssuedToken> {
    const { store, clock, random, lifeMs, maxDevices } = this.#parts
    const now = clock.now()
    const held = await store.devices(user)
    if (held.filter((device) => device.expiresAt > now).length >= maxDevices) {
      throw new TidemarkError('over-quota', `the account has ${maxDevices} devices already`, {
        next: 'Revoke a device that is no longer used.',
      })
    }
    const token = drawToken(random)
    const device: AccountDevice = {
      id: toHex(random.bytes(16)),
      user,
      label,
      token: digestOf(token),
      nextToken: null,
      createdAt: now,
      seenAt: now,
      expiresAt: now + lifeMs,
    }
    await store.addDevice(device)
    return { token, device: device.id, expiresAt: device.expiresAt }
  }

  /** Null for a token that is wrong, revoked or expired; nothing tells which. */
  async recognise(token: string): Promise<Principal | null> {
    const digest = tokenDigest(token)
    if (digest === null) return null
    const device = await this.#parts.store.deviceByToken(digest)
    const now = this.#parts.clock.now()
    if (device === null || device.expiresAt <= now) return null
    if (digest === device.nextToken || now - device.seenAt >= DAY) await this.#renew(device, digest, now)
    return { user: device.user, device: device.id }
  }

  /** A new token for the same device. The old one works until the new one is used, so that a lost answer locks nobody out. */
  async rotate(token: string): Promise<IssuedToken> {
    const digest = tokenDigest(token)
    const device = digest === null ? null : await this.#parts.store.deviceByToken(digest)
    const { store, clock, random, lifeMs } = this.#parts
    if (device === null || device.expiresAt <= clock.now()) throw unauthorized()
    const next = drawToken(random)
    // The token in hand stays as the old one, also when it was itself the next one of an earlier rotation.
    const rotated = {
      ...device,
      token: digest ?? device.token,
      nextToken: digestOf(next),
      expiresAt: clock.now() + lifeMs,
    }
    if (!(await store.replaceDevice(device.token, rotated))) throw unauthorized()
    return { token: next, device: device.id, expiresAt: rotated.expiresAt }
  }

  async list(user: string): Promise<readonly DeviceInfo[]> {
    const now = this.#parts.clock.now()
    const devices = await this.#parts.store.devices(user)
    return devices
      .filter((device) => device.expiresAt > now)
      .map(({ id, label, createdAt, seenAt, expiresAt }) => ({ device: id, label, createdAt, seenAt, expiresAt }))
  }

  /** False when the user has no such device: a foreign one looks the same. */
  async revoke(user: string, device: string): Promise<boolean> {
    const removed = await this.#parts.store.removeDevices(user, [device])
    this.#tell(removed)
    return removed.length > 0
  }

  async revokeOthers(user: string, kept: string | null): Promise<number> {
    const others = (await this.#parts.store.devices(user)).filter((device) => device.id !== kept)
    const removed = await this.#parts.store.removeDevices(
      user,
      others.map((device) => device.id),
    )
    this.#tell(removed)
    return removed.length
  }

  /** Losing the swap to another request of the same device, or to a revocation, needs no answer: the next request decides. */
  async #renew(device: AccountDevice, digest: string, now: number): Promise<void> {
    const nextToken = digest === device.nextToken ? null : device.nextToken
    await this.#parts.store.replaceDevice(device.token, {
      ...device,
      token: digest,
      nextToken,
      seenAt: now,
      expiresAt: now + this.#parts.lifeMs,
    })
  }

  #tell(removed: readonly string[]): void {
    for (const device of removed) this.#events.emit('revoked', device)
  }
}

export function unauthorized(): TidemarkError {
  return new TidemarkError('unauthorized', 'the token or the password is wrong, expired or revoked', {
    next: 'Log in again.',
  })
}

function digestOf(token: string): string {
  const digest = tokenDigest(token)
  if (digest === null) throw new TidemarkError('internal', 'a token of our own has the wrong shape')
  return digest
}
