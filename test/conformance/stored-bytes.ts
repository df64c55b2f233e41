/** What conformance tests do to stored files from outside: read all of them, and write into one. */

import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export async function overwrite(path: string, bytes: Uint8Array, position: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.write(bytes, 0, bytes.length, position)
  } finally {
    await file.close()
  }
}

/** Path and content of every file below a directory, in order. */
export async function bytesBelow(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const contents = await Promise.all(
    paths.sort().map(async (path) => `${path}:${(await readFile(path)).toString('hex')}`),
  )
  return contents.join('\n')
}
