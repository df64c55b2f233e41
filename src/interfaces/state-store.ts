/** The client database: ordered keys and values with one atomic batch. Holds no policy and never looks into a value. */

export interface StateEntry {
  /** 1–1,024 characters of U+0020–U+007E. */
  readonly key: string
  /** Any bytes; never looked into. */
  readonly value: Uint8Array
}

/** The client database: the contract of its adapters, in numbered rules. */
export interface StateStore {
  /**
   * What a resolved `batch` survives. 'strict': power loss; 'relaxed': a killed process, and after a power loss some
   * earlier batch boundary; 'volatile': nothing.
   */
  readonly durability: 'strict' | 'relaxed' | 'volatile'
  /** STATE-1 Takes the lock: a second holder, in this process or another, gets code `locked`. A lock of a dead process is taken over, a fired signal (`aborted`) leaves none. STATE-2 A newer format is refused with `newer-version`, untouched; STATE-3 damage with `corrupt`. */
  open(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /** STATE-4 After `corrupt`: sets the damaged data aside, never deletes it, and opens empty. Returns where it lies, for a person. */
  openAside(options?: { readonly signal?: AbortSignal | undefined }): Promise<string>
  /** STATE-5 Values in the order of the keys, null where there is none. Keys are 1–1,024 characters of U+0020–U+007E, else `invalid`. What is returned belongs to the caller. */
  get(keys: readonly string[]): Promise<readonly (Uint8Array | null)[]>
  /** STATE-6 Entries whose key starts with `prefix` and is greater than `after` (null: from the first), ascending by code unit, at most `limit` (a whole number ≥ 1, else `invalid`). Prefixes are literal: no wildcard. */
  range(prefix: string, after: string | null, limit: number): Promise<readonly StateEntry[]>
  /** STATE-7 All or nothing, also over a crash; STATE-8 deletes first, then puts; STATE-9 batches take effect in call order; STATE-10 the caller may change its arrays after the call. */
  batch(puts: readonly StateEntry[], deletes: readonly string[]): Promise<void>
  /** STATE-11 Idempotent; lets queued batches end, releases the lock. Calls before open and after close fail with `closed`. */
  close(): Promise<void>
}
