/** The content of a file as an ordered list of chunks. */

import type { Digest } from './ids.js'

/** One chunk of a content. */
export interface ChunkRef {
  /** Digest of the chunk in domain `chunk`. */
  readonly digest: Digest
  /** Plain bytes, at least 1. */
  readonly length: number
}

/** An empty file has no chunks. Identified by the digest of its canonical encoding (content/manifest.ts). */
export interface Manifest {
  /** In the order of the content. */
  readonly chunks: readonly ChunkRef[]
  /** Sum of the chunks' lengths, in bytes. Authoritative for plain content. */
  readonly size: number
}

/** How a workspace cuts and names content. Fixed when the workspace is made; travels with it. */
export interface ContentRule {
  readonly algorithm: 'blake2b-256'
  /** Digest of a fixed text under the workspace key, to notice a wrong key; null for a workspace without one. */
  readonly keyCheck: Digest | null
  /** 32 lower-case hex digits that seed the rolling hash. */
  readonly boundarySeed: string
  /** Rows of (largest file size in bytes, average chunk size in bytes), ascending; the last size is null: all above. */
  readonly averages: readonly (readonly [number | null, number])[]
}
