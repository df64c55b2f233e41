/** What a bench and a device of it say to each other. */

export type DeviceCommand = 'start' | 'sync' | 'watch-delays' | 'gauges' | 'exit'

/** One status of the engine, as it was told. */
export interface StatusTold {
  readonly type: 'status'
  /** Milliseconds of the machine's monotonic clock. */
  readonly at: number
  readonly state: string
  readonly applied: number
  readonly pending: number
  readonly problems: readonly string[]
}

export type DeviceMessage =
  | StatusTold
  | { readonly type: 'up' }
  | { readonly type: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }

/** One `sync()` of an engine. */
export interface SyncFigures {
  readonly wallMs: number
  readonly requests: number
  readonly bytesUp: number
  readonly bytesDown: number
}

/** What a process has used since it began. */
export interface ProcessGauges {
  /** Bytes. */
  readonly rss: number
  readonly peakRss: number
  /** Milliseconds, user and system. */
  readonly cpuMs: number
  /** Calls of the system that read or write; null where it does not count them. */
  readonly ioCalls: number | null
}

export interface Gauges extends ProcessGauges {
  /** Of the event loop, since 'watch-delays'. */
  readonly delayP99Ms: number
  readonly delayMaxMs: number
}
