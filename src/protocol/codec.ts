/**
 * Messages to frames and back: all that the two ends need of this room. Every failure is a TidemarkError with the
 * offending field as subject. Decoded chunks and patches are views of the frame's bytes.
 */

import { checkMatch } from './answer-match.js'
import { answerSchema, fromAnswerWire, toAnswerWire } from './answer-wire.js'
import { BodyReader, BodyWriter } from './body.js'
import { packFrame, unpackFrame } from './frame.js'
import type { Answer, AnswerTo, ErrorAnswer, Request } from './messages.js'
import { fromRequestWire, requestSchema, toRequestWire } from './request-wire.js'
import { check } from './schema.js'

/** Fails with `too-large` when it does not fit a frame. */
export function encodeRequest(request: Request): Uint8Array {
  const body = new BodyWriter()
  const head = toRequestWire(request, body)
  return packFrame(head, body.parts)
}

/**
 * Reads a request of a stranger. Fails with `malformed-frame`, `newer-version`, `too-large`, `unknown-encoding` or
 * `invalid`.
 */
export function decodeRequest(frame: Uint8Array): Request {
  const { head, body } = unpackFrame(frame)
  const reader = new BodyReader(body)
  const request = fromRequestWire(check(requestSchema, head, 'request'), reader)
  reader.end()
  return request
}

/** Fails with `too-large` when it does not fit a frame. Given the request, what it says already is not told back. */
export function encodeAnswer(answer: Answer, request: Request | null = null): Uint8Array {
  const body = new BodyWriter()
  const head = toAnswerWire(answer, body, request)
  return packFrame(head, body.parts)
}

/**
 * Reads an answer of a stranger. Given the request, an answer that cannot belong to it is refused as `invalid`: other type,
 * other shape, other start. Fails with `malformed-frame`, `newer-version`, `too-large`, `unknown-encoding` or
 * `invalid`.
 */
export function decodeAnswer<R extends Request>(frame: Uint8Array, request: R): AnswerTo<R> | ErrorAnswer
export function decodeAnswer(frame: Uint8Array): Answer
export function decodeAnswer(frame: Uint8Array, request?: Request): Answer {
  const { head, body } = unpackFrame(frame)
  const reader = new BodyReader(body)
  const answer = fromAnswerWire(check(answerSchema, head, 'answer'), reader, request ?? null)
  reader.end()
  if (request !== undefined) checkMatch(request, answer)
  return answer
}
