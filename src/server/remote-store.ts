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
import type { Answer, AnswerTo, Request } from '../protocol/messages.js'
import { announce } from './announce.js'
import { commit } from './commit.js'
import type { Admit, ServerContext } from './context.js'
import { getChunks, getManifests } from './downloads.js'
import { readState } from './feed.js'
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
import { expire } from './retention.js'
import { put } from './uploads.js'
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
  /** Retention and garbage collection; null: only `maintain` does them. On by default. */
  readonly maintenance?: MaintenanceOptions | null | undefined
  /** The content rule of new workspaces; by default the standard table with a random boundary seed. */
  readonly newRule?: ((random: Random) => ContentRule) | undefined
}

/** Told after a commit became durable. */
export interface Committed {
  /** Id of the user whose workspace it is. */
  readonly owner: string
  /** Its name. */
  readonly workspace: string
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
  /** All of the principal's user. */
  workspaces(principal: Principal): Promise<readonly WorkspaceHead[]>
  /** Kept revisions of a node, newest first, at most `limit`. */
  history(principal: Principal, workspace: string, id: NodeId, limit: number): Promise<readonly KeptRevision[]>
  /** Forgets what was accepted before `before` (wall time, ms) and is superseded or deleted; returns the horizon. */
  expire(principal: Principal, workspace: string, before: number): Promise<Sequence>
  /** Looks after every workspace once: retention, then garbage collection. Runs by itself while `maintenance` is on. */
  maintain(options?: MaintainOptions): Promise<readonly Maintained[]>
  /** Idempotent. */
  close(): Promise<void>
}

class Remote implements RemoteStore {
  readonly #context: ServerContext
  readonly #maintenance: Maintenance
  readonly #listeners = new Set<(committed: Committed) => void>()

  constructor(context: ServerContext, maintenance: Maintenance) {
    this.#context = context
    this.#maintenance = maintenance
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
      case 'announce':
        return announce(context, principal, request)
      case 'commit': {
        const { answer, committed } = await commit(context, principal, request)
        if (committed > 0) this.#tell({ owner: principal.user, workspace: request.workspace, sequence: committed })
        return answer
      }
      case 'put':
        return put(context, principal, request)
      case 'get-chunks':
        return getChunks(context, principal, request)
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
    const own = (committed: Committed): void => listener(committed)
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
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

  maintain(options: MaintainOptions = {}): Promise<readonly Maintained[]> {
    return this.#maintenance.round(options)
  }

  async close(): Promise<void> {
    await this.#maintenance.stop()
    this.#listeners.clear()
    await this.#context.chunks.close()
    await this.#context.metadata.close()
  }
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
    newRule: options.newRule ?? ((source: Random) => defaultContentRule(toHex(source.bytes(16)), null)),
  }
  return new Remote(context, new Maintenance(context, maintenanceRules(options.maintenance)))
}
