/** The way to the server. Carries frames, never reads them. */

/** Never truth: something may have changed in this workspace, up to this sequence. */
export interface Hint {
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** Null: the sender does not know. */
  readonly sequence: number | null
  /** Nothing changed yet: large contents are on their way to the server, and can be fetched while they come. */
  readonly arriving?: boolean | undefined
}

/** A hint channel that is kept open. */
export interface Subscription {
  /** Idempotent. */
  close(): Promise<void>
}

/** Who is told of hints. Handlers must not throw. */
export interface SubscribeHandlers {
  /** May be late, repeated or missing. */
  onHint(hint: Hint): void
  /** The channel (re)opened or broke. While it is broken the engine polls. */
  onState(state: 'open' | 'broken'): void
}

/** The way to one workspace of a server: the contract of its adapters, in numbered rules. */
export interface Transport {
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /**
   * TRANSPORT-1 Request and answer are at most 4 MiB each (`too-large`); the caller may change its frame after the call, and owns
   * the answer. TRANSPORT-2 At most 4 are in flight, further calls wait.
   * TRANSPORT-3 Order is not promised. TRANSPORT-4 Fails with `offline` (retryable) when no answer came: the request may
   * have been carried out; `unauthorized`, `rate-limited`, `busy` as the server says. TRANSPORT-5 An answer that is not
   * from such a server (a login page, HTML) is `offline`, never a frame. TRANSPORT-6 `aborted` when the signal fires.
   */
  exchange(frame: Uint8Array, options?: { readonly signal?: AbortSignal | undefined }): Promise<Uint8Array>
  /**
   * TRANSPORT-7 Returns at once, before any handler runs; passes hints on as the server gave them; reconnects by itself with
   * jittered back-off until closed. TRANSPORT-8 A channel silent
   * for 120 s counts as broken. TRANSPORT-9 Never rejects for being offline.
   */
  subscribe(handlers: SubscribeHandlers): Subscription
  /** TRANSPORT-10 Ends subscriptions and idle connections; idempotent. Calls after it fail with `closed`. */
  close(): Promise<void>
}
