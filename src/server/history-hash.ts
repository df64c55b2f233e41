/** The hash chain of a history: hash(0) from the epoch, hash(n) = digest(hash(n-1), n, revision). Opaque to clients. */

import type { Hasher } from '../interfaces/hasher.js'
import { fromHex } from '../model/hex.js'
import type { Digest, Epoch } from '../model/ids.js'
import type { Revision } from '../model/revision.js'
import { numberBytes, revisionBytes } from './revision-bytes.js'

export function firstHash(hasher: Hasher, epoch: Epoch): Digest {
  return hasher.digest('history', fromHex(epoch))
}

export function nextHash(hasher: Hasher, previous: Digest, revision: Revision): Digest {
  const state = hasher.start('history')
  state.update(fromHex(previous))
  state.update(numberBytes(revision.sequence))
  state.update(revisionBytes(revision))
  return state.digest()
}
