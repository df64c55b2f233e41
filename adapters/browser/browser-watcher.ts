/**
 * Hints of a page's directory (WATCH-1 to 6): by `FileSystemObserver` where the browser has it; else every change may have
 * been missed, and the directory is looked through from time to time while the page is seen. Beside both, other tabs tell.
 */

import { TidemarkError, type WatchEvents, type Watcher } from '../../src/index.js'
import { OWN_NAME } from '../shared/folder-names.js'
import { hearChanged } from './folder-hints.js'
import type { DirectoryHandle } from './handles.js'

/** What a watcher may be given. */
export interface BrowserWatcherOptions {
  /** The directory, opened anew at each start. */
  readonly directory: () => Promise<DirectoryHandle>
  /** How often a directory is looked through that nobody tells of, milliseconds. Default 10,000. */
  readonly pollMs?: number
  /** `false`: as if the browser had none. Default: what the browser has. */
  readonly observer?: boolean
}

interface ObserverRecord {
  readonly type: 'appeared' | 'disappeared' | 'modified' | 'moved' | 'unknown' | 'errored'
  readonly relativePathComponents: readonly string[]
  readonly relativePathMovedFrom: readonly string[] | null
}

interface Observer {
  observe(directory: DirectoryHandle, options: { readonly recursive: boolean }): Promise<void>
  disconnect(): void
}

type ObserverMaker = new (hear: (records: readonly ObserverRecord[]) => void) => Observer

const POLL_MS = 10_000

/** A watcher of one directory of this browser. `name`: that of the folder, for hints of other tabs. */
export function browserWatcher(name: string, options: BrowserWatcherOptions): Watcher {
  return new BrowserWatcher(name, options)
}

class BrowserWatcher implements Watcher {
  readonly #name: string
  readonly #options: BrowserWatcherOptions
  #run: Run | null = null

  constructor(name: string, options: BrowserWatcherOptions) {
    this.#name = name
    this.#options = options
  }

  async start(events: WatchEvents, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const subject = this.#name
    if (this.#run !== null) throw new TidemarkError('locked', 'The watcher runs already', { subject })
    if (signal?.aborted === true) throw new TidemarkError('aborted', 'Watching was cancelled', { retryable: true })
    const run = new Run(events, this.#options)
    this.#run = run
    run.until(hearChanged(this.#name, (paths) => run.tell(paths)))
    try {
      await run.watch()
    } catch (cause) {
      await this.stop()
      const next =
        'Check that the directory is there and may be read; until then it is looked through from time to time.'
      throw new TidemarkError('io', `"${subject}" cannot be watched`, { subject, next, cause })
    }
  }

  async stop(): Promise<void> {
    this.#run?.end()
    this.#run = null
  }
}

/** From one start to its stop. */
class Run {
  readonly #events: WatchEvents
  readonly #options: BrowserWatcherOptions
  readonly #ends: (() => void)[] = []
  #isEnded = false

  constructor(events: WatchEvents, options: BrowserWatcherOptions) {
    this.#events = events
    this.#options = options
  }

  until(end: () => void): void {
    if (this.#isEnded) end()
    else this.#ends.push(end)
  }

  end(): void {
    this.#isEnded = true
    for (const end of this.#ends) end()
    this.#ends.length = 0
  }

  async watch(): Promise<void> {
    const directory = await this.#options.directory()
    const Maker = this.#options.observer === false ? null : observerMaker()
    if (Maker === null || !(await this.#observe(Maker, directory))) this.#poll()
  }

  /** False where the browser observes no such directory. */
  async #observe(Maker: ObserverMaker, directory: DirectoryHandle): Promise<boolean> {
    const observer = new Maker((records) => this.#take(records, () => observer.disconnect()))
    try {
      await observer.observe(directory, { recursive: true })
    } catch {
      observer.disconnect()
      return false
    }
    this.until(() => observer.disconnect())
    return true
  }

  #take(records: readonly ObserverRecord[], disconnect: () => void): void {
    const paths = new Set<string>()
    for (const { type, relativePathComponents, relativePathMovedFrom } of records) {
      // The directory itself moved or went, or the observer lost count: the next scan tells.
      if (type === 'unknown' || type === 'errored' || relativePathComponents.length === 0) {
        this.#lose(`the browser told "${type}"`)
        if (type !== 'errored') return
        // It says nothing more.
        disconnect()
        return this.#poll()
      }
      for (const components of [relativePathComponents, relativePathMovedFrom ?? []])
        if (components.length > 0) paths.add(components.join('/'))
    }
    this.tell([...paths])
  }

  tell(paths: readonly string[]): void {
    const theirs = paths.filter((path) => path !== OWN_NAME && !path.startsWith(`${OWN_NAME}/`))
    if (!this.#isEnded && theirs.length > 0) this.#events.onPaths(theirs)
  }

  #lose(reason: string): void {
    if (!this.#isEnded) this.#events.onUnknown(reason)
  }

  /** Nobody looks at a hidden page: it is looked through when it is seen again. */
  #poll(): void {
    const { document } = globalThis as Partial<typeof globalThis>
    const look = (): void => {
      if (document?.visibilityState !== 'hidden') this.#lose('nobody tells of changes here')
    }
    const timer = setInterval(look, this.#options.pollMs ?? POLL_MS)
    document?.addEventListener('visibilitychange', look)
    this.until(() => {
      clearInterval(timer)
      document?.removeEventListener('visibilitychange', look)
    })
  }
}

function observerMaker(): ObserverMaker | null {
  return (globalThis as { FileSystemObserver?: ObserverMaker }).FileSystemObserver ?? null
}
