/**
 * Whole numbers up to 2^32 - 1 in 1 to 5 bytes, seven bits each, low bits first (LEB128), shortest form only.
 * Reading never goes past the end and never accepts a second spelling of a number.
 */

/** Appends to a list of bytes. */
export function pushVarint(bytes: number[], value: number): void {
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
}

export function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}

/** The number at `at` and where it ends; null for bytes that are none. */
export function readVarint(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } | null {
  let value = 0
  for (let index = 0; index < 5; index++) {
    const byte = bytes[at + index]
    if (byte === undefined) return null
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte >= 0x80) continue
    const shortest = byte !== 0 || index === 0
    return shortest && value < 2 ** 32 ? { value, end: at + index + 1 } : null
  }
  return null
}
