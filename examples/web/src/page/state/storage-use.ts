/** How much of its storage this browser has given away, asked again after something was written. */

import { Store } from './store.js'
import { type Throttled, throttled } from './throttle.js'

export interface UsedStorage {
  readonly used: number
  readonly quota: number
}

/** The browser counts slowly, and nobody reads it that often. */
const SOON_MS = 1_000

export class StorageUse {
  readonly use = new Store<UsedStorage | null>(null)
  readonly #look: Throttled

  constructor() {
    this.#look = throttled(() => this.#ask(), SOON_MS)
    void this.#ask()
  }

  moved(): void {
    this.#look.ask()
  }

  end(): void {
    this.#look.end()
  }

  async #ask(): Promise<void> {
    try {
      const { usage = 0, quota = 0 } = await navigator.storage.estimate()
      const { value } = this.use
      if (value?.used !== usage || value.quota !== quota) this.use.set({ used: usage, quota })
    } catch {
      // A browser that does not tell shows no meter.
    }
  }
}
