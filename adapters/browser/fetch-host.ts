/** HTTP by the host's `fetch`, which keeps the connections: in a page, in a worker, and wherever else there is one. */

import type { HttpInit, HttpResponse } from '../shared/http-fetch.js'
import type { HttpHost, HttpTimer, LineChange } from '../shared/http-host.js'

/** What tells of the line; each is absent where the host has none. */
export interface LineEvents {
  /** Fires `online` and `offline`: the global of a page or worker. */
  readonly scope?: EventTarget | undefined
  /** Fires `visibilitychange`: a page. */
  readonly page?: (EventTarget & { readonly visibilityState: string }) | undefined
}

export interface FetchHostParts {
  /** Default: the global one of the moment, so that one that was put in its place is used too. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Default: those of the global. */
  readonly events?: LineEvents
  /** Wall time, ms. */
  readonly now?: () => number
}

/** For a redirect, whose status a page is not shown. */
const SOME_REDIRECT = 300

export class FetchHost implements HttpHost {
  /** A page may not say what it is. */
  readonly headers = {}
  readonly now: () => number
  readonly #fetch: typeof globalThis.fetch
  readonly #events: LineEvents

  constructor({ fetch, events = lineEvents(), now = () => Date.now() }: FetchHostParts) {
    this.#fetch = fetch ?? ((...call) => globalThis.fetch(...call))
    this.#events = events
    this.now = now
  }

  /** No cookie goes along, nothing is kept, no page is named: the token in its header is all that a server learns. */
  async send(url: string, init: HttpInit): Promise<HttpResponse> {
    // Called bare: the host's own function refuses to be a method of anything else.
    const fetch = this.#fetch
    const response = await fetch(url, {
      ...init,
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    })
    return {
      status: response.type === 'opaqueredirect' ? SOME_REDIRECT : response.status,
      // What was encoded on the way is decoded here already.
      headers: { get: (name) => (name === 'content-encoding' ? null : response.headers.get(name)) },
      body: response.body === null ? null : chunksOf(response.body),
    }
  }

  /** The host sends again by itself what an idle connection lost. */
  isStale(): boolean {
    return false
  }

  timer(ms: number, due: () => void): HttpTimer {
    let timer = setTimeout(due, ms)
    const stop = (): void => clearTimeout(timer)
    return {
      refresh: () => {
        stop()
        timer = setTimeout(due, ms)
      },
      stop,
    }
  }

  onLine(tell: (change: LineChange) => void): () => void {
    const { scope, page } = this.#events
    const online = (): void => tell('online')
    const offline = (): void => tell('offline')
    const seen = (): void => {
      if (page?.visibilityState === 'visible') tell('visible')
    }
    scope?.addEventListener('online', online)
    scope?.addEventListener('offline', offline)
    page?.addEventListener('visibilitychange', seen)
    return () => {
      scope?.removeEventListener('online', online)
      scope?.removeEventListener('offline', offline)
      page?.removeEventListener('visibilitychange', seen)
    }
  }

  /** The connections are the host's. */
  close(): void {}
}

function lineEvents(): LineEvents {
  return {
    scope: typeof globalThis.addEventListener === 'function' ? globalThis : undefined,
    page: typeof document === 'undefined' ? undefined : document,
  }
}

/** By a reader: not every browser can iterate over a stream. Who stops early ends the transfer. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  let isDone = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      isDone = done
      if (value === undefined) return
      yield value
    }
  } finally {
    // A stream that has failed cannot be cancelled any more, and needs not be.
    if (!isDone) reader.cancel().catch(() => undefined)
  }
}
