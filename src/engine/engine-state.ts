/**
 * Everything the engine remembers over a restart: the trees, where the device stands with the server, the outbox,
 * the intents. Memory changes at once; `save` makes all changes since the last one durable in one atomic batch
 * (INV-08, INV-12). Only the control loop calls it.
 */

import { TidemarkError } from '../errors.js'
import type { StateEntry, StateStore } from '../interfaces/state-store.js'
import type { Cursor, Witness } from '../model/cursor.js'
import { type Digest, isDigest, isNodeId, type NodeId, type Sequence } from '../model/ids.js'
import type { ContentRule } from '../model/manifest.js'
import type { Revision } from '../model/revision.js'
import type { Stamp } from '../model/stamp.js'
import type { SyncedRow } from '../model/tree.js'
import type { Intent } from './intent.js'
import type { OutboxEntry } from './outbox.js'
import { checkFormat, decodeRow, encodeRow, STATE_FORMAT } from './row-codec.js'
import { type LocalRow, Trees } from './trees.js'

/** Who this device is to the server. */
export interface DeviceIdentity {
  readonly device: string
  /** Nonce of the last session the server confirmed. */
  readonly lastSession: string | null
  /** Nonce offered and not confirmed yet: offered again after a lost answer. */
  readonly nextSession: string | null
}

export interface RootMark {
  readonly identity: string
  readonly tick: number
}

/** The last time a plan was empty, and the files deleted since then, per direction. */
export interface QuietMoment {
  readonly presentFiles: number
  readonly deletedUp: number
  readonly deletedDown: number
}

/** A rule file as it was read last. Numbered, because a path is no key. The text is null when it is none that can be obeyed: `because` tells why. */
export interface StoredRuleFile {
  /** Path of the directory it governs. */
  readonly directory: string
  readonly stamp: Stamp
  readonly text: string | null
  readonly because: string | null
}

interface Singles {
  cursor: Cursor | null
  witness: Witness | null
  device: DeviceIdentity | null
  root: RootMark | null
  rule: ContentRule | null
  /** Set while the engine runs; found set at start: the last run did not end cleanly. `since`: what was agreed before it is trusted. */
  unclean: { readonly unclean: true; readonly since: Sequence } | null
  /** Answers of a person to guards that still wait for their deletes to be done. */
  confirmed: { readonly ids: readonly string[] } | null
  /** Counted since the last quiet moment, for the mass-delete guard. */
  quiet: QuietMoment | null
  /** Names of staged files whose contents are not committed yet. */
  ahead: readonly string[] | null
}

const SINGLES = ['cursor', 'witness', 'device', 'root', 'rule', 'unclean', 'confirmed', 'quiet', 'ahead'] as const
const PAGE = 1000
/** Keys of rows of `local` and `remote`. */
const DIFFERING = /^[lr]\//

export class EngineState {
  readonly trees: Trees
  readonly intents = new Map<string, Intent>()
  /** Oldest first. */
  readonly outbox: OutboxEntry[] = []
  readonly #ruleFiles = new Map<string, StoredRuleFile & { readonly number: number }>()
  #ruleFilesSoFar = 0
  readonly #store: StateStore
  readonly #singles: Singles
  /** Rows that are to be written, bytes as they are, null for what goes. Encoded when they are saved: most change again first. */
  readonly #pending = new Map<string, unknown>()
  /** Keys of what differs, as far as the store may hold them: most come and go between two batches, and need no delete. */
  readonly #stored = new Set<string>()

