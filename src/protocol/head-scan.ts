/**
 * Looks over a head before it is parsed: bounds its nesting and refuses a field that is given twice.
 * It is no parser: what it lets through may still be no JSON.
 */

import { TidemarkError } from '../errors.js'
import { LIMITS } from './limits.js'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d

function refuse(subject: string, message: string): never {
  throw new TidemarkError('malformed-frame', message, { subject })
}

/** Position of the closing quote of the string whose first character is at `from`. */
function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE) return at
  }
  return refuse('head', 'The head ends inside a string.')
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
}

function afterSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

export function scanHead(text: string): void {
  const open: (Set<string> | null)[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfString(text, at + 1)
      const fields = open[open.length - 1]
      if (fields && text.charCodeAt(afterSpace(text, end + 1)) === COLON) noteField(fields, text.slice(at + 1, end))
      at = end
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (open.length >= LIMITS.headDepth) refuse('head', `The head is nested deeper than ${LIMITS.headDepth}.`)
      open.push(code === OPEN_OBJECT ? new Set() : null)
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) open.pop()
  }
}

function noteField(fields: Set<string>, name: string): void {
  if (name.includes('\\')) refuse('head', 'A field name of the head is written with an escape.')
  if (fields.has(name)) refuse(name.slice(0, LIMITS.tokenLength), 'A field of the head is given twice.')
  fields.add(name)
}
