/** What the workloads put into a folder: many small files, one large one, text that compresses. */

import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { SeededBytes } from './seeded-bytes.js'

export const KIB = 1024
export const MIB = 1024 * KIB
export const GIB = 1024 * MIB

export interface SmallFiles {
  readonly files: number
  /** Bytes of one file, both included. */
  readonly sizes: readonly [least: number, most: number]
  readonly perDirectory: number
}

/** Random bytes in files of random sizes; `directory` is made. */
export function writeSmallFiles(directory: string, seed: string, { files, sizes, perDirectory }: SmallFiles): void {
  const source = new SeededBytes(seed)
  const [least, most] = sizes
  for (let at = 0; at < files; at++) {
    const within = join(directory, `d${String(Math.floor(at / perDirectory)).padStart(4, '0')}`)
    if (at % perDirectory === 0) mkdirSync(within, { recursive: true })
    writeFileSync(
      join(within, `f${String(at).padStart(6, '0')}.bin`),
      source.bytes(least + source.below(most - least + 1)),
    )
  }
}

/** `write` is called with a descriptor of a new file. */
export function writeNew(path: string, write: (append: (bytes: Uint8Array) => void) => void): void {
  const file = openSync(path, 'wx')
  try {
    write((bytes) => writeSync(file, bytes))
  } finally {
    closeSync(file)
  }
}

export function writeRandomFile(path: string, seed: string, bytes: number): void {
  const source = new SeededBytes(seed)
  writeNew(path, (append) => {
    for (let left = bytes; left > 0; left -= MIB) append(source.bytes(Math.min(left, MIB)))
  })
}

const WORDS = 4_096

/** Lines of words of a fixed list, the frequent ones short: about as compressible as program text. */
export function writeTextFile(path: string, seed: string, bytes: number): void {
  const source = new SeededBytes(seed)
  const words = Array.from({ length: WORDS }, (_, at) => wordOf(source, 3 + Math.floor(Math.log2(at + 1))))
  writeNew(path, (append) => {
    for (let left = bytes; left > 0; ) {
      const piece = Buffer.from(linesOf(source, words)).subarray(0, left)
      append(piece)
      left -= piece.length
    }
  })
}

function wordOf(source: SeededBytes, length: number): string {
  return [...source.bytes(length)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('')
}

const DRAWS = 16 * KIB
const WORDS_A_LINE = 12

/** Squared draws favour the head of the list, as language does. */
function linesOf(source: SeededBytes, words: readonly string[]): string {
  const draws = new Uint16Array(new Uint8Array(source.bytes(2 * DRAWS)).buffer)
  let text = ''
  draws.forEach((draw, at) => {
    const share = draw / 65_536
    text += words[Math.floor(share * share * WORDS)] ?? ''
    text += at % WORDS_A_LINE === WORDS_A_LINE - 1 ? '\n' : ' '
  })
  return text
}
