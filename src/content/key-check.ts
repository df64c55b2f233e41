/**
 * The digest by which a device notices a wrong workspace key before it names any content with it.
 * It tells nothing of the key that a chunk digest would not tell; it must never be used for anything else.
 */

import { TidemarkError } from '../errors.js'
import type { Hasher } from '../interfaces/hasher.js'
import type { Digest } from '../model/ids.js'
import type { ContentRule } from '../model/manifest.js'

const TEXT = 'tidemark workspace key'

/** `ContentRule.keyCheck` of a workspace with this key (1–64 bytes). */
export function keyCheckOf(hasher: Hasher, key: Uint8Array): Digest {
  return hasher.digest('check', new TextEncoder().encode(TEXT), key)
}

/** Throws `invalid` when the key is not the one the rule was made with, or one of the two is missing. */
export function checkKey(hasher: Hasher, rule: ContentRule, key: Uint8Array | undefined): void {
  const found = key === undefined ? null : keyCheckOf(hasher, key)
  if (found === rule.keyCheck) return
  throw new TidemarkError('invalid', 'the key is not that of this workspace', {
    subject: 'key',
    next:
      rule.keyCheck === null ? 'Give no key: this workspace has none.' : 'Give the key this workspace was made with.',
  })
}
