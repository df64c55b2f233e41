/**
 * From a path to a place, as a kernel walks it: component by component, through symbolic links, asking for the right to
 * search each directory. It changes nothing.
 */

import { diskError } from './disk-error.js'
import { byteLength, type DiskNames } from './disk-names.js'
import type { DirectoryNode, DiskNode } from './disk-nodes.js'

/** Where a path leads. */
export interface DiskPlace {
  readonly directory: DirectoryNode
  readonly key: string
  /** As the caller spelled it; '' for the root, and '.' or '..' where the path ends so. */
  readonly name: string
  /** What is there; null for nothing. */
  readonly node: DiskNode | null
  /** Nothing can be there: the name is longer than the disk looks for. */
  readonly isTooLong: boolean
}

/** Permission bits: 4 to read, 2 to write, 1 to search. */
export type Allows = (node: DiskNode, bits: number) => boolean

const MOST_LINKS = 40
const MOST_BYTES = 4095

export interface Walk {
  readonly root: DirectoryNode
  readonly names: DiskNames
  readonly allows: Allows
  /** A path may have any length. */
  readonly anyLength: boolean
}

/**
 * `call` is for the message. `follow`: a link in the last component is followed. Throws ENOENT, ENOTDIR, ELOOP, EACCES and
 * ENAMETOOLONG for what is on the way; of the last component it tells what is there.
 */
export function walk({ root, names, allows, anyLength }: Walk, call: string, path: string, follow: boolean): DiskPlace {
  if (!anyLength && isLongPath(path)) throw diskError('ENAMETOOLONG', call, path)
  let parts = componentsOf(path)
  let directory = root
  let links = 0
  for (let at = 0; at < parts.length; ) {
    const name = parts[at]!
    const isLast = at === parts.length - 1
    if (!allows(directory, 1)) throw diskError('EACCES', call, path)
    if (name === '.' || name === '..') {
      if (name === '..') directory = directory.now.parent ?? directory
      if (isLast) return { directory, key: '', name, node: directory, isTooLong: false }
      at++
      continue
    }
    const isTooLong = names.isTooLong(name)
    if (isTooLong && !isLast) throw diskError('ENAMETOOLONG', call, path)
    const key = names.key(name)
    const node = directory.now.entries.get(key)?.node ?? null
    if (isLast && (node?.kind !== 'symlink' || !follow)) return { directory, key, name, node, isTooLong }
    if (node === null) throw diskError('ENOENT', call, path)
    if (node.kind === 'file') throw diskError('ENOTDIR', call, path)
    if (node.kind === 'directory') {
      directory = node
      at++
      continue
    }
    if (++links > MOST_LINKS) throw diskError('ELOOP', call, path)
    parts = [...componentsOf(node.target), ...parts.slice(at + 1)]
    if (node.target.startsWith('/')) directory = root
    at = 0
  }
  return { directory, key: '', name: '', node: directory, isTooLong: false }
}

/** Longer than a kernel takes. */
export function isLongPath(path: string): boolean {
  return path.length * 3 > MOST_BYTES && byteLength(path) > MOST_BYTES
}

/** Programs ask for the same paths again and again. Never written to. */
const known = new Map<string, readonly string[]>()
const MOST_KNOWN = 4_000

function componentsOf(path: string): readonly string[] {
  const found = known.get(path)
  if (found !== undefined) return found
  const parts = path.split('/').filter((part) => part !== '')
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(path, parts)
  return parts
}
