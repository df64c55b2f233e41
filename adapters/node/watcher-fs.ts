/** Watching by the recursive `fs.watch`, for systems that have one: not Linux, where Node 20 watches every file. */

import { type FSWatcher, statSync, watch } from 'node:fs'
import { basename, join } from 'node:path'
import type { WatchBackend, WatchReport } from './watcher-backend.js'

export function fsBackend(): WatchBackend {
  const watchers: FSWatcher[] = []
  const stop = async (): Promise<void> => {
    for (const watcher of watchers.splice(0)) watcher.close()
  }
  const start = async (root: string, report: WatchReport): Promise<void> => {
    try {
      watchers.push(watchTree(root, report))
      watchers.push(watchPlace(root, report))
    } catch (error) {
      await stop()
      throw error
    }
  }
  return { start, stop }
}

function watchTree(root: string, report: WatchReport): FSWatcher {
  const watcher = watch(root, { recursive: true, persistent: false })
  watcher.on('change', (_kind, name) => {
    if (typeof name === 'string') report.changed([join(root, name)])
    else report.lost('an event without a name')
  })
  return withErrors(watcher, report)
}

/**
 * The recursive watch of Node asks whether the root still exists when it hears of it, and is content with another
 * directory in its place (WATCH-6).
 */
function watchPlace(root: string, report: WatchReport): FSWatcher {
  const before = identity(root)
  const watcher = watch(root, { persistent: false })
  watcher.on('change', (_kind, name) => {
    // A child may have the root's name.
    if (name === basename(root) && identity(root) !== before) report.changed([root])
  })
  return withErrors(watcher, report)
}

function withErrors(watcher: FSWatcher, report: WatchReport): FSWatcher {
  return watcher.on('error', (error) => report.lost(error.message))
}

function identity(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? null : `${found.dev}:${found.ino}`
}
