/** Directory handles without a browser: those of memfs over the real disk, which move no file. */

import * as fs from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeToFsa } from 'memfs/lib/node-to-fsa/index.js'
import type { DirectoryHandle } from '../../adapters/browser/handles.js'

/** memfs cuts open files by a call that Node 24 takes for paths alone. */
const HOST = {
  ...fs,
  truncateSync: (file: number | string, length: number) =>
    typeof file === 'number' ? fs.ftruncateSync(file, length) : fs.truncateSync(file, length),
}

interface HandleGround {
  /** Of the host. */
  readonly path: string
  readonly base: DirectoryHandle
  readonly dispose: () => Promise<void>
}

/** An empty directory. */
export async function handleGround(): Promise<HandleGround> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-handles-')))
  const base = nodeToFsa(HOST as unknown as Parameters<typeof nodeToFsa>[0], path, {
    mode: 'readwrite',
    separator: '/',
    syncHandleAllowed: true,
  })
  return {
    path,
    base: base as unknown as DirectoryHandle,
    dispose: () => rm(path, { recursive: true, force: true }),
  }
}
