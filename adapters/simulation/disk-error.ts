/** Errors as `node:fs` gives them. Never a class of our own: callers know them by `code` alone. */

/**
 * `code`: 'ENOENT', 'EEXIST', …; `call` and `path` for the message. Without a stack, as most errors of Node's disk are: a
 * look at what is not there is no exception, and to write a stack down costs more than the look.
 */
export function diskError(code: string, call: string, path: string): Error {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const error = new Error(`${code}: ${call} '${path}'`)
  Error.stackTraceLimit = stackTraceLimit
  return Object.assign(error, { code, syscall: call, path })
}
