/** The events of a simulated disk on their way to an engine: on time, or while a fault lasts lost, repeated and made up. */

import type { WatchEvents, Watcher } from '../../src/index.js'
import type { SeededRandom } from '../shared/seeded-random.js'
import type { Fault } from './script.js'

/** What can befall events. */
export type WatcherFault = Extract<Fault, 'deaf' | 'echo'>

export interface WatcherParts {
  readonly random: SeededRandom
  /** Faults that last now. */
  readonly active: ReadonlySet<WatcherFault>
  readonly onStruck: (fault: WatcherFault) => void
  /** Paths that stand there, for events that never happened. */
  readonly paths: () => readonly string[]
}

/** Of a hundred events while a fault lasts. */
const LOST = 70
/** Of a hundred losses: noticed, and told as such. */
const TOLD = 20

export class SimulatedWatcher implements Watcher {
  readonly #parts: WatcherParts
  #events: WatchEvents | null = null

  constructor(parts: WatcherParts) {
    this.#parts = parts
  }

  async start(events: WatchEvents): Promise<void> {
    this.#events = events
  }

  async stop(): Promise<void> {
    this.#events = null
  }

  /** Something happened at these paths, below the root. Returns whether anybody was told. */
  happened(paths: readonly string[]): boolean {
    const { random, active, onStruck } = this.#parts
    if (active.has('deaf') && random.below(100) < LOST) {
      onStruck('deaf')
      if (random.below(100) >= TOLD) return false
      this.#events?.onUnknown('events were lost')
      return this.#events !== null
    }
    this.#events?.onPaths(paths)
    if (active.has('echo')) {
      onStruck('echo')
      const others = this.#parts.paths()
      const made = others[random.below(Math.max(1, others.length))]
      this.#events?.onPaths([...paths, ...(made === undefined ? [] : [made])])
    }
    return this.#events !== null
  }
}
