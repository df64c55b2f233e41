/** What two threads need of a host to speak to each other. What they say is theirs. */

/** One end of a line. Messages arrive in order. */
export interface ThreadLine<In, Out> {
  /** Buffers in `transfer` are handed over: they are empty here afterwards. */
  post(message: Out, transfer?: readonly ArrayBuffer[]): void
  /** Called once; what came before is heard. */
  listen(hear: (message: In) => void): void
}

/** A thread, as whoever started it holds it. */
export interface StartedThread<In, Out> extends ThreadLine<In, Out> {
  /** Called once: the thread broke (its error), or ended. */
  onLost(lost: (cause: Error | null) => void): void
  /** Whether it keeps the process alive, where there is such a thing. */
  hold(isHeld: boolean): void
  /** Resolves when nothing of it can run any more. */
  end(): Promise<void>
}
