/** The chunks of workspaces. Packs, paths and buckets are its own affair. It holds no policy and knows no references. */

import type { Digest, WorkspaceId } from '../model/ids.js'

/** How stored bytes are encoded. Version 1 knows `identity`; others are refused until they are known. */
export type Encoding = 'identity' | (string & {})

/** A chunk as stored. */
export interface StoredChunk {
  /** Digest of the plain bytes. */
  readonly digest: Digest
  /** How `bytes` are encoded. */
  readonly encoding: Encoding
  /** As stored (encoded). */
  readonly bytes: Uint8Array
}

/** A chunk in a listing. */
export interface ChunkInfo {
  /** Digest of the plain bytes. */
  readonly digest: Digest
  /** Stored bytes. */
  readonly length: number
}

/** What chunks take. */
export interface ChunkUsage {
  /** How many there are. */
  readonly chunks: number
  /** Stored bytes of the chunks, without what the store adds. */
  readonly bytes: number
}

/** What a store took before and after it gave room back. */
export interface Reclaimed {
  /** Bytes the store took on its medium before and afterwards; what removed chunks left behind included. */
  readonly before: number
  /** Bytes it takes afterwards. */
  readonly after: number
}

/** Where chunks live: the contract of its adapters, in numbered rules. */
export interface ChunkStore {
  /** CHUNK-1 A second holder gets `locked`, a newer format `newer-version`, untouched. */
  open(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /** CHUNK-2 Those of the digests that are not held for this workspace, each once. Workspaces never see each other's chunks. */
  missing(workspace: WorkspaceId, digests: readonly Digest[]): Promise<readonly Digest[]>
  /** CHUNK-3 Resolves when all are durable, of any length; the caller may change its bytes by then, and those it is given. CHUNK-4 Putting a held digest again changes nothing. CHUNK-5 The caller has verified the digests: bytes and encoding are kept as they come, an unknown encoding too. */
  put(workspace: WorkspaceId, chunks: readonly StoredChunk[]): Promise<void>
  /** CHUNK-6 In the order asked, null where not held. CHUNK-7 Bytes that rotted are reported as `corrupt` with the digest as subject, never returned. */
  get(workspace: WorkspaceId, digests: readonly Digest[]): Promise<readonly (StoredChunk | null)[]>
  /** CHUNK-8 Ascending by digest, strictly after `after`, at most `limit`. */
  list(workspace: WorkspaceId, after: Digest | null, limit: number): Promise<readonly ChunkInfo[]>
  /** CHUNK-9 Absent afterwards, also over a crash once resolved; unknown ones are skipped. */
  remove(workspace: WorkspaceId, digests: readonly Digest[]): Promise<void>
  /** CHUNK-11 How much is held for this workspace, from memory: it costs no more than `missing`. */
  usage(workspace: WorkspaceId): Promise<ChunkUsage>
  /**
   * CHUNK-12 Gives back what removed chunks still take, where that is worth its work; a bounded part of it at a call, so that
   * it is called again while `after` is smaller than `before`. Held chunks stay, also over a crash at any point.
   */
  reclaim(workspace: WorkspaceId): Promise<Reclaimed>
  /** CHUNK-10 Idempotent. Calls after it fail with `closed`. */
  close(): Promise<void>
}
