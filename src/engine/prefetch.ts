/**
 * Fetches large contents while they still come to the server (DESIGN 5), so that little is left to fetch once they are
 * committed. It only stages: the download after the commit takes what is staged, and what is never committed is swept.
 * Nothing is planned from it and nothing of it is shown. Whatever goes wrong here costs time, never data.
 */

import { checkAborted, type TidemarkError } from '../errors.js'
import type { Clock } from '../interfaces/clock.js'
import type { Hydration } from '../model/hydration.js'
import type { NodeId } from '../model/ids.js'
import type { SyncMode } from '../model/sync-mode.js'
import type { ArrivingContent } from '../protocol/messages.js'
import { AHEAD, ChunkFetch, type Patience } from './chunk-fetch.js'
import type { Dirty } from './dirty.js'
import { HeldChunks } from './held-chunks.js'
import { codeOf, knownError } from './known-error.js'
import { fetchManifests } from './manifest-fetch.js'
import type { RuleBook } from './rule-book.js'
import { fetchesOf, type Stage, stagedName, Staging, type StagingParts } from './staging.js'
import { slept, until } from './timers.js'

export interface PrefetchParts extends StagingParts {
  readonly clock: Clock
  readonly mode: SyncMode
  readonly hydration: Hydration
  readonly rules: RuleBook
  readonly dirty: Dirty
  readonly onTrouble: (error: TidemarkError) => void
}

/** A staged file ahead of its commit. */
interface Ahead {
  /** Bytes from its start that this process checked. */
  verified: number
  whole: boolean
  /**
   * 'gone': the server does not tell of it any more, because it was committed or given up. 'due': and the remote tree was
   * asked for since, so that a commit would be known: it is swept unless the plan wants it.
   */
  state: 'arriving' | 'gone' | 'due'
}

interface Current {
  readonly name: string
  readonly abort: AbortController
  readonly done: Promise<unknown>
  /** Fires when it is committed: all of it is there by now. */
  readonly committed: AbortController
}

/** Between two questions for chunks that have not come yet: doubling as long as none comes, milliseconds. */
const FIRST_PAUSE_MS = 1_000
const LAST_PAUSE_MS = 8_000
/** Between two questions whether what lies here is still to come, milliseconds. */
const CHECK_MS = 60_000

export class Prefetch {
  readonly #parts: PrefetchParts
  readonly #staging: Staging
  readonly #ahead = new Map<string, Ahead>()
  /** Not asked for again as long as anything is on its way: taken by a download, or not to be had. */
  readonly #refused = new Set<string>()
  #run: { readonly abort: AbortController; readonly done: Promise<void> } | null = null
  #current: Current | null = null
  #sweeping: Promise<void> = Promise.resolve()
  #told = false
  /** The disk was looked at: only then is known what it has, and what it does not want. */
  #ready = false
  #wake: () => void = () => undefined
  #pauseMs = FIRST_PAUSE_MS
  #pause: Promise<boolean> | null = null

  constructor(parts: PrefetchParts) {
    this.#parts = parts
    this.#staging = new Staging(parts)
    for (const name of parts.state.get('ahead') ?? [])
      this.#ahead.set(name, { verified: 0, whole: false, state: 'arriving' })
  }

  // ---- while the engine is live

