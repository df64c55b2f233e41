/**
 * Chunks of the files that are about to be replaced, as bases on which the server may send their successors as deltas
 * (DESIGN 5). A file may be edited at any moment: what is rebuilt is compared with its digest by whoever asked.
 */

import { applyDelta } from '../content/delta.js'
import { replacedChunks } from '../content/replaced.js'
import { isTidemarkError } from '../errors.js'
import type { LocalStore } from '../interfaces/local-store.js'
import type { Digest } from '../model/ids.js'
import type { ChunkRef, Manifest } from '../model/manifest.js'
import type { Stamp } from '../model/stamp.js'
import type { WireChunk } from '../protocol/messages.js'

/** For a smaller chunk its base would weigh as much as it saves. */
const LEAST_CHUNK = 512

/** A file as it was observed, and what it held then. */
interface OldFile {
  readonly name: { readonly path: string; readonly local: { readonly stamp: Stamp } }
  readonly manifest: Manifest
}

/** A content that is to come, and what it is to replace. */
export interface Replacement {
  readonly wanted: Manifest
  readonly old: OldFile | null
}

interface Spot {
  readonly file: OldFile
  readonly offset: number
  readonly length: number
}

export class HeldChunks {
  readonly #local: LocalStore
  readonly #replaced = new Map<Digest, readonly ChunkRef[]>()
  readonly #spots = new Map<Digest, Spot>()

  constructor(local: LocalStore, replacements: readonly Replacement[]) {
    this.#local = local
    for (const { old, wanted } of replacements) {
      if (old === null) continue
      for (const [digest, bases] of replacedChunks(old.manifest, wanted)) this.#replaced.set(digest, bases)
      let offset = 0
      for (const { digest, length } of old.manifest.chunks) {
        this.#spots.set(digest, { file: old, offset, length })
        offset += length
      }
    }
  }

  /** What may serve as bases of a chunk; none where it is not worth it. */
  basesOf({ digest, length }: ChunkRef): readonly ChunkRef[] {
    return length < LEAST_CHUNK ? [] : (this.#replaced.get(digest) ?? [])
  }

  /** Reads the bases and builds what was asked for, no longer than that is; what cannot be built is left out. */
  async rebuild(
    deltas: readonly WireChunk[],
    asked: ReadonlyMap<Digest, number>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Digest, Uint8Array>> {
    const held = await this.#read(new Set(deltas.flatMap(({ bases }) => bases ?? [])), signal)
    const rebuilt = new Map<Digest, Uint8Array>()
    for (const { digest, bases = [], bytes } of deltas) {
      const parts = bases.flatMap((base) => held.get(base) ?? [])
      const built = parts.length === bases.length ? build(bytes, parts, asked.get(digest) ?? 0) : null
      if (built !== null) rebuilt.set(digest, built)
    }
    return rebuilt
  }

  /** All that is wanted of a file at once. A file that moved on gives nothing. */
  async #read(digests: Iterable<Digest>, signal: AbortSignal): Promise<ReadonlyMap<Digest, Uint8Array>> {
    const byFile = new Map<OldFile, (Spot & { readonly digest: Digest })[]>()
    for (const digest of digests) {
      const spot = this.#spots.get(digest)
      if (spot === undefined) continue
      const list = byFile.get(spot.file) ?? []
      list.push({ ...spot, digest })
      byFile.set(spot.file, list)
    }
    const held = new Map<Digest, Uint8Array>()
    for (const [{ name }, spots] of byFile) {
      const result = await this.#local.read(name.path, name.local.stamp, spots, { signal })
      if (result.state !== 'read') continue
      for (const [at, { digest }] of spots.entries()) {
        const part = result.parts[at]
        if (part !== undefined) held.set(digest, part)
      }
    }
    return held
  }
}

function build(delta: Uint8Array, bases: readonly Uint8Array[], length: number): Uint8Array | null {
  try {
    return applyDelta(delta, bases, length)
  } catch (error) {
    if (isTidemarkError(error)) return null
    throw error
  }
}
