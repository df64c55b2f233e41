/** Who wants to know of which workspace. Hints are never truth: they may be lost with the process. */

import { TidemarkError } from '../errors.js'
import type { Hint } from '../interfaces/transport.js'
import { LIMITS } from '../protocol/limits.js'
import type { Observer } from './observer.js'

export class Hints {
  readonly #observer: Observer
  readonly #users = new Map<
    string,
    Set<{ readonly workspaces: ReadonlySet<string>; readonly onHint: (hint: Hint) => void }>
  >()

  constructor(observer: Observer) {
    this.#observer = observer
  }

  #tellCount(): void {
    let count = 0
    for (const own of this.#users.values()) count += own.size
    this.#observer.subscribers(count)
  }

  subscribe(user: string, workspaces: readonly string[], onHint: (hint: Hint) => void): () => void {
    const own = this.#users.get(user) ?? new Set()
    if (own.size >= LIMITS.subscriptions) {
      throw new TidemarkError('rate-limited', `A user has at most ${LIMITS.subscriptions} subscriptions.`, {
        subject: 'subscribe',
        next: 'Close a subscription first.',
        retryable: true,
      })
    }
    const subscriber = { workspaces: new Set(workspaces), onHint }
    own.add(subscriber)
    this.#users.set(user, own)
    this.#tellCount()
    return () => {
      own.delete(subscriber)
      if (own.size === 0 && this.#users.get(user) === own) this.#users.delete(user)
      this.#tellCount()
    }
  }

  /** A handler that throws does not keep the others from hearing; its error is handed to `onError`. */
  tell(owner: string, hint: Hint, onError: (error: unknown) => void): void {
    for (const { workspaces, onHint } of [...(this.#users.get(owner) ?? [])]) {
      if (workspaces.has(hint.workspace)) this.#tellOne(onHint, hint, onError)
    }
  }

  #tellOne(onHint: (hint: Hint) => void, hint: Hint, onError: (error: unknown) => void): void {
    try {
      onHint(hint)
      this.#observer.hint()
    } catch (error) {
      onError(error)
    }
  }

  clear(): void {
    this.#users.clear()
    this.#tellCount()
  }
}
