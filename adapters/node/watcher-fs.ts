/** Watching by `fs.watch` alone: exact, but on Linux one kernel watch for every file. */

import { type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'
import type { WatchBackend } from './watcher-backend.js'

export function fsBackend(): WatchBackend {
  let watcher: FSWatcher | null = null
  return {
    start: async (root, report) => {
      watcher = watch(root, { recursive: true, persistent: false })
      watcher.on('change', (_kind, name) => {
        if (typeof name === 'string') report.changed([join(root, name)])
        else report.lost('an event without a name')
      })
      watcher.on('error', (error) => report.lost(error.message))
    },
    stop: async () => {
      watcher?.close()
      watcher = null
    },
  }
}
