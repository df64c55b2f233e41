/**
 * The hint channel over server-sent events: opened, watched, opened again until closed (TRANSPORT-7…9).
 * A hint is never truth, so nothing here is stored, repeated or answered.
 */

import { createParser } from 'eventsource-parser'
import { TidemarkError } from '../../src/index.js'
import type { SubscribeHandlers, Subscription } from '../../src/index.js'
import type { HttpCaller, TokenSource } from './http-caller.js'
import type { LineChange } from './http-host.js'
import { EVENTS_TYPE, HEARTBEAT_MS, HintEvent, parseShape } from './http-wire.js'

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
/** A server says something this often; a channel that was silent for longer while nobody looked may be long dead. */
const DOUBTFUL_MS = HEARTBEAT_MS + 5_000

export class HttpHints implements Subscription {
  readonly #caller: HttpCaller
  readonly #workspace: string
  readonly #token: TokenSource
  readonly #handlers: SubscribeHandlers
  readonly #times: HintTimes
  readonly #end = new AbortController()
  readonly #done: Promise<void>
  /** Ends the connection of now; null between two. */
  #drop: AbortController | null = null
  /** Wall time of its last byte, ms. */
  #heardAt = 0
  /** The pause before the next connection is left out, as far as it is ours. */
  #isHurried = false
  #hurry: () => void = () => undefined
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
    const stopListening = this.#caller.host.onLine((change) => this.#onLine(change))
    try {
      let failures = 0
      while (!this.#end.signal.aborted) {
        const { hasWorked, leastMs, waitMs } = await this.#channel()
        if (this.#end.signal.aborted) return
        this.#tell('broken')
        failures = hasWorked ? 0 : failures + 1
        await this.#pause(leastMs, false)
        await this.#pause(Math.max(waitMs, jittered(this.#times, failures)) - leastMs, true)
      }
    } finally {
      stopListening()
    }
  }

  /**
   * What the host knows of its line comes before what silence will tell. It is never truth either: a server on this machine
   * answers without any network, so a lost one is only a reason to open anew.
   */
  #onLine(change: LineChange): void {
    const isBetween = this.#drop === null
    const isDoubtful = this.#caller.host.now() - this.#heardAt > Math.min(DOUBTFUL_MS, this.#times.silenceMs)
    const isDropped = change !== 'visible' || isDoubtful
    if (isDropped) this.#drop?.abort()
    if (change === 'offline' || !(isBetween || isDropped)) return
    this.#isHurried = true
    this.#hurry()
  }

  /** One connection, until it breaks. Nothing cuts short `leastMs`, which our server asked for; `waitMs` anybody may have said. */
  async #channel(): Promise<{ readonly hasWorked: boolean; readonly leastMs: number; readonly waitMs: number }> {
    const { host } = this.#caller
    const drop = new AbortController()
    const timer = host.timer(this.#times.silenceMs, () => drop.abort())
    this.#drop = drop
    this.#heardAt = host.now()
    this.#isHurried = false
    let hasWorked = false
    try {
      const request = {
        method: 'GET',
        path: `/hints?workspace=${encodeURIComponent(this.#workspace)}`,
        accept: EVENTS_TYPE,
      } as const
      const signal = AbortSignal.any([this.#end.signal, drop.signal])
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
        this.#heardAt = host.now()
        if (!hasWorked) this.#tell('open')
        hasWorked = true
        parser.feed(decoder.decode(chunk, { stream: true }))
      }
      return { hasWorked, leastMs: 0, waitMs: 0 }
    } catch (error) {
      if (!(error instanceof TidemarkError)) throw error
      const waitMs = error.retryAfterMs ?? 0
      return { hasWorked, leastMs: error.code === 'offline' ? 0 : waitMs, waitMs }
    } finally {
      this.#drop = null
      timer.stop()
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

  #pause(ms: number, isOurs: boolean): Promise<void> {
    if (ms <= 0 || (isOurs && this.#isHurried)) return Promise.resolve()
    return new Promise((resolve) => {
      const end = (): void => {
        timer.stop()
        this.#end.signal.removeEventListener('abort', end)
        this.#hurry = () => undefined
        resolve()
      }
      const timer = this.#caller.host.timer(ms, end)
      this.#end.signal.addEventListener('abort', end, { once: true })
      if (isOurs) this.#hurry = end
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
