/** What is text and can be edited here: valid UTF-8 up to a size. Line ends come back as they were. */

/** Larger ones are shown as files. */
export const TEXT_LIMIT = 1_048_576

/** A byte order mark stays part of the text, so that it is written again. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

export interface TextContent {
  /** As it lies in the file. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** As an editor shows it: a text area knows no other line end than \n. */
  readonly shown: string
  /** How lines end in the file. One with several kinds gets \n throughout with its first edit here. */
  readonly lineEnd: '\n' | '\r\n'
}

/** Null: it is no text. */
export function textOf(bytes: Uint8Array<ArrayBuffer>): TextContent | null {
  if (bytes.byteLength > TEXT_LIMIT) return null
  try {
    const text = decoder.decode(bytes)
    if (text.includes('\0')) return null
    const isCrlf = text.includes('\r\n') && !/(?<!\r)\n|\r(?!\n)/.test(text)
    return { bytes, shown: text.replace(/\r\n?/g, '\n'), lineEnd: isCrlf ? '\r\n' : '\n' }
  } catch {
    return null
  }
}

export function contentOf(shown: string, lineEnd: TextContent['lineEnd']): TextContent {
  const text = lineEnd === '\n' ? shown : shown.replaceAll('\n', lineEnd)
  return { bytes: encoder.encode(text), shown, lineEnd }
}

export async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.arrayBuffer())
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, at) => byte === b[at])
}
