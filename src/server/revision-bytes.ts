/**
 * The canonical bytes of a revision: what the history hash runs over. Fixed for ever within an epoch:
 * texts are UTF-8 behind a u32 length, numbers 8 bytes big-endian, options a byte 0 or 1 and then the value.
 */

import { fromHex } from '../model/hex.js'
import type { Node } from '../model/node.js'
import type { Revision } from '../model/revision.js'

const utf8 = new TextEncoder()

class Bytes {
  readonly #parts: Uint8Array[] = []

  byte(value: number): this {
    this.#parts.push(Uint8Array.of(value))
    return this
  }

  hex(text: string): this {
    this.#parts.push(fromHex(text))
    return this
  }

  optionalHex(text: string | null): this {
    return text === null ? this.byte(0) : this.byte(1).hex(text)
  }

  count(value: number): this {
    const part = new Uint8Array(4)
    new DataView(part.buffer).setUint32(0, value)
    this.#parts.push(part)
    return this
  }

  number(value: number): this {
    this.#parts.push(numberBytes(value))
    return this
  }

  text(text: string): this {
    const part = utf8.encode(text)
    this.count(part.length)
    this.#parts.push(part)
    return this
  }

  joined(): Uint8Array {
    const joined = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of this.#parts) {
      joined.set(part, at)
      at += part.length
    }
    return joined
  }
}

/** A safe integer in 8 bytes, two's complement, big-endian. */
export function numberBytes(value: number): Uint8Array {
  const part = new Uint8Array(8)
  new DataView(part.buffer).setBigInt64(0, BigInt(value))
  return part
}

function nodeBytes(into: Bytes, node: Node): Bytes {
  into.byte(1).hex(node.parentId).text(node.name).text(node.key).text(node.kind).optionalHex(node.content)
  into
    .number(node.size)
    .number(node.modifiedAt)
    .byte(node.executable ? 1 : 0)
    .optionalHex(node.conflictOf)
  const attributes = Object.entries(node.attributes ?? {}).sort(([one], [other]) => (one < other ? -1 : 1))
  into.count(attributes.length)
  for (const [name, value] of attributes) into.text(name).text(value)
  return into
}

export function revisionBytes(revision: Revision): Uint8Array {
  const bytes = new Bytes().hex(revision.id)
  return (revision.node === null ? bytes.byte(0) : nodeBytes(bytes, revision.node)).joined()
}
