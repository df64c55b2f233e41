/**
 * Accounts over HTTP, as a device uses them: register, log in, look at the devices, revoke one.
 * Keeps no password and no token: what it gets it hands out.
 */

import type * as v from 'valibot'
import { TidemarkError } from '../../src/index.js'
import type { HttpCaller, HttpRequest, TokenSource } from './http-caller.js'
import { offline } from './http-refusal.js'
import { DevicesAnswer, JSON_LIMIT, JSON_TYPE, LoginAnswer, parseJson, parseShape, RotateAnswer } from './http-wire.js'

/** A token of a device. */
export interface DeviceToken {
  /** To be kept where only its owner can read it. It is not shown again. */
  readonly token: string
  /** Id of the device it stands for. */
  readonly device: string
  /** Wall time, ms; moves on as long as the token is used. */
  readonly expiresAt: number
}

/** A token for a new device, and whose it is. */
export interface LoggedIn extends DeviceToken {
  /** Id of the account. */
  readonly user: string
}

/** A device of the account. */
export interface ListedDevice {
  /** Its id, for `revoke`. */
  readonly device: string
  /** What its owner called it at the login. */
  readonly label: string
  /** Wall time of the login, ms. */
  readonly createdAt: number
  /** Wall time of the last use, ms; exact to a day. */
  readonly seenAt: number
  /** Wall time, ms, from which its token is worth nothing; moves on as long as it is used. */
  readonly expiresAt: number
  /** The device that asks. */
  readonly current: boolean
}

/** What calls on an account client take. */
export interface CallOptions {
  /** Ends the call early: it then fails with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Accounts of a server, seen from a device. Fails with what the server says, and with `offline` where it says nothing.
 */
export interface AccountClient {
  /**
   * Makes an account and logs in. The server never says whether a name is taken; what shows is that the login fails:
   * `unauthorized`. With the right password it is simply a login, so it may be repeated after a lost answer.
   */
  register(
    account: { readonly name: string; readonly password: string; readonly device: string },
    options?: CallOptions,
  ): Promise<LoggedIn>
  /** A token for a new device, shown under the name `device`. */
  login(
    account: { readonly name: string; readonly password: string; readonly device: string },
    options?: CallOptions,
  ): Promise<LoggedIn>
  /** A new token for this device; the old one ends when the new one is first used. */
  rotate(token: TokenSource, options?: CallOptions): Promise<DeviceToken>
  /** All of the account, oldest first. */
  devices(token: TokenSource, options?: CallOptions): Promise<readonly ListedDevice[]>
  /** Ends the tokens of a device of the same account; also of the asking one. */
  revoke(token: TokenSource, device: string, options?: CallOptions): Promise<void>
  /** Ends the token itself. */
  logout(token: TokenSource, options?: CallOptions): Promise<void>
  /** Ends the tokens of all other devices. */
  changePassword(
    token: TokenSource,
    passwords: { readonly current: string; readonly next: string },
    options?: CallOptions,
  ): Promise<void>
  /** Idempotent. */
  close(): Promise<void>
}

const DEVICES_LIMIT = 512 * 1024

/** Requests of an account client at a time. */
export const ACCOUNT_REQUESTS = 2

export class HttpAccounts implements AccountClient {
  readonly #caller: HttpCaller

  constructor(caller: HttpCaller) {
    this.#caller = caller
  }

  async register(
    { name, password, device }: { readonly name: string; readonly password: string; readonly device: string },
    options: CallOptions = {},
  ): Promise<LoggedIn> {
    await this.#call(post('/accounts/register', { name, password }), options)
    try {
      return await this.login({ name, password, device }, options)
    } catch (error) {
      if (!(error instanceof TidemarkError) || error.code !== 'unauthorized') throw error
      throw new TidemarkError('unauthorized', 'this name is taken, or one that looks like it', {
        subject: 'name',
        next: 'Choose another name; if it is yours, log in with its password.',
        cause: error,
      })
    }
  }

  async login(
    { name, password, device }: { readonly name: string; readonly password: string; readonly device: string },
    options: CallOptions = {},
  ): Promise<LoggedIn> {
    return read(LoginAnswer, await this.#call(post('/accounts/login', { name, password, device }), options))
  }

  async rotate(token: TokenSource, options: CallOptions = {}): Promise<DeviceToken> {
    return read(RotateAnswer, await this.#call({ ...post('/accounts/token', {}), token }, options))
  }

  async devices(token: TokenSource, options: CallOptions = {}): Promise<readonly ListedDevice[]> {
    const request = { method: 'GET', path: '/accounts/devices', accept: JSON_TYPE, token } as const
    return read(DevicesAnswer, await this.#call(request, options, DEVICES_LIMIT)).devices
  }

  async revoke(token: TokenSource, device: string, options: CallOptions = {}): Promise<void> {
    const path = `/accounts/devices/${encodeURIComponent(device)}`
    await this.#call({ method: 'DELETE', path, accept: JSON_TYPE, token }, options)
  }

  async logout(token: TokenSource, options: CallOptions = {}): Promise<void> {
    await this.#call({ ...post('/accounts/logout', {}), token }, options)
  }

  async changePassword(
    token: TokenSource,
    { current, next }: { readonly current: string; readonly next: string },
    options: CallOptions = {},
  ): Promise<void> {
    await this.#call({ ...post('/accounts/password', { current, next }), token }, options)
  }

  async close(): Promise<void> {
    this.#caller.close()
  }

  #call(request: HttpRequest, { signal }: CallOptions, limit: number = JSON_LIMIT): Promise<Uint8Array> {
    return this.#caller.call({ ...request, signal }, limit)
  }
}

function post(path: string, body: Readonly<Record<string, string>>): HttpRequest {
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  return { method: 'POST', path, accept: JSON_TYPE, content: { type: JSON_TYPE, bytes } }
}

function read<S extends v.GenericSchema>(schema: S, bytes: Uint8Array): v.InferOutput<S> {
  const answer = parseShape(schema, parseJson(bytes))
  if (answer === null) throw offline('what answers there is not a sync server that this version knows')
  return answer
}
