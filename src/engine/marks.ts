/**
 * What marks while the engine is live: the watcher, the hints of the server, the timers. They only mark dirty and wake
 * the loop; nothing here looks at either side.
 */

import type { Clock } from '../interfaces/clock.js'
import type { Log } from '../interfaces/log.js'
import type { Hint, Subscription, Transport } from '../interfaces/transport.js'
import type { Watcher } from '../interfaces/watcher.js'
import { HintPace } from './hint-pace.js'
import type { Session } from './session.js'
import { every } from './timers.js'

export interface MarkOptions {
  readonly transport: Transport
  readonly watcher: Watcher | null
  readonly clock: Clock
  readonly log: Log
  readonly scanEveryMs: number
  readonly pollEveryMs: number
  readonly retryEveryMs: number
}

/** Longer than a stamp stays young. */
const FRESH_MS = 5_000

export class Marks {
  readonly #options: MarkOptions
  readonly #session: Session
  #timers: readonly Promise<void>[] = []
  #hints: Subscription | null = null
  #broken = false
  /** Of the watcher that runs. */
  #watching: AbortSignal | null = null
  #isRootLost = false

  constructor(options: MarkOptions, session: Session) {
    this.#options = options
    this.#session = session
  }

  /** Timers run until the signal fires; hints need `listen`. Resolves once the watcher reports what happens from now on. */
  async start(signal: AbortSignal): Promise<void> {
    const { clock, retryEveryMs, scanEveryMs, pollEveryMs } = this.#options
    const { dirty, troubles } = this.#session
    troubles.retries = 0
    this.#timers = [
      every(clock, scanEveryMs, signal, () => dirty.everything()),
      every(clock, pollEveryMs, signal, () => (this.#broken ? dirty.remote() : undefined)),
      every(clock, retryEveryMs, signal, () => this.#tryWithheld()),
      every(clock, FRESH_MS, signal, () => this.#lookAgain()),
    ]
    await this.#watch(signal)
  }

  /** After the signal of `start` fired. */
  async stop(): Promise<void> {
    await this.deafen()
    await this.#options.watcher?.stop()
    await Promise.all(this.#timers)
  }

  /** The root is not there, or is not the right one: what is watched may be something else by now. */
  losesRoot(): void {
    this.#isRootLost = true
  }

  /** The root was looked at. When it had been lost it is watched anew: a watcher may have gone with it. */
  async seesRoot(): Promise<void> {
    if (!this.#isRootLost) return
    this.#isRootLost = false
    const signal = this.#watching
    if (signal === null || signal.aborted) return
    await this.#options.watcher?.stop()
    await this.#watch(signal)
  }

  /** Opens the channel of hints; what it tells of as arriving may be fetched from now on. */
  listen(): void {
    this.#session.prefetch.start()
    this.#hints ??= this.#options.transport.subscribe({
      onHint: (hint) => this.#hinted(hint),
      onState: (state) => this.#channel(state),
    })
  }

  /** Closes it: nothing is heard of the server any more, nor fetched beside the loop. */
  async deafen(): Promise<void> {
    const hints = this.#hints
    this.#hints = null
    await hints?.close()
    await this.#session.prefetch.stop()
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { watcher, log, clock } = this.#options
    const { dirty } = this.#session
    if (watcher === null) return
    this.#watching = signal
    const hints = new HintPace(clock, dirty, signal)
    try {
      await watcher.start({ onPaths: (paths) => hints.take(paths), onUnknown: () => dirty.everything() }, { signal })
    } catch (error) {
      log(() => ({ level: 'warn', event: 'engine.watcher.none', detail: { cause: String(error) } }))
    }
    dirty.everything()
  }

  #hinted(hint: Hint): void {
    const { dirty, state, prefetch } = this.#session
    if (hint.arriving === true) return prefetch.hinted()
    const known = state.get('cursor')?.sequence ?? 0
    if (hint.sequence === null) dirty.remote()
    else if (hint.sequence > known) dirty.hinted(hint.sequence)
  }

  #channel(state: 'open' | 'broken'): void {
    const isBroken = state === 'broken'
    if (isBroken !== this.#broken) this.#session.dirty.remote()
    this.#broken = isBroken
  }

  /** Stamps that were too young to prove anything get old by themselves: one more look settles them. */
  #lookAgain(): void {
    const { fresh, dirty } = this.#session
    if (fresh.size === 0) return
    dirty.again([...fresh])
    fresh.clear()
  }

  #tryWithheld(): void {
    const { withheld, dirty, troubles } = this.#session
    const { heals } = troubles
    if (withheld.size === 0 && !heals) return
    withheld.clear()
    troubles.retries += 1
    if (heals) dirty.everything()
    else dirty.remote()
  }
}
