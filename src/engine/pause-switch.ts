/**
 * Whether the app has paused the engine. What works on either side runs under `signal`, which ends it at its next safe
 * point when the switch is turned on or the engine closes. It belongs to one run of the engine and is stored nowhere.
 */

import { TidemarkError } from '../errors.js'
import { until } from './timers.js'

export class PauseSwitch {
  readonly #closing: AbortSignal
  #abort = new AbortController()
  #signal: AbortSignal
  #off: (() => void) | null = null
  #waiting: Promise<void> = Promise.resolve()

  constructor(closing: AbortSignal) {
    this.#closing = closing
    this.#signal = AbortSignal.any([closing, this.#abort.signal])
  }

  get isOn(): boolean {
    return this.#off !== null
  }

  /** Fires when the engine is paused or closed; after `turnOff` there is another one. */
  get signal(): AbortSignal {
    return this.#signal
  }

  turnOn(): void {
    if (this.isOn) return
    this.#waiting = new Promise((resolve) => {
      this.#off = resolve
    })
    this.#abort.abort(paused())
  }

  turnOff(): void {
    if (this.#off === null) return
    this.#abort = new AbortController()
    this.#signal = AbortSignal.any([this.#closing, this.#abort.signal])
    this.#off()
    this.#off = null
  }

  /** Resolves when the engine is not paused, or closes. */
  async off(): Promise<void> {
    await until(this.#waiting, this.#closing)
  }
}

export function paused(): TidemarkError {
  return new TidemarkError('paused', 'the app paused the engine', { next: 'Call resume(): it goes on at once.' })
}
