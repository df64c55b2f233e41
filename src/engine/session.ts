/**
 * One run of the engine between start and stop: opens everything in the order of SPEC 5, closes it in reverse, and
 * holds the parts that the control loop works with. Nothing is looked at before the root is known to be the right one.
 */

import { TidemarkError } from '../errors.js'
import type { Clock } from '../interfaces/clock.js'
import type { Compressor } from '../interfaces/compressor.js'
import type { Hasher } from '../interfaces/hasher.js'
import type { LocalStore, OpenedRoot } from '../interfaces/local-store.js'
import type { Log } from '../interfaces/log.js'
import type { Random } from '../interfaces/random.js'
import type { StateStore } from '../interfaces/state-store.js'
import type { Transport } from '../interfaces/transport.js'
import type { RefusedChange } from '../model/change.js'
import { toHex } from '../model/hex.js'
import type { Hydration } from '../model/hydration.js'
import type { NodeId } from '../model/ids.js'
import type { SyncMode } from '../model/sync-mode.js'
import { type AppliedChange, flush } from './apply-run.js'
import { Cycle, type CycleParts } from './cycle.js'
import { Dirty } from './dirty.js'
import { knownError } from './known-error.js'
import { stagedName } from './staging.js'
import { EngineState } from './engine-state.js'
import type { ResetReason } from './feed.js'
import { awayOf } from './healing.js'
import { RELEASE_TICKS, wantAll } from './hydration.js'
import { Link } from './link.js'
import { ManifestShelf } from './manifest-shelf.js'
import { OwnWrites } from './own-writes.js'
import { Prefetch, type PrefetchParts } from './prefetch.js'
import { Progress, type ProgressCounts } from './progress.js'
import { recover } from './recover.js'
import { RuleBook, type RuleOptions } from './rule-book.js'
import { Troubles } from './troubles.js'
import { Settling } from './settling.js'

export interface SessionOptions extends RuleOptions {
  readonly local: LocalStore
  readonly state: StateStore
  readonly hasher: Hasher
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly compressor: Compressor | null
  readonly log: Log
  readonly deviceName: string
  readonly mode: SyncMode
  readonly hydrate: Hydration
  readonly newNodesAtOnce: number
  /** Tries of one request before its failure is passed on. */
  readonly tries: number
}

export interface SessionEvents {
  onProgress(counts: ProgressCounts): void
  onChange(change: AppliedChange): void
  onReset(reason: ResetReason): void
  onTrouble(error: TidemarkError): void
  /** Something is to be looked at. */
  onMark(): void
}

export class Session {
  readonly dirty: Dirty
  readonly troubles = new Troubles()
  readonly withheld = new Set<NodeId>()
  readonly fresh = new Set<string>()
  readonly ownWrites = new OwnWrites()
  readonly unflushed = new Set<string>()
  readonly lingering = new Map<string, number>()
  readonly settling: Settling
  readonly link: Link
  readonly progress: Progress
  readonly prefetch: Prefetch
  readonly rules: RuleBook
  readonly cycle: Cycle
  /** What every step of a cycle works with; between two cycles also what a person asks for. */
  readonly parts: CycleParts
  readonly state: EngineState
  readonly mode: SyncMode
  readonly #options: SessionOptions

  private constructor(options: SessionOptions, events: SessionEvents, state: EngineState, verify: Set<NodeId>) {
    this.#options = options
    this.mode = options.mode
    this.state = state
    this.dirty = new Dirty(() => events.onMark())
    this.settling = new Settling(options.clock, this.dirty)
    this.link = new Link({ ...options, onTrouble: (error) => events.onTrouble(error) })
    this.progress = new Progress((counts) => events.onProgress(counts))
    this.rules = new RuleBook(options)
    const ground = this.#ground()
    this.prefetch = new Prefetch({ ...ground, clock: options.clock, onTrouble: (error) => events.onTrouble(error) })
    this.parts = this.#parts(ground, events, verify)
    this.cycle = new Cycle(this.parts, this.withheld)
  }

  /** Takes the locks, checks the root, brings the disk into a state that a scan can understand. */
  static async open(options: SessionOptions, events: SessionEvents, signal: AbortSignal): Promise<Session> {
    const { local, state: store } = options
    const root = await local.open({ signal })
    try {
      const state = await openState(options, signal)
      try {
        const since = sinceClean(state, root)
        const isOutdated = root.tick - (state.get('root')?.tick ?? root.tick) >= RELEASE_TICKS
        const verify = checkRoot(state, root, since)
        wantAll(state.trees, options.hydrate)
        const unclean = state.get('unclean') !== null
        state.set('unclean', { unclean: true, since })
        await state.save()
        const session = new Session(options, events, state, verify)
        session.parts.outdated.is = isOutdated
        await recover({ ...session.parts, rule: state.get('rule'), wasLost: unclean }, signal)
        await local.clearStaging([...resumable(state), ...(state.get('ahead') ?? [])])
        if (!unclean) await new ManifestShelf(state).sweep()
        session.dirty.everything()
        return session
      } catch (error) {
        await store.close()
        throw error
      }
    } catch (error) {
      await local.close()
      throw error
    }
  }

