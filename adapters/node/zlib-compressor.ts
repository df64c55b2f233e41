/** Brotli and DEFLATE of `node:zlib`, in its threads: a large frame does not hold up the embedding app. */

import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { type Compressor, type FrameEncoding, TidemarkError } from '../../src/index.js'

/** Text at some 100 MB/s; higher ones gain little on a megabyte. */
const BROTLI_QUALITY = 4
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
      if (encoding === 'deflate') return deflateRaw(bytes, {})
      const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants
      return brotliCompress(bytes, {
        params: { [BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [BROTLI_PARAM_SIZE_HINT]: bytes.length },
      })
    },
    async decompress(encoding, bytes, most) {
      const { buffer, engine } = await inflate(encoding, bytes, most)
      if (engine.bytesWritten === bytes.length) return buffer
      throw malformed('There are bytes behind the compressed part of a frame.')
    },
  }
}

function inflate(encoding: FrameEncoding, bytes: Uint8Array, most: number): Promise<Inflated> {
  return new Promise((resolve, reject) => {
    INFLATE[encoding](bytes, { maxOutputLength: Math.max(most, 1), info: true }, (cause, result) => {
      if (cause === null) {
        if (result.buffer.length <= most) resolve(result)
        else reject(tooLarge(most))
      } else if (cause.code === TOO_LARGE) reject(tooLarge(most))
      else reject(malformed('The compressed part of a frame is damaged.', cause))
    })
  })
}

function tooLarge(most: number): TidemarkError {
  return new TidemarkError('too-large', `The frame stands for more than ${most} bytes.`, { subject: 'frame' })
}

function malformed(message: string, cause?: unknown): TidemarkError {
  return new TidemarkError('malformed-frame', message, { subject: 'frame', cause })
}
