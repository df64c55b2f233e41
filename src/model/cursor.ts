/** How far a device is, and what it was ever told. Both travel with every request. */

import type { Digest, Epoch, Sequence } from './ids.js'

/** Up to which sequence of which history the remote tree is whole. The hash is opaque to clients. */
export interface Cursor {
  /** The history it belongs to. */
  readonly epoch: Epoch
  /** Everything up to it is known. */
  readonly sequence: Sequence
  /** Hash of that sequence: equal histories have equal ones. */
  readonly hash: Digest
}

/** The highest sequence this device was ever told, by a page or by a commit answer, with its hash. */
export interface Witness {
  /** 0 before the first change of the workspace. */
  readonly sequence: Sequence
  /** Hash of that sequence. */
  readonly hash: Digest
}
