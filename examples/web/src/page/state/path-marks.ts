/** How the paths on the screen stand. Looked up again when the engine says that something moved; never by a clock. */

import type { PathState, SyncEngine } from 'tidemark'
import { Store } from './store.js'
import { type Throttled, throttled } from './throttle.js'

/** In words of the page. */
const WORDS: Readonly<Record<PathState, string>> = {
  problem: 'problem',
  held: 'held',
  remnant: 'kept',
  conflict: 'conflict',
  pending: 'waiting',
  syncing: 'on the way',
  unknown: 'unknown',
  excluded: 'left out',
  placeholder: 'on the server',
  synced: 'in step',
}

export class PathMarks {
  readonly states = new Store<ReadonlyMap<string, PathState>>(new Map())
  readonly #engine: () => SyncEngine | null
  readonly #look: Throttled
  #shown: readonly string[] = []

  constructor(engine: () => SyncEngine | null) {
    this.#engine = engine
    this.#look = throttled(() => this.#lookAtAll())
  }

  /** These are on the screen from now on. */
  show(paths: readonly string[]): void {
    this.#shown = paths
    const { value } = this.states
    if (paths.some((path) => !value.has(path))) this.#lookAtAll()
  }

  moved(): void {
    this.#look.ask()
  }

  /** Of one path, now. */
  of(path: string): PathState {
    return this.#engine()?.statusOf(path).state ?? 'unknown'
  }

  end(): void {
    this.#look.end()
  }

  #lookAtAll(): void {
    const { value } = this.states
    const now = new Map(this.#shown.map((path) => [path, this.of(path)]))
    const isSame = now.size === value.size && [...now].every(([path, state]) => value.get(path) === state)
    if (!isSame) this.states.set(now)
  }
}

export function stateWord(state: PathState): string {
  return WORDS[state]
}
