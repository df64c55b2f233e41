/**
 * Compression of what follows a frame's prefix, head and body together, so that many small chunks share one window. It
 * works on whole frames and reads none: an identity frame goes in or comes out (DESIGN 5, SEC-31).
 */

import { TidemarkError } from '../errors.js'
import { type Compressor, FRAME_ENCODINGS, type FrameEncoding } from '../interfaces/compressor.js'
import { checkPrefix, ENCODING_AT, IDENTITY, PREFIX } from './frame.js'
import { LIMITS } from './limits.js'

/** The encoding byte. A number never changes its meaning. */
const CODES: Readonly<Record<FrameEncoding, number>> = { deflate: 1, brotli: 2 }
/** Below this a frame is little more than its prefix and digests. */
const LEAST_BYTES = 128
/** Above this a sample is compressed first: what is compressed already costs no more than that. */
const SAMPLED_BYTES = 64 * 1024
const SAMPLES = 4
const SAMPLE_BYTES = 4 * 1024
/** A sample that keeps more than this share of its bytes does not pay. */
const PAYS = 0.95
/** Inflated bytes for each byte that came, and what is free: more is not data but an attack. */
const MOST_RATIO = 100
const FREE_BYTES = 1024 * 1024

/** The frame in the first encoding of `compressor` that the other side accepts; as it is where that does not pay. */
export async function pressFrame(
  frame: Uint8Array,
  compressor: Compressor | null,
  accepted: readonly string[],
): Promise<Uint8Array> {
  const encoding = compressor?.encodings.find((known) => accepted.includes(known))
  if (compressor === null || encoding === undefined || frame.length < PREFIX + LEAST_BYTES) return frame
  const rest = frame.subarray(PREFIX)
  if (!(await isPromising(rest, compressor, encoding))) return frame
  const pressed = await compressor.compress(encoding, rest)
  if (pressed.length >= rest.length) return frame
  const whole = new Uint8Array(PREFIX + pressed.length)
  whole.set(frame.subarray(0, PREFIX))
  whole[ENCODING_AT] = CODES[encoding]
  whole.set(pressed, PREFIX)
  return whole
}

async function isPromising(bytes: Uint8Array, compressor: Compressor, encoding: FrameEncoding): Promise<boolean> {
  if (bytes.length <= SAMPLED_BYTES) return true
  const sample = new Uint8Array(SAMPLES * SAMPLE_BYTES)
  const stride = (bytes.length - SAMPLE_BYTES) / (SAMPLES - 1)
  for (let at = 0; at < SAMPLES; at++) {
    const from = Math.floor(at * stride)
    sample.set(bytes.subarray(from, from + SAMPLE_BYTES), at * SAMPLE_BYTES)
  }
  return (await compressor.compress(encoding, sample)).length < sample.length * PAYS
}

/**
 * The identity frame. Fails with `unknown-encoding` for one that `compressor` does not read, `too-large` beyond the limit
 * of a frame or of what so few bytes may stand for.
 */
export async function openFrame(frame: Uint8Array, compressor: Compressor | null): Promise<Uint8Array> {
  checkPrefix(frame)
  const code = frame[ENCODING_AT]
  if (code === IDENTITY) return frame
  const encoding = FRAME_ENCODINGS.find((known) => CODES[known] === code)
  if (encoding === undefined || compressor?.encodings.includes(encoding) !== true) throw unknownEncoding(code ?? 0)
  const pressed = frame.subarray(PREFIX)
  const most = Math.min(LIMITS.frameBytes - PREFIX, pressed.length * MOST_RATIO + FREE_BYTES)
  const rest = await compressor.decompress(encoding, pressed, most)
  const whole = new Uint8Array(PREFIX + rest.length)
  whole.set(frame.subarray(0, PREFIX))
  whole[ENCODING_AT] = IDENTITY
  whole.set(rest, PREFIX)
  return whole
}

function unknownEncoding(code: number): TidemarkError {
  return new TidemarkError('unknown-encoding', `Frame encoding ${code} is not known.`, {
    subject: 'encoding',
  })
}
