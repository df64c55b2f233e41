/** Reads of one workspace inside a transaction somebody else holds. It decides nothing and never reads another workspace. */

import type {
  DeviceRecord,
  Digest,
  HistorySubject,
  KeptRevision,
  ManifestInfo,
  ManifestRecord,
  MetadataReader,
  NodeId,
  OrphanKind,
  OrphanRecord,
  Revision,
  Sequence,
  StoredResult,
  WorkspaceHead,
  WorkspaceId,
} from '../../src/index.js'
import { TidemarkError } from '../../src/index.js'
import { readKept } from './sql-history-reader.js'
import { inParts, noWorkspace, toDevice, toHead, toKept, toOrphan, toRevision } from './sql-metadata-rows.js'
import type { MetadataDb, MetadataSchema, NodeTable } from './sql-metadata-schema.js'

/** So many are read at once rather than looked for by their digests: mostly there is none. */
const FEW_ORPHANS = 64
const LIST_PART = 500

type Place = { readonly parentId: NodeId; readonly key: string }

/** No id and no key holds a NUL (the driver refuses it), so this names a place uniquely. */
const placeName = (parentId: string, key: string): string => `${parentId}/${key}`

/** A parent and a list of keys is what the index by place answers well. */
function keysByParent(places: readonly Place[]): ReadonlyMap<NodeId, readonly string[]> {
  const grouped = new Map<NodeId, string[]>()
  for (const { parentId, key } of places) {
    const keys = grouped.get(parentId)
    if (keys === undefined) grouped.set(parentId, [key])
    else keys.push(key)
  }
  return grouped
}

export class SqlMetadataReader implements MetadataReader {
  protected readonly database: MetadataDb
  protected readonly workspace: WorkspaceId
  #ended = false

  constructor(database: MetadataDb, workspace: WorkspaceId) {
    this.database = database
    this.workspace = workspace
  }

  /** From here on every call is a mistake of the caller: its transaction is over. */
  end(): void {
    this.#ended = true
  }

