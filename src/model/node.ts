/** A node: a file or directory of a workspace, identified by its id and not by its path. */

import type { Digest, NodeId } from './ids.js'

/** Kinds of nodes that this version works with. */
export type KnownKind = 'file' | 'directory'

/** Where a node stands. Two live nodes never share a parent and a key. */
export interface Placement {
  /** The directory it stands in; `ROOT_ID` at the top. */
  readonly parentId: NodeId
  /** 1 to 255 bytes of UTF-8, valid by `nameTrouble`. */
  readonly name: string
}

/** A file or directory. Renaming or moving it changes its placement and nothing else. */
export interface Node extends Placement {
  /** Drawn by the device that made the node; never used for another one. */
  readonly id: NodeId
  /** Comparison form of the name; the server enforces uniqueness on it. Equals the name unless names are encrypted. */
  readonly key: string
  /** Fixed for the life of the id. A kind this version does not know is held back, never touched. */
  readonly kind: KnownKind | (string & {})
  /** Digest of the content's manifest; null for a directory. */
  readonly content: Digest | null
  /** Bytes of plain content; 0 for a directory. */
  readonly size: number
  /** Modification time of the content, whole milliseconds since 1970; may be negative. A display attribute: it decides nothing. */
  readonly modifiedAt: number
  /** The executable bit of a file, for its owner; false for a directory. */
  readonly executable: boolean
  /** The node this one is a conflict copy of. */
  readonly conflictOf: NodeId | null
  /** Attributes of later versions: kept and echoed by the server, not interpreted here. */
  readonly attributes?: Readonly<Record<string, string>>
}

/** Whether this version may touch a node of the kind. */
export function isKnownKind(kind: string): kind is KnownKind {
  return kind === 'file' || kind === 'directory'
}

/** The comparison form of a name that is not encrypted: its exact code points. */
export function keyOf(name: string): string {
  return name
}

/** Same parent and, code point by code point, same name. */
export function samePlacement(a: Placement, b: Placement): boolean {
  return a.parentId === b.parentId && a.name === b.name
}
