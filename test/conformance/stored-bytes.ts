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

/**
 * The same of SQLite files, without what is nobody's data: the shared index of a log, and a log that is empty. The library
 * may remove these two some time after a close.
 */
export async function sqlBytesBelow(directory: string): Promise<string> {
  const names = (await readdir(directory, { recursive: true })).filter((name) => !name.endsWith('-shm')).sort()
  const contents = await Promise.all(
    names.map(async (name) => {
      const hex = (await readFile(join(directory, name)).catch(emptyWhenGone)).toString('hex')
      return name.endsWith('-wal') && hex === '' ? [] : [`${name}:${hex}`]
    }),
  )
  return contents.flat().join('\n')
}

function emptyWhenGone(error: NodeJS.ErrnoException): Buffer {
  if (error.code === 'ENOENT' || error.code === 'EISDIR') return Buffer.alloc(0)
  throw error
}
