/** What a disk tells cheaply about an entry. */

import type { FileId } from './ids.js'

/** Cheap local fingerprint. Equal stamps of a strong disk mean equal content, unless racy; a moved stamp means: read. */
export interface Stamp {
  /** Bytes; 0 for a directory. */
  readonly size: number
  /** Modification time in nanoseconds since 1970, as a decimal string. */
  readonly mtimeNs: string
  /** Status change time in nanoseconds since 1970, as a decimal string; '0' on disks without one. */
  readonly ctimeNs: string
  /** Null on disks without file ids. */
  readonly fileId: FileId | null
  /**
   * Recorded so soon after the last change that a further one may have left no trace in it: proves nothing, whoever
   * compares has to read. Only ever on a stored stamp, never on one fresh from a disk.
   */
  readonly racy?: true
}

/** Never true for a racy stamp: where it is false the digest decides. */
export function sameStamp(a: Stamp, b: Stamp): boolean {
  if (a.racy === true || b.racy === true) return false
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.fileId === b.fileId
}

/**
 * Equal but for ctime, which a rename or a link count also moves. Enough to tell that *our own* rename
 * touched the file, never enough to tell that its content is what it was.
 */
export function sameStampButCtime(a: Stamp, b: Stamp): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.fileId === b.fileId
}
