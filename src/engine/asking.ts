/**
 * Carries out what a person asks for beside the cycles: after a look at both sides, in a turn of its own, or at once from
 * what is known. It decides nothing; what is asked for is handed in.
 */

import { checkAborted } from '../errors.js'
import type { CycleParts } from './cycle.js'
import { awayOf } from './healing.js'
import type { Bringer } from './hydrate.js'
import { codeOf } from './known-error.js'
import type { Session } from './session.js'
import type { StatusState } from './status.js'
import type { StatusKeeper } from './status-keeper.js'

/**
 * Something a person asks for. 'both': between two cycles, when both sides were looked at, so that nothing is done to what
 * moved on; fails with `offline` and the like. 'none': at once, from what is known; it must change nothing.
 */
export interface Asked<T> {
  readonly look: 'both' | 'none'
  /** What has to be looked at on this disk before. */
  readonly paths: (parts: CycleParts) => readonly string[]
  readonly run: (parts: CycleParts, signal: AbortSignal, cycle: Bringer) => Promise<T>
}

export class Asking {
  readonly #session: Session
  readonly #keeper: StatusKeeper
  readonly #running = new Set<Promise<void>>()

  constructor(session: Session, keeper: StatusKeeper) {
    this.#session = session
    this.#keeper = keeper
  }

  /** At once, also while a cycle runs. */
  async known<T>(asked: Asked<T>, signal: AbortSignal): Promise<T> {
    checkAborted(signal)
    const running = asked.run(this.#session.parts, signal, this.#session.cycle)
    const settled = running.then(
      () => undefined,
      () => undefined,
    )
    this.#running.add(settled)
    try {
      return await running
    } finally {
      this.#running.delete(settled)
    }
  }

  /** To be called when no cycle runs, and while it runs none may begin. */
  async looked<T>(asked: Asked<T>, signal: AbortSignal): Promise<T> {
    const { cycle, dirty, parts } = this.#session
    const before = this.#keeper.status.state
    let after: StatusState | null = null
    try {
      dirty.untold(asked.paths(parts))
      if (cycle.greeted) dirty.remote()
      // What is marked meanwhile waits for the end of this turn: nobody may say that both sides are in step.
      if (before === 'synced') this.#keeper.tell('syncing')
      await cycle.refresh(signal)
      return await asked.run(parts, signal, cycle)
    } catch (error) {
      const code = codeOf(error)
      after = awayOf(error) ?? null
      if (after !== null || code === 'diverged') cycle.lostServer()
      throw error
    } finally {
      this.#keeper.tell(after ?? (before === 'synced' ? this.#keeper.resting() : before))
    }
  }

  /** When everything that was asked for at once is through. */
  async settled(): Promise<void> {
    await Promise.all(this.#running)
  }
}
