/** Names as the disk keeps them and as the engine sees them. Pure. */

import { RESERVED_NAME, isReservedName, nameTrouble } from '../../src/index.js'

/** The directory of our own inside every root. */
export const OWN_NAME = RESERVED_NAME

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export interface SeenName {
  readonly name: string
  readonly valid: boolean
}

/**
 * The names of one directory, in order, as text or as bytes. Bytes that are not UTF-8 become `\xHH`, with question marks behind while another
 * entry of this directory is called like that: a rendering never hides, and is never taken for, a real name (INV-22).
 */
export function seenNames(names: readonly (string | Uint8Array)[]): readonly SeenName[] {
  const decoded = names.map((name) => (typeof name === 'string' ? name : decode(name)))
  const taken = new Set(decoded)
  return decoded.map((name, at) => {
    if (name !== null) return { name, valid: !isReservedName(name) }
    let rendered = render(names[at] as Uint8Array)
    while (taken.has(rendered)) rendered += '?'
    taken.add(rendered)
    return { name: rendered, valid: false }
  })
}

function decode(bytes: Uint8Array): string | null {
  try {
    return STRICT.decode(bytes)
  } catch {
    return null
  }
}

/** Byte by byte where needed: the longest valid stretches stay readable. */
function render(bytes: Uint8Array): string {
  let text = ''
  let at = 0
  while (at < bytes.length) {
    const length = [4, 3, 2, 1].find((count) => isOneCodePoint(bytes.subarray(at, at + count), count))
    text +=
      length === undefined
        ? `\\x${bytes[at]!.toString(16).padStart(2, '0')}`
        : STRICT.decode(bytes.subarray(at, at + length))
    at += length ?? 1
  }
  return text
}

function isOneCodePoint(bytes: Uint8Array, count: number): boolean {
  if (bytes.length !== count) return false
  const text = decode(bytes)
  return text !== null && [...text].length === 1
}

/** Components of a path below the root; '' has none. */
export function componentsOf(path: string): readonly string[] {
  return path === '' ? [] : path.split('/')
}

/** Why nothing of ours may be written at that path (SEC-10, SEC-11); null when it may. */
export function pathTrouble(path: string): string | null {
  for (const component of componentsOf(path)) {
    const trouble = nameTrouble(component)
    if (trouble !== null) return `has a part "${component}" that ${trouble}`
  }
  return path === '' ? 'is the root itself' : null
}

export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function joinPath(parent: string, name: string): string {
  return parent === '' ? name : `${parent}/${name}`
}
