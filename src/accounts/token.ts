/**
 * Device tokens (SEC-26): 256 random bits, shown once, kept as a digest only.
 * A digest without salt is enough: nobody can guess 256 random bits. BLAKE2b-256 instead of SHA-256, because the core has it.
 */

import { BLAKE2b } from '@stablelib/blake2b'
import type { Random } from '../interfaces/random.js'
import { toHex } from '../model/hex.js'

const TOKEN_BYTES = 32
const PREFIX = 'tm1_'
const SHAPE = /^tm1_[A-Za-z0-9_-]{43}$/
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** Makes the digest of a token differ from any other use of the hash. */
const PERSONALIZATION = new TextEncoder().encode('tidemark-token-1')

/** 47 characters that go into a header as they are. The prefix lets secret scanners find a leaked one. */
export function drawToken(random: Random): string {
  return PREFIX + base64url(random.bytes(TOKEN_BYTES))
}

/** 64 hex digits, or null for text that cannot be a token: it costs nothing to refuse. */
export function tokenDigest(token: string): string | null {
  if (!SHAPE.test(token)) return null
  const state = new BLAKE2b(32, { personalization: PERSONALIZATION })
  return toHex(state.update(new TextEncoder().encode(token)).digest())
}

/** RFC 4648 section 5, without padding. */
function base64url(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 6) {
      bits -= 6
      text += ALPHABET.charAt((held >>> bits) & 63)
    }
    held &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + ALPHABET.charAt((held << (6 - bits)) & 63)
}
