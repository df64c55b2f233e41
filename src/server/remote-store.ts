/**
 * The server database: commit rules, feed, listing, content, devices and retention over a metadata and a chunk store.
 * All policy lives in this room once; the stores hold none. Requests must have passed the codec.
 */

import { defaultContentRule } from '../content/averages.js'
import { TidemarkError } from '../errors.js'
import type { ChunkStore } from '../interfaces/chunk-store.js'
import type { Clock } from '../interfaces/clock.js'
import type { Hasher } from '../interfaces/hasher.js'
import type { Log } from '../interfaces/log.js'
import type { KeptRevision, MetadataStore, WorkspaceHead } from '../interfaces/metadata-store.js'
import type { Random } from '../interfaces/random.js'
import { toHex } from '../model/hex.js'
import type { NodeId, Sequence } from '../model/ids.js'
import type { ContentRule } from '../model/manifest.js'
import type { Answer, AnswerTo, CommitAnswer, CommitRequest, Request } from '../protocol/messages.js'
import { announce } from './announce.js'
import { Arrivals, type Place, streamingBound, type StreamingOptions } from './arrivals.js'
import { commit } from './commit.js'
import type { Admit, ServerContext } from './context.js'
import { getSignatures } from './deltas.js'
import { getChunks, getManifests } from './downloads.js'
import { readState } from './feed.js'
import { askStores, type Health } from './health.js'
import { hello } from './hello.js'
import { readHistory } from './history.js'
import { readListing } from './listing.js'
import {
  Maintenance,
  type Maintained,
  type MaintainOptions,
  type MaintenanceOptions,
  maintenanceRules,
} from './maintenance.js'
import type { Principal } from './principal.js'
import { Quota, type QuotaOptions, quotaRules, type Usage } from './quota.js'
import { expire } from './retention.js'
import { put } from './uploads.js'
import { type VerifiedWorkspace, type VerifyOptions, verifyAll } from './verify-all.js'
import { findWorkspace } from './workspaces.js'

/** The parts of a server database, and a host's own rules. */
export interface RemoteStoreOptions {
  /** Opened and closed with the store. */
  readonly metadata: MetadataStore
  /** Opened and closed with the store. */
  readonly chunks: ChunkStore
  /** Checks every chunk and manifest that comes. */
  readonly hasher: Hasher
  /** Wall time of revisions and devices. */
  readonly clock: Clock
  /** Draws ids of workspaces, epochs and boundary seeds. */
  readonly random: Random
  /** Hears messages for operators. Default: nobody does. */
  readonly log?: Log | undefined
  /** A host's own quota and permission rule; by default everything is admitted. */
  readonly admit?: Admit | undefined
  /** Limits of workspaces and users; none by default. */
  readonly quota?: QuotaOptions | undefined
  /** Retention and garbage collection; null: only `maintain` does them. On by default. */
  readonly maintenance?: MaintenanceOptions | null | undefined
  /** Devices are told of large contents while they still come; null: only once they are committed. On by default. */
  readonly streaming?: StreamingOptions | null | undefined
  /** Told of each round of maintenance, also those asked for. Must not throw. */
  readonly onMaintained?: ((round: readonly Maintained[]) => void) | undefined
  /** The content rule of new workspaces; by default the standard table with a random boundary seed. */
  readonly newRule?: ((random: Random) => ContentRule) | undefined
}

/** Told after a commit became durable. */
export interface Committed extends Place {
  /** The head after the commit. */
  readonly sequence: Sequence
}

/** What calls on the store take. */
interface Call {
  /** Ends the call early: it then fails with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** The server database: commit rules, feed, listing and history over any two stores. */
export interface RemoteStore {
  /** Opens both stores. Fails with their codes: `locked`, `newer-version`, `io`. */
  open(call?: Call): Promise<void>
  /** Carries out one request. Fails with `not-found` for a workspace that is absent or another user's. */
  answer<R extends Request>(principal: Principal, request: R): Promise<AnswerTo<R>>
  /** Returns its undo. A listener must not throw. */
  onCommitted(listener: (committed: Committed) => void): () => void
  /** Told when large contents were announced. Returns its undo. A listener must not throw. */
  onArriving(listener: (place: Place) => void): () => void
  /** Whether large contents are on their way to this process. */
  isArriving(place: Place): boolean
  /** All of the principal's user. */
  workspaces(principal: Principal): Promise<readonly WorkspaceHead[]>
  /** Kept revisions of a node, newest first, at most `limit`. */
  history(principal: Principal, workspace: string, id: NodeId, limit: number): Promise<readonly KeptRevision[]>
  /** Forgets what was accepted before `before` (wall time, ms) and is superseded or deleted; returns the horizon. */
  expire(principal: Principal, workspace: string, before: number): Promise<Sequence>
  /** What a workspace holds, orphans and history included; of all workspaces of the user where none is named. */
  usage(principal: Principal, workspace?: string): Promise<Usage>
  /** Whether both stores answer. Never rejects. */
  health(): Promise<Health>
  /** Looks through every workspace, or those of one owner: what is missing, damaged or against the rules, as data. */
  verify(options?: VerifyOptions): Promise<readonly VerifiedWorkspace[]>
  /** Looks after every workspace once: retention, then garbage collection. Runs by itself while `maintenance` is on. */
  maintain(options?: MaintainOptions): Promise<readonly Maintained[]>
  /** Idempotent. */
  close(): Promise<void>
}

class Remote implements RemoteStore {
  readonly #context: ServerContext
  readonly #maintenance: Maintenance
  readonly #arrivals: Arrivals
  readonly #listeners = new Set<(committed: Committed) => void>()
  readonly #expecting = new Set<(place: Place) => void>()

