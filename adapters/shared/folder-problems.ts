/**
 * What an error of the disk means: absent, a trouble of one path (`Problem`, data), or a trouble of the whole root.
 * Never turns an error it does not know into "absent".
 */

import { isTidemarkError, type Problem, type ProblemCode, TidemarkError } from '../../src/index.js'

/** `code` of a Node-shaped error, '' for anything else. */
export function diskCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}

/** The disk said that there is no such entry. Proof of absence only when every parent is a real directory. */
export function isGone(error: unknown): boolean {
  const code = diskCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** The name is taken. */
export function isTaken(error: unknown): boolean {
  return diskCode(error) === 'EEXIST'
}

/** Something stands where a rename was to go. */
export function isOccupied(error: unknown): boolean {
  const code = diskCode(error)
  return code === 'EEXIST' || code === 'ENOTEMPTY' || code === 'EISDIR'
}

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const UNWRITABLE = new Set(['ENAMETOOLONG', 'EILSEQ', 'EINVAL'])
const BUSY = new Set(['EBUSY', 'EAGAIN', 'ETXTBSY', 'EMFILE', 'ENFILE', 'ENOMEM'])
/** The process ran out of something that others of its own calls hold: worth a few more tries. */
const EXHAUSTED = new Set(['EMFILE', 'ENFILE', 'EAGAIN'])

/** A full disk gives no new name; a name that is there it still moves. */
export function isFull(error: unknown): boolean {
  return NO_SPACE.has(diskCode(error))
}

export function isExhausted(error: unknown): boolean {
  return EXHAUSTED.has(diskCode(error))
}

/** A trouble met while reading. Errors of this library (an abort) pass through. */
export function readProblem(path: string, error: unknown): Problem {
  rethrowOwn(error)
  const code = diskCode(error)
  if (BUSY.has(code)) return problem(path, 'busy', `cannot be read now (${code}); it is tried again`)
  const next = code === 'EACCES' || code === 'EPERM' ? 'give this user the right to read it' : 'check the disk'
  return problem(path, 'unreadable', `cannot be read (${code === '' ? String(error) : code}): ${next}`)
}

/** A trouble met while listing a directory. */
export function listProblem(path: string, error: unknown): Problem {
  const met = readProblem(path, error)
  return met.code === 'unreadable' ? { ...met, code: 'unlisted' } : met
}

/** A trouble met while changing the disk. */
export function writeProblem(path: string, error: unknown): Problem {
  rethrowOwn(error)
  const code = diskCode(error)
  if (NO_SPACE.has(code)) return problem(path, 'no-space', `could not be written (${code}): free some space`)
  if (UNWRITABLE.has(code))
    return problem(path, 'unwritable-name', `this disk cannot hold that name (${code}): rename it`)
  if (BUSY.has(code)) return problem(path, 'busy', `is in use by another program (${code}); it is tried again`)
  return problem(
    path,
    'write-failed',
    `could not be changed (${code === '' ? String(error) : code}): check its permissions`,
  )
}

export function problem(path: string, code: ProblemCode, trouble: string): Problem {
  const subject = path === '' ? 'The root' : `"${path}"`
  return { path, code, message: `${subject} ${trouble}.` }
}

/** For calls that have no path of the tree to speak about: our own directory, the root. */
export function diskFailure(what: string, subject: string, error: unknown): TidemarkError {
  rethrowOwn(error)
  const code = diskCode(error)
  const full = NO_SPACE.has(code)
  return new TidemarkError(full ? 'no-space' : 'io', `${what}: ${code === '' ? String(error) : code}`, {
    subject,
    next: full ? 'Free some space on that disk.' : 'Check the disk and the permissions of that path.',
    retryable: full || BUSY.has(code),
    cause: error,
  })
}

function rethrowOwn(error: unknown): void {
  if (isTidemarkError(error)) throw error
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw new TidemarkError('aborted', 'The call was cancelled', { retryable: true, cause: signal.reason })
}
