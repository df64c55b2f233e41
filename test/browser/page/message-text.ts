/**
 * Protocol messages as text, and back: how a test hands them to a page. Bytes travel as hex, and own properties of any
 * name arrive as such.
 */

import { type Answer, fromHex, type Request, toHex } from '../../../src/index.js'

export interface Messages {
  readonly requests: readonly Request[]
  readonly answers: readonly Answer[]
}

/** No message has a field of this name. */
const BYTES = '\u0000bytes'

export function messagesToText(messages: Messages): string {
  return JSON.stringify(messages, (_, value: unknown) =>
    value instanceof Uint8Array ? { [BYTES]: toHex(value) } : value,
  )
}

export function messagesFromText(text: string): Messages {
  return JSON.parse(text, (_, value: unknown) => bytesOf(value) ?? value) as Messages
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, BYTES)) return undefined
  return fromHex((value as Record<string, string>)[BYTES] as string)
}