  /** Everything on the disk and in the state store, then the mark of a clean stop. */
  async close(): Promise<void> {
    const { local, state: store } = this.#options
    await this.prefetch.stop()
    await this.settling.close()
    try {
      await this.#flushLast()
      // A root that is lost gets no mark of a clean stop: what it holds is verified when it is back (INV-19).
      if (await this.#markTick()) this.state.set('unclean', null)
      await this.state.save()
    } finally {
      try {
        await store.close()
      } finally {
        await local.close()
      }
    }
  }

  /** What a last look at replaced contents finds stands beside its file, and is flushed in turn. */
  async #flushLast(): Promise<void> {
    for (let due = [...this.unflushed, ...this.lingering.keys()]; due.length > 0; due = [...this.unflushed])
      await flush(this.parts, due)
  }

  /** False when the root is not the one that was opened any more. */
  async #markTick(): Promise<boolean> {
    const root = this.state.get('root')
    if (root === null) return true
    const tick = root.tick + 1
    try {
      await this.#options.local.setTick(tick)
    } catch (error) {
      if (awayOf(error) === 'paused') return false
      throw error
    }
    this.state.set('root', { ...root, tick })
    return true
  }

  /** What a cycle and the prefetch beside it share. */
  #ground(): Omit<PrefetchParts, 'onTrouble'> {
    const { local, hasher, clock, mode, hydrate: hydration } = this.#options
    const { state, link, dirty, progress, rules } = this
    return {
      state,
      rules,
      link,
      local,
      hasher,
      dirty,
      progress,
      mode,
      hydration,
      clock,
      shelf: new ManifestShelf(state),
    }
  }

  #parts(ground: Omit<PrefetchParts, 'onTrouble'>, events: SessionEvents, verify: Set<NodeId>): CycleParts {
    const { random, clock, deviceName, newNodesAtOnce } = this.#options
    const { troubles, withheld, fresh, ownWrites, unflushed, lingering, settling, prefetch } = this
    return {
      ...ground,
      random,
      troubles,
      deviceName,
      newNodesAtOnce,
      verify,
      fresh,
      ownWrites,
      unflushed,
      lingering,
      settling,
      prefetch,
      drawId: () => toHex(random.bytes(16)) as NodeId,
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      withhold: (id) => withheld.add(id),
      admit: (id) => withheld.delete(id),
      outdated: { is: false },
      onReset: (reason) => events.onReset(reason),
      onChange: (change) => events.onChange(change),
      onRefused: (id, result) => noteRefusal(this, id, result),
    }
  }
}

async function openState({ state: store, log }: SessionOptions, signal: AbortSignal): Promise<EngineState> {
  try {
    await store.open({ signal })
    return await EngineState.load(store)
  } catch (error) {
    await store.close()
    const { code, message } = knownError(error)
    if (code !== 'corrupt') throw error
    const aside = await store.openAside({ signal })
    log(() => ({ level: 'warn', event: 'engine.state.aside', detail: { aside, cause: message } }))
    return EngineState.load(store)
  }
}

/** Rows to be verified by digest; throws when the root is another directory than the one this state belongs to. */
function checkRoot(state: EngineState, root: OpenedRoot, since: number): Set<NodeId> {
  const known = state.get('root')
  if (known !== null && known.identity !== root.identity) {
    throw new TidemarkError('root-replaced', 'the root is not the directory this engine knows', {
      subject: root.identity,
    })
  }
  const doubtful = state.get('unclean') !== null || isRolledBack(state, root)
  state.set('root', { identity: root.identity, tick: Math.max(root.tick, known?.tick ?? 0) })
  const verify = new Set<NodeId>()
  if (!doubtful) return verify
  for (const [id, row] of state.trees.syncedRows()) if (row.sequence > since) verify.add(id)
  for (const [id] of state.trees.localRows()) verify.add(id)
  return verify
}

function isRolledBack(state: EngineState, root: OpenedRoot): boolean {
  const known = state.get('root')
  return known !== null && root.tick < known.tick
}

/** What was agreed up to here is trusted. It stays over any number of unclean stops, until a clean one. */
function sinceClean(state: EngineState, root: OpenedRoot): number {
  if (isRolledBack(state, root)) return -1
  return state.get('unclean')?.since ?? state.get('cursor')?.sequence ?? 0
}

/** Staged files of downloads that are still wanted. */
function resumable(state: EngineState): readonly string[] {
  const names: string[] = []
  for (const id of state.trees.differing()) {
    const content = state.trees.remoteRevision(id)?.node?.content
    if (content != null) names.push(stagedName(id, content))
  }
  return names
}

/** What only a person can change: shown at the path, and not asked again at once. */
function noteRefusal(session: Session, id: NodeId, result: RefusedChange): void {
  const { reason } = result
  if (reason !== 'quota' && reason !== 'forbidden' && reason !== 'too-deep') return
  const path = session.state.trees.localPath(id) ?? ''
  const message =
    reason === 'quota'
      ? 'The quota of the workspace is used up: free space there, then it goes on by itself.'
      : reason === 'too-deep'
        ? 'The path is deeper than a workspace can hold: move it up.'
        : 'The server does not let this user change it.'
  session.troubles.problems.set(path, { path, code: reason === 'forbidden' ? 'refused' : reason, message })
  session.withheld.add(id)
}
