/** The rolling hash by which deltas find equal bytes: the sum of byte · FACTOR^(bytes behind it), as a signed word. */

/** Odd, and without a pattern in its bits. */
export const FACTOR = 0x2c1b3c6d

export function rolling(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0
  for (let at = from; at < to; at++) hash = (Math.imul(hash, FACTOR) + (bytes[at] as number)) | 0
  return hash
}

/** FACTOR^(length - 1): what the byte that leaves a window of that length counts for. */
export function leavingOf(length: number): number {
  let value = 1
  for (let count = 1; count < length; count++) value = Math.imul(value, FACTOR)
  return value
}
