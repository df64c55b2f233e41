/**
 * The bytes of a file, in blocks by inode and number. Every block up to the size is there and full, but for the last, which
 * is as long as what is left: a block that is missing or short is damage, never a row of zeros.
 */

import { promisifyRequest } from 'idb-keyval'

/** A write into a block writes all of it, and every block that is read is a question to the browser: the middle. */
const BLOCK = 128 * 1024

/** Blocks of one file in one transaction. */
export interface Blocks {
  readonly store: IDBObjectStore
  readonly bound: (typeof IDBKeyRange)['bound']
  readonly ino: number
  readonly size: number
}

/** Bytes read, 0 at the end. */
export async function readBlocks(blocks: Blocks, into: Uint8Array, position: number): Promise<number> {
  const end = Math.min(blocks.size, position + into.byteLength)
  const numbers = between(position, end)
  const found = await Promise.all(numbers.map((number) => blockAt(blocks, number)))
  for (const [at, block] of found.entries()) {
    const start = numbers[at]! * BLOCK
    const from = Math.max(0, position - start)
    into.set(block.subarray(from, end - start), start + from - position)
  }
  return Math.max(0, end - position)
}

/** The size after it. A gap between the end and the position is filled with zeros. */
export async function writeBlocks(blocks: Blocks, bytes: Uint8Array, position: number): Promise<number> {
  const { store, ino, size } = blocks
  const end = position + bytes.byteLength
  const whole = Math.max(size, end)
  for (const number of between(Math.min(position, size), end)) {
    const start = number * BLOCK
    const block = new Uint8Array(Math.min(BLOCK, whole - start))
    const isCovered = position <= start && end >= start + block.byteLength
    if (start < size && !isCovered) block.set(await blockAt(blocks, number))
    const from = Math.max(0, start - position)
    const part = bytes.subarray(from, Math.max(from, start + block.byteLength - position))
    if (part.byteLength > 0) block.set(part, position + from - start)
    store.put(block, [ino, number])
  }
  return whole
}

/** Down to a length below the size. */
export async function cutBlocks(blocks: Blocks, length: number): Promise<void> {
  const { store, bound, ino } = blocks
  const last = Math.floor(length / BLOCK)
  const rest = length % BLOCK
  const kept = rest === 0 ? null : (await blockAt(blocks, last)).slice(0, rest)
  store.delete(bound([ino, last], [ino, []]))
  if (kept !== null) store.put(kept, [ino, last])
}

/** Numbers of the blocks that hold these bytes. */
function between(from: number, to: number): readonly number[] {
  const first = Math.floor(from / BLOCK)
  if (to <= from) return []
  return Array.from({ length: Math.ceil(to / BLOCK) - first }, (_, at) => first + at)
}

async function blockAt({ store, ino, size }: Blocks, number: number): Promise<Uint8Array> {
  const block: unknown = await promisifyRequest(store.get([ino, number]))
  if (block instanceof Uint8Array && block.byteLength === Math.min(BLOCK, size - number * BLOCK)) return block
  throw new RangeError(`block ${number} of file ${ino} is damaged`)
}
