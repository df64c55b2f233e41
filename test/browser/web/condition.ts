/** Waiting for what another process does: looked at again and again, until it is so. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_EVERY_MS = 20
const PATIENCE_MS = 30_000

export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !(await isSo()); await sleep(LOOK_EVERY_MS)) {
    if (performance.now() > end) throw new Error(`never: ${what}`)
  }
}

/** Null where there is none. */
export async function textAt(root: string, path: string): Promise<string | null> {
  const bytes = await bytesAt(root, path)
  return bytes === null ? null : bytes.toString('utf8')
}

export async function bytesAt(root: string, path: string): Promise<Buffer | null> {
  try {
    return await readFile(join(root, path))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
