/** Runs jobs one after the other, in call order. A job that fails hurts only its own caller. */

export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve()

  run<T>(job: () => T | Promise<T>): Promise<T> {
    const done = this.#tail.then(job)
    this.#tail = done.then(
      () => undefined,
      () => undefined,
    )
    return done
  }

  /** Resolves when everything queued so far has ended. */
  idle(): Promise<void> {
    return this.#tail.then(() => undefined)
  }
}
