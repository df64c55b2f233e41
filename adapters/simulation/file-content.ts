/**
 * Bytes of one file that grow cheaply and are shared cheaply: whoever was given a view keeps it as it was, for a byte that
 * somebody else may see is never written over. It knows nothing of disks.
 */

const SMALLEST = 64

export class FileContent {
  #bytes: Uint8Array
  #length: number
  /** Bytes from the start that a view may show; Infinity where another content stands on the same buffer. */
  #frozen: number

  /** Takes `bytes` over without copying them: nobody may write to them any more. */
  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#bytes = bytes
    this.#length = bytes.length
    this.#frozen = bytes.length
  }

  /** Bytes. */
  get length(): number {
    return this.#length
  }

  /** All of it as it is now; it stays so. */
  view(): Uint8Array {
    this.#frozen = Math.max(this.#frozen, this.#length)
    return this.#bytes.subarray(0, this.#length)
  }

  /** Another content that starts out equal. */
  fork(): FileContent {
    return new FileContent(this.view())
  }

  /** Bytes that were there from `position` on, as many as fit. */
  read(into: Uint8Array, position: number): number {
    const part = this.#bytes.subarray(Math.min(position, this.#length), Math.min(position + into.length, this.#length))
    into.set(part)
    return part.length
  }

  /** A gap between the end and `position` is filled with zeros. */
  write(bytes: Uint8Array, position: number): void {
    const end = position + bytes.length
    this.#reserve(Math.max(end, this.#length), Math.min(position, this.#length))
    if (position > this.#length) this.#bytes.fill(0, this.#length, position)
    this.#bytes.set(bytes, position)
    this.#length = Math.max(end, this.#length)
  }

  /** Cuts, or fills up with zeros. */
  truncate(length: number): void {
    if (length > this.#length) {
      this.#reserve(length, this.#length)
      this.#bytes.fill(0, this.#length, length)
    }
    this.#length = length
  }

  /** Room for `length` bytes of which those from `from` on may be written. */
  #reserve(length: number, from: number): void {
    const fits = length <= this.#bytes.length
    if (fits && from >= this.#frozen) return
    const grown = fits ? this.#length : this.#bytes.length * 2
    const bytes = new Uint8Array(Math.max(length, grown, SMALLEST))
    bytes.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = bytes
    this.#frozen = 0
  }
}
