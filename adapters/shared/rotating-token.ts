/**
 * A device token that is exchanged for a new one now and then, so that a long-lived device stays logged in and a token
 * that leaked is worth nothing for long. Keeps no token itself: it is read and written where the app says.
 */

import type { Clock } from '../../src/index.js'
import type { AccountClient, DeviceToken } from './account-client.js'
import { systemClock } from './system-clock.js'

/** What an app keeps of a login. */
export interface KeptToken {
  /** The device token. */
  readonly token: string
  /** Wall time, ms: when it was issued. */
  readonly issuedAt: number
}

/** Where a token is kept, and who exchanges it. */
export interface RotatingTokenOptions {
  /** Asks the server for another one. */
  readonly accounts: Pick<AccountClient, 'rotate'>
  /** Asked at each request: what lies there is the truth, so a new login is taken up at once. */
  readonly read: () => KeptToken | Promise<KeptToken>
  /** Must be durable when it resolves. Until the new token is used the old one works, so no crash locks the device out. */
  readonly write: (kept: KeptToken) => void | Promise<void>
  /** Age at which a token is exchanged, ms. Default 7 days. */
  readonly everyMs?: number
  /** Default: that of the system. */
  readonly clock?: Clock
}

const DAY_MS = 86_400_000
/** After an exchange that failed, ms. */
const AGAIN_MS = 60_000

/** For `token` of a transport. It never fails for an exchange that failed: the token in hand goes on, and the next try comes. */
export function rotatingToken(options: RotatingTokenOptions): () => Promise<string> {
  const { accounts, read, write, everyMs = 7 * DAY_MS, clock = systemClock() } = options
  let exchanging: Promise<string> | null = null
  let notBefore = Number.NEGATIVE_INFINITY
  const exchange = async (kept: KeptToken): Promise<string> => {
    try {
      const { token }: DeviceToken = await accounts.rotate(kept.token)
      await write({ token, issuedAt: clock.now() })
      return token
    } catch {
      notBefore = clock.now() + AGAIN_MS
      return kept.token
    } finally {
      exchanging = null
    }
  }
  return async () => {
    const kept = await read()
    const now = clock.now()
    if (exchanging !== null) return exchanging
    if (now - kept.issuedAt < everyMs || now < notBefore) return kept.token
    exchanging = exchange(kept)
    return exchanging
  }
}
