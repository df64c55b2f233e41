/**
 * Small new contents that came with the page that tells of them (see server/along). Foreign input like any other: what is
 * not what its digest says is as if it had not come.
 */

import { manifestDigest } from '../content/manifest.js'
import type { Hasher } from '../interfaces/hasher.js'
import type { Digest } from '../model/ids.js'
import type { PullAnswer } from '../protocol/messages.js'
import type { ManifestShelf } from './manifest-shelf.js'

export interface AlongParts {
  readonly shelf: ManifestShelf
  readonly hasher: Hasher
  /** Chunks that came with the last page that had some, each compared with its digest. */
  readonly along: Map<Digest, Uint8Array>
}

export function takeAlong({ shelf, hasher, along }: AlongParts, { manifests = [], chunks = [] }: PullAnswer): void {
  if (manifests.length === 0) return
  for (const wire of manifests)
    if (wire.form === 'whole' && manifestDigest(hasher, wire.manifest) === wire.digest)
      shelf.put(wire.digest, wire.manifest)
  along.clear()
  for (const { digest, bytes } of chunks) if (hasher.digest('chunk', bytes) === digest) along.set(digest, bytes)
}
