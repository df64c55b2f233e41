/** Counts what a run did, and tells listeners. Counts are bytes of plain content and items, never times. */

/** What was done since the engine was opened. */
export interface ProgressCounts {
  /** Bytes of chunks sent. */
  readonly bytesSent: number
  /** Bytes of chunks received. */
  readonly bytesReceived: number
  /** Changes the server accepted, and nodes brought to this disk. */
  readonly uploaded: number
  /** Nodes brought to this disk. */
  readonly downloaded: number
}

export class Progress {
  #counts: ProgressCounts = { bytesSent: 0, bytesReceived: 0, uploaded: 0, downloaded: 0 }
  readonly #onChange: (counts: ProgressCounts) => void

  constructor(onChange: (counts: ProgressCounts) => void) {
    this.#onChange = onChange
  }

  get counts(): ProgressCounts {
    return this.#counts
  }

  sent(bytes: number): void {
    this.#add({ bytesSent: this.#counts.bytesSent + bytes })
  }

  received(bytes: number): void {
    this.#add({ bytesReceived: this.#counts.bytesReceived + bytes })
  }

  uploaded(changes: number): void {
    this.#add({ uploaded: this.#counts.uploaded + changes })
  }

  downloaded(nodes: number): void {
    this.#add({ downloaded: this.#counts.downloaded + nodes })
  }

  #add(change: Partial<ProgressCounts>): void {
    this.#counts = { ...this.#counts, ...change }
    this.#onChange(this.#counts)
  }
}
