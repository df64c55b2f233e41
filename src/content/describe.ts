/**
 * From bytes to manifest: cuts and hashes a content as it streams by. Each byte is hashed once and none is kept.
 * It must never be given another size than the content has: the cuts depend on it.
 */

import { TidemarkError } from '../errors.js'
import type { Digest } from '../model/ids.js'
import type { Manifest } from '../model/manifest.js'
import { ChunkStream, type DescribeOptions } from './chunk-stream.js'
import { manifestDigest } from './manifest.js'

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

class StreamingDescriber implements ContentDescriber {
  readonly #options: DescribeOptions
  readonly #stream: ChunkStream

  constructor(options: DescribeOptions) {
    this.#options = options
    this.#stream = new ChunkStream(options, 0)
  }

  get received(): number {
    return this.#stream.position
  }

  push(bytes: Uint8Array): void {
    const { size } = this.#options
    if (this.received + bytes.length > size) throw otherSize(size, this.received + bytes.length)
    this.#stream.push(bytes)
  }

  finish(): ContentDescription {
    const { hasher, key, size } = this.#options
    if (this.received !== size) throw otherSize(size, this.received)
    const manifest: Manifest = { chunks: this.#stream.chunks, size }
    return { digest: manifestDigest(hasher, manifest, key), manifest }
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
