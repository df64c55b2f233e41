/**
 * Raw DEFLATE by the host's compression streams. Bytes go in by slices that cannot stand for more than there is room for, so
 * that no more is held than was allowed (SEC-31): a stream by itself would put out all that one write stands for.
 */

import { type Compressor, TidemarkError } from '../../src/index.js'

const FORMAT = 'deflate-raw'
/** DEFLATE makes at most this many bytes of one. */
const MOST_RATIO = 1032
/** What the slice before stands for may not have been counted yet: with a quarter of the room for each, all of them fit. */
const SHARE_OF_ROOM = 4
const MOST_SLICE = 64 * 1024
/** Smaller ones would take longer than 64 KiB are worth. */
const LEAST_SLICE = 64
/** The shortest stream there is: nothing, in one block. */
const NOTHING = Uint8Array.of(3, 0)

/** Compression by the host; null where it has none, and frames then go as they are. */
export function streamCompressor(): Compressor | null {
  if (!isThere()) return null
  let refusesTails: Promise<boolean> | null = null
  return {
    encodings: ['deflate'],
    compress: async (_encoding, bytes) => {
      const parts = await pumped(new CompressionStream(FORMAT), bytes.slice(), Number.POSITIVE_INFINITY)
      return joined(parts ?? [])
    },
    decompress: async (_encoding, bytes, most) => {
      const pressed = bytes.slice()
      const parts = await inflated(pressed, most)
      if (parts === null) throw tooLarge(most)
      refusesTails ??= hostRefusesTails()
      // A stream that needs its last byte has nothing behind it.
      if (!(await refusesTails) && (await isWhole(pressed.subarray(0, -1), most))) {
        throw malformed('There are bytes behind the compressed part of a frame.')
      }
      return joined(parts)
    },
  }
}

function isThere(): boolean {
  try {
    return new CompressionStream(FORMAT) instanceof CompressionStream && typeof DecompressionStream === 'function'
  } catch {
    return false
  }
}

/** Older hosts say nothing of bytes behind a stream, whether they come with it or after it. */
async function hostRefusesTails(): Promise<boolean> {
  const withTail = Uint8Array.of(...NOTHING, 0)
  for (const slice of [withTail.length, NOTHING.length]) if (await isWhole(withTail, 1, slice)) return false
  return true
}

async function isWhole(pressed: Uint8Array<ArrayBuffer>, most: number, slice?: number): Promise<boolean> {
  try {
    return (await pumped(new DecompressionStream(FORMAT), pressed, most, slice)) !== null
  } catch {
    return false
  }
}

async function inflated(pressed: Uint8Array<ArrayBuffer>, most: number): Promise<readonly Uint8Array[] | null> {
  try {
    return await pumped(new DecompressionStream(FORMAT), pressed, most)
  } catch (cause) {
    throw malformed('The compressed part of a frame is damaged.', cause)
  }
}

/** What comes out of the stream; null when that is more than `most`. */
async function pumped(
  stream: CompressionStream | DecompressionStream,
  bytes: Uint8Array<ArrayBuffer>,
  most: number,
  slice?: number,
): Promise<readonly Uint8Array[] | null> {
  const writer = stream.writable.getWriter()
  const reader = stream.readable.getReader()
  const parts: Uint8Array[] = []
  let held = 0
  const writing = async (): Promise<void> => {
    for (let at = 0; at < bytes.length; ) {
      await writer.ready
      const size = slice ?? sliceFor(most - held)
      await writer.write(bytes.subarray(at, at + size))
      at += size
    }
    await writer.close()
  }
  // A failure shows at the other end as well, and is told from there.
  void writing().catch(() => undefined)
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return parts
    held += value.length
    parts.push(value)
    if (held > most) {
      await Promise.allSettled([reader.cancel(), writer.abort()])
      return null
    }
  }
}

function sliceFor(room: number): number {
  return Math.min(MOST_SLICE, Math.max(LEAST_SLICE, Math.floor(room / SHARE_OF_ROOM / MOST_RATIO)))
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function tooLarge(most: number): TidemarkError {
  return new TidemarkError('too-large', `The frame stands for more than ${most} bytes.`, { subject: 'frame' })
}

function malformed(message: string, cause?: unknown): TidemarkError {
  return new TidemarkError('malformed-frame', message, { subject: 'frame', cause })
}
