/** A memory-hard function over passwords. It decides nothing: who may try, how often, and what a password must be is decided in accounts/. */

export interface PasswordHasher {
  /** PASSWORD-1 A string that names its own algorithm and parameters, with a fresh salt: two calls differ. PASSWORD-2 Asynchronous, with bounded concurrency and queue; beyond them `busy` (retryable); `aborted` when the signal fires. */
  hash(password: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<string>
  /** PASSWORD-3 With null it spends what a comparison costs and answers false, so that an unknown account takes as long as a known one. PASSWORD-4 A stored form it cannot read is `corrupt`, never false. */
  verify(
    stored: string | null,
    password: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<boolean>
  /** PASSWORD-5 True when the stored form is weaker than what `hash` makes now. */
  isWeak(stored: string): boolean
}
