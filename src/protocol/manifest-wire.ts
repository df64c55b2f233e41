/**
 * A whole manifest on the wire: per chunk its 32 raw digest bytes, then its length as a LEB128 varint.
 * Compact and of this room only: what is hashed is the canonical encoding of content/manifest.ts, checked by the receiver.
 */

import { TidemarkError } from '../errors.js'
import { fromHex, toHex } from '../model/hex.js'
import type { Digest } from '../model/ids.js'
import type { ChunkRef, Manifest } from '../model/manifest.js'
import { DIGEST_BYTES } from './body.js'
import { LIMITS, MAX_SAFE } from './limits.js'

const VARINT_BYTES = 4

function invalid(subject: string, message: string): TidemarkError {
  return new TidemarkError('invalid', message, { subject })
}

export function encodeManifestWire(manifest: Manifest): Uint8Array {
  const bytes = new Uint8Array(manifest.chunks.length * (DIGEST_BYTES + VARINT_BYTES))
  let at = 0
  for (const { digest, length } of manifest.chunks) {
    if (length < 1 || length > LIMITS.chunkBytes)
      throw invalid('manifest.length', `A chunk of ${length} bytes is out of range.`)
    bytes.set(fromHex(digest), at)
    at += DIGEST_BYTES
    let rest = length
    while (rest > 0x7f) {
      bytes[at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    bytes[at++] = rest
  }
  return bytes.subarray(0, at)
}

/** A shortest-form varint of 1 to LIMITS.chunkBytes, and the position behind it. */
function readLength(bytes: Uint8Array, from: number): readonly [number, number] {
  let value = 0
  for (let at = from, shift = 0; shift < VARINT_BYTES * 7; at++, shift += 7) {
    const byte = bytes[at]
    if (byte === undefined) break
    value |= (byte & 0x7f) << shift
    if (byte > 0x7f) continue
    if (byte === 0 && shift > 0) throw invalid('manifest.length', 'A chunk length is not in its shortest form.')
    if (value < 1 || value > LIMITS.chunkBytes)
      throw invalid('manifest.length', `A chunk of ${value} bytes is out of range.`)
    return [value, at + 1]
  }
  throw invalid('manifest.length', 'A chunk length is cut off or too long.')
}

/** `count` comes from the head, already bounded by LIMITS.manifestChunks. */
export function decodeManifestWire(bytes: Uint8Array, count: number): Manifest {
  if (count * (DIGEST_BYTES + 1) > bytes.length)
    throw invalid('manifest', 'A manifest is shorter than its count of chunks.')
  const chunks: ChunkRef[] = []
  let at = 0
  let size = 0
  for (let index = 0; index < count; index++) {
    if (bytes.length - at < DIGEST_BYTES + 1) throw invalid('manifest', 'A manifest ends inside a chunk.')
    const digest = toHex(bytes.subarray(at, at + DIGEST_BYTES)) as Digest
    const [length, next] = readLength(bytes, at + DIGEST_BYTES)
    at = next
    size += length
    if (size > MAX_SAFE) throw invalid('manifest.size', 'A manifest is larger than numbers can say.')
    chunks.push({ digest, length })
  }
  if (at !== bytes.length) throw invalid('manifest', 'A manifest is longer than its count of chunks.')
  return { chunks, size }
}
