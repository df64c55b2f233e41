/** Digests. Chunk and manifest ids come from here, with the workspace key where there is one. */

import type { Digest } from '../model/ids.js'

/** What is hashed, so that equal bytes of different meaning never share a digest. The byte goes in front of the data. */
export const DOMAINS = { chunk: 0x01, manifest: 0x02, history: 0x03, changes: 0x04, check: 0x05 } as const
/** What is hashed. */
export type Domain = keyof typeof DOMAINS

/** A digest in the making. */
export interface HashState {
  /** Any length, also 0. The bytes may be changed after the call. */
  update(data: Uint8Array): void
  /** May be called once. */
  digest(): Digest
}

/** The source of all digests: the contract of its adapters, in numbered rules. */
export interface Hasher {
  /** HASH-1 BLAKE2b-256 over `domain byte ‖ data`; with a key (1–64 bytes, else `invalid`) the keyed mode of RFC 7693. */
  readonly algorithm: 'blake2b-256'
  /** The same as `start`, one `update` and `digest`. */
  digest(domain: Domain, data: Uint8Array, key?: Uint8Array): Digest
  /** HASH-2 Any split of the data gives the digest of the whole; data may be changed after a call. HASH-3 States are independent of each other; one whose digest was taken fails with `internal`. */
  start(domain: Domain, key?: Uint8Array): HashState
}
