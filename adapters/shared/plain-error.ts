/** Errors on their way between two threads: what a program decides by comes out as it went in. */

import { type ErrorCode, TidemarkError, isTidemarkError } from '../../src/index.js'

export interface PlainError {
  /** Null: an error that is not of this library. */
  readonly code: ErrorCode | null
  readonly message: string
  readonly detail: {
    readonly next?: string
    readonly subject?: string
    readonly retryable?: boolean
    readonly retryAfterMs?: number
    readonly data?: Readonly<Record<string, unknown>>
  }
  /** Of what was caught underneath, where it has one: the `code` of a disk. */
  readonly cause: { readonly message: string; readonly code: string } | null
}

export function plainError(error: unknown): PlainError {
  if (!isTidemarkError(error)) return { code: null, message: String(error), detail: {}, cause: plainCause(error) }
  const { code, message, next, subject, retryable, retryAfterMs, data, cause } = error
  return {
    code,
    message,
    detail: {
      next,
      retryable,
      data,
      ...(subject === null ? {} : { subject }),
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
    },
    cause: cause === undefined ? null : plainCause(cause),
  }
}

function plainCause(error: unknown): PlainError['cause'] {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return { message: error instanceof Error ? error.message : String(error), code }
}

export function thrownError({ code, message, detail, cause }: PlainError): Error {
  const below = cause === null ? undefined : Object.assign(new Error(cause.message), { code: cause.code })
  if (code === null) return below ?? new Error(message)
  return new TidemarkError(code, message, below === undefined ? detail : { ...detail, cause: below })
}
