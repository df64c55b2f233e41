/**
 * One engine for all tabs of an origin: the tab that has the lock runs it, the others see what it says, and one of them
 * takes over as soon as that tab is gone. Web Locks decide who it is; what tabs tell each other decides nothing.
 */

import { createNanoEvents } from 'nanoevents'
import {
  type Clock,
  isTidemarkError,
  type Status,
  type SyncEngine,
  type SyncEvents,
  TidemarkError,
} from '../../src/index.js'
import { systemClock } from '../shared/system-clock.js'

/** Who is told of what. */
export interface SharedEvents {
  /** This tab runs the engine from now on, or does no more. */
  role: (role: 'leader' | 'follower') => void
  /** The status of the engine, wherever it runs. */
  status: (status: Status) => void
  /** As `conflict` of the engine, in every tab. */
  conflict: SyncEvents['conflict']
  /** As `change` of the engine, in every tab. */
  change: SyncEvents['change']
  /** As `progress` of the engine, in every tab. */
  progress: SyncEvents['progress']
  /** The engine could not be started in this tab. It is tried again. */
  error: (error: TidemarkError) => void
}

/** What tabs need to agree. */
export interface SharedEngineOptions {
  /** Default: the system's. */
  readonly clock?: Clock
}

/** What comes from the engine and is told to the other tabs. */
const TOLD = ['status', 'conflict', 'change', 'progress'] as const
type Told = (typeof TOLD)[number]

/** A tab that just came asks. */
type TabMessage = { readonly kind: 'ask' } | { readonly kind: Told; readonly value: unknown }

/** The lock of a tab that is going may be free before those of its folder and its database are. */
const LOCKED_TRIES = 20
const LOCKED_PAUSE_MS = 50
/** After any other failure. */
const RETRY_MS = 5_000

/**
 * Runs `make()` in one tab of this origin at a time, under a name of the app's choice, and starts it. Give each
 * workspace a name of its own.
 * @throws io where the browser has no Web Locks: pages over plain HTTP
 */
export function shareEngine(name: string, make: () => SyncEngine, options: SharedEngineOptions = {}): SharedEngine {
  if (globalThis.navigator?.locks === undefined) {
    throw new TidemarkError('io', 'this browser gives the page no Web Locks', {
      subject: name,
      next: 'Serve the page over HTTPS, or use a SyncEngine of its own in a single tab.',
    })
  }
  return new TabEngine(name, make, options.clock ?? systemClock())
}

/** The engine of all tabs, as one of them sees it. */
export interface SharedEngine {
  /** Who runs the engine: this tab, or another. */
  readonly role: 'leader' | 'follower'
  /** The engine, where it runs in this tab. Do not stop it: `close` does. */
  readonly engine: SyncEngine | null
  /** What the engine said last, wherever it runs; null before anything was heard. */
  readonly status: Status | null
  /** Returns the function that ends the registration. */
  on<E extends keyof SharedEvents>(event: E, listener: SharedEvents[E]): () => void
  /** Stops the engine if it runs here, and lets another tab have it. */
  close(): Promise<void>
}

class TabEngine implements SharedEngine {
  readonly #name: string
  readonly #make: () => SyncEngine
  readonly #clock: Clock
  readonly #emitter = createNanoEvents<SharedEvents>()
  readonly #channel: BroadcastChannel
  readonly #end = new AbortController()
  readonly #done: Promise<void>
  #engine: SyncEngine | null = null
  #status: Status | null = null

  constructor(name: string, make: () => SyncEngine, clock: Clock) {
    this.#name = `tidemark-engine:${name}`
    this.#make = make
    this.#clock = clock
    this.#channel = new BroadcastChannel(this.#name)
    this.#channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => this.#hear(data))
    this.#post({ kind: 'ask' })
    this.#done = this.#live()
  }

  get role(): 'leader' | 'follower' {
    return this.#engine === null ? 'follower' : 'leader'
  }

  get engine(): SyncEngine | null {
    return this.#engine
  }

  get status(): Status | null {
    return this.#engine?.status ?? this.#status
  }

  on<E extends keyof SharedEvents>(event: E, listener: SharedEvents[E]): () => void {
    return this.#emitter.on(event, listener)
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.#done
    this.#channel.close()
  }

  async #live(): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      try {
        await navigator.locks.request(this.#name, { signal }, () => this.#lead())
      } catch (error) {
        if (signal.aborted) return
        this.#emitter.emit('error', known(error, this.#name))
        await this.#clock.sleep(RETRY_MS, { signal }).catch(() => {})
      }
    }
  }

  /** As long as this tab has the lock. */
  async #lead(): Promise<void> {
    const { signal } = this.#end
    const engine = await this.#started()
    if (engine === null) return
    this.#engine = engine
    this.#emitter.emit('role', 'leader')
    this.#tell('status', engine.status)
    try {
      await aborted(signal)
    } finally {
      await engine.stop()
      this.#engine = null
      this.#emitter.emit('role', 'follower')
    }
  }

  /** Null: closed before it was there. */
  async #started(): Promise<SyncEngine | null> {
    const { signal } = this.#end
    for (let left = LOCKED_TRIES; ; left--) {
      const engine = this.#make()
      for (const event of TOLD) engine.on(event, (value: unknown) => this.#tell(event, value))
      try {
        await engine.start({ signal })
        return engine
      } catch (error) {
        await engine.stop()
        if (signal.aborted) return null
        if (left === 0 || !isTidemarkError(error) || error.code !== 'locked') throw error
      }
      await this.#clock.sleep(LOCKED_PAUSE_MS, { signal })
    }
  }

  #tell(event: Told, value: unknown): void {
    this.#emit(event, value)
    this.#post({ kind: event, value })
  }

  #emit(event: Told, value: unknown): void {
    if (event === 'status') this.#status = value as Status
    this.#emitter.emit(event, value as never)
  }

  #post(message: TabMessage): void {
    this.#channel.postMessage(message)
  }

  #hear(message: TabMessage): void {
    if (message.kind === 'ask') {
      if (this.#engine !== null) this.#post({ kind: 'status', value: this.#engine.status })
    } else if (this.#engine === null && TOLD.includes(message.kind)) this.#emit(message.kind, message.value)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function known(error: unknown, subject: string): TidemarkError {
  if (error instanceof TidemarkError) return error
  return new TidemarkError('io', `the engine could not be started: ${String(error)}`, { subject, cause: error })
}
