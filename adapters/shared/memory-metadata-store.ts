/** The server database in memory: the reference for the contract. Settles in microtasks only; nothing survives the process. */

import {
  TidemarkError,
  type DeviceRecord,
  type Digest,
  type Epoch,
  type HistorySubject,
  type KeptRevision,
  type ManifestInfo,
  type ManifestRecord,
  type MetadataReader,
  type MetadataStore,
  type MetadataWriter,
  type NodeId,
  type OrphanKind,
  type OrphanRecord,
  type Revision,
  type Sequence,
  type StoredResult,
  type WorkspaceHead,
  type WorkspaceId,
} from '../../src/index.js'
import { MemorySpace, type Versions, type View } from './memory-space.js'

class SpaceReader implements MetadataReader {
  protected readonly space: MemorySpace
  protected view: View

  constructor(space: MemorySpace) {
    this.space = space
    this.view = space.view
  }

  async head(): Promise<WorkspaceHead> {
    return this.view.head
  }

  async revisions(ids: readonly NodeId[]): Promise<ReadonlyMap<NodeId, Revision>> {
    const found = new Map<NodeId, Revision>()
    for (const id of ids) {
      const revision = this.space.revision(this.view, id)
      if (revision !== null) found.set(id, revision)
    }
    return found
  }

  async holders(
    places: readonly { readonly parentId: NodeId; readonly key: string }[],
  ): Promise<readonly (Revision | null)[]> {
    return places.map(({ parentId, key }) => this.space.holder(this.view, parentId, key))
  }

  async children(parentId: NodeId, after: NodeId | null, limit: number): Promise<readonly Revision[]> {
    return pageOf(this.space.children(this.view, parentId), after, limit)
  }

  async since(sequence: Sequence, limit: number): Promise<readonly Revision[]> {
    return this.space.since(this.view, sequence, limit)
  }

  async live(after: NodeId | null, limit: number): Promise<readonly Revision[]> {
    return pageOf(this.space.live(this.view), after, limit)
  }

  async hashes(sequences: readonly Sequence[]): Promise<ReadonlyMap<Sequence, Digest>> {
    const found = new Map<Sequence, Digest>()
    for (const sequence of sequences) {
      const hash = this.space.hash(this.view, sequence)
      if (hash !== null) found.set(sequence, hash)
    }
    return found
  }

  async history(id: NodeId, limit: number): Promise<readonly KeptRevision[]> {
    return this.space.history(this.view, id, limit)
  }

  async kept(
    subjects: readonly HistorySubject[],
    before: Sequence | null,
    limit: number,
  ): Promise<readonly KeptRevision[]> {
    return this.space.keptOf(this.view, subjects, before, limit)
  }

  async manifests(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, ManifestRecord>> {
    const found = new Map<Digest, ManifestRecord>()
    for (const digest of digests) {
      const record = this.space.manifests.get(digest, this.view.commit)
      if (record !== null) found.set(digest, record)
    }
    return found
  }

  async result(principal: string, key: string): Promise<StoredResult | null> {
    const found = this.space.results.get(JSON.stringify([principal, key]), this.view.commit)
    return found === null || found.at < this.view.resultsBefore ? null : { digest: found.digest, answer: found.answer }
  }

  async device(device: string): Promise<DeviceRecord | null> {
    return this.space.devices.get(device, this.view.commit)
  }

  async devices(): Promise<readonly DeviceRecord[]> {
    return [...this.space.devices.keys()]
      .sort()
      .flatMap((device) => this.space.devices.get(device, this.view.commit) ?? [])
  }

  async orphans(kind: OrphanKind, digests: readonly Digest[]): Promise<ReadonlyMap<Digest, OrphanRecord>> {
    const found = digests.flatMap((digest) => this.space.orphans[kind].get(digest, this.view.commit) ?? [])
    return new Map(found.map((orphan) => [orphan.digest, orphan]))
  }

  async orphansAfter(kind: OrphanKind, after: Digest | null, limit: number): Promise<readonly OrphanRecord[]> {
    return [...this.space.orphans[kind].after(after ?? '', this.view.commit)].slice(0, limit)
  }

  async contents(after: Digest | null, limit: number): Promise<readonly Digest[]> {
    const named = this.space.everyKept(this.view).flatMap(({ last }) => last.content ?? [])
    return [...new Set(named)]
      .filter((digest) => after === null || digest > after)
      .sort()
      .slice(0, limit)
  }

  async manifestsAfter(after: Digest | null, limit: number): Promise<readonly ManifestInfo[]> {
    return [...this.space.manifests.after(after ?? '', this.view.commit)]
      .slice(0, limit)
      .map(({ digest, encoded }) => ({ digest, bytes: encoded.length }))
  }

  async keptAfter(sequence: Sequence, limit: number): Promise<readonly KeptRevision[]> {
    return this.space
      .everyKept(this.view)
      .filter(({ revision }) => revision.sequence > sequence)
      .slice(0, limit)
  }

  async liveCount(): Promise<number> {
    return this.space.live(this.view).length
  }
}

function pageOf(revisions: readonly Revision[], after: NodeId | null, limit: number): readonly Revision[] {
  return (after === null ? revisions : revisions.filter(({ id }) => id > after)).slice(0, limit)
}

function takeAway<Value>(rows: Versions<Value>, keys: readonly string[], commit: number): void {
  for (const key of keys) if (rows.get(key, commit) !== null) rows.put(key, null, commit)
}

class SpaceWriter extends SpaceReader implements MetadataWriter {
  #done = false

