/**
 * From bytes to manifest: cuts and hashes a content as it streams by. Each byte is hashed once and none is kept.
 * It must never be given another size than the content has: the cuts depend on it.
 */

import { TidemarkError } from '../errors.js'
import type { Hasher, HashState } from '../interfaces/hasher.js'
import type { Digest } from '../model/ids.js'
import type { ChunkRef, ContentRule, Manifest } from '../model/manifest.js'
import { chunkSizes } from './averages.js'
import { type BoundaryTable, boundaryTable } from './boundary-table.js'
import { Chunker } from './chunker.js'
import { manifestDigest } from './manifest.js'

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

/** What a content is made of, and its identity. */
export interface ContentDescription {
  /** Digest of the manifest: the content's identity. */
  readonly digest: Digest
  /** Its chunks, in order. */
  readonly manifest: Manifest
}

/** Takes one content in, piece by piece, and describes it at the end. */
export interface ContentDescriber {
  /** Bytes pushed so far. When it is not the promised size at the end, the content moved under the reader. */
  readonly received: number
  /** Throws `invalid` when more than the promised size arrives. The bytes may be changed after the call. */
  push(bytes: Uint8Array): void
  /** Throws `invalid` when less than the promised size arrived. May be called once. */
  finish(): ContentDescription
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

class StreamingDescriber implements ContentDescriber {
  readonly #options: DescribeOptions
  readonly #chunker: Chunker
  readonly #chunks: ChunkRef[] = []
  /** The chunk that began in an earlier push. */
  #open: HashState | null = null
  #openLength = 0
  #received = 0

  constructor(options: DescribeOptions) {
    this.#options = options
    this.#chunker = new Chunker(chunkSizes(options.rule, options.size), tableOf(options.rule))
  }

  get received(): number {
    return this.#received
  }

  push(bytes: Uint8Array): void {
    this.#received += bytes.length
    if (this.#received > this.#options.size) throw otherSize(this.#options.size, this.#received)
    let from = 0
    for (const cut of this.#chunker.push(bytes)) {
      this.#close(bytes.subarray(from, cut))
      from = cut
    }
    if (from === bytes.length) return
    if (this.#received === this.#options.size) this.#close(bytes.subarray(from))
    else this.#keep(bytes.subarray(from))
  }

  finish(): ContentDescription {
    const { hasher, key, size } = this.#options
    if (this.#received !== size) throw otherSize(size, this.#received)
    const manifest: Manifest = { chunks: this.#chunks, size }
    return { digest: manifestDigest(hasher, manifest, key), manifest }
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

function otherSize(promised: number, received: number): TidemarkError {
  return new TidemarkError('invalid', `content of ${promised} bytes was promised, ${received} arrived`, {
    subject: 'size',
    next: 'The content moved while it was read: read it again.',
  })
}

/** A describer of one content. */
export function contentDescriber(options: DescribeOptions): ContentDescriber {
  return new StreamingDescriber(options)
}

/** Describes content that is in memory already. */
export function describeContent(bytes: Uint8Array, options: Omit<DescribeOptions, 'size'>): ContentDescription {
  const describer = contentDescriber({ ...options, size: bytes.length })
  describer.push(bytes)
  return describer.finish()
}
