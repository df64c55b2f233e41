/** What happened in a world, line by line, for a person; and one number over all of it, for comparing two runs. */

export class Story {
  readonly lines: string[] = []
  readonly #now: () => number
  readonly #isKept: boolean
  #hash = 0x811c9dc5
  #more = 0x1b873593

  /** `isKept`: false counts the lines into the hash only. */
  constructor(now: () => number, isKept: boolean) {
    this.#now = now
    this.#isKept = isKept
  }

  tell(line: string): void {
    this.note(`${this.#now()} ${line}`)
    this.show(line)
  }

  #timed(line: string): string {
    return `${(this.#now() / 1000).toFixed(3).padStart(9)} ${line}`
  }

  /** Shown, and not counted: what is only known where the story is kept. */
  show(line: string): void {
    if (this.#isKept) this.lines.push(this.#timed(line))
  }

  /** Counts towards the hash and is not shown. */
  note(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      this.#hash = Math.imul(this.#hash ^ code, 0x01000193)
      this.#more = Math.imul(this.#more ^ code, 0x5bd1e995) ^ (this.#more >>> 15)
    }
  }

  /** Sixteen hex digits; equal for equal runs. */
  get hash(): string {
    return [this.#hash, this.#more].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('')
  }
}

/** As much of a content as tells it from others. */
export function brief(content: string): string {
  return content.length <= 32
    ? JSON.stringify(content)
    : `${JSON.stringify(content.slice(0, 24))}… of ${content.length}`
}
