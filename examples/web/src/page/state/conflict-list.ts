/** The conflict copies of the workspace, listed again when something moved. Known only where the engine runs. */

import type { ConflictEntry, SyncEngine } from 'tidemark'
import { Store } from './store.js'
import { type Throttled, throttled } from './throttle.js'

export class ConflictList {
  readonly entries = new Store<readonly ConflictEntry[]>([])
  readonly #engine: () => SyncEngine | null
  readonly #look: Throttled

  constructor(engine: () => SyncEngine | null) {
    this.#engine = engine
    this.#look = throttled(() => this.#list())
  }

  moved(): void {
    this.#look.ask()
  }

  end(): void {
    this.#look.end()
  }

  async #list(): Promise<void> {
    try {
      const entries = (await this.#engine()?.conflicts.list()) ?? []
      if (!isSame(entries, this.entries.value)) this.entries.set(entries)
    } catch {
      // The engine is just stopped or paused: what was known stands until it says something again.
    }
  }
}

/** The revisions of both sides name their contents. */
function isSame(a: readonly ConflictEntry[], b: readonly ConflictEntry[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