  protected alive(): MetadataDb {
    if (this.#ended)
      throw new TidemarkError('closed', 'this transaction is over', { next: 'Await every call inside the run.' })
    return this.database
  }

  async head(): Promise<WorkspaceHead> {
    const row = await this.alive()
      .selectFrom('workspaces')
      .selectAll()
      .where('id', '=', this.workspace)
      .executeTakeFirst()
    if (row === undefined) throw noWorkspace(this.workspace)
    return toHead(row)
  }

  async revisions(ids: readonly NodeId[]): Promise<ReadonlyMap<NodeId, Revision>> {
    const found = new Map<NodeId, Revision>()
    for (const part of inParts(ids, LIST_PART)) {
      const rows = await this.#nodes().where('id', 'in', part).execute()
      for (const row of rows) found.set(row.id as NodeId, toRevision(row))
    }
    return found
  }

  async holders(places: readonly Place[]): Promise<readonly (Revision | null)[]> {
    const found = new Map<string, Revision>()
    for (const [parentId, keys] of keysByParent(places)) {
      for (const part of inParts(keys, LIST_PART)) {
        const rows = await this.#nodes()
          .where('live', '=', 1)
          .where('parent_id', '=', parentId)
          .where('name_key', 'in', part)
          .execute()
        for (const row of rows) found.set(placeName(row.parent_id, row.name_key), toRevision(row))
      }
    }
    return places.map(({ parentId, key }) => found.get(placeName(parentId, key)) ?? null)
  }

  async children(parentId: NodeId, after: NodeId | null, limit: number): Promise<readonly Revision[]> {
    const rows = await this.#nodes()
      .where('parent_id', '=', parentId)
      .where('live', '=', 1)
      .where('id', '>', after ?? '')
      .orderBy('id')
      .limit(limit)
      .execute()
    return rows.map(toRevision)
  }

  async since(sequence: Sequence, limit: number): Promise<readonly Revision[]> {
    const rows = await this.#nodes().where('sequence', '>', sequence).orderBy('sequence').limit(limit).execute()
    return rows.map(toRevision)
  }

  async live(after: NodeId | null, limit: number): Promise<readonly Revision[]> {
    const rows = await this.#nodes()
      .where('live', '=', 1)
      .where('id', '>', after ?? '')
      .orderBy('id')
      .limit(limit)
      .execute()
    return rows.map(toRevision)
  }

  async hashes(sequences: readonly Sequence[]): Promise<ReadonlyMap<Sequence, Digest>> {
    const found = new Map<Sequence, Digest>()
    for (const part of inParts(sequences, LIST_PART)) {
      const rows = await this.alive()
        .selectFrom('hashes')
        .select(['sequence', 'hash'])
        .where('workspace', '=', this.workspace)
        .where('sequence', 'in', part)
        .execute()
      for (const row of rows) found.set(row.sequence, row.hash as Digest)
    }
    return found
  }

  async history(id: NodeId, limit: number): Promise<readonly KeptRevision[]> {
    if (limit < 1) return []
    const current = await this.#nodes().where('id', '=', id).execute()
    const older = await this.alive()
      .selectFrom('superseded')
      .selectAll()
      .where('workspace', '=', this.workspace)
      .where('id', '=', id)
      .orderBy('sequence', 'desc')
      .limit(limit)
      .execute()
    return [...current, ...older].slice(0, limit).map(toKept)
  }

  async kept(
    subjects: readonly HistorySubject[],
    before: Sequence | null,
    limit: number,
  ): Promise<readonly KeptRevision[]> {
    return readKept({ database: this.alive(), workspace: this.workspace, before, limit }, subjects)
  }

  async manifests(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, ManifestRecord>> {
    const found = new Map<Digest, ManifestRecord>()
    for (const part of inParts(digests, LIST_PART)) {
      const rows = await this.alive()
        .selectFrom('manifests')
        .select(['digest', 'encoded'])
        .where('workspace', '=', this.workspace)
        .where('digest', 'in', part)
        .execute()
      for (const row of rows) found.set(row.digest as Digest, { digest: row.digest as Digest, encoded: row.encoded })
    }
    return found
  }

  async result(principal: string, key: string): Promise<StoredResult | null> {
    const row = await this.alive()
      .selectFrom('results')
      .select(['digest', 'answer'])
      .where('workspace', '=', this.workspace)
      .where('principal', '=', principal)
      .where('result_key', '=', key)
      .executeTakeFirst()
    return row === undefined ? null : { digest: row.digest as Digest, answer: row.answer }
  }

  async device(device: string): Promise<DeviceRecord | null> {
    const row = await this.alive()
      .selectFrom('devices')
      .selectAll()
      .where('workspace', '=', this.workspace)
      .where('device', '=', device)
      .executeTakeFirst()
    return row === undefined ? null : toDevice(row)
  }

  async devices(): Promise<readonly DeviceRecord[]> {
    const rows = await this.alive()
      .selectFrom('devices')
      .selectAll()
      .where('workspace', '=', this.workspace)
      .orderBy('device')
      .execute()
    return rows.map(toDevice)
  }

  async orphans(kind: OrphanKind, digests: readonly Digest[]): Promise<ReadonlyMap<Digest, OrphanRecord>> {
    const found = new Map<Digest, OrphanRecord>()
    if (digests.length === 0) return found
    const first = await this.orphansAfter(kind, null, FEW_ORPHANS + 1)
    if (first.length <= FEW_ORPHANS) {
      const asked = new Set(digests)
      for (const orphan of first) if (asked.has(orphan.digest)) found.set(orphan.digest, orphan)
      return found
    }
    for (const part of inParts(digests, LIST_PART)) {
      const rows = await this.#orphans(kind).where('digest', 'in', part).execute()
      for (const row of rows) found.set(row.digest as Digest, toOrphan(row))
    }
    return found
  }

  async orphansAfter(kind: OrphanKind, after: Digest | null, limit: number): Promise<readonly OrphanRecord[]> {
    const rows = await this.#orphans(kind)
      .where('digest', '>', after ?? '')
      .orderBy('digest')
      .limit(limit)
      .execute()
    return rows.map(toOrphan)
  }

  async contents(after: Digest | null, limit: number): Promise<readonly Digest[]> {
    const found = new Set<string>()
    for (const table of ['nodes', 'superseded'] as const) {
      const rows = await this.alive()
        .selectFrom(table)
        .select('content')
        .distinct()
        .where('workspace', '=', this.workspace)
        .where('content', '>', after ?? '')
        .orderBy('content')
        .limit(limit)
        .execute()
      for (const { content } of rows) if (content !== null) found.add(content)
    }
    return [...found].sort().slice(0, limit) as Digest[]
  }

  async manifestsAfter(after: Digest | null, limit: number): Promise<readonly ManifestInfo[]> {
    const rows = await this.alive()
      .selectFrom('manifests')
      .select(({ fn }) => ['digest', fn<number>('length', ['encoded']).as('bytes')])
      .where('workspace', '=', this.workspace)
      .where('digest', '>', after ?? '')
      .orderBy('digest')
      .limit(limit)
      .execute()
    return rows.map(({ digest, bytes }) => ({ digest: digest as Digest, bytes }))
  }

  async keptAfter(sequence: Sequence, limit: number): Promise<readonly KeptRevision[]> {
    const current = await this.#nodes().where('sequence', '>', sequence).orderBy('sequence').limit(limit).execute()
    const older = await this.alive()
      .selectFrom('superseded')
      .selectAll()
      .where('workspace', '=', this.workspace)
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(limit)
      .execute()
    return [...current, ...older]
      .sort((one, other) => one.sequence - other.sequence)
      .slice(0, limit)
      .map(toKept)
  }

  async liveCount(): Promise<number> {
    const row = await this.alive()
      .selectFrom('nodes')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('workspace', '=', this.workspace)
      .where('live', '=', 1)
      .executeTakeFirst()
    return Number(row?.count ?? 0)
  }

  #orphans(kind: OrphanKind) {
    return this.alive()
      .selectFrom('orphans')
      .selectAll()
      .where('workspace', '=', this.workspace)
      .where('kind', '=', kind)
      .$castTo<MetadataSchema['orphans']>()
  }

  #nodes() {
    return this.alive().selectFrom('nodes').selectAll().where('workspace', '=', this.workspace).$castTo<NodeTable>()
  }
}
