/** Time. The only source of it in the library. */

export interface Clock {
  /** CLOCK-1 Wall time in whole milliseconds since 1970. May jump in either direction: nothing may be decided by it but expiry and display. */
  now(): number
  /** CLOCK-2 Milliseconds from an arbitrary start that never go back. For time-outs, back-off and "within the last 2 s". */
  monotonic(): number
  /** CLOCK-3 Resolves after `ms` (≥ 0) of monotonic time, not before; CLOCK-4 rejects with code `aborted` as soon as the signal fires, also when it has fired already. */
  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
}
