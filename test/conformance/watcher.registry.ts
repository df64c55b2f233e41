/** The watchers that obey the rules of watching. */

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeWatcher } from '../../adapters/node/watcher.js'
import type { WatcherSubject } from './watcher.suite.js'

export interface WatcherAdapter {
  readonly name: string
  readonly make: () => Promise<WatcherSubject & { readonly dispose: () => Promise<void> }>
}

async function subject(backend: 'parcel' | 'fs'): ReturnType<WatcherAdapter['make']> {
  const base = await mkdtemp(join(tmpdir(), 'tidemark-watch-'))
  const [root, beside] = [join(base, 'root'), join(base, 'beside')]
  await mkdir(root)
  await mkdir(beside)
  return {
    watcher: (path) => nodeWatcher(path, { backend }),
    root,
    beside,
    dispose: () => rm(base, { recursive: true, force: true }),
  }
}

export const WATCHERS: readonly WatcherAdapter[] = [
  { name: 'nodeWatcher by @parcel/watcher', make: () => subject('parcel') },
  { name: 'nodeWatcher by fs.watch', make: () => subject('fs') },
]