  private constructor(store: StateStore) {
    this.#store = store
    this.#singles = {
      cursor: null,
      witness: null,
      device: null,
      root: null,
      rule: null,
      unclean: null,
      confirmed: null,
      quiet: null,
      ahead: null,
    }
    this.trees = new Trees({
      synced: (id, row) => this.#put(`s/${id}`, row),
      local: (id, row) => this.#putDiffering(`l/${id}`, row === 'deleted' ? { deleted: true } : row),
      remote: (id, row) => this.#putDiffering(`r/${id}`, row),
    })
  }

  /** Reads an open store. `corrupt` when a row cannot be read, `newer-version` when the format is newer. */
  static async load(store: StateStore): Promise<EngineState> {
    const state = new EngineState(store)
    const [format] = await store.get(['format'])
    if (format === null || format === undefined) {
      state.#put('format', STATE_FORMAT)
      return state
    }
    checkFormat(format)
    await state.#loadSingles()
    await state.#loadRows('s/', (id, key, bytes) =>
      state.trees.load(
        'synced',
        id,
        decodeRow<SyncedRow>(key, bytes, (row) => typeof row.presence === 'string' && row.node?.id === id),
      ),
    )
    await state.#loadRows('l/', (id, key, bytes) => {
      const row = decodeRow<Exclude<LocalRow, 'deleted'> & { deleted?: true }>(
        key,
        bytes,
        (found) => found.deleted === true || found.node?.id === id,
      )
      state.trees.load('local', id, row.deleted === true ? 'deleted' : row)
    })
    await state.#loadRows('r/', (id, key, bytes) =>
      state.trees.load(
        'remote',
        id,
        decodeRow<Revision>(key, bytes, (row) => row.id === id && Number.isSafeInteger(row.sequence)),
      ),
    )
    await state.#each('o/', (key, bytes) => {
      state.outbox.push(
        decodeRow<OutboxEntry>(key, bytes, (row) => typeof row.key === 'string' && Array.isArray(row.groups)),
      )
    })
    await state.#each('i/', (key, bytes) => {
      const intent = decodeRow<Intent>(key, bytes, (row) => typeof row.token === 'string')
      state.intents.set(intent.token, intent)
    })
    await state.#each('g/', (key, bytes) => {
      const file = decodeRow<StoredRuleFile>(key, bytes, (row) => typeof row.directory === 'string')
      const number = Number(key.slice(2))
      state.#ruleFiles.set(file.directory, { ...file, number })
      state.#ruleFilesSoFar = Math.max(state.#ruleFilesSoFar, number)
    })
    return state
  }

  get<K extends keyof Singles>(name: K): Singles[K] {
    return this.#singles[name]
  }

  set<K extends keyof Singles>(name: K, value: Singles[K]): void {
    this.#singles[name] = value
    this.#put(`m/${name}`, value)
  }

  /** Makes this one value durable at once, whatever else is still due: that may wait for the disk (INV-08). */
  async saveOnly(name: keyof Singles): Promise<void> {
    const key = `m/${name}`
    const value = this.#pending.get(key)
    if (value === undefined) return
    this.#pending.delete(key)
    try {
      await this.#store.batch(value === null ? [] : [{ key, value: bytesOf(value) }], value === null ? [key] : [])
    } catch (error) {
      if (!this.#pending.has(key)) this.#pending.set(key, value)
      throw error
    }
  }

  /** As counted, or from now on when nothing was counted yet. */
  quietMoment(): QuietMoment {
    return this.#singles.quiet ?? { presentFiles: this.trees.presentFiles, deletedUp: 0, deletedDown: 0 }
  }

  /** A file was deleted, on the server ('up') or on this disk ('down'). */
  countDelete(direction: 'up' | 'down'): void {
    const quiet = this.quietMoment()
    const counter = direction === 'up' ? 'deletedUp' : 'deletedDown'
    this.set('quiet', { ...quiet, [counter]: quiet[counter] + 1 })
  }

  addOutbox(entry: OutboxEntry): void {
    this.outbox.push(entry)
    this.#put(outboxKey(entry), entry)
  }

  dropOutbox(entry: OutboxEntry): void {
    const at = this.outbox.indexOf(entry)
    if (at >= 0) this.outbox.splice(at, 1)
    this.#put(outboxKey(entry), null)
  }

  addIntent(intent: Intent): void {
    this.intents.set(intent.token, intent)
    this.#put(`i/${intent.token}`, intent)
  }

  dropIntent(token: string): void {
    this.intents.delete(token)
    this.#put(`i/${token}`, null)
  }

  ruleFile(directory: string): StoredRuleFile | null {
    return this.#ruleFiles.get(directory) ?? null
  }

  /** Directories whose rule files were read. */
  ruledDirectories(): readonly string[] {
    return [...this.#ruleFiles.keys()]
  }

  setRuleFile(file: StoredRuleFile): void {
    const number = this.#ruleFiles.get(file.directory)?.number ?? ++this.#ruleFilesSoFar
    this.#ruleFiles.set(file.directory, { ...file, number })
    this.#put(`g/${number}`, file)
  }

  dropRuleFile(directory: string): void {
    const known = this.#ruleFiles.get(directory)
    if (known === undefined) return
    this.#ruleFiles.delete(directory)
    this.#put(`g/${known.number}`, null)
  }

  putManifest(digest: Digest, encoded: Uint8Array | null): void {
    this.#pending.set(`c/${digest}`, encoded)
  }

  /** Those that are kept, encoded. */
  async manifests(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, Uint8Array>> {
    const found = new Map<Digest, Uint8Array>()
    const stored: Digest[] = []
    for (const digest of digests) {
      const pending = this.#pending.get(`c/${digest}`)
      if (pending === undefined) stored.push(digest)
      else if (pending !== null) found.set(digest, pending as Uint8Array)
    }
    const rows = stored.length === 0 ? [] : await this.#store.get(stored.map((digest) => `c/${digest}`))
    for (const [at, digest] of stored.entries()) {
      const row = rows[at] ?? null
      if (row !== null) found.set(digest, row)
    }
    return found
  }

  /** Digests of the manifests kept, for a sweep of those no row names any more. */
  async manifestDigests(): Promise<readonly Digest[]> {
    const found: Digest[] = []
    await this.#each('c/', (key) => {
      const digest = key.slice(2)
      if (isDigest(digest)) found.push(digest)
    })
    return found
  }

  get unsaved(): boolean {
    return this.#pending.size > 0
  }

  /** One atomic batch of everything that changed since the last one. When it fails, all of it is still due. */
  async save(): Promise<void> {
    if (this.#pending.size === 0) return
    const due = new Map(this.#pending)
    const puts: StateEntry[] = []
    const deletes: string[] = []
    for (const [key, value] of due) {
      if (value === null) deletes.push(key)
      else puts.push({ key, value: bytesOf(value) })
    }
    this.#pending.clear()
    // Before they are written: of a batch that fails nobody knows whether it is there.
    for (const { key } of puts) if (DIFFERING.test(key)) this.#stored.add(key)
    try {
      await this.#store.batch(puts, deletes)
    } catch (error) {
      for (const [key, value] of due) if (!this.#pending.has(key)) this.#pending.set(key, value)
      throw error
    }
    for (const key of deletes) if (!this.#pending.has(key)) this.#stored.delete(key)
  }

  #putDiffering(key: string, row: unknown): void {
    if (row === null && !this.#stored.has(key)) this.#pending.delete(key)
    else this.#put(key, row)
  }

  /** `row` is never written to afterwards. */
  #put(key: string, row: unknown): void {
    this.#pending.set(key, row)
  }

  async #loadSingles(): Promise<void> {
    const found = await this.#store.get(SINGLES.map((name) => `m/${name}`))
    SINGLES.forEach((name, at) => {
      const bytes = found[at]
      if (bytes !== null && bytes !== undefined) {
        Object.assign(this.#singles, { [name]: decodeRow(`m/${name}`, bytes, () => true) })
      }
    })
  }

  async #loadRows(prefix: string, load: (id: NodeId, key: string, bytes: Uint8Array) => void): Promise<void> {
    await this.#each(prefix, (key, bytes) => {
      const id = key.slice(prefix.length)
      if (!isNodeId(id))
        throw new TidemarkError('corrupt', `key ${key} of the state store is not a node`, { subject: key })
      if (DIFFERING.test(key)) this.#stored.add(key)
      load(id, key, bytes)
    })
  }

  async #each(prefix: string, visit: (key: string, bytes: Uint8Array) => void): Promise<void> {
    for (let after: string | null = null; ; ) {
      const page = await this.#store.range(prefix, after, PAGE)
      for (const { key, value } of page) visit(key, value)
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return
      after = last.key
    }
  }
}

function bytesOf(row: unknown): Uint8Array {
  return row instanceof Uint8Array ? row : encodeRow(row)
}

function outboxKey(entry: OutboxEntry): string {
  return `o/${String(entry.order).padStart(16, '0')}`
}
