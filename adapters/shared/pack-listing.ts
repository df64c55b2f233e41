/** The pack files of a directory, by number. Other files there are left alone. */

import type { Disk } from './disk.js'

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
