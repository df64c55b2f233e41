/**
 * The bytes of a pack file. Little-endian.
 *
 *   file    'TDpack\r\n' · u32 version · 16 bytes workspace · u32 salt · u32 CRC of the 32 before
 *   record  'TDck' | 'TDrm' | 'TDsl' · u32 payload length · u32 batch · u32 payload CRC · 32 bytes digest ·
 *           u32 length of the encoding tag · u32 salt · u32 CRC of the 56 before and the tag · tag · payload
 *
 * The salt is drawn for each file and never leaves the server: a payload cannot be made to look like a record of the file
 * it lies in, whatever the search behind a torn place comes upon.
 *
 * A batch is what was flushed together; its number grows by one in a file. No tag means `identity`. A seal carries nothing:
 * like any record of a later batch it proves that everything before it was flushed.
 */

import { TidemarkError, fromHex, toHex } from '../../src/index.js'
import type { Digest, WorkspaceId } from '../../src/index.js'
import type { Crc32 } from './crc32.js'

export const PACK_VERSION = 1
export const FILE_HEADER_BYTES = 36
export const RECORD_HEADER_BYTES = 60
export const MOST_TAG_BYTES = 32

export type RecordKind = 'chunk' | 'removal' | 'seal'

export interface RecordHeader {
  readonly kind: RecordKind
  readonly digest: Uint8Array
  readonly batch: number
  readonly salt: number
  readonly payloadBytes: number
  readonly payloadCrc: number
  readonly encoding: string
  /** Header and tag: where the payload begins. */
  readonly headerBytes: number
}

const FILE_MAGIC = 'TDpack\r\n'
const VERSION_AT = 8
const WORKSPACE_AT = 12
const FILE_SALT_AT = 28
const FILE_CRC_AT = 32
const LENGTH_AT = 4
const BATCH_AT = 8
const PAYLOAD_CRC_AT = 12
const DIGEST_AT = 16
const TAG_LENGTH_AT = 48
const SALT_AT = 52
const CRC_AT = 56
const KINDS: readonly (readonly [RecordKind, string])[] = [
  ['chunk', 'TDck'],
  ['removal', 'TDrm'],
  ['seal', 'TDsl'],
]
const NO_DIGEST = new Uint8Array(32)

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function putText(into: Uint8Array, at: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) into[at + index] = text.charCodeAt(index)
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length))
}

export function fileHeader(workspace: WorkspaceId, salt: number, crc: Crc32): Uint8Array {
  const bytes = new Uint8Array(FILE_HEADER_BYTES)
  putText(bytes, 0, FILE_MAGIC)
  viewOf(bytes).setUint32(VERSION_AT, PACK_VERSION, true)
  bytes.set(fromHex(workspace), WORKSPACE_AT)
  viewOf(bytes).setUint32(FILE_SALT_AT, salt, true)
  viewOf(bytes).setUint32(FILE_CRC_AT, crc(bytes.subarray(0, FILE_CRC_AT)), true)
  return bytes
}

/** The salt of the file; null when the header was never flushed, or is rotten. @throws newer-version; corrupt for a pack of another workspace */
export function checkFileHeader(bytes: Uint8Array, workspace: WorkspaceId, path: string, crc: Crc32): number | null {
  if (bytes.length < FILE_HEADER_BYTES || textAt(bytes, 0, FILE_MAGIC.length) !== FILE_MAGIC) return null
  if (viewOf(bytes).getUint32(FILE_CRC_AT, true) !== crc(bytes.subarray(0, FILE_CRC_AT))) return null
  const version = viewOf(bytes).getUint32(VERSION_AT, true)
  if (version > PACK_VERSION) {
    throw new TidemarkError('newer-version', `${path} has pack format ${version}, this program knows ${PACK_VERSION}`, {
      subject: path,
      next: 'Update this program. The file was not touched.',
    })
  }
  if (toHex(bytes.subarray(WORKSPACE_AT, FILE_SALT_AT)) !== workspace) {
    throw new TidemarkError('corrupt', `${path} holds chunks of another workspace`, {
      subject: path,
      next: 'Put the file back where it was.',
    })
  }
  return viewOf(bytes).getUint32(FILE_SALT_AT, true)
}

export function recordBytes(encoding: string, payloadBytes: number): number {
  return RECORD_HEADER_BYTES + (encoding === 'identity' ? 0 : encoding.length) + payloadBytes
}

export interface RecordContent {
  readonly kind: RecordKind
  readonly digest: Digest | null
  readonly batch: number
  readonly salt: number
  readonly encoding: string
  readonly payload: Uint8Array
}

/** Writes a record at a place of a buffer; returns where it ends. */
export function writeRecord(into: Uint8Array, at: number, content: RecordContent, crc: Crc32): number {
  const { kind, digest, batch, salt, encoding, payload } = content
  const tag = encoding === 'identity' ? '' : encoding
  const header = into.subarray(at, at + RECORD_HEADER_BYTES)
  const view = viewOf(header)
  putText(header, 0, (KINDS.find(([name]) => name === kind) as readonly [RecordKind, string])[1])
  view.setUint32(LENGTH_AT, payload.length, true)
  view.setUint32(BATCH_AT, batch, true)
  view.setUint32(PAYLOAD_CRC_AT, crc(payload), true)
  header.set(digest === null ? NO_DIGEST : fromHex(digest), DIGEST_AT)
  view.setUint32(TAG_LENGTH_AT, tag.length, true)
  view.setUint32(SALT_AT, salt, true)
  putText(into, at + RECORD_HEADER_BYTES, tag)
  const tagBytes = into.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + tag.length)
  view.setUint32(CRC_AT, crc(tagBytes, crc(header.subarray(0, CRC_AT))), true)
  into.set(payload, at + RECORD_HEADER_BYTES + tag.length)
  return at + RECORD_HEADER_BYTES + tag.length + payload.length
}

/** The record header at the start of these bytes; null when there is none, or not a whole one. */
export function readRecord(bytes: Uint8Array, crc: Crc32): RecordHeader | null {
  if (bytes.length < RECORD_HEADER_BYTES || bytes[0] !== 0x54 || bytes[1] !== 0x44) return null
  const magic = textAt(bytes, 0, 4)
  const kind = KINDS.find(([, letters]) => letters === magic)?.[0]
  if (kind === undefined) return null
  const view = viewOf(bytes)
  const tagBytes = view.getUint32(TAG_LENGTH_AT, true)
  const headerBytes = RECORD_HEADER_BYTES + tagBytes
  if (tagBytes > MOST_TAG_BYTES || bytes.length < headerBytes) return null
  const tag = bytes.subarray(RECORD_HEADER_BYTES, headerBytes)
  if (view.getUint32(CRC_AT, true) !== crc(tag, crc(bytes.subarray(0, CRC_AT)))) return null
  return {
    kind,
    digest: bytes.slice(DIGEST_AT, TAG_LENGTH_AT),
    batch: view.getUint32(BATCH_AT, true),
    salt: view.getUint32(SALT_AT, true),
    payloadBytes: view.getUint32(LENGTH_AT, true),
    payloadCrc: view.getUint32(PAYLOAD_CRC_AT, true),
    encoding: tagBytes === 0 ? 'identity' : textAt(tag, 0, tagBytes),
    headerBytes,
  }
}
