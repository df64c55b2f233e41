/**
 * Watching on Linux: one `fs.watch` for each directory, kept in step with the directories there are. The kernel tells of
 * events and of nothing else, so that a folder at rest wakes nobody (docs/decisions/0069).
 */

import { type FSWatcher, type Stats, statSync, watch } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { WatchBackend, WatchReport } from './watcher-backend.js'

/** A new subtree of more directories is told as unknown. */
const TOLD_MAX = 2_000

/** A directory and what is watched below it. */
interface Watched {
  readonly path: string
  /** Null where it may not be looked into. */
  readonly watcher: FSWatcher | null
  readonly below: Map<string, Watched>
}

export function directoriesBackend(): WatchBackend {
  return new DirectoriesBackend()
}

class DirectoriesBackend implements WatchBackend {
  #report: WatchReport | null = null
  #top: Watched | null = null
  #identity = ''
  /** Names that appeared, vanished or changed hands, to be looked at. */
  readonly #moved = new Map<Watched, Set<string>>()
  #looking: Promise<void> | null = null
  readonly #paths = new Set<string>()
  #isTelling = false

  async start(root: string, report: WatchReport): Promise<void> {
    this.#report = report
    try {
      this.#identity = identity(root)
      this.#top = this.#watched(root, this.#watch(root))
      await this.#watchBelow(this.#top, [])
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    this.#report = null
    this.#moved.clear()
    this.#paths.clear()
    if (this.#top !== null) unwatch(this.#top)
    await this.#looking
    if (this.#top !== null) unwatch(this.#top)
    this.#top = null
  }

  // ---- events

  #heard(directory: Watched, kind: string, name: string | null): void {
    if (this.#report === null) return
    if (name === null) return this.#report.lost('an event without a name')
    // What happens to the directory itself comes under its own name, which a child may have, too.
    if (directory === this.#top && name === basename(directory.path) && identity(directory.path) !== this.#identity) {
      return this.#report.changed([directory.path])
    }
    this.#tell(join(directory.path, name))
    if (kind === 'rename' || directory.below.get(name)?.watcher === null) this.#looksAt(directory, name)
  }

  /** What the kernel told in one go is told together. When to look is the engine's affair. */
  #tell(path: string): void {
    this.#paths.add(path)
    if (this.#isTelling) return
    this.#isTelling = true
    setImmediate(() => this.#flush())
  }

  #flush(): void {
    this.#isTelling = false
    const paths = [...this.#paths]
    this.#paths.clear()
    if (paths.length > 0) this.#report?.changed(paths)
  }

  // ---- directories that come and go

  #looksAt(directory: Watched, name: string): void {
    this.#moved.set(directory, (this.#moved.get(directory) ?? new Set()).add(name))
    this.#looking ??= this.#look()
  }

  async #look(): Promise<void> {
    try {
      for (let [next] = this.#moved; next !== undefined; [next] = this.#moved) {
        const [directory, names] = next
        this.#moved.delete(directory)
        for (const name of names) await this.#lookAt(directory, name)
      }
    } catch (error) {
      this.#report?.lost(error instanceof Error ? error.message : String(error))
    } finally {
      this.#looking = null
    }
  }

  /** Whatever stood there under watch may be another directory by now, or stand elsewhere: it is watched anew. */
  async #lookAt(directory: Watched, name: string): Promise<void> {
    const path = join(directory.path, name)
    const before = directory.below.get(name)
    const isDirectory = (await lookedAt(path))?.isDirectory() ?? false
    if (this.#report === null || (before === undefined && !isDirectory)) return
    if (before !== undefined) unwatch(before)
    directory.below.delete(name)
    if (!isDirectory) return
    const shown: string[] = []
    await this.#watchBelow(this.#added(directory, name), shown)
    if (shown.length > TOLD_MAX) this.#report?.lost('a large directory appeared')
    else this.#report?.changed(shown)
  }

  /** Watched first and listed then: what comes in between is told twice rather than never. `shown`: an entry of each. */
  async #watchBelow(top: Watched, shown: string[]): Promise<void> {
    const queue = [top]
    for (const directory of queue) {
      const entries = await readdir(directory.path, { withFileTypes: true }).catch(() => [])
      if (this.#report === null) return
      shown.push(join(directory.path, entries[0]?.name ?? '.'))
      for (const entry of entries) {
        const isOwn = directory === this.#top && entry.name === '.tidemark'
        if (entry.isDirectory() && !isOwn) queue.push(this.#added(directory, entry.name))
      }
    }
  }

  #added(directory: Watched, name: string): Watched {
    const path = join(directory.path, name)
    const before = directory.below.get(name)
    if (before !== undefined) unwatch(before)
    let watcher: FSWatcher | null = null
    try {
      watcher = this.#watch(path)
    } catch (error) {
      if (!isUnwatchable(error)) throw error
    }
    const added = this.#watched(path, watcher)
    directory.below.set(name, added)
    return added
  }

  #watch(path: string): FSWatcher {
    return watch(path, { persistent: false })
  }

  #watched(path: string, watcher: FSWatcher | null): Watched {
    const watched = { path, watcher, below: new Map<string, Watched>() }
    watcher?.on('change', (kind, name) => this.#heard(watched, kind, typeof name === 'string' ? name : null))
    watcher?.on('error', (error) => this.#report?.lost(error.message))
    return watched
  }
}

function unwatch(directory: Watched): void {
  const queue = [directory]
  for (const { watcher, below } of queue) {
    watcher?.close()
    queue.push(...below.values())
  }
}

/** Gone again, or not to be looked into: whoever can be told of it is its parent. */
function isUnwatchable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EPERM' || code === 'ELOOP'
}

async function lookedAt(path: string): Promise<Stats | null> {
  return lstat(path).catch(() => null)
}

function identity(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? '' : `${found.dev}:${found.ino}`
}
