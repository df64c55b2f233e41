/**
 * Answers that are not frames: JSON, and errors by an allow-list (SEC-41).
 * A message of the library about a request may leave the server; a stack, a path, a statement or a token never does.
 */

import type { Response } from 'express'
import { isTidemarkError, TidemarkError } from '../../src/index.js'
import type { ErrorCode } from '../../src/index.js'
import { JSON_TYPE } from '../shared/http-wire.js'
import type { ErrorBody } from '../shared/http-wire.js'

const STATUS: Partial<Record<ErrorCode, number>> = {
  invalid: 400,
  'malformed-frame': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  exists: 409,
  'too-large': 413,
  'rate-limited': 429,
  'over-quota': 429,
  busy: 503,
}
/** Their messages speak of the request only. */
const SPEAKING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid',
  'unauthorized',
  'forbidden',
  'not-found',
  'too-large',
  'rate-limited',
  'over-quota',
])

export function sendJson(response: Response, status: number, value: unknown): void {
  const bytes = Buffer.from(JSON.stringify(value))
  response.writeHead(status, { 'content-type': JSON_TYPE, 'content-length': bytes.length, 'cache-control': 'no-store' })
  response.end(bytes)
}

/** Anything thrown becomes an answer of the list; what is not on it is `busy` without a word of why. */
export function sendError(response: Response, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const known = toAnswerable(error)
  const { code, retryAfterMs } = known
  if (code === 'unauthorized') response.setHeader('www-authenticate', 'Bearer')
  if (retryAfterMs !== null && Number.isFinite(retryAfterMs))
    response.setHeader('retry-after', String(Math.ceil(retryAfterMs / 1000)))
  const body: ErrorBody = {
    error: {
      code,
      message: known.message,
      subject: known.subject,
      next: known.next,
      retryAfterMs: retryAfterMs === null || !Number.isFinite(retryAfterMs) ? null : Math.ceil(retryAfterMs),
    },
  }
  sendJson(response, statusOf(known), body)
}

export function statusOf(error: TidemarkError): number {
  const status = error.data['status']
  return typeof status === 'number' ? status : (STATUS[error.code] ?? 500)
}

/** True for errors that an operator should look at. */
export function isOurFault(error: unknown): boolean {
  return toAnswerable(error).code === 'internal'
}

function toAnswerable(error: unknown): TidemarkError {
  if (isTidemarkError(error)) {
    if (SPEAKING.has(error.code)) return error
    if (error.code === 'busy' || error.code === 'closed') {
      return new TidemarkError('busy', 'the server cannot answer right now', {
        retryAfterMs: error.retryAfterMs ?? 1000,
      })
    }
    return new TidemarkError('internal', 'the server has failed at this request')
  }
  return fromBodyParser(error) ?? new TidemarkError('internal', 'the server has failed at this request')
}

/** The body parsers of express throw errors with a status; their messages may quote the body. */
function fromBodyParser(error: unknown): TidemarkError | null {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : null
  if (status === 413) return new TidemarkError('too-large', 'the body is too large')
  if (status === 415) return new TidemarkError('invalid', 'the body must not be encoded', { data: { status: 415 } })
  return typeof status === 'number' && status >= 400 && status < 500
    ? new TidemarkError('invalid', 'the request cannot be read')
    : null
}
