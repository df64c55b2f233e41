/**
 * Manifests this device knows: of files it described or fetched. The larger ones are kept in the state store, since
 * they are the bases of patches and tell where old chunks lie; small ones are cheap to make again.
 */

import { decodeManifest, encodeManifest } from '../content/manifest.js'
import type { Digest } from '../model/ids.js'
import type { Manifest } from '../model/manifest.js'
import type { EngineState } from './engine-state.js'

/** Fewer chunks than this are not kept: a patch on them saves next to nothing. */
const WORTH_KEEPING = 4
/** Chunk references held in memory. */
const MEMORY_CHUNKS = 200_000

export class ManifestShelf {
  readonly #state: EngineState
  readonly #recent = new Map<Digest, Manifest>()
  #chunks = 0

  constructor(state: EngineState) {
    this.#state = state
  }

  put(digest: Digest, manifest: Manifest): void {
    // One that is remembered was kept then: describing a file again writes nothing (INV-05).
    if (manifest.chunks.length >= WORTH_KEEPING && !this.#recent.has(digest))
      this.#state.putManifest(digest, encodeManifest(manifest))
    this.#remember(digest, manifest)
  }

  async get(digest: Digest): Promise<Manifest | null> {
    return this.#recent.get(digest) ?? (await this.getAll([digest])).get(digest) ?? null
  }

  /** Those that are known, by one look into the store. */
  async getAll(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, Manifest>> {
    const found = new Map<Digest, Manifest>()
    const asked = new Set<Digest>()
    for (const digest of digests) {
      const recent = this.#recent.get(digest)
      if (recent === undefined) asked.add(digest)
      else found.set(digest, recent)
    }
    if (asked.size === 0) return found
    for (const [digest, kept] of await this.#state.manifests([...asked])) {
      const manifest = decodeManifest(kept)
      this.#remember(digest, manifest)
      found.set(digest, manifest)
    }
    return found
  }

  /** Forgets the kept manifests that no row names any more. */
  async sweep(): Promise<void> {
    const named = new Set<Digest>()
    for (const [id, row] of this.#state.trees.syncedRows()) {
      if (row.node.content !== null) named.add(row.node.content)
      const local = this.#state.trees.localNode(id)
      if (local?.node.content != null) named.add(local.node.content)
    }
    for (const [, row] of this.#state.trees.localRows()) {
      if (row !== 'deleted' && row.node.content !== null) named.add(row.node.content)
    }
    for (const digest of await this.#state.manifestDigests()) {
      if (!named.has(digest)) this.#state.putManifest(digest, null)
    }
  }

  #remember(digest: Digest, manifest: Manifest): void {
    if (this.#recent.delete(digest)) this.#chunks -= manifest.chunks.length
    this.#recent.set(digest, manifest)
    this.#chunks += manifest.chunks.length
    for (const [oldest, held] of this.#recent) {
      if (this.#chunks <= MEMORY_CHUNKS || oldest === digest) return
      this.#recent.delete(oldest)
      this.#chunks -= held.chunks.length
    }
  }
}
