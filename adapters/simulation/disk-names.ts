/**
 * What a personality makes of one name: under which key it is found, how it is stored, whether it can be at all. A lone
 * surrogate from U+DC80 to U+DCFF stands for a raw byte from 0x80 on, so that names that are no Unicode can be made.
 */

import type { DiskPersonality } from './disk-personality.js'

const LONE = /\p{Surrogate}/u
const FORBIDDEN = /[<>:"|?*\\\u0001-\u001f]/
const RESERVED = /^(con|prn|aux|nul|com[1-9\u00b9\u00b2\u00b3]|lpt[1-9\u00b9\u00b2\u00b3])\s*(\.|$)/i
const MOST_CACHED = 20_000

const encoder = new TextEncoder()
/** Listings tell the same names again and again. */
const encoded = new Map<string, Uint8Array>()

/** Bytes of a name as a listing gives them; the caller's own. */
export function bytesOfName(name: string): Uint8Array {
  let bytes = encoded.get(name)
  if (bytes === undefined) {
    bytes = encodedName(name)
    if (encoded.size >= MOST_CACHED) encoded.clear()
    encoded.set(name, bytes)
  }
  return bytes.slice()
}

function encodedName(name: string): Uint8Array {
  if (!LONE.test(name)) return encoder.encode(name)
  const bytes: number[] = []
  for (const character of name) {
    const code = character.codePointAt(0) ?? 0
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00)
    else bytes.push(...encoder.encode(character))
  }
  return Uint8Array.from(bytes)
}

/** Length of a text as bytes of UTF-8. */
export function byteLength(text: string): number {
  return encodedName(text).length
}

/** The names of one disk. */
export class DiskNames {
  readonly #personality: DiskPersonality
  readonly #folds: boolean
  readonly #keys = new Map<string, string>()

  /** Stateless but for a cache. */
  constructor(personality: DiskPersonality) {
    this.#personality = personality
    this.#folds = personality.case !== 'exact' || personality.unicode !== 'exact' || personality.reservedNames
  }

  /** Two names with one key are one entry. */
  key(name: string): string {
    if (!this.#folds) return name
    let key = this.#keys.get(name)
    if (key === undefined) {
      key = this.#trimmed(name)
      if (this.#personality.unicode !== 'exact') key = key.normalize('NFD')
      if (this.#personality.case === 'insensitive') key = key.toLowerCase()
      if (this.#keys.size >= MOST_CACHED) this.#keys.clear()
      this.#keys.set(name, key)
    }
    return key
  }

  /** As a listing will show it. */
  stored(name: string): string {
    const trimmed = this.#trimmed(name)
    return this.#personality.unicode === 'nfd' ? trimmed.normalize('NFD') : trimmed
  }

  /** Longer than the disk looks for. */
  isTooLong(name: string): boolean {
    const { unit, most } = this.#personality.nameLimit
    if (unit === 'utf16') return this.stored(name).length > most
    return name.length * 3 > most && byteLength(this.stored(name)) > most
  }

  /** It can be looked for and not be made. */
  isReserved(name: string): boolean {
    if (!this.#personality.reservedNames) return false
    return FORBIDDEN.test(name) || RESERVED.test(name) || this.#trimmed(name) === ''
  }

  #trimmed(name: string): string {
    return this.#personality.reservedNames ? name.replace(/[. ]+$/, '') : name
  }
}
