/** Bytes of a seed: the same on every machine, as random as AES in counter mode, and made as fast as a disk takes them. */

import { createCipheriv, createHash } from 'node:crypto'

const PIECE = 1024 * 1024
const ZEROS = Buffer.alloc(PIECE)

export class SeededBytes {
  readonly #cipher: ReturnType<typeof createCipheriv>

  constructor(seed: string) {
    const key = createHash('sha256').update(seed).digest()
    this.#cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  }

  /** The next so many bytes. */
  bytes(length: number): Buffer {
    const pieces: Buffer[] = []
    for (let left = length; left > 0; left -= PIECE)
      pieces.push(this.#cipher.update(ZEROS.subarray(0, Math.min(left, PIECE))))
    return Buffer.concat(pieces)
  }

  /** A whole number from 0 to below `bound`, at most 2^32. */
  below(bound: number): number {
    return Math.floor((this.bytes(4).readUInt32LE() / 2 ** 32) * bound)
  }
}