  constructor(space: MemorySpace) {
    super(space)
    this.view = { ...space.view, commit: space.view.commit + 1 }
  }

  async append(revisions: readonly KeptRevision[]): Promise<void> {
    this.#check()
    for (const kept of revisions) {
      const { head } = this.view
      if (kept.revision.sequence !== head.sequence + 1) {
        throw new TidemarkError('internal', 'Sequences are adjacent and ascend.', {
          subject: String(kept.revision.sequence),
        })
      }
      this.space.append(kept)
      this.view = { ...this.view, head: { ...head, sequence: kept.revision.sequence, hash: kept.hash } }
    }
  }

  async putManifests(manifests: readonly ManifestRecord[]): Promise<void> {
    this.#check()
    for (const { digest, encoded } of manifests) {
      if (this.space.manifests.get(digest, this.view.commit) === null) {
        this.space.manifests.put(digest, { digest, encoded: encoded.slice() }, this.view.commit)
      }
    }
  }

  async putResult(principal: string, key: string, result: StoredResult, at: number): Promise<void> {
    this.#check()
    const value = { digest: result.digest, answer: result.answer.slice(), at }
    this.space.results.put(JSON.stringify([principal, key]), value, this.view.commit)
  }

  async putDevice(record: DeviceRecord): Promise<void> {
    this.#check()
    this.space.devices.put(record.device, { ...record }, this.view.commit)
  }

  async forget(horizon: Sequence, resultsBefore: number, keepHashes: readonly Sequence[]): Promise<void> {
    this.#check()
    const { head, keptHashes } = this.view
    const known = keepHashes.filter((sequence) => sequence > head.horizon || keptHashes.has(sequence))
    this.view = {
      ...this.view,
      head: { ...head, horizon: Math.max(head.horizon, horizon) },
      keptHashes: new Set(known),
      resultsBefore: Math.max(this.view.resultsBefore, resultsBefore),
    }
  }

  async putOrphans(orphans: readonly OrphanRecord[]): Promise<void> {
    this.#check()
    for (const orphan of orphans) this.space.orphans[orphan.kind].put(orphan.digest, { ...orphan }, this.view.commit)
  }

  async dropOrphans(kind: OrphanKind, digests: readonly Digest[]): Promise<void> {
    this.#check()
    takeAway(this.space.orphans[kind], digests, this.view.commit)
  }

  async dropManifests(digests: readonly Digest[]): Promise<void> {
    this.#check()
    takeAway(this.space.manifests, digests, this.view.commit)
  }

  async dropDevices(seenBefore: number): Promise<void> {
    this.#check()
    const old = (await this.devices()).filter(({ seenAt }) => seenAt < seenBefore)
    takeAway(
      this.space.devices,
      old.map(({ device }) => device),
      this.view.commit,
    )
  }

