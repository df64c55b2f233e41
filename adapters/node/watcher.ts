/**
 * The watcher of a real folder. It only raises hints: by `fs.watch` of each directory on Linux, by `@parcel/watcher` where
 * that is installed on other systems, else by their recursive `fs.watch` (docs/decisions/0069). Nothing of our own is
 * reported, and what cannot be told exactly is told as unknown.
 */

import { realpath } from 'node:fs/promises'
import { TidemarkError, type WatchEvents, type Watcher, isReservedName } from '../../src/index.js'
import type { WatchBackend } from './watcher-backend.js'
import { directoriesBackend } from './watcher-directories.js'
import { fsBackend } from './watcher-fs.js'
import { parcelBackend } from './watcher-parcel.js'

/** What does the watching. */
export interface NodeWatcherOptions {
  /** 'auto': 'fs' on Linux; elsewhere '@parcel/watcher' when installed. Default 'auto'. */
  readonly backend?: 'auto' | 'parcel' | 'fs'
}

/** Watches an absolute path; nothing happens before `start`. */
export function nodeWatcher(root: string, options: NodeWatcherOptions = {}): Watcher {
  return new NodeWatcher(root, options.backend ?? 'auto')
}

class NodeWatcher implements Watcher {
  readonly #root: string
  readonly #choice: 'auto' | 'parcel' | 'fs'
  #backend: WatchBackend | null = null

  constructor(root: string, choice: 'auto' | 'parcel' | 'fs') {
    this.#root = root
    this.#choice = choice
  }

  async start(events: WatchEvents, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    if (this.#backend !== null) throw new TidemarkError('locked', 'The watcher runs already', { subject: this.#root })
    if (options.signal?.aborted === true)
      throw new TidemarkError('aborted', 'Watching was cancelled', { retryable: true })
    const backend = await chooseBackend(this.#choice)
    this.#backend = backend
    const ifRunning = (run: () => void): void => {
      if (this.#backend === backend) run()
    }
    try {
      // Some systems report real paths, whatever was asked for.
      const root = await realpath(this.#root)
      await backend.start(root, {
        changed: (paths) => ifRunning(() => report(events, root, paths)),
        lost: (reason) => ifRunning(() => events.onUnknown(reason)),
      })
    } catch (error) {
      this.#backend = null
      throw cannotWatch(this.#root, error)
    }
  }

  async stop(): Promise<void> {
    const backend = this.#backend
    this.#backend = null
    await backend?.stop()
  }
}

function report(events: WatchEvents, root: string, paths: readonly string[]): void {
  const below = paths.map((path) => relativePath(root, path))
  if (below.includes('')) {
    events.onUnknown('the root itself changed')
    return
  }
  const theirs = [...new Set(below)].filter((path): path is string => path !== null && !isOwn(path))
  if (theirs.length > 0) events.onPaths(theirs)
}

/** With `/` between the parts; '' is the root, null what does not lie below it. */
export function relativePath(root: string, path: string): string | null {
  if (path === root) return ''
  const inside = path.startsWith(root) && /^[/\\]/.test(path.slice(root.length))
  if (!inside) return null
  return process.platform === 'win32' ? path.slice(root.length + 1).replaceAll('\\', '/') : path.slice(root.length + 1)
}

function isOwn(path: string): boolean {
  const slash = path.indexOf('/')
  return isReservedName(slash < 0 ? path : path.slice(0, slash))
}

async function chooseBackend(choice: 'auto' | 'parcel' | 'fs'): Promise<WatchBackend> {
  const isLinux = process.platform === 'linux'
  if (choice === 'fs' || (choice === 'auto' && isLinux)) return isLinux ? directoriesBackend() : fsBackend()
  const parcel = await loadParcel()
  if (parcel !== null) return parcelBackend(parcel)
  if (choice === 'auto') return fsBackend()
  throw new TidemarkError('missing-package', 'The package @parcel/watcher is not installed', {
    subject: '@parcel/watcher',
    next: 'npm install @parcel/watcher',
  })
}

async function loadParcel(): Promise<typeof import('@parcel/watcher') | null> {
  try {
    return await import('@parcel/watcher')
  } catch (error) {
    // Absent, or without a binary for this machine: there is another way to watch.
    if (error instanceof Error) return null
    throw error
  }
}

function cannotWatch(root: string, error: unknown): TidemarkError {
  return new TidemarkError(
    'io',
    `${root} cannot be watched: ${error instanceof Error ? error.message : String(error)}`,
    {
      subject: root,
      next: 'The engine looks by itself from time to time. On Linux, fs.inotify.max_user_watches may be too low.',
      cause: error,
    },
  )
}
