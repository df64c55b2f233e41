/**
 * One frame: `TDMK` · version byte · encoding byte · u32 length of the head, big-endian · head (JSON) · body (raw bytes).
 * Frames are hostile until proven otherwise: nothing is allocated for a length that was only claimed.
 */

import { TidemarkError } from '../errors.js'
import { scanHead } from './head-scan.js'
import { LIMITS } from './limits.js'

export const FRAME_VERSION = 1
const MAGIC = [0x54, 0x44, 0x4d, 0x4b] as const
/** The encoding byte of a frame as it is. Others are opened by frame-encoding.ts before a frame is unpacked. */
export const IDENTITY = 0
export const ENCODING_AT = 5
/** Bytes before the head. */
export const PREFIX = 10
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export interface Frame {
  /** Parsed JSON, not validated yet. */
  readonly head: unknown
  readonly body: Uint8Array
}

function malformed(subject: string, message: string): TidemarkError {
  return new TidemarkError('malformed-frame', message, {
    subject,
  })
}

/** Fails with `too-large` beyond the frame limit. */
export function packFrame(head: unknown, parts: readonly Uint8Array[]): Uint8Array {
  const text = encoder.encode(JSON.stringify(head))
  let size = PREFIX + text.length
  for (const part of parts) size += part.length
  if (size > LIMITS.frameBytes) {
    throw new TidemarkError('too-large', `A frame of ${size} bytes is beyond ${LIMITS.frameBytes}.`, {
      subject: 'frame',
      next: 'Send less in one request.',
    })
  }
  const frame = new Uint8Array(size)
  frame.set(MAGIC, 0)
  frame[4] = FRAME_VERSION
  frame[ENCODING_AT] = IDENTITY
  new DataView(frame.buffer).setUint32(6, text.length)
  frame.set(text, PREFIX)
  let at = PREFIX + text.length
  for (const part of parts) {
    frame.set(part, at)
    at += part.length
  }
  return frame
}

/** Magic, version and length; the encoding is for whoever opens the frame. */
export function checkPrefix(frame: Uint8Array): void {
  if (frame.length > LIMITS.frameBytes) {
    throw new TidemarkError('too-large', `A frame of ${frame.length} bytes is beyond ${LIMITS.frameBytes}.`, {
      subject: 'frame',
      next: 'Send less in one request.',
    })
  }
  if (frame.length < PREFIX) throw malformed('frame', 'The frame ends inside its prefix.')
  if (MAGIC.some((byte, at) => frame[at] !== byte)) throw malformed('magic', 'These bytes are not a frame.')
  const version = frame[4] ?? 0
  if (version === 0) throw malformed('version', 'There is no protocol version 0.')
  if (version > FRAME_VERSION) {
    throw new TidemarkError('newer-version', `Protocol version ${version} is newer than ${FRAME_VERSION}.`, {
      subject: 'version',
      next: 'Update this side of the connection.',
    })
  }
}

/** The body is a view of the frame's bytes. */
export function unpackFrame(frame: Uint8Array): Frame {
  checkPrefix(frame)
  if (frame[ENCODING_AT] !== IDENTITY) {
    throw new TidemarkError('unknown-encoding', `Frame encoding ${frame[ENCODING_AT]} is not known.`, {
      subject: 'encoding',
    })
  }
  const length = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(6)
  if (length > frame.length - PREFIX) throw malformed('head', 'The frame ends inside its head.')
  const text = decodeText(frame.subarray(PREFIX, PREFIX + length))
  scanHead(text)
  return { head: parse(text), body: frame.subarray(PREFIX + length) }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new TidemarkError('malformed-frame', 'The head is not UTF-8.', { subject: 'head', cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new TidemarkError('malformed-frame', 'The head is not JSON.', { subject: 'head', cause })
  }
}