  async renew(epoch: Epoch): Promise<void> {
    this.#check()
    this.view = { ...this.view, head: { ...this.view.head, epoch } }
    const { devices, results, orphans } = this.space
    for (const rows of [devices, results, orphans.chunk, orphans.manifest]) rows.clear(this.view.commit)
  }

  commit(): void {
    this.#done = true
    this.space.view = this.view
  }

  rollback(): void {
    this.#done = true
    this.space.truncate(this.space.view.head.sequence)
    const { manifests, results, devices, orphans } = this.space
    for (const rows of [manifests, results, devices, orphans.chunk, orphans.manifest]) rows.drop(this.view.commit)
  }

  #check(): void {
    if (this.#done) throw new TidemarkError('closed', 'The transaction is over.', { subject: 'transaction' })
  }
}

/** A server database in memory, of which a copy can be taken at any moment. */
export interface MemoryMetadataStore extends MetadataStore {
  /** What is committed now, as a store of its own that is not open yet: the state a crash at this moment would leave. */
  copy(): MemoryMetadataStore
}

class MemoryMetadata implements MemoryMetadataStore {
  readonly #spaces = new Map<WorkspaceId, MemorySpace>()
  #open = false

  async open(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    if (options.signal?.aborted) throw new TidemarkError('aborted', 'Opening was cancelled.', { subject: 'metadata' })
    if (this.#open)
      throw new TidemarkError('locked', 'The metadata store is open already.', {
        subject: 'metadata',
        next: 'Close its other holder.',
      })
    this.#open = true
  }

  async find(owner: string, name: string): Promise<WorkspaceId | null> {
    this.#check()
    for (const [id, { view }] of this.#spaces) if (view.head.owner === owner && view.head.name === name) return id
    return null
  }

  async create(head: WorkspaceHead): Promise<WorkspaceId> {
    this.#check()
    for (const [id, { view }] of this.#spaces)
      if (view.head.owner === head.owner && view.head.name === head.name) return id
    if (this.#spaces.has(head.id))
      throw new TidemarkError('exists', 'This workspace id is taken.', { subject: head.id })
    this.#spaces.set(head.id, new MemorySpace({ ...head }))
    return head.id
  }

  async workspaces(owner: string): Promise<readonly WorkspaceHead[]> {
    this.#check()
    return [...this.#spaces.values()].map(({ view }) => view.head).filter((head) => head.owner === owner)
  }

  async everyWorkspace(after: WorkspaceId | null, limit: number): Promise<readonly WorkspaceHead[]> {
    this.#check()
    return [...this.#spaces.values()]
      .map(({ view }) => view.head)
      .filter(({ id }) => after === null || id > after)
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, limit)
  }

  async transact<T>(workspace: WorkspaceId, run: (writer: MetadataWriter) => Promise<T>): Promise<T> {
    const space = this.#space(workspace)
    const turn = space.tail
    let release: () => void = () => undefined
    space.tail = new Promise((resolve) => {
      release = resolve
    })
    await turn
    const writer = new SpaceWriter(space)
    try {
      const value = await run(writer)
      writer.commit()
      return value
    } catch (error) {
      writer.rollback()
      throw error
    } finally {
      release()
    }
  }

  async read<T>(workspace: WorkspaceId, run: (reader: MetadataReader) => Promise<T>): Promise<T> {
    return run(new SpaceReader(this.#space(workspace)))
  }

  async close(): Promise<void> {
    this.#open = false
  }

  copy(): MemoryMetadataStore {
    const copy = new MemoryMetadata()
    for (const [id, space] of this.#spaces) copy.#spaces.set(id, space.copy())
    return copy
  }

  #space(workspace: WorkspaceId): MemorySpace {
    this.#check()
    const space = this.#spaces.get(workspace)
    if (space === undefined) throw new TidemarkError('not-found', 'There is no such workspace.', { subject: workspace })
    return space
  }

  #check(): void {
    if (!this.#open) throw new TidemarkError('closed', 'The metadata store is not open.', { subject: 'metadata' })
  }
}

/** A store of its own: two calls share nothing. It may be opened again after close, with what it held. */
export function memoryMetadataStore(): MemoryMetadataStore {
  return new MemoryMetadata()
}
