/** Messages for operators. The library never prints: it calls this, if one was given. */

export interface LogEvent {
  /** `warn` and `error` are for people who run it, the others for people who look for something. */
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Stable name, dotted: 'engine.plan', 'transport.retry'. */
  readonly event: string
  /** Plain data. Never a password, a token or content of a file. */
  readonly detail?: Readonly<Record<string, unknown>>
}

/** LOG-1 Never throws into the caller. LOG-2 The payload is built only when a log is there, so a getter is passed. */
export type Log = (build: () => LogEvent) => void
