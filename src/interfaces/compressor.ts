/** Compression of whole frames. The core knows the names of the encodings; how they are computed is the host's affair. */

/** Encodings of a frame beside identity, as they are named in messages. Raw DEFLATE (RFC 1951), Brotli (RFC 7932). */
export const FRAME_ENCODINGS = ['deflate', 'brotli'] as const
/** One of `FRAME_ENCODINGS`. */
export type FrameEncoding = (typeof FRAME_ENCODINGS)[number]

/** Makes frames smaller: the contract of its adapters, in numbered rules. */
export interface Compressor {
  /** COMPRESSOR-1 What it can both write and read, preferred first; at least one. */
  readonly encodings: readonly FrameEncoding[]
  /** COMPRESSOR-2 Any bytes, also none; the input is not changed. Plain text gets smaller. */
  compress(encoding: FrameEncoding, bytes: Uint8Array): Promise<Uint8Array>
  /**
   * COMPRESSOR-3 The bytes that were compressed. COMPRESSOR-4 Fails with `too-large` when they are more than `most`, without
   * having held more than that (SEC-31). COMPRESSOR-5 Fails with `malformed-frame` for bytes that are no such stream, end
   * inside one, or go on after it.
   */
  decompress(encoding: FrameEncoding, bytes: Uint8Array, most: number): Promise<Uint8Array>
}
