/**
 * What a user wrote, and which of it he ended himself: overwrote or deleted it where he had it before his eyes. All else has to
 * be live in the end, in its file or in a conflict copy. Knows nothing of engines, servers and kills.
 *
 * A content names itself in its first line, so that a look at 64 bytes tells which one it is; whether it is whole, its digest says.
 */

import { createHash } from 'node:crypto'
import { seededRandom } from '../../adapters/shared/seeded-random.js'

export const HEADER_BYTES = 64
const HEADER = /^content (\d+) of (\w+) *\n/

export interface Written {
  readonly number: number
  readonly digest: string
  /** For a person who has to find out what became of it. */
  readonly story: string[]
  ended: boolean
}

export interface Made {
  readonly bytes: Uint8Array
  readonly written: Written
}

export class Ledger {
  readonly #contents: Written[] = []
  readonly #digests = new Map<string, Written>()

  get written(): number {
    return this.#contents.length
  }

  /** A content that there never was, noted before a byte of it is on a disk. Most bytes of `like` are in it. */
  make(side: string, size: number, story: string, like: Uint8Array | null = null): Made {
    const number = this.#contents.length
    const bytes = like === null ? noise(number, size) : edited(like, number)
    bytes.set(new TextEncoder().encode(`content ${number} of ${side}`.padEnd(HEADER_BYTES - 1).concat('\n')))
    const written = { number, digest: digestOf(bytes), story: [`written ${story}`], ended: false }
    this.#contents.push(written)
    this.#digests.set(written.digest, written)
    return { bytes, written }
  }

  /** The content that begins like this; null when no user wrote it, or not whole so far. */
  of(head: Uint8Array): Written | null {
    const [, number] = HEADER.exec(new TextDecoder('latin1').decode(head.subarray(0, HEADER_BYTES))) ?? []
    return number === undefined ? null : (this.#contents[Number(number)] ?? null)
  }

  end(written: Written | null, story: string): void {
    if (written === null) return
    written.ended = true
    written.story.push(story)
  }

  isKnown(digest: string): boolean {
    return this.#digests.has(digest)
  }

  /** Nobody ended them, and they are not among those that live. */
  lost(live: ReadonlySet<string>): readonly Written[] {
    return this.#contents.filter(({ ended, digest }) => !ended && !live.has(digest))
  }
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex')
}

/** Does not compress, and no run of it comes twice. */
function noise(seed: number, size: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(Math.max(size, HEADER_BYTES) / 4))
  let state = (seed + 1) * 2_654_435_769
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[at] = state
  }
  return new Uint8Array(words.buffer)
}

/** The same length, or a little more; a few hundred bytes somewhere in it are others. */
function edited(like: Uint8Array, seed: number): Uint8Array {
  const random = seededRandom(seed)
  const bytes = new Uint8Array(Math.max(HEADER_BYTES, like.length) + random.below(2) * random.below(200))
  bytes.set(like)
  const fresh = random.bytes(Math.min(300, bytes.length - HEADER_BYTES))
  bytes.set(fresh, HEADER_BYTES + random.below(bytes.length - HEADER_BYTES - fresh.length + 1))
  return bytes
}
