/**
 * Which names a node may have at all (SEC-10, SEC-11). The same rule stands on both ends: the server refuses
 * what breaks it, the client never writes it. Whether one disk can hold a legal name is decided in `reconcile/names.ts`.
 */

/** Longest legal name, bytes of UTF-8. */
export const NAME_LIMIT = 255

/** The directory every root keeps for itself. Neither it nor anything a disk could take for it is ever a node. */
export const RESERVED_NAME = '.tidemark'

const CONTROL = /\p{Cc}/u
const LONE_SURROGATE = /\p{Cs}/u
const IGNORABLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu
/** ASCII, so that nothing in it folds away, and no first letter of what is reserved: nearly every name there is. */
const PLAINLY_OTHER = /^(?![.t])[\x20-\x7e]+$/i
const SHORT_FORM = /^tidema~\d+$/

/** Bytes of the name in UTF-8; a lone surrogate counts 3. */
export function nameBytes(name: string): number {
  let bytes = 0
  for (const point of name) {
    const code = point.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}

/**
 * True for `.tidemark` and whatever some disk takes for it: other case, code points that are ignored when names are compared,
 * trailing dots and spaces, a stream suffix, the 8.3 short form (the family of git's CVE-2014-9390).
 */
export function isReservedName(name: string): boolean {
  if (PLAINLY_OTHER.test(name)) return false
  const stream = name.indexOf(':')
  const plain = (stream < 0 ? name : name.slice(0, stream)).normalize('NFKC').replace(IGNORABLE, '')
  const folded = plain
    .toUpperCase()
    .toLowerCase()
    .replace(/[. ]+$/, '')
  return folded === RESERVED_NAME || SHORT_FORM.test(folded)
}

/** Why a node cannot be called that, as the end of the sentence "the name …"; null when it can. */
export function nameTrouble(name: string): string | null {
  if (name === '') return 'is empty'
  if (name === '.' || name === '..') return 'stands for a directory, not for an entry'
  if (name.includes('/')) return 'contains a slash'
  if (CONTROL.test(name)) return 'contains a control character'
  if (LONE_SURROGATE.test(name)) return 'is not valid Unicode'
  if (nameBytes(name) > NAME_LIMIT) return `is longer than ${NAME_LIMIT} bytes`
  if (isReservedName(name)) return `is reserved for ${RESERVED_NAME}`
  return null
}
