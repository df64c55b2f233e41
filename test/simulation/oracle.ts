/**
 * Knows every content a user wrote and which of them a user knowingly ended (overwrote or deleted while seeing it). All
 * others must be live somewhere in the end, in a file or a conflict copy (INV-02).
 */

export class Oracle {
  readonly #written = new Set<string>()
  readonly #ended = new Set<string>()

  wrote(content: string, over: string | null): void {
    this.#written.add(content)
    if (over !== null) this.#ended.add(over)
  }

  deleted(content: string): void {
    this.#ended.add(content)
  }

  /** Contents that nobody ended and that are not among the live ones. */
  lost(live: ReadonlySet<string>): string[] {
    return [...this.#written].filter((content) => !this.#ended.has(content) && !live.has(content))
  }
}
