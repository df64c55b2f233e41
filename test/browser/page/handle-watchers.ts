/** The watcher of a page on a directory of the private file system (OPFS), and a user's hands on that. */

import { browserWatcher } from '../../../adapters/browser/browser-watcher.js'
import { handleDisk } from '../../../adapters/browser/handle-disk.js'
import type { Disk } from '../../../adapters/shared/disk.js'
import type { AdapterOf } from '../../conformance/suites.js'
import type { WatcherHands } from '../../conformance/watcher.suite.js'
import { BASE, ROOT } from './folder-subject.js'
import { freshDirectory } from './fresh-directory.js'

/** How often is looked where nobody tells, ms. */
const POLL_MS = 100

export const handleWatcher = (title: string, observer: boolean): AdapterOf<'Watcher'> => ({
  name: `browserWatcher ${title}`,
  missing: !observer || 'FileSystemObserver' in globalThis ? null : 'this browser has no FileSystemObserver',
  capabilities: ['sees'],
  make: async () => {
    const { name, directory, remove } = await freshDirectory()
    const disk = handleDisk(directory, BASE, 'root')
    await disk.mkdir(ROOT)
    return {
      watcher: (below = '') =>
        browserWatcher(name, {
          observer,
          pollMs: POLL_MS,
          directory: async () => {
            let at = await directory.getDirectoryHandle('root')
            for (const part of below.split('/')) if (part !== '') at = await at.getDirectoryHandle(part)
            return at
          },
        }),
      hands: handsOn(disk),
      dispose: remove,
    }
  },
})

function handsOn(disk: Disk): WatcherHands {
  const full = (path: string): string => {
    if (path === '') return ROOT
    return path.startsWith('../') ? `${BASE}/${path.slice(3)}` : `${ROOT}/${path}`
  }
  const kind = async (path: string): Promise<string | null> => {
    try {
      return (await disk.lstat(path)).kind
    } catch {
      return null
    }
  }
  const mkdir = async (path: string): Promise<void> => {
    if ((await kind(path)) !== null) return
    await mkdir(path.slice(0, path.lastIndexOf('/')))
    await disk.mkdir(path)
  }
  const remove = async (path: string): Promise<void> => {
    if ((await kind(path)) !== 'directory') return disk.unlink(path)
    for (const { name } of await disk.readdir(path)) await remove(`${path}/${new TextDecoder().decode(name)}`)
    await disk.rmdir(path)
  }
  return {
    write: async (path, text) => {
      const file = await disk.open(full(path), (await kind(full(path))) === null ? 'create' : 'write')
      try {
        await file.truncate(0)
        await file.write(new TextEncoder().encode(text), 0)
      } finally {
        await file.close()
      }
    },
    mkdir: (path) => mkdir(full(path)),
    rename: (from, to) => disk.rename(full(from), full(to)),
    exchange: async (path, by, aside) => {
      await disk.rename(full(path), full(aside))
      await disk.rename(full(by), full(path))
    },
    remove: (path) => remove(full(path)),
  }
}
