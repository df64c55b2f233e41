/** Heads of messages written by hand, as a hostile peer would, and what comes of decoding a frame. They judge nothing. */

import { isTidemarkError, ROOT_ID } from '../../src/index.js'

export const ID = '1'.repeat(32)
export const DIGEST = 'a'.repeat(64)
export const CURSOR = { epoch: ID, sequence: 1, hash: DIGEST }
export const commitHead = (group: unknown, rest: object = {}) => ({
  type: 'commit',
  workspace: 'w',
  cursor: CURSOR,
  witness: { sequence: 1, hash: DIGEST },
  key: ID,
  groups: [[group]],
  manifests: [],
  chunks: [],
  ...rest,
})
export const SUBJECT = { t: 'n', i: ID }
export const historyHead = (subjects: unknown, rest: object = {}) => ({
  type: 'history',
  workspace: 'w',
  subjects,
  before: null,
  limit: 10,
  ...rest,
})
export const create = (rest: object = {}) => ({ t: 'c', i: ID, p: ROOT_ID, n: 'a', c: DIGEST, s: 1, ...rest })

/** Decodes, or says which TidemarkError it was; anything else is thrown on. */
export function outcome(
  decode: (frame: Uint8Array) => unknown,
  frame: Uint8Array,
): { readonly value: unknown } | { readonly code: string; readonly subject: string | null } {
  try {
    return { value: decode(frame) }
  } catch (error) {
    if (!isTidemarkError(error)) throw error
    return { code: error.code, subject: error.subject }
  }
}
