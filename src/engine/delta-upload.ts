/**
 * Sends new chunks as differences from those they replace (DESIGN 5). The old bytes are not here any more, the file was
 * edited: the server tells their signatures, in one request for all chunks of a frame. It rebuilds and compares, and what
 * does not come out goes again whole.
 */

import { pooledBases, replacedChunks } from '../content/replaced.js'
import { type BlockSignatures, blockSize, SignatureIndex, signaturesSize } from '../content/signatures.js'
import type { Digest } from '../model/ids.js'
import type { ChunkRef } from '../model/manifest.js'
import { LIMITS } from '../protocol/limits.js'
import type { WireChunk } from '../protocol/messages.js'
import type { NewContent } from './content-source.js'
import { codeOf } from './known-error.js'
import type { Link } from './link.js'

/** A smaller chunk goes whole: its signatures and their digests would weigh as much. */
const LEAST_CHUNK = 1024
/** For fewer bytes the round trip costs more than it saves. */
const LEAST_BYTES = 8 * 1024

export class DeltaUpload {
  readonly #link: Link
  readonly #contents: readonly NewContent[]
  #replaced: ReadonlyMap<Digest, readonly ChunkRef[]> | null = null

  constructor(link: Link, contents: readonly NewContent[]) {
    this.#link = link
    this.#contents = contents
  }

  /** Sends the chunks, as deltas where that is less; whole once the server refuses such an encoding. */
  async through<T>(
    chunks: readonly WireChunk[],
    send: (chunks: readonly WireChunk[]) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const smallest = await this.#smallest(chunks, signal)
    try {
      return await send(smallest)
    } catch (error) {
      if (smallest === chunks || codeOf(error) !== 'unknown-encoding') throw error
      return send(chunks)
    }
  }

  async #smallest(chunks: readonly WireChunk[], signal: AbortSignal): Promise<readonly WireChunk[]> {
    if (!this.#link.knowsDeltas) return chunks
    const replaced = this.#replacedChunks()
    const due = chunks.filter(({ digest, bytes }) => bytes.length >= LEAST_CHUNK && replaced.has(digest))
    if (due.reduce((sum, { bytes }) => sum + bytes.length, 0) < LEAST_BYTES) return chunks
    const pool = pooledBases(
      due.map(({ digest }) => replaced.get(digest) ?? []),
      LIMITS.deltaBytes,
    )
    const block = blockFor([...pool.values()])
    const told = await this.#signatures(pool, block, signal)
    const bases = [...told.keys()]
    const index = new SignatureIndex([...told.values()], block)
    return chunks.map((chunk) => {
      const delta = chunk.bytes.length < LEAST_CHUNK ? null : index.delta(chunk.bytes, LIMITS.deltaBases)
      if (delta === null) return chunk
      const named = delta.bases.map((base) => bases[base] as Digest)
      return { digest: chunk.digest, encoding: 'delta', bases: named, bytes: delta.bytes }
    })
  }

  /** What every new chunk takes the place of, over all contents. */
  #replacedChunks(): ReadonlyMap<Digest, readonly ChunkRef[]> {
    this.#replaced ??= new Map(
      this.#contents.flatMap(({ base, manifest }) =>
        base === null ? [] : [...replacedChunks(base.manifest, manifest)],
      ),
    )
    return this.#replaced
  }

  /** Without those the server does not tell of. None from a server that does not know the question after all. */
  async #signatures(
    pool: ReadonlyMap<Digest, number>,
    block: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Digest, BlockSignatures>> {
    const told = new Map<Digest, BlockSignatures>()
    for (let due = [...pool.keys()]; due.length > 0; ) {
      const request = { type: 'get-signatures', workspace: this.#link.workspace, digests: due, block } as const
      try {
        const { signatures } = await this.#link.ask(request, signal)
        for (const [at, of] of signatures.entries()) {
          const digest = due[at] as Digest
          if (of?.length === pool.get(digest) && of?.blocks.length === signaturesSize(of?.length ?? 0, block))
            told.set(digest, of)
        }
        due = due.slice(signatures.length)
      } catch (error) {
        if (this.#link.knowsDeltas) throw error
        return new Map()
      }
    }
    return told
  }
}

function blockFor(lengths: readonly number[]): number {
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length
  return blockSize(mean, LIMITS.blockLeast, LIMITS.blockMost)
}
