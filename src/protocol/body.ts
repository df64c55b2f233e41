/** The raw part of a frame, written and read in one fixed order per message. Reading never goes past the end, and must reach it. */

import { TidemarkError } from '../errors.js'
import { fromHex, toHex } from '../model/hex.js'
import type { Digest } from '../model/ids.js'

export const DIGEST_BYTES = 32

export class BodyWriter {
  readonly #parts: Uint8Array[] = []

  bytes(part: Uint8Array): number {
    this.#parts.push(part)
    return part.length
  }

  digests(digests: readonly Digest[]): number {
    const part = new Uint8Array(digests.length * DIGEST_BYTES)
    digests.forEach((digest, at) => {
      part.set(fromHex(digest), at * DIGEST_BYTES)
    })
    this.#parts.push(part)
    return digests.length
  }

  get parts(): readonly Uint8Array[] {
    return this.#parts
  }
}

export class BodyReader {
  readonly #body: Uint8Array
  #at = 0

  constructor(body: Uint8Array) {
    this.#body = body
  }

  /** A view, not a copy. */
  bytes(length: number, subject: string): Uint8Array {
    if (length > this.#body.length - this.#at) {
      throw new TidemarkError('malformed-frame', 'The frame ends inside its body.', { subject })
    }
    const part = this.#body.subarray(this.#at, this.#at + length)
    this.#at += length
    return part
  }

  digest(subject: string): Digest {
    return toHex(this.bytes(DIGEST_BYTES, subject)) as Digest
  }

  digests(count: number, subject: string): readonly Digest[] {
    const part = this.bytes(count * DIGEST_BYTES, subject)
    return Array.from(
      { length: count },
      (_, at) => toHex(part.subarray(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES)) as Digest,
    )
  }

  end(): void {
    if (this.#at < this.#body.length) {
      throw new TidemarkError('malformed-frame', 'The body is longer than its head says.', { subject: 'body' })
    }
  }
}
