/**
 * What a browser's file system says when it refuses, in the codes the folder code knows. An error it does not know stays
 * one: nothing becomes "absent" but what the browser called not found.
 */

/** Names of DOMExceptions. A directory where a file was asked for, or the reverse, is a matter of who asked. */
const CODES: Readonly<Record<string, string>> = {
  NotFoundError: 'ENOENT',
  NotAllowedError: 'EACCES',
  SecurityError: 'EACCES',
  NoModificationAllowedError: 'EBUSY',
  InvalidModificationError: 'ENOTEMPTY',
  QuotaExceededError: 'ENOSPC',
  // A name that no file can have.
  TypeError: 'EINVAL',
  // The file was changed or replaced behind the handle.
  InvalidStateError: 'EAGAIN',
  NotReadableError: 'EAGAIN',
}

export function fileError(code: string, call: string, path: string, cause?: unknown): Error {
  return Object.assign(new Error(`${code}: ${call} '${path}'`, { cause }), { code, syscall: call, path })
}

/** `mismatch`: the code for an entry of the other kind. */
export function handleError(error: unknown, call: string, path: string, mismatch: 'ENOTDIR' | 'EISDIR'): Error {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error
  const name = nameOf(error)
  return fileError(name === 'TypeMismatchError' ? mismatch : (CODES[name] ?? 'EIO'), call, path, error)
}

export function isMissing(error: unknown): boolean {
  return nameOf(error) === 'NotFoundError'
}

export function isOtherKind(error: unknown): boolean {
  return nameOf(error) === 'TypeMismatchError'
}

function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : ''
}
