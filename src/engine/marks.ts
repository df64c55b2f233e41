/**
 * What marks while the engine is live: the watcher, the hints of the server, the timers. They only mark dirty and wake
 * the loop; nothing here looks at either side.
 */

import type { Clock } from '../interfaces/clock.js'
import type { Log } from '../interfaces/log.js'
import type { Hint, Subscription, Transport } from '../interfaces/transport.js'
import type { Watcher } from '../interfaces/watcher.js'
import { HintPace } from './hint-pace.js'
import { Reminder } from './reminder.js'
import type { Session } from './session.js'

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
  /** Each waits only while it has something to wait for. */
  readonly #scan: Reminder
  readonly #poll: Reminder
  readonly #retry: Reminder
  readonly #look: Reminder
  /** Of the run that goes on. */
  #running: AbortSignal | null = null
  #hints: Subscription | null = null
  #broken = false
  #isRootLost = false

  constructor(options: MarkOptions, session: Session) {
    this.#options = options
    this.#session = session
    const { clock, scanEveryMs, pollEveryMs, retryEveryMs } = options
    this.#scan = new Reminder(clock, scanEveryMs, () => session.dirty.everything())
    this.#poll = new Reminder(clock, pollEveryMs, () => (this.#broken ? session.dirty.remote() : undefined))
    this.#retry = new Reminder(clock, retryEveryMs, () => this.#tryWithheld())
    this.#look = new Reminder(clock, FRESH_MS, () => this.#lookAgain())
  }

  /** Timers run until the signal fires; hints need `listen`. Resolves once the watcher reports what happens from now on. */
  async start(signal: AbortSignal): Promise<void> {
    this.#running = signal
    this.#session.troubles.retries = 0
    this.arm()
    await this.#watch(signal)
  }

  /** After each turn of the loop: what is to be looked at again later is asked for now. At rest that is the scan alone. */
  arm(): void {
    const signal = this.#running
    if (signal === null || signal.aborted) return
    const { fresh, withheld, troubles } = this.#session
    this.#scan.arm(signal)
    if (this.#broken) this.#poll.arm(signal)
    if (withheld.size > 0 || troubles.heals) this.#retry.arm(signal)
    if (fresh.size > 0) this.#look.arm(signal)
  }

  /** After the signal of `start` fired. */
  async stop(): Promise<void> {
    await this.deafen()
    await this.#options.watcher?.stop()
    for (const reminder of [this.#scan, this.#poll, this.#retry, this.#look]) await reminder.settled()
  }

  /** The root is not there, or is not the right one: what is watched may be something else by now. */
  losesRoot(): void {
    this.#isRootLost = true
  }

  /** The root was looked at. When it had been lost it is watched anew: a watcher may have gone with it. */
  async seesRoot(): Promise<void> {
    if (!this.#isRootLost) return
    this.#isRootLost = false
    const signal = this.#running
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
    this.arm()
  }

  /** Stamps that were too young to prove anything get old by themselves: one more look settles them. */
  #lookAgain(): void {
    const { fresh, dirty } = this.#session
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
