/**
 * What a found file contains (SPEC 3, rule 4): by its stamp where that proves something, else by reading it.
 * Only a digest that moved is an edit; clocks decide nothing but whether to read again.
 */

import type { Digest, NodeId } from '../model/ids.js'
import { type Stamp, sameStamp } from '../model/stamp.js'
import type { DiskTraits } from '../model/disk-traits.js'
import type { Node } from '../model/node.js'
import type { LocalNode, SyncedRow } from '../model/tree.js'
import type { Scan, Sighting } from './observe-scan.js'

export interface Content {
  readonly content: Digest
  readonly size: number
  readonly modifiedAt: number
  readonly executable: boolean
  readonly stamp: Stamp
}

/** The content, or null: it gave no certain answer (a problem says so), or it has to be read first (`scan.read`). */
export function contentOf(scan: Scan, id: NodeId | null, sighting: Sighting): Content | null {
  const { path, entry } = sighting
  const bases = id === null ? [] : basesOf(scan, id)
  const description = scan.snapshot.described.get(path)
  if (description === undefined) {
    const base =
      id !== null && mayTrust(scan, id, sighting)
        ? bases.find(({ stamp }) => sameStamp(stamp, entry.stamp) || isOwn(scan, path, stamp, entry.stamp))
        : undefined
    if (base === undefined) {
      scan.read.add(path)
      return null
    }
    return found(base.node, executable(scan, bases, entry.executable), base.stamp)
  }
  if (description.state === 'unknown') scan.problems.push(description.problem)
  // Another file by now: what was read does not belong to the node that was found here.
  else if (description.state !== 'read' || description.stamp.fileId !== entry.stamp.fileId) scan.busy(path)
  else {
    const { digest, manifest, stamp } = description
    const same = bases.find(({ node }) => node.content === digest)
    const fresh = { content: digest, size: manifest.size, modifiedAt: milliseconds(stamp.mtimeNs) }
    const readAt = scan.snapshot.readAt?.get(path) ?? scan.context.scannedAt
    return found(
      same?.node ?? fresh,
      executable(scan, bases, description.executable),
      recorded(stamp, scan.context.traits, readAt),
    )
  }
  return null
}

interface Base {
  readonly node: Node & { readonly content: Digest }
  readonly stamp: Stamp
}

/** What was agreed and what was last seen: content that equals one of them is no change against it. */
function basesOf(scan: Scan, id: NodeId): readonly Base[] {
  return [scan.known.onDisk(id), scan.known.local(id)].filter(isBase)
}

function isBase(row: SyncedRow | LocalNode | 'deleted' | null | undefined): row is (SyncedRow | LocalNode) & Base {
  return row != null && row !== 'deleted' && row.stamp !== null && row.node.content !== null
}

/** Field by field: of each file of a tree that did not change one is made. */
function found(
  { content, size, modifiedAt }: Pick<Base['node'], 'content' | 'size' | 'modifiedAt'>,
  executable: boolean,
  stamp: Stamp,
): Content {
  return { content, size, modifiedAt, executable, stamp }
}

/** In doubt, and nothing gained by a read now. */
function isOwn({ context }: Scan, path: string, { racy, ...known }: Stamp, onDisk: Stamp): boolean {
  return racy === true && sameStamp(known, onDisk) && context.isOwn?.(path, onDisk) === true
}

function mayTrust(scan: Scan, id: NodeId, { parentId, entry }: Sighting): boolean {
  if (scan.context.traits.stamps === 'weak' || scan.context.verify(id)) return false
  return scan.known.wasAt(id, parentId, entry.name)
}

function executable(scan: Scan, bases: readonly Base[], onDisk: boolean): boolean {
  if (scan.context.traits.executableBit) return onDisk
  return bases[0]?.node.executable ?? false
}

/**
 * The stamp as it may be stored. Racy when the file changed less than 2 s (or a tick of the disk) before it was read,
 * or seems to have changed after that: another change could carry the same times. A change time cannot be set by programs,
 * so where there is one a modification time far ahead proves nothing wrong.
 */
export function recorded(stamp: Stamp, traits: DiskTraits, readAt: number): Stamp {
  const margin = Math.max(2000, traits.mtimeGranularityNs / 1e6)
  const modified = Number(stamp.mtimeNs) / 1e6
  const changed = Number(stamp.ctimeNs) / 1e6
  const isRecent =
    stamp.ctimeNs === '0'
      ? modified >= readAt - margin
      : changed >= readAt - margin || Math.abs(modified - readAt) <= margin
  const { size, mtimeNs, ctimeNs, fileId } = stamp
  return isRecent ? { size, mtimeNs, ctimeNs, fileId, racy: true } : { size, mtimeNs, ctimeNs, fileId }
}

/** Whole milliseconds, rounded down also before 1970. */
export function milliseconds(nanoseconds: string): number {
  const exact = BigInt(nanoseconds)
  const rest = ((exact % 1_000_000n) + 1_000_000n) % 1_000_000n
  return Number((exact - rest) / 1_000_000n)
}
