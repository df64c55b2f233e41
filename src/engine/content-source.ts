/**
 * Where the bytes of new contents lie on this disk, while they are being sent. Every chunk is checked against its
 * digest before it leaves: a file that moved on meanwhile is found here and dropped from the batch (INV-17).
 */

import type { Hasher } from '../interfaces/hasher.js'
import type { LocalStore } from '../interfaces/local-store.js'
import type { Digest, NodeId } from '../model/ids.js'
import type { Manifest } from '../model/manifest.js'
import type { Stamp } from '../model/stamp.js'
import type { WireChunk, WireManifest } from '../protocol/messages.js'
import { inParallel } from './parallel.js'

/** One new content that a change of a batch brings. */
export interface NewContent {
  readonly id: NodeId
  readonly digest: Digest
  readonly manifest: Manifest
  readonly path: string
  readonly stamp: Stamp
  /** What the node's synced content was, when the server and this device both know its manifest. */
  readonly base: { readonly digest: Digest; readonly manifest: Manifest } | null
  readonly wire: WireManifest
}

interface Spot {
  readonly content: NewContent
  readonly offset: number
  readonly length: number
}

/** Files read at once: what is asked for in one turn costs the store one message. */
const READS_AT_ONCE = 64
const NONE: readonly WireChunk[] = []

/** Chunks by digest: the first file that has it. */
export class ContentSource {
  readonly #spots = new Map<Digest, Spot>()
  readonly #local: LocalStore
  readonly #hasher: Hasher
  /** Contents that are not on the disk any more as they were observed. */
  readonly moved = new Set<NodeId>()

  constructor(local: LocalStore, hasher: Hasher, contents: readonly NewContent[]) {
    this.#local = local
    this.#hasher = hasher
    for (const content of contents) {
      let offset = 0
      for (const { digest, length } of content.manifest.chunks) {
        if (!this.#spots.has(digest)) this.#spots.set(digest, { content, offset, length })
        offset += length
      }
    }
  }

  /** Plain length of a chunk of these contents, 0 for a stranger. */
  length(digest: Digest): number {
    return this.#spots.get(digest)?.length ?? 0
  }

  /** Reads chunks of any of the files. A chunk whose file moved is left out, and the file noted in `moved`. */
  async read(digests: readonly Digest[], signal: AbortSignal): Promise<readonly WireChunk[]> {
    const parts = [...this.#byContent(digests)].map(([content, wanted]) => ({ content, wanted, chunks: NONE }))
    await inParallel(parts, READS_AT_ONCE, async (part) => {
      part.chunks = await this.#readOne(part.content, part.wanted, signal)
    })
    return parts.flatMap(({ chunks }) => chunks)
  }

  async #readOne(content: NewContent, wanted: readonly Digest[], signal: AbortSignal): Promise<readonly WireChunk[]> {
    if (this.moved.has(content.id)) return NONE
    const ranges = wanted.map((digest) => this.#spots.get(digest)).filter((spot) => spot !== undefined)
    const result = await this.#local.read(content.path, content.stamp, ranges, { signal })
    if (result.state !== 'read') {
      this.moved.add(content.id)
      return NONE
    }
    return wanted.flatMap((digest, at) => {
      const bytes = result.parts[at]
      if (bytes !== undefined && this.#hasher.digest('chunk', bytes) === digest)
        return { digest, encoding: 'identity', bytes }
      this.moved.add(content.id)
      return NONE
    })
  }

  #byContent(digests: readonly Digest[]): Map<NewContent, Digest[]> {
    const found = new Map<NewContent, Digest[]>()
    for (const digest of digests) {
      const spot = this.#spots.get(digest)
      if (spot === undefined) continue
      const list = found.get(spot.content)
      if (list === undefined) found.set(spot.content, [digest])
      else list.push(digest)
    }
    return found
  }
}
