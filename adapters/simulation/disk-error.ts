/** Errors as `node:fs` gives them. Never a class of our own: callers know them by `code` alone. */

/** `code`: 'ENOENT', 'EEXIST', …; `call` and `path` for the message. */
export function diskError(code: string, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${call} '${path}'`), { code, syscall: call, path })
}
