/**
 * The hint channel over server-sent events: opened, watched, opened again until closed (TRANSPORT-7…9).
 * A hint is never truth, so nothing here is stored, repeated or answered.
 */

import { createParser } from 'eventsource-parser'
import { TidemarkError } from '../../src/index.js'
import type { SubscribeHandlers, Subscription } from '../../src/index.js'
import { EVENTS_TYPE, HintEvent, parseShape } from '../shared/http-wire.js'
import type { HttpCaller, TokenSource } from './http-caller.js'

/** How patient the hint channel is. */
export interface HintTimes {
  /** A channel without a byte for this long is broken, ms. */
  readonly silenceMs: number
  /** First and longest pause before opening again, ms. */
  readonly backoffMs: number
  /** Pauses double up to this, and each is jittered. */
  readonly maxBackoffMs: number
}

export const HINT_TIMES: HintTimes = { silenceMs: 120_000, backoffMs: 500, maxBackoffMs: 60_000 }

const MAX_EVENT_CHARACTERS = 16 * 1024

export class HttpHints implements Subscription {
  readonly #caller: HttpCaller
  readonly #workspace: string
  readonly #token: TokenSource
  readonly #handlers: SubscribeHandlers
  readonly #times: HintTimes
  readonly #end = new AbortController()
  readonly #done: Promise<void>
  #state: 'open' | 'broken' | null = null

  constructor(
    caller: HttpCaller,
    workspace: string,
    token: TokenSource,
    handlers: SubscribeHandlers,
    times: HintTimes,
  ) {
    this.#caller = caller
    this.#workspace = workspace
    this.#token = token
    this.#handlers = handlers
    this.#times = times
    this.#done = this.#live()
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.#done
  }

  async #live(): Promise<void> {
    let failures = 0
    while (!this.#end.signal.aborted) {
      const { hasWorked, waitMs } = await this.#channel()
      if (this.#end.signal.aborted) return
      this.#tell('broken')
      failures = hasWorked ? 0 : failures + 1
      await this.#pause(Math.max(waitMs, jittered(this.#times, failures)))
    }
  }

  /** One connection, until it breaks. */
  async #channel(): Promise<{ readonly hasWorked: boolean; readonly waitMs: number }> {
    const silence = new AbortController()
    const timer = setTimeout(() => silence.abort(), this.#times.silenceMs).unref()
    let hasWorked = false
    try {
      const request = {
        method: 'GET',
        path: `/hints?workspace=${encodeURIComponent(this.#workspace)}`,
        accept: EVENTS_TYPE,
      } as const
      const signal = AbortSignal.any([this.#end.signal, silence.signal])
      const stream = await this.#caller.stream({ ...request, token: this.#token, signal }, null)
      const parser = createParser({
        maxBufferSize: MAX_EVENT_CHARACTERS,
        onEvent: ({ event, data }) => this.#hear(event, data),
        onError: ({ type }) => {
          if (type === 'max-buffer-size-exceeded') stream.cancel()
        },
      })
      const decoder = new TextDecoder()
      for await (const chunk of stream.chunks) {
        timer.refresh()
        if (!hasWorked) this.#tell('open')
        hasWorked = true
        parser.feed(decoder.decode(chunk, { stream: true }))
      }
      return { hasWorked, waitMs: 0 }
    } catch (error) {
      if (!(error instanceof TidemarkError)) throw error
      return { hasWorked, waitMs: error.retryAfterMs ?? 0 }
    } finally {
      clearTimeout(timer)
    }
  }

  #hear(event: string | undefined, data: string): void {
    if (event !== 'hint' || this.#end.signal.aborted) return
    const hint = parseShape(HintEvent, safeJson(data))
    if (hint !== null && hint.workspace === this.#workspace) this.#handlers.onHint(hint)
  }

  #tell(state: 'open' | 'broken'): void {
    if (this.#state === state || this.#end.signal.aborted) return
    this.#state = state
    this.#handlers.onState(state)
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#end.signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, ms).unref()
      this.#end.signal.addEventListener('abort', end, { once: true })
    })
  }
}

/** Half of the pause is chance, so that the clients of a restarted server do not come back as one. */
function jittered({ backoffMs, maxBackoffMs }: HintTimes, failures: number): number {
  const pause = Math.min(maxBackoffMs, backoffMs * 2 ** Math.min(20, failures))
  return pause / 2 + (Math.random() * pause) / 2
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
