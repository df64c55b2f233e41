/** The one engine of all tabs, as this tab lives with it: what it says becomes a view, what it changed is handed on. */

import {
  type AppliedChange,
  type ProgressCounts,
  type Status,
  SyncEngine,
  TidemarkError,
  type Transport,
} from 'tidemark'
import { browserFolder, httpTransport, shareEngine, type SharedEngine, unlinkFolder } from 'tidemark/browser'
import { Store } from '../state/store.js'
import { deviceName, SYNC_URL, tokenSource } from './accounts.js'
import { type EngineView, NOTHING_KNOWN } from './engine-view.js'
import { keepOffline, type Login, onKept, worksOffline } from './kept-login.js'
import { whenUnlocked } from './when-unlocked.js'

/** What the page does with what the engine says. */
export interface EngineListeners {
  readonly onChange: (change: AppliedChange) => void
  readonly onConflict: (conflict: { readonly path: string; readonly copy: string }) => void
  readonly onError: (error: TidemarkError) => void
  /** Paths may stand otherwise than before. */
  readonly onMoved: () => void
  /** It begins to work, or is done: somebody may have changed files without a word. */
  readonly onTurn: () => void
}

/** Bytes count as moving for this long after the last of them. */
const MOVING_MS = 1_200
const NO_BYTES: ProgressCounts = { bytesSent: 0, bytesReceived: 0, uploaded: 0, downloaded: 0 }

export class EngineSession {
  readonly view = new Store<EngineView>({ ...NOTHING_KNOWN, isOffline: worksOffline() })
  readonly #login: Login
  readonly #listeners: EngineListeners
  readonly #transport: Transport
  readonly #shared: SharedEngine
  readonly #ends: (() => void)[] = []
  #still: number | null = null
  #peak = 0
  /** When bytes last began to move, and by now. */
  #begun: ProgressCounts | null = null
  #counts = NO_BYTES

  constructor(login: Login, listeners: EngineListeners) {
    this.#login = login
    this.#listeners = listeners
    this.#transport = httpTransport({ url: SYNC_URL, workspace: login.workspace, token: tokenSource(login) })
    this.#shared = shareEngine(login.workspace, () => {
      const parts = { ...browserFolder(login.workspace), transport: this.#transport }
      const engine = new SyncEngine({ ...parts, deviceName: deviceName() })
      engine.on('error', (error) => listeners.onError(error))
      // Before the start: then nothing is read or sent at all.
      if (worksOffline()) void engine.pause()
      return engine
    })
    this.#listen()
    // A listener that came late missed what was said before.
    this.#set({ status: this.#shared.status, role: this.#shared.role })
  }

  /** Null: it runs in another tab, or not yet. */
  get engine(): SyncEngine | null {
    return this.#shared.engine
  }

  /** The engine for a call. @throws closed when it does not run in this tab */
  needEngine(): SyncEngine {
    const { engine } = this.#shared
    if (engine !== null) return engine
    throw new TidemarkError('closed', 'another tab keeps this workspace in step', {
      next: 'Do that in the other tab, or close it: this one takes over then.',
    })
  }

  /** Edits go on; nothing is sent or fetched until it is taken back. */
  setOffline(wanted: boolean): void {
    keepOffline(wanted)
    this.#takeWish()
  }

  /** After the browser cleared a part of its storage: all files come down again. */
  async linkAnew(): Promise<void> {
    await whenUnlocked(() => unlinkFolder(this.#login.workspace))
  }

  async close(): Promise<void> {
    for (const end of this.#ends.splice(0)) end()
    if (this.#still !== null) clearTimeout(this.#still)
    await this.#shared.close()
    await this.#transport.close()
  }

  #listen(): void {
    const { onChange, onConflict, onMoved, onTurn } = this.#listeners
    this.#ends.push(
      this.#shared.on('role', (role) => {
        this.#set({ role, trouble: null })
        // It may have been taken back while the engine was starting.
        this.#takeWish()
        onMoved()
      }),
      this.#shared.on('status', (status) => {
        const before = this.view.value.status?.state
        this.#takeStatus(status)
        if (status.state !== before) onTurn()
        onMoved()
      }),
      this.#shared.on('change', (change) => {
        onChange(change)
        onMoved()
      }),
      this.#shared.on('progress', (counts) => {
        this.#takeProgress(counts)
        onMoved()
      }),
      this.#shared.on('conflict', onConflict),
      this.#shared.on('error', (trouble) => this.#set({ trouble })),
      onKept(() => this.#takeWish()),
    )
  }

  #takeWish(): void {
    const isOffline = worksOffline()
    this.#set({ isOffline })
    const { engine } = this.#shared
    if (engine !== null) void (isOffline ? engine.pause() : engine.resume())
  }

  #takeStatus(status: Status): void {
    this.#peak = Math.max(this.#peak, status.pending)
    if (status.pending === 0) this.#peak = 0
    // The next try to start it says nothing new before it succeeds.
    this.#set(status.state === 'stopped' ? { status } : { status, trouble: null })
  }

  #takeProgress(counts: ProgressCounts): void {
    const before = this.#counts
    this.#counts = counts
    // Items alone are no bytes. Less than before: another engine counts anew.
    if (counts.bytesReceived === before.bytesReceived && counts.bytesSent === before.bytesSent) return
    const isAnew = counts.bytesReceived < before.bytesReceived || counts.bytesSent < before.bytesSent
    if (isAnew || this.#begun === null) this.#begun = isAnew ? NO_BYTES : before
    const bytesSent = counts.bytesSent - this.#begun.bytesSent
    const bytesReceived = counts.bytesReceived - this.#begun.bytesReceived
    const pending = this.#shared.status?.pending ?? 0
    this.#peak = Math.max(this.#peak, pending)
    const share = this.#peak <= 1 ? null : 1 - pending / this.#peak
    this.#set({ transfer: { bytesSent, bytesReceived, share } })
    if (this.#still !== null) clearTimeout(this.#still)
    this.#still = window.setTimeout(() => {
      this.#begun = null
      this.#set({ transfer: null })
    }, MOVING_MS)
  }

  #set(part: Partial<EngineView>): void {
    this.view.change((view) => ({ ...view, ...part }))
  }
}
