/** Bytes to lower-case hex and back. */

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Two lower-case digits for each byte. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += DIGITS[byte]!
  return text
}

/** Only for text already known to be an even number of hex digits (`isDigest`, `isNodeId`). */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2)
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = (valueOf(text.charCodeAt(at * 2)) << 4) | valueOf(text.charCodeAt(at * 2 + 1))
  }
  return bytes
}

/** Of one digit, given its code: '0' is 48, 'a' 97. */
function valueOf(code: number): number {
  return code < 58 ? code - 48 : code - 87
}