  start(): void {
    if (this.#run !== null || this.#parts.mode === 'upload-only') return
    const abort = new AbortController()
    this.#run = { abort, done: this.#live(abort.signal) }
  }

  /** Resolves once neither side is touched any more. What is staged is kept. */
  async stop(): Promise<void> {
    const run = this.#run
    this.#run = null
    run?.abort.abort()
    await run?.done
  }

  /** The server said that something is on its way. */
  hinted(): void {
    this.#told = true
    this.#wake()
  }

  // ---- what the cycle asks

  /** The remote tree is about to be asked for: what is gone by now and was committed will be in it. */
  looks(): void {
    for (const ahead of this.#ahead.values()) if (ahead.state === 'gone') ahead.state = 'due'
  }

  /** The disk was looked at. */
  looked(): void {
    this.#ready = true
    if (this.#told) this.#wake()
  }

  /**
   * Gives a staged file up to the download that wants it, now that it is committed: what is on its way is waited for, so that
   * it does not come twice. Returns how many bytes from its start were checked here.
   */
  async take(name: string, signal: AbortSignal): Promise<number> {
    const current = this.#current
    if (current?.name === name) {
      current.committed.abort()
      await until(current.done, signal)
      current.abort.abort()
      await current.done
    }
    const verified = this.#ahead.get(name)?.verified ?? 0
    if (this.#ahead.has(name)) this.#refused.add(name)
    this.#forget(name)
    return verified
  }

  /** Nothing is to be done: staging is emptied of all that is not ahead. `anyway`: something else may lie there. */
  async sweep(anyway: boolean): Promise<void> {
    const over = [...this.#ahead].filter(([name, { state }]) => this.#isOver(name, state))
    for (const [name] of over) this.#forget(name)
    if (over.length === 0 && !anyway) return
    // What begins now waits: it would be taken for left over.
    this.#sweeping = this.#parts.local.clearStaging([...this.#ahead.keys()])
    await this.#sweeping
  }

  #isOver(name: string, state: Ahead['state']): boolean {
    return name !== this.#current?.name && (this.#run === null || state === 'due')
  }

  // ---- the run

  async #live(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#waits(signal)
      if (signal.aborted) return
      if (!this.#ready) continue
      this.#told = false
      try {
        await this.#round(signal)
      } catch (error) {
        if (signal.aborted) return
        this.#parts.onTrouble(knownError(error))
      }
    }
  }

  /** Until a hint comes, or it is time to look after what lies here. */
  async #waits(signal: AbortSignal): Promise<void> {
    if (this.#told && this.#ready) return
    const awake = new AbortController()
    const hint = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    const check = this.#ahead.size === 0 ? hint : Promise.race([hint, slept(this.#parts.clock, CHECK_MS, awake.signal)])
    await until(check, signal)
    awake.abort()
  }

  async #round(signal: AbortSignal): Promise<void> {
    for (;;) {
      const arriving = await this.#ask(signal)
      const next = arriving.find((content) => this.#isWanted(content))
      if (next === undefined) return
      await this.#bring(next, signal)
    }
  }

  /** What is on its way; what is not any more is to be looked for in the remote tree. */
  async #ask(signal: AbortSignal): Promise<readonly ArrivingContent[]> {
    const { link, dirty } = this.#parts
    const { contents } = await link.ask({ type: 'arriving', workspace: link.workspace }, signal)
    const names = new Set(contents.map(nameOf))
    for (const [name, ahead] of this.#ahead) {
      if (names.has(name)) ahead.state = 'arriving'
      else if (ahead.state === 'arriving') ahead.state = 'gone'
      if (ahead.state === 'gone') dirty.remote()
    }
    if (contents.length === 0) this.#refused.clear()
    return contents
  }

  #isWanted(content: ArrivingContent): boolean {
    const { state, rules } = this.#parts
    const name = nameOf(content)
    if (this.#refused.has(name) || this.#ahead.get(name)?.whole === true) return false
    if (this.#staging.contentHere(content.id) === content.content) return false
    if (state.trees.remoteRevision(content.id)?.node?.content === content.content) return false
    if (!this.#isHeldHere(content.id)) return false
    return rules.verdictOn(content.path.join('/'), 'file') === 'in'
  }

  /** On demand, a content that nobody asked for is not fetched ahead either. */
  #isHeldHere(id: NodeId): boolean {
    const { state, hydration } = this.#parts
    const presence = state.trees.synced(id)?.presence
    return hydration === 'all' || presence === 'present' || presence === 'pending'
  }

  async #bring(content: ArrivingContent, signal: AbortSignal): Promise<void> {
    const [abort, committed] = [new AbortController(), new AbortController()]
    const name = nameOf(content)
    const done = this.#fetch(content, committed.signal, AbortSignal.any([signal, abort.signal]))
    this.#current = { name, abort, committed, done: done.catch(() => undefined) }
    try {
      await done
    } catch (error) {
      if (signal.aborted || !abort.signal.aborted) throw error
    } finally {
      this.#current = null
    }
  }

  async #fetch(content: ArrivingContent, committed: AbortSignal, signal: AbortSignal): Promise<void> {
    const name = nameOf(content)
    const base = this.#staging.contentHere(content.id)
    const manifests = await fetchManifests(this.#parts, [{ digest: content.content, base }], signal)
    const manifest = manifests.get(content.content)
    if (manifest?.size !== content.size) {
      this.#refused.add(name)
      return
    }
    const ahead = this.#ahead.get(name) ?? { verified: 0, whole: false, state: 'arriving' }
    await this.#note(name, ahead)
    await this.#sweeping
    await this.#fill(await this.#staging.open(content, manifest, ahead.verified, signal), ahead, committed, signal)
  }

  async #fill(stage: Stage, ahead: Ahead, committed: AbortSignal, signal: AbortSignal): Promise<void> {
    const given = { up: false }
    let asked = 0
    const patience: Patience = async (came, joint) => {
      // The server may have answered just before the last of it came: each request is made once more.
      const isStill = committed.aborted ? came || asked < AHEAD : await this.#awaits(stage.name, came, committed, joint)
      if (committed.aborted) asked += 1
      given.up ||= !isStill
      return isStill
    }
    const fetch = new ChunkFetch(
      this.#parts,
      fetchesOf(stage),
      'once',
      signal,
      patience,
      new HeldChunks(this.#parts.local, [stage]),
    )
    let close = (): Promise<void> => {
      ahead.verified = stage.file.written
      return stage.file.suspend()
    }
    try {
      await this.#staging.fill(stage, fetch, signal)
      ahead.whole = true
    } catch (error) {
      if (given.up) return
      const code = codeOf(error)
      if (code !== 'no-space' && code !== 'corrupt') throw error
      this.#refused.add(stage.name)
      this.#forget(stage.name)
      close = () => stage.file.discard()
    } finally {
      await close()
    }
  }

  /** Whether the chunks that are not there yet may still come, after a moment. Asked by several requests at once. */
  #awaits(name: string, came: boolean, committed: AbortSignal, signal: AbortSignal): Promise<boolean> {
    if (came) this.#pauseMs = FIRST_PAUSE_MS
    this.#pause ??= this.#pauses(name, committed, signal).finally(() => {
      this.#pause = null
    })
    return this.#pause
  }

  async #pauses(name: string, committed: AbortSignal, signal: AbortSignal): Promise<boolean> {
    const awake = AbortSignal.any([committed, signal])
    const isOver = await slept(this.#parts.clock, this.#pauseMs, awake)
    checkAborted(signal)
    this.#pauseMs = Math.min(LAST_PAUSE_MS, this.#pauseMs * 2)
    if (!isOver) return true
    return (await this.#ask(signal)).some((content) => nameOf(content) === name)
  }

  /** Durable before the staged file is there: else the next start would take that for left over. */
  async #note(name: string, ahead: Ahead): Promise<void> {
    if (this.#ahead.get(name) === ahead) return
    this.#ahead.set(name, ahead)
    this.#tellState()
    await this.#parts.state.saveOnly('ahead')
  }

  #forget(name: string): void {
    if (this.#ahead.delete(name)) this.#tellState()
  }

  #tellState(): void {
    this.#parts.state.set('ahead', this.#ahead.size === 0 ? null : [...this.#ahead.keys()])
  }
}

function nameOf({ id, content }: ArrivingContent): string {
  return stagedName(id, content)
}
