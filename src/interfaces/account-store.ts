/**
 * Users, devices, token digests and throttle state. It holds no policy: what a name, a password or a delay is,
 * the rules in accounts/ decide. It never sees a password or a token, only what was made from them.
 */

/** A user as stored. */
export interface AccountUser {
  /** 32 lower-case hex digits, random, never re-used. */
  readonly id: string
  /** As its owner writes it. */
  readonly name: string
  /** Case-folded name: who logs in is found by it. */
  readonly key: string
  /** Name with look-alike characters made one: only uniqueness is decided by it. */
  readonly skeleton: string
  /** Stored form of a `PasswordHasher`. */
  readonly password: string
  /** Wall time, ms. */
  readonly createdAt: number
}

/** A device of a user as stored. */
export interface AccountDevice {
  /** 32 lower-case hex digits, random. */
  readonly id: string
  /** Id of the user it belongs to. */
  readonly user: string
  /** For the list of devices a person looks at. */
  readonly label: string
  /** Digest of the token, 64 hex digits. */
  readonly token: string
  /** Digest of the token that takes over when it is first used; null outside a rotation. */
  readonly nextToken: string | null
  /** Wall time, ms. */
  readonly createdAt: number
  /** Wall time of the last use, ms; exact to a day. */
  readonly seenAt: number
  /** From this wall time (ms) on the tokens are worth nothing. */
  readonly expiresAt: number
}

/** How often something failed of late. The subject is opaque: an account, a source of requests, everybody. */
export interface ThrottleRecord {
  /** Whose failures they are. */
  readonly subject: string
  /** Failures that are not forgiven yet. */
  readonly failures: number
  /** Wall time up to which failures have been forgiven, ms. */
  readonly since: number
  /** Wall time of the last failure counted, ms. */
  readonly latest: number
}

/** What is to become of the records read. Subjects in neither list stay as they are. */
export interface ThrottleChange<T> {
  /** Records to be stored in place of what was there. */
  readonly put: readonly ThrottleRecord[]
  /** Subjects to be forgotten. */
  readonly remove: readonly string[]
  /** Handed back by `throttle`. */
  readonly result: T
}

/** Where accounts live: the contract of its adapters, in numbered rules. */
export interface AccountStore {
  /** ACCOUNT-1 A second `open`, or a second holder of an embedded store, gets `locked`; a newer format `newer-version`, untouched. */
  open(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /** ACCOUNT-2 False, and nothing changed, when id, key or skeleton is taken; of several at once exactly one wins. ACCOUNT-3 Durable when it resolves, like every write here. */
  createUser(user: AccountUser): Promise<boolean>
  /** ACCOUNT-4 Keys compare by exact code points; null when there is none. */
  userByKey(key: string): Promise<AccountUser | null>
  /** Null when there is none. */
  userById(id: string): Promise<AccountUser | null>
  /** ACCOUNT-5 Compare-and-swap: false, and nothing changed, unless the stored form is `expected`. */
  setPassword(id: string, expected: string, password: string): Promise<boolean>
  /** ACCOUNT-6 Adds a device. `exists` when its id or one of its tokens is held already, `not-found` when its user is unknown. */
  addDevice(device: AccountDevice): Promise<void>
  /** ACCOUNT-7 Finds by `token` or `nextToken`; expired ones too. */
  deviceByToken(digest: string): Promise<AccountDevice | null>
  /** ACCOUNT-8 Compare-and-swap on (id, user, token): false, and nothing changed, when the device is gone or its user or token is another: what was revoked never comes back. `exists` when one of the new tokens is held by another device. */
  replaceDevice(expectedToken: string, device: AccountDevice): Promise<boolean>
  /** ACCOUNT-9 Devices of one user, ascending by creation, then id. */
  devices(user: string): Promise<readonly AccountDevice[]>
  /** ACCOUNT-10 Removes those of the ids that belong to the user and returns them; others are untouched. Their tokens find nothing from then on. */
  removeDevices(user: string, ids: readonly string[]): Promise<readonly string[]>
  /** ACCOUNT-11 Reads and changes the records of these subjects as one serial step: two calls never see the same state. `decide` is synchronous and called exactly once; when it throws, nothing is changed and the call fails with its error. */
  throttle<T>(
    subjects: readonly string[],
    decide: (records: ReadonlyMap<string, ThrottleRecord>) => ThrottleChange<T>,
  ): Promise<T>
  /** ACCOUNT-12 Forgets devices expired before and throttle records last touched before these times; at most `limit` of each. */
  sweep(before: {
    readonly expiredBefore: number
    readonly throttledBefore: number
    readonly limit: number
  }): Promise<void>
  /** ACCOUNT-13 Idempotent. Calls after it fail with `closed`. */
  close(): Promise<void>
}
