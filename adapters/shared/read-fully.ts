/** A read that gives what was asked for, as far as it is there. */

import type { DiskFile } from './disk.js'

/** Exactly `length` bytes, or fewer where the file ends before. */
export async function readFully(file: DiskFile, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const count = await file.read(bytes.subarray(done), offset + done)
    if (count === 0) return bytes.subarray(0, done)
    done += count
  }
  return bytes
}
