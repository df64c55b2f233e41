/**
 * Watching by `@parcel/watcher`, with its losses on Linux repaired: a directory that appears (made, moved in, renamed)
 * may hold others that its crawl never saw. Each gets a subscription of its own, beside the running ones so that nothing
 * falls into a gap, and what lies in it is reported. Too many of them are exchanged for one fresh subscription.
 */

import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { WatchBackend, WatchReport } from './watcher-backend.js'

type Parcel = typeof import('@parcel/watcher')
type Subscription = import('@parcel/watcher').AsyncSubscription

/** The system's own way. Left to choose, the library would first run `watchman` of whoever's PATH through a shell. */
const OWN_WAYS: Readonly<Partial<Record<NodeJS.Platform, 'inotify' | 'fs-events' | 'windows'>>> = {
  linux: 'inotify',
  darwin: 'fs-events',
  win32: 'windows',
}
const EXTRA_MAX = 64
/** A new subtree beyond this is told as unknown. */
const WALK_MAX = 2_000
/** Directories born this long before a subscription may have escaped its crawl: ticks of the kernel's clock. */
const SLACK_MS = 20

export function parcelBackend(parcel: Parcel): WatchBackend {
  return new ParcelBackend(parcel)
}

class ParcelBackend implements WatchBackend {
  readonly #parcel: Parcel
  #root = ''
  #report: WatchReport | null = null
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #appeared = new Set<string>()
  #repair: Promise<void> | null = null

  constructor(parcel: Parcel) {
    this.#parcel = parcel
  }

  async start(root: string, report: WatchReport): Promise<void> {
    this.#root = root
    this.#report = report
    await this.#subscribe(root)
  }

  async stop(): Promise<void> {
    this.#report = null
    this.#appeared.clear()
    await this.#repair
    await this.#unsubscribeAll()
  }

  async #subscribe(path: string): Promise<void> {
    const backend = OWN_WAYS[process.platform]
    const subscription = await this.#parcel.subscribe(path, (error, events) => this.#take(error, events ?? []), {
      ignore: [join(this.#root, '.tidemark')],
      ...(backend === undefined ? {} : { backend }),
    })
    this.#subscriptions.set(path, subscription)
  }

  #take(error: Error | null, events: readonly { readonly path: string; readonly type: string }[]): void {
    if (this.#report === null) return
    if (error !== null) this.#report.lost(error.message)
    if (events.length > 0) this.#report.changed(events.map((event) => event.path))
    if (process.platform !== 'linux') return
    for (const event of events) {
      if (event.type === 'create') this.#appeared.add(event.path)
    }
    if (this.#appeared.size > 0) this.#repair ??= this.#runRepairs()
  }

  async #runRepairs(): Promise<void> {
    try {
      while (this.#report !== null && this.#appeared.size > 0) {
        const paths = [...this.#appeared]
        this.#appeared.clear()
        await this.#repairAll(paths, this.#report)
      }
    } catch (error) {
      this.#report?.lost(error instanceof Error ? error.message : String(error))
    } finally {
      this.#repair = null
    }
  }

  async #repairAll(paths: readonly string[], report: WatchReport): Promise<void> {
    for (const path of topMost(await directoriesAmong(paths))) {
      if (this.#report === null) return
      if (this.#subscriptions.size > EXTRA_MAX) {
        await this.#startAnew(report)
        return
      }
      const since = Date.now() - SLACK_MS
      await this.#subscribeOver(path)
      const walk = await walkDirectory(path, since)
      if (walk === null) {
        report.lost('a large directory appeared')
      } else {
        report.changed(walk.paths)
        for (const young of walk.young) this.#appeared.add(young)
      }
    }
  }

  /** A path that was watched before may be another directory by now. */
  async #subscribeOver(path: string): Promise<void> {
    const before = this.#subscriptions.get(path)
    if (before !== undefined) {
      this.#subscriptions.delete(path)
      await unsubscribe(before)
    }
    try {
      await this.#subscribe(path)
    } catch (error) {
      if (!(await isDirectory(path))) return
      throw error
    }
  }

  async #startAnew(report: WatchReport): Promise<void> {
    await this.#unsubscribeAll()
    await this.#subscribe(this.#root)
    report.lost('the watcher was started anew')
  }

  async #unsubscribeAll(): Promise<void> {
    const subscriptions = [...this.#subscriptions.values()]
    this.#subscriptions.clear()
    for (const subscription of subscriptions) await unsubscribe(subscription)
  }
}

async function unsubscribe(subscription: Subscription): Promise<void> {
  try {
    await subscription.unsubscribe()
  } catch (error) {
    // Its directory is gone, and the kernel's watch with it.
    if (!(error instanceof Error && error.message.includes('Unable to remove watcher'))) throw error
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory()
  } catch {
    // Gone, or not to be looked at: in both cases nothing that can be watched.
    return false
  }
}

async function directoriesAmong(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const path of paths) if (await isDirectory(path)) found.push(path)
  return found
}

function topMost(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)))
}

interface Walk {
  /** The directory, and below it one entry of every directory: enough to have each listed. */
  readonly paths: readonly string[]
  readonly young: readonly string[]
}

/** Null when there is too much of it. */
async function walkDirectory(top: string, since: number): Promise<Walk | null> {
  const paths = [top]
  const young: string[] = []
  const queue = [top]
  for (const directory of queue) {
    if (queue.length > WALK_MAX) return null
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
    if (entries[0] !== undefined) paths.push(join(directory, entries[0].name))
    for (const entry of entries.filter((candidate) => candidate.isDirectory())) {
      const path = join(directory, entry.name)
      queue.push(path)
      if (await isYoung(path, since)) young.push(path)
    }
  }
  return { paths, young: topMost(young) }
}

async function isYoung(path: string, since: number): Promise<boolean> {
  try {
    const { birthtimeMs, ctimeMs } = await lstat(path)
    return (birthtimeMs > 0 ? birthtimeMs : ctimeMs) >= since
  } catch {
    // Gone again: its own event tells.
    return false
  }
}
