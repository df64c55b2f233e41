/** What differs from host to host below an HTTP call: how a request leaves, how time is measured, what is known of the line. */

import type { HttpInit, HttpResponse } from './http-fetch.js'

/** A timer that never keeps a process alive. */
export interface HttpTimer {
  /** The time starts again. */
  refresh(): void
  /** Idempotent. */
  stop(): void
}

/** `offline` and `online`: the host lost and found its network. `visible`: its user is back after a time that may have been long. */
export type LineChange = 'offline' | 'online' | 'visible'

/** One for each caller: its connections are closed with it. */
export interface HttpHost {
  /** Sent with every request; empty where the host sets its own. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * Sends one request; resolves once status and headers are there. `isEndless`: the answer has no end, and nothing that gives
   * up an idle connection may look after it (C6).
   */
  send(url: string, init: HttpInit, isEndless: boolean): Promise<HttpResponse>
  /** What a request failed of was an idle connection that the server gave up just then: it may be sent once more. */
  isStale(cause: unknown): boolean
  /** Calls `due` once, `ms` after the start or the last refresh. */
  timer(ms: number, due: () => void): HttpTimer
  /** Wall time, ms: it goes on while a machine sleeps. */
  now(): number
  /** Tells of changes until the function it returns is called. A host that knows of none never tells. */
  onLine(tell: (change: LineChange) => void): () => void
  /** Ends the connections that it keeps; idempotent. */
  close(): void
}