  constructor(context: ServerContext, maintenance: Maintenance, arrivals: Arrivals) {
    this.#context = context
    this.#maintenance = maintenance
    this.#arrivals = arrivals
  }

  async open(call: Call = {}): Promise<void> {
    const { metadata, chunks } = this.#context
    await metadata.open(call)
    try {
      await chunks.open(call)
    } catch (error) {
      await metadata.close()
      throw error
    }
    this.#maintenance.start()
  }

  async answer<R extends Request>(principal: Principal, request: R): Promise<AnswerTo<R>> {
    return (await this.#dispatch(principal, request)) as AnswerTo<R>
  }

  async #dispatch(principal: Principal, request: Request): Promise<Answer> {
    const context = this.#context
    const place = { owner: principal.user, workspace: request.workspace }
    switch (request.type) {
      case 'hello':
        return hello(context, principal, request)
      case 'pull': {
        const id = await findWorkspace(context, principal, request.workspace)
        const state = await context.metadata.read(id, (reader) => readState(reader, request.cursor, request.witness))
        return { type: 'pull', state }
      }
      case 'list': {
        const id = await findWorkspace(context, principal, request.workspace)
        return context.metadata.read(id, (reader) => readListing(reader, request))
      }
      case 'announce': {
        const { answer, arriving } = await announce(context, principal, request)
        if (this.#arrivals.announced(place, arriving)) for (const listener of [...this.#expecting]) listener(place)
        return answer
      }
      case 'commit': {
        const { answer, committed } = await commit(context, principal, request)
        this.#arrivals.settled(place, settledBy(request, answer))
        if (committed > 0) this.#tell({ ...place, sequence: committed })
        return answer
      }
      case 'put': {
        const answer = await put(context, principal, request)
        this.#arrivals.heard(place)
        return answer
      }
      case 'arriving':
        await findWorkspace(context, principal, request.workspace)
        return { type: 'arriving', contents: this.#arrivals.list(place) }
      case 'get-chunks':
        return getChunks(context, principal, request)
      case 'get-signatures':
        return getSignatures(context, principal, request)
      case 'get-manifests':
        return getManifests(context, principal, request)
      case 'history': {
        const id = await findWorkspace(context, principal, request.workspace)
        return context.metadata.read(id, (reader) => readHistory(reader, request))
      }
    }
  }

  #tell(committed: Committed): void {
    for (const listener of [...this.#listeners]) listener(committed)
  }

  onCommitted(listener: (committed: Committed) => void): () => void {
    return added(this.#listeners, (committed: Committed) => listener(committed))
  }

  onArriving(listener: (place: Place) => void): () => void {
    return added(this.#expecting, (place: Place) => listener(place))
  }

  isArriving(place: Place): boolean {
    return this.#arrivals.list(place).length > 0
  }

  async workspaces(principal: Principal): Promise<readonly WorkspaceHead[]> {
    return this.#context.metadata.workspaces(principal.user)
  }

  async history(principal: Principal, workspace: string, id: NodeId, limit: number): Promise<readonly KeptRevision[]> {
    const found = await findWorkspace(this.#context, principal, workspace)
    return this.#context.metadata.read(found, (reader) => reader.history(id, limit))
  }

  async expire(principal: Principal, workspace: string, before: number): Promise<Sequence> {
    return expire(this.#context, await findWorkspace(this.#context, principal, workspace), before)
  }

  async usage(principal: Principal, workspace?: string): Promise<Usage> {
    const { quota } = this.#context
    if (workspace === undefined) return quota.userUsage(principal.user)
    return quota.usage(await findWorkspace(this.#context, principal, workspace))
  }

  health(): Promise<Health> {
    return askStores(this.#context)
  }

  verify(options: VerifyOptions = {}): Promise<readonly VerifiedWorkspace[]> {
    return verifyAll(this.#context, options)
  }

  maintain(options: MaintainOptions = {}): Promise<readonly Maintained[]> {
    return this.#maintenance.round(options)
  }

  async close(): Promise<void> {
    await this.#maintenance.stop()
    this.#listeners.clear()
    this.#expecting.clear()
    await this.#context.chunks.close()
    await this.#context.metadata.close()
  }
}

/** A listener of its own each time, also when the same function is given twice. Returns its undo. */
function added<T>(listeners: Set<T>, own: T): () => void {
  listeners.add(own)
  return () => {
    listeners.delete(own)
  }
}

/** Nodes of accepted changes: whatever was announced for them came to its end. */
function settledBy({ groups }: CommitRequest, { results }: CommitAnswer): readonly NodeId[] {
  return groups.flatMap((group, at) =>
    group.flatMap(({ id }, index) => (results[at]?.[index]?.verdict === 'refused' ? [] : id)),
  )
}

/** The server database over two stores. Constructing does no I/O. */
export function remoteStore(options: RemoteStoreOptions): RemoteStore {
  for (const field of ['metadata', 'chunks', 'hasher', 'clock', 'random'] as const) {
    if (typeof options[field] === 'object' && options[field] !== null) continue
    throw new TidemarkError('invalid-option', `remoteStore needs ${field}.`, {
      subject: field,
      next: `Pass ${field} to remoteStore.`,
    })
  }
  const { metadata, chunks, hasher, clock, random } = options
  const context = {
    metadata,
    chunks,
    hasher,
    clock,
    random,
    log: options.log ?? (() => undefined),
    admit: options.admit ?? (() => null),
    quota: new Quota(metadata, chunks, quotaRules(options.quota)),
    newRule: options.newRule ?? ((source: Random) => defaultContentRule(toHex(source.bytes(16)), null)),
  }
  const maintenance = new Maintenance(context, maintenanceRules(options.maintenance), options.onMaintained)
  return new Remote(context, maintenance, new Arrivals(clock, streamingBound(options.streaming)))
}
