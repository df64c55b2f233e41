/** Stamps and file ids from what the disk tells. Pure. */

import type { Expected, FileId, Stamp } from '../../src/index.js'
import type { DiskStat } from './disk.js'

/** What the disk's numbers are worth; found out when the root is opened. */
export interface StampRule {
  /** Birth times stand still, so that a re-used inode shows. */
  readonly births: boolean
  /** Its numbers for files mean the same files later on. Where they do not, they serve within one call and are told to nobody. */
  readonly fileIds: boolean
  readonly executableBit: boolean
}

export function fileIdOf(stat: DiskStat, rule: StampRule): FileId | null {
  if (!rule.fileIds) return null
  const birth = rule.births ? `-${stat.birthtimeNs}` : ''
  return `${stat.dev}-${stat.ino}${birth}` as FileId
}

export function stampOf(stat: DiskStat, rule: StampRule): Stamp {
  return {
    size: stat.kind === 'directory' ? 0 : stat.size,
    mtimeNs: String(stat.mtimeNs),
    ctimeNs: String(stat.ctimeNs),
    fileId: fileIdOf(stat, rule),
  }
}

export function isExecutable(stat: DiskStat, rule: StampRule): boolean {
  return rule.executableBit && stat.kind === 'file' && (stat.mode & 0o100) !== 0
}

/** Two looks at one object with nothing in between: content, size, times and links stand as they stood. */
export function sameLook(a: DiskStat, b: DiskStat): boolean {
  return sameLookButCtime(a, b) && a.ctimeNs === b.ctimeNs
}

/** The same, where our own link or rename in between has moved the status time. */
export function sameLookButCtime(a: DiskStat, b: DiskStat): boolean {
  return sameObject(a, b) && a.size === b.size && a.mtimeNs === b.mtimeNs
}

export function sameObject(a: DiskStat, b: DiskStat): boolean {
  return a.kind === b.kind && a.dev === b.dev && a.ino === b.ino && a.birthtimeNs === b.birthtimeNs
}

/**
 * Whether an entry is what a plan saw. A file by its whole stamp; a directory by its identity alone, because what
 * happens inside it moves its times. A stamp without file id (another disk's) is compared without.
 */
export function isExpected(stat: DiskStat, expected: Expected, rule: StampRule): boolean {
  const wanted = expected.stamp
  if (wanted.fileId !== null && wanted.fileId !== fileIdOf(stat, rule)) return false
  if (expected.content === null) return stat.kind === 'directory'
  return (
    stat.kind === 'file' &&
    stat.size === wanted.size &&
    String(stat.mtimeNs) === wanted.mtimeNs &&
    (wanted.ctimeNs === '0' || String(stat.ctimeNs) === wanted.ctimeNs)
  )
}

/** Mode after a change of the executable bit: every other bit stays, set-id bits never pass (SEC-18). */
export function withExecutable(mode: number, executable: boolean, executeMask: number): number {
  const plain = mode & 0o777
  if (executable === ((plain & 0o100) !== 0)) return plain
  // Whoever may read may execute, as far as the process's mask allows.
  return executable ? plain | 0o100 | (((plain & 0o444) >> 2) & executeMask) : plain & 0o666
}
