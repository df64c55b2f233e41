/**
 * The chunks of a content, cut and hashed as its bytes come by. Each byte is hashed once and none is kept. It must never be
 * given another size than the content has: the cuts depend on it.
 */

import type { Hasher, HashState } from '../interfaces/hasher.js'
import type { ChunkRef, ContentRule } from '../model/manifest.js'
import { chunkSizes } from './averages.js'
import { type BoundaryTable, boundaryTable } from './boundary-table.js'
import { Chunker } from './chunker.js'

/** What a content is described with. */
export interface DescribeOptions {
  /** Computes the digests of chunks and manifest. */
  readonly hasher: Hasher
  /** Checked before (`checkRule`). */
  readonly rule: ContentRule
  /** Bytes of the whole content. */
  readonly size: number
  /** The workspace key, 1–64 bytes; absent where there is none. */
  readonly key?: Uint8Array | undefined
}

/** A table costs some microseconds: worth keeping for the many small files of one workspace. */
const tables = new WeakMap<ContentRule, BoundaryTable>()

function tableOf(rule: ContentRule): BoundaryTable {
  const known = tables.get(rule)
  if (known !== undefined) return known
  const made = boundaryTable(rule.boundarySeed)
  tables.set(rule, made)
  return made
}

/** Takes a content in from a place where a chunk begins. */
export class ChunkStream {
  readonly #options: DescribeOptions
  readonly #chunker: Chunker
  readonly #chunks: ChunkRef[] = []
  /** The chunk that began in an earlier push. */
  #open: HashState | null = null
  #openLength = 0
  #position: number

  /** `from`: where the first byte that is pushed lies in the content; a chunk begins there. */
  constructor(options: DescribeOptions, from: number) {
    this.#options = options
    this.#position = from
    this.#chunker = new Chunker(chunkSizes(options.rule, options.size), tableOf(options.rule))
  }

  /** Where in the content the next byte lies. */
  get position(): number {
    return this.#position
  }

  /** All that ended so far, in order; the last one of the content ends with it. */
  get chunks(): readonly ChunkRef[] {
    return this.#chunks
  }

  /** Never beyond the size. The bytes may be changed after the call. */
  push(bytes: Uint8Array): void {
    this.#position += bytes.length
    let from = 0
    for (const cut of this.#chunker.push(bytes)) {
      this.#close(bytes.subarray(from, cut))
      from = cut
    }
    if (from === bytes.length) return
    if (this.#position === this.#options.size) this.#close(bytes.subarray(from))
    else this.#keep(bytes.subarray(from))
  }

  #keep(bytes: Uint8Array): void {
    this.#open ??= this.#options.hasher.start('chunk', this.#options.key)
    this.#open.update(bytes)
    this.#openLength += bytes.length
  }

  #close(bytes: Uint8Array): void {
    const { hasher, key } = this.#options
    if (this.#open === null) {
      this.#chunks.push({ digest: hasher.digest('chunk', bytes, key), length: bytes.length })
      return
    }
    this.#open.update(bytes)
    this.#chunks.push({ digest: this.#open.digest(), length: this.#openLength + bytes.length })
    this.#open = null
    this.#openLength = 0
  }
}
