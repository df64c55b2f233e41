/** Chance and a lock for subjects of the suites, the same in every run and on every host. */

import type { TakeLock } from '../../adapters/shared/folder-root.js'
import { type Random, TidemarkError } from '../../src/index.js'

/** Chance that counts: never the same twice. */
export function counting(): Random {
  let drawn = 0
  return {
    bytes: (length) => {
      drawn += 1
      return Uint8Array.from({ length }, (_, index) => (index < 4 ? (drawn >>> (index * 8)) & 0xff : index))
    },
  }
}

/** One holder of a path at a time. */
export function lockTable(): TakeLock {
  const held = new Set<string>()
  return (own) => {
    if (held.has(own)) throw new TidemarkError('locked', `${own} is held`, { subject: own })
    held.add(own)
    return { release: () => void held.delete(own) }
  }
}
