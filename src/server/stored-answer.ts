/** The answer a commit leaves under its key: what was accepted, and where. Refusals are not kept: they are judged anew. */

import { TidemarkError } from '../errors.js'
import { isDigest, type Digest, type Sequence } from '../model/ids.js'

export type StoredVerdict = readonly ['a' | 'u', Sequence]

export interface StoredAnswer {
  readonly first: Sequence
  readonly last: Sequence
  readonly previousHead: Sequence
  readonly hash: Digest
  /** Per group; null where the group was refused, or changed nothing. */
  readonly groups: readonly (readonly StoredVerdict[] | null)[]
}

const FORMAT = 1

export function encodeStoredAnswer(answer: StoredAnswer): Uint8Array {
  const { first, last, previousHead, hash, groups } = answer
  return new TextEncoder().encode(JSON.stringify([FORMAT, first, last, previousHead, hash, groups]))
}

function isSequence(value: unknown): value is Sequence {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isVerdict(value: unknown): value is StoredVerdict {
  return Array.isArray(value) && value.length === 2 && (value[0] === 'a' || value[0] === 'u') && isSequence(value[1])
}

export function decodeStoredAnswer(bytes: Uint8Array): StoredAnswer {
  const damaged = (cause?: unknown): TidemarkError =>
    new TidemarkError('corrupt', 'A stored answer of a commit is damaged.', { subject: 'result', cause })
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw damaged(cause)
  }
  if (!Array.isArray(parsed)) throw damaged()
  const [format, first, last, previousHead, hash, groups] = parsed as unknown[]
  if (isSequence(format) && format > FORMAT) {
    throw new TidemarkError('newer-version', 'A stored answer is of a newer version.', {
      subject: 'result',
      next: 'Update the server.',
    })
  }
  if (format !== FORMAT || !isSequence(first) || !isSequence(last) || !isSequence(previousHead) || !isDigest(hash))
    throw damaged()
  if (
    !Array.isArray(groups) ||
    !groups.every((group) => group === null || (Array.isArray(group) && group.every(isVerdict)))
  )
    throw damaged()
  return { first, last, previousHead, hash, groups: groups as StoredAnswer['groups'] }
}
