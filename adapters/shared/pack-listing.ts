/** The pack files of a directory, by number. Other files there are left alone. */

import type { Disk } from './disk.js'
import { packPath } from './pack-writer.js'

const NAME = /^(\d{8,10})\.pack$/

/** Ascending. */
export async function packNumbers(disk: Disk, directory: string): Promise<readonly number[]> {
  const entries = await disk.readdir(directory)
  const names = entries.map(({ name }) => new TextDecoder().decode(name))
  const numbers = names.flatMap((name) => {
    const digits = NAME.exec(name)?.[1]
    return digits === undefined ? [] : [Number(digits)]
  })
  return numbers.sort((a, b) => a - b)
}

/** Of all pack files together. */
export async function packBytes(disk: Disk, directory: string): Promise<number> {
  let sum = 0
  for (const pack of await packNumbers(disk, directory)) sum += (await disk.lstat(packPath(directory, pack))).size
  return sum
}
