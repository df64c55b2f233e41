/**
 * What an answer is when it is not the one that was asked for: word of our server, or somebody else speaking (TRANSPORT-5).
 * Trusts neither: codes and texts come through by an allow-list.
 */

import { TidemarkError } from '../../src/index.js'
import type { ErrorCode } from '../../src/index.js'
import type { HttpResponse } from './http-fetch.js'
import { ErrorBody, JSON_TYPE, parseJson, parseShape } from './http-wire.js'

export function isAnswer(response: HttpResponse, accept: string): boolean {
  const encoding = response.headers.get('content-encoding')
  const isPlain = encoding === null || encoding === 'identity'
  return response.status >= 200 && response.status < 300 && isPlain && typeOf(response) === accept
}

/** JSON of our server says what is wrong; anything else is not our server (TRANSPORT-5). */
export async function refusal(response: HttpResponse, chunks: AsyncIterable<Uint8Array>): Promise<TidemarkError> {
  const retryAfterMs = retryAfter(response)
  if (typeOf(response) === JSON_TYPE && response.status >= 400) {
    const parts: Uint8Array[] = []
    for await (const chunk of chunks) parts.push(chunk)
    const said = parseShape(ErrorBody, parseJson(joined(parts)))
    if (said !== null) return saidBy(said.error, retryAfterMs)
  }
  const { status } = response
  const what =
    status >= 300 && status < 400
      ? 'a redirect, which is not followed'
      : `status ${status} and ${typeOf(response) ?? 'no type'}`
  return offline(`no sync server answers there: ${what}`, { ...(retryAfterMs === null ? {} : { retryAfterMs }) })
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['busy', 'rate-limited'])
/** What a server may say of a request. Any other code (a foreign disk's, say) is its own trouble. */
const SAYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...RETRYABLE,
  'unauthorized',
  'forbidden',
  'not-found',
  'exists',
  'invalid',
  'too-large',
  'over-quota',
  'malformed-frame',
])

function saidBy(said: ErrorBody['error'], headerMs: number | null): TidemarkError {
  const code = SAYABLE.has(said.code) ? said.code : 'busy'
  const retryAfterMs = said.retryAfterMs ?? headerMs
  return new TidemarkError(code, said.message, {
    retryable: RETRYABLE.has(code),
    ...(said.subject === null || said.subject === undefined ? {} : { subject: said.subject }),
    ...(said.next === null || said.next === undefined ? {} : { next: said.next }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  })
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0]
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function typeOf(response: HttpResponse): string | null {
  return response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? null
}

/** Seconds only: a date would need a clock that agrees with the server's. At most a day. */
function retryAfter(response: HttpResponse): number | null {
  const text = response.headers.get('retry-after') ?? ''
  return /^\d{1,9}$/.test(text) ? Math.min(86_400_000, Number(text) * 1000) : null
}

export function offline(
  message: string,
  detail: { readonly cause?: unknown; readonly retryAfterMs?: number } = {},
): TidemarkError {
  return new TidemarkError('offline', message, { retryable: true, ...detail })
}
