/**
 * The canonical encoding of a manifest, whose digest is the identity of a content.
 * One manifest, one byte string: what is not exactly that is refused, never repaired.
 *
 * Layout, big-endian: 'TMMF', version u16, chunk count u32, size u64; then per chunk digest (32 bytes), length u32.
 */

import { TidemarkError } from '../errors.js'
import type { Hasher } from '../interfaces/hasher.js'
import { toHex } from '../model/hex.js'
import { type Digest, isDigest } from '../model/ids.js'
import type { ChunkRef, Manifest } from '../model/manifest.js'
import { CHUNK_MAX } from './averages.js'

/** What a manifest from a stranger may claim before it is refused as `too-large`. */
export interface ManifestLimits {
  /** Most chunks. */
  readonly chunks: number
  /** Most bytes of content. */
  readonly size: number
}

/** 2^20 chunks: 256 GiB at the largest average; an encoding of at most 36 MiB. */
export const MANIFEST_LIMITS: ManifestLimits = { chunks: 2 ** 20, size: Number.MAX_SAFE_INTEGER }

const MAGIC = 0x544d4d46
const VERSION = 1
const HEADER = 18
const ENTRY = 36
export const DIGEST_BYTES = 32

/** Bytes of the canonical encoding. */
export function encodedManifestSize(manifest: Manifest): number {
  return HEADER + ENTRY * manifest.chunks.length
}

/** Throws `invalid` for a manifest that breaks a rule: lengths 1 to 2 MiB, a true sum, digests of 64 hex digits. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  checkManifest(manifest)
  const bytes = new Uint8Array(encodedManifestSize(manifest))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC)
  view.setUint16(4, VERSION)
  view.setUint32(6, manifest.chunks.length)
  view.setBigUint64(10, BigInt(manifest.size))
  let at = HEADER
  for (const chunk of manifest.chunks) {
    writeDigest(bytes, at, chunk.digest)
    view.setUint32(at + DIGEST_BYTES, chunk.length)
    at += ENTRY
  }
  return bytes
}

/** Throws `corrupt` for bytes that no manifest encodes to, `newer-version`, or `too-large` before anything is built. */
export function decodeManifest(bytes: Uint8Array, limits: ManifestLimits = MANIFEST_LIMITS): Manifest {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER) throw malformed('shorter than its head')
  if (view.getUint32(0) !== MAGIC) throw malformed('not the head of a manifest')
  if (view.getUint16(4) !== VERSION) throw newerFormat('manifest', view.getUint16(4))
  const count = view.getUint32(6)
  const size = view.getBigUint64(10)
  if (count > limits.chunks || size > BigInt(limits.size)) throw tooLarge(count, size)
  if (bytes.length !== HEADER + ENTRY * count) throw malformed('its length is not that of its chunks')
  const chunks: ChunkRef[] = []
  let sum = 0
  for (let at = HEADER; at < bytes.length; at += ENTRY) {
    const length = view.getUint32(at + DIGEST_BYTES)
    if (length < 1 || length > CHUNK_MAX) throw malformed(`a chunk of ${length} bytes`)
    chunks.push({ digest: readDigest(bytes, at), length })
    sum += length
  }
  if (BigInt(sum) !== size) throw malformed('the chunks do not add up to the size')
  return { chunks, size: sum }
}

/** The identity of a content: digest of its manifest's canonical encoding. */
export function manifestDigest(hasher: Hasher, manifest: Manifest, key?: Uint8Array): Digest {
  return hasher.digest('manifest', encodeManifest(manifest), key)
}

/** Throws `invalid` or `too-large`. For manifests that were not decoded here. */
export function checkManifest(manifest: Manifest, limits: ManifestLimits = MANIFEST_LIMITS): void {
  const { chunks, size } = manifest
  if (chunks.length > limits.chunks || size > limits.size) throw tooLarge(chunks.length, size)
  let sum = 0
  for (const { digest, length } of chunks) {
    if (!isDigest(digest)) throw invalid(String(digest).slice(0, 80), 'a digest is not 64 lower-case hex digits')
    if (!Number.isInteger(length) || length < 1 || length > CHUNK_MAX)
      throw invalid(digest, `a chunk of ${length} bytes`)
    sum += length
  }
  if (sum !== size) throw invalid('size', `the chunks add up to ${sum} bytes, the size says ${size}`)
}

export function readDigest(bytes: Uint8Array, at: number): Digest {
  return toHex(bytes.subarray(at, at + DIGEST_BYTES)) as Digest
}

/** `digest` was checked before. */
export function writeDigest(bytes: Uint8Array, at: number, digest: Digest): void {
  for (let byte = 0; byte < DIGEST_BYTES; byte++) {
    bytes[at + byte] = (hexDigit(digest.charCodeAt(byte * 2)) << 4) | hexDigit(digest.charCodeAt(byte * 2 + 1))
  }
}

/** '0'–'9' are 0x30–0x39, 'a'–'f' are 0x61–0x66. */
function hexDigit(code: number): number {
  return code < 0x40 ? code - 0x30 : code - 0x57
}

export function newerFormat(subject: string, version: number): TidemarkError {
  return new TidemarkError('newer-version', `a ${subject} of format version ${version}`, {
    subject,
    next: 'Update tidemark on this side.',
  })
}

export function tooLarge(chunks: number, size: number | bigint): TidemarkError {
  return new TidemarkError('too-large', `a manifest of ${chunks} chunks and ${size} bytes is beyond the limit`, {
    subject: 'manifest',
    next: 'Files of this size cannot be synced.',
  })
}

function malformed(why: string): TidemarkError {
  return new TidemarkError('corrupt', `bytes that are no manifest: ${why}`, {
    subject: 'manifest',
    next: 'Fetch or compute it again; nothing was changed.',
  })
}

function invalid(subject: string, why: string): TidemarkError {
  return new TidemarkError('invalid', `a manifest that breaks a rule: ${why}`, {
    subject,
    next: 'Describe the content anew.',
  })
}
