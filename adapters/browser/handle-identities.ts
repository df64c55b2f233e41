/**
 * Numbers for files and directories of a disk that has none. They hold within one run: what we move keeps its number, what
 * we make gets a new one, and what others put in a place counts as what stood there. Across runs nothing is claimed.
 */

/** A copy that stands for the file it was made of, as long as nobody has written to it since. */
export interface CopiedTime {
  /** Of the copy, as the browser tells it, milliseconds. */
  readonly shown: number
  /** Of what was copied, nanoseconds. */
  readonly mtimeNs: bigint
}

interface Identity {
  readonly ino: bigint
  readonly copied: CopiedTime | null
}

export class HandleIdentities {
  readonly #known = new Map<string, Identity>()
  #given = 16n

  of(path: string): bigint {
    return this.#identity(path).ino
  }

  #identity(path: string): Identity {
    const known = this.#known.get(path)
    if (known !== undefined) return known
    const made = { ino: ++this.#given, copied: null }
    this.#known.set(path, made)
    return made
  }

  mtimeNs(path: string, shown: number): bigint {
    const copied = this.#known.get(path)?.copied ?? null
    return copied?.shown === shown ? copied.mtimeNs : BigInt(shown) * 1_000_000n
  }

  gone(path: string): void {
    this.#known.delete(path)
  }

  moved(from: string, to: string, copied: CopiedTime | null = null): void {
    const { ino, copied: before } = this.#identity(from)
    this.#known.delete(from)
    this.#known.set(to, { ino, copied: copied ?? before })
  }
}
