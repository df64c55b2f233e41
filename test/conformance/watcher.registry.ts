/** The watchers that obey the rules of watching. */

import { renameSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MemoryWatcher, memoryWatcher } from '../../adapters/shared/memory-watcher.js'
import { nodeWatcher } from '../../adapters/node/watcher.js'
import type { Adapter } from './case.js'
import type { WatcherCapability, WatcherHands, WatcherSubject } from './watcher.suite.js'

export type WatcherAdapter = Adapter<WatcherSubject, WatcherCapability>

function handsBelow(root: string): WatcherHands {
  return {
    write: (path, text) => writeFile(join(root, path), text),
    mkdir: async (path) => {
      await mkdir(join(root, path), { recursive: true })
    },
    rename: (from, to) => rename(join(root, from), join(root, to)),
    exchange: async (path, by, aside) => {
      renameSync(join(root, path), join(root, aside))
      renameSync(join(root, by), join(root, path))
    },
    remove: (path) => rm(join(root, path), { recursive: true }),
  }
}

async function subject(backend: 'parcel' | 'fs'): ReturnType<WatcherAdapter['make']> {
  const base = await mkdtemp(join(tmpdir(), 'tidemark-watch-'))
  const root = join(base, 'root')
  await mkdir(root)
  return {
    watcher: (below = '') => nodeWatcher(join(root, below), { backend }),
    hands: handsBelow(root),
    dispose: () => rm(base, { recursive: true, force: true }),
  }
}

async function byHand(): ReturnType<WatcherAdapter['make']> {
  const watcher = memoryWatcher()
  const nothing = async (): Promise<void> => {}
  return {
    watcher: () => watcher,
    hands: { write: nothing, mkdir: nothing, rename: nothing, exchange: nothing, remove: nothing },
    lose: async (started) => (started as MemoryWatcher).lose('queue overflow'),
    dispose: nothing,
  }
}

export const WATCHERS: readonly WatcherAdapter[] = [
  { name: 'nodeWatcher by @parcel/watcher', capabilities: ['sees'], make: () => subject('parcel') },
  { name: 'nodeWatcher by fs.watch', capabilities: ['sees'], make: () => subject('fs') },
  { name: 'memoryWatcher', capabilities: ['lose'], make: byHand },
]
