/** How far a device is, and what it was ever told. Both travel with every request. */

import type { Digest, Epoch, Sequence } from './ids.js'

/** Up to which sequence of which history the remote tree is whole. The hash is opaque to clients. */
export interface Cursor {
  readonly epoch: Epoch
  readonly sequence: Sequence
  readonly hash: Digest
}

/** The highest sequence this device was ever told, by a page or by a commit answer, with its hash. */
export interface Witness {
  readonly sequence: Sequence
  readonly hash: Digest
}
