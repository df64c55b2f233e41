/** Chunks in memory: the reference for the contract. Copies on the way in and out; settles in microtasks only. */

import {
  TidemarkError,
  type ChunkInfo,
  type ChunkStore,
  type ChunkUsage,
  type Digest,
  type Reclaimed,
  type StoredChunk,
  type WorkspaceId,
} from '../../src/index.js'

class MemoryChunkStore implements ChunkStore {
  readonly #spaces = new Map<WorkspaceId, Map<Digest, StoredChunk>>()
  #open = false

  async open(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    if (options.signal?.aborted) throw new TidemarkError('aborted', 'Opening was cancelled.', { subject: 'chunks' })
    if (this.#open)
      throw new TidemarkError('locked', 'The chunk store is open already.', {
        subject: 'chunks',
        next: 'Close its other holder.',
      })
    this.#open = true
  }

  async missing(workspace: WorkspaceId, digests: readonly Digest[]): Promise<readonly Digest[]> {
    const held = this.#held(workspace)
    return [...new Set(digests)].filter((digest) => !held.has(digest))
  }

  async put(workspace: WorkspaceId, chunks: readonly StoredChunk[]): Promise<void> {
    const held = this.#held(workspace)
    this.#spaces.set(workspace, held)
    for (const { digest, encoding, bytes } of chunks) {
      if (!held.has(digest)) held.set(digest, { digest, encoding, bytes: bytes.slice() })
    }
  }

  async get(workspace: WorkspaceId, digests: readonly Digest[]): Promise<readonly (StoredChunk | null)[]> {
    const held = this.#held(workspace)
    return digests.map((digest) => {
      const chunk = held.get(digest)
      return chunk === undefined ? null : { ...chunk, bytes: chunk.bytes.slice() }
    })
  }

  async list(workspace: WorkspaceId, after: Digest | null, limit: number): Promise<readonly ChunkInfo[]> {
    return [...this.#held(workspace).values()]
      .filter(({ digest }) => after === null || digest > after)
      .sort((one, other) => (one.digest < other.digest ? -1 : 1))
      .slice(0, limit)
      .map(({ digest, bytes }) => ({ digest, length: bytes.length }))
  }

  async remove(workspace: WorkspaceId, digests: readonly Digest[]): Promise<void> {
    const held = this.#held(workspace)
    for (const digest of digests) held.delete(digest)
  }

  async usage(workspace: WorkspaceId): Promise<ChunkUsage> {
    const held = this.#held(workspace)
    return { chunks: held.size, bytes: [...held.values()].reduce((sum, { bytes }) => sum + bytes.length, 0) }
  }

  /** What was removed takes nothing here. */
  async reclaim(workspace: WorkspaceId): Promise<Reclaimed> {
    const { bytes } = await this.usage(workspace)
    return { before: bytes, after: bytes }
  }

  async close(): Promise<void> {
    this.#open = false
  }

  #held(workspace: WorkspaceId): Map<Digest, StoredChunk> {
    if (!this.#open) throw new TidemarkError('closed', 'The chunk store is not open.', { subject: 'chunks' })
    return this.#spaces.get(workspace) ?? new Map<Digest, StoredChunk>()
  }
}

/** A store of its own: two calls share nothing. It may be opened again after close, with what it held. */
export function memoryChunkStore(): ChunkStore {
  return new MemoryChunkStore()
}
