/**
 * Brotli and DEFLATE of `node:zlib`: in its threads, so that a large frame does not hold up the embedding app; a small one
 * here, in less time than a thread takes to wake up.
 */

import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { type Compressor, type FrameEncoding, TidemarkError } from '../../src/index.js'

/** Text at some 100 MB/s; higher ones gain little on a megabyte. */
const BROTLI_QUALITY = 4
/** A frame of an edit or a question: some 50 microseconds. What comes may stand for no more than the engine lets so few bytes. */
const SMALL_BYTES = 4 * 1024
/** log2 of the window of a small frame. */
const SMALL_WINDOW = 16
/** What `node:zlib` calls an output beyond `maxOutputLength`. */
const TOO_LARGE = 'ERR_BUFFER_TOO_LARGE'

const brotliCompress = promisify<Uint8Array, zlib.BrotliOptions, Buffer>(zlib.brotliCompress)
const deflateRaw = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.deflateRaw)

/** A result of the call with `info: true`; the engine counts what it consumed. */
interface Inflated {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}
type Inflate = (
  bytes: Uint8Array,
  options: { readonly maxOutputLength: number; readonly info: true },
  done: (error: NodeJS.ErrnoException | null, result: Inflated) => void,
) => void

type InflateSync = (bytes: Uint8Array, options: Parameters<Inflate>[1]) => Inflated

const INFLATE_SYNC: Readonly<Record<FrameEncoding, InflateSync>> = {
  brotli: zlib.brotliDecompressSync as unknown as InflateSync,
  deflate: zlib.inflateRawSync as unknown as InflateSync,
}

/** `promisify` would drop `engine`; the type declarations do not know `info`. */
const INFLATE: Readonly<Record<FrameEncoding, Inflate>> = {
  brotli: zlib.brotliDecompress as unknown as Inflate,
  deflate: zlib.inflateRaw as unknown as Inflate,
}

/** Brotli and raw DEFLATE by Node's zlib, on its thread pool. */
export function zlibCompressor(): Compressor {
  return {
    encodings: ['brotli', 'deflate'],
    async compress(encoding, bytes) {
      const isSmall = bytes.length <= SMALL_BYTES
      if (encoding === 'deflate') return isSmall ? zlib.deflateRawSync(bytes) : deflateRaw(bytes, {})
      const { BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants
      const params = { [BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [BROTLI_PARAM_SIZE_HINT]: bytes.length }
      if (!isSmall) return brotliCompress(bytes, { params })
      return zlib.brotliCompressSync(bytes, { params: { ...params, [BROTLI_PARAM_LGWIN]: SMALL_WINDOW } })
    },
    async decompress(encoding, bytes, most) {
      const { buffer, engine } = await inflate(encoding, bytes, most)
      if (engine.bytesWritten === bytes.length) return buffer
      throw malformed('There are bytes behind the compressed part of a frame.')
    },
  }
}

async function inflate(encoding: FrameEncoding, bytes: Uint8Array, most: number): Promise<Inflated> {
  const options = { maxOutputLength: Math.max(most, 1), info: true } as const
  let result: Inflated
  try {
    result =
      bytes.length <= SMALL_BYTES ? INFLATE_SYNC[encoding](bytes, options) : await inflated(encoding, bytes, options)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === TOO_LARGE) throw tooLarge(most)
    throw malformed('The compressed part of a frame is damaged.', cause)
  }
  if (result.buffer.length > most) throw tooLarge(most)
  return result
}

function inflated(encoding: FrameEncoding, bytes: Uint8Array, options: Parameters<Inflate>[1]): Promise<Inflated> {
  return new Promise((resolve, reject) => {
    INFLATE[encoding](bytes, options, (cause, result) => (cause === null ? resolve(result) : reject(cause)))
  })
}

function tooLarge(most: number): TidemarkError {
  return new TidemarkError('too-large', `The frame stands for more than ${most} bytes.`, { subject: 'frame' })
}

function malformed(message: string, cause?: unknown): TidemarkError {
  return new TidemarkError('malformed-frame', message, { subject: 'frame', cause })
}
