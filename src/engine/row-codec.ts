/**
 * Rows as bytes in the state store. One JSON text per value; the format of the whole store is named by its
 * `format` key. Bytes that are not such a row are `corrupt`: never guessed at.
 */

import { TidemarkError } from '../errors.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export const STATE_FORMAT = { format: 'tidemark-state', version: 1 } as const

export function encodeRow(row: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(row))
}

/** Rows are written by this engine only, so their shape is trusted once they parse and pass `check`. */
export function decodeRow<T>(key: string, bytes: Uint8Array, check: (row: T) => boolean): T {
  let row: T
  try {
    row = JSON.parse(decoder.decode(bytes)) as T
  } catch (cause) {
    throw corrupt(key, cause)
  }
  if (typeof row !== 'object' || row === null || !check(row)) throw corrupt(key)
  return row
}

/** Refuses a newer format before anything is changed. */
export function checkFormat(bytes: Uint8Array): void {
  const found = decodeRow<{ format: string; version: number }>(
    'format',
    bytes,
    (row) => row.format === STATE_FORMAT.format,
  )
  if (found.version > STATE_FORMAT.version) {
    throw new TidemarkError('newer-version', `the state was written in format version ${String(found.version)}`, {
      subject: 'state',
      next: 'Update tidemark on this device; nothing was changed.',
    })
  }
}

function corrupt(key: string, cause?: unknown): TidemarkError {
  return new TidemarkError('corrupt', `row ${key} of the state store cannot be read`, { subject: key, cause })
}
