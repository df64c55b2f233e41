/** Writes of one workspace inside its serial transaction. The rules of a commit are not here: it stores what it is told. */

import { TidemarkError } from '../../src/index.js'
import type {
  DeviceRecord,
  Digest,
  Epoch,
  KeptRevision,
  ManifestRecord,
  MetadataWriter,
  OrphanKind,
  OrphanRecord,
  Sequence,
  StoredResult,
  WorkspaceHead,
} from '../../src/index.js'
import { fromKept, inParts } from './sql-metadata-rows.js'
import { SqlMetadataReader } from './sql-metadata-reader.js'
import type { NodeTable } from './sql-metadata-schema.js'

const ROWS_PART = 100
const IDS_PART = 500

/** META-9: adjacent, ascending, from the head on, and never beyond what a number holds exactly (INV-28). */
function checkAdjacent(head: WorkspaceHead, revisions: readonly KeptRevision[]): void {
  revisions.forEach(({ revision }, at) => {
    const expected = head.sequence + 1 + at
    if (revision.sequence !== expected || !Number.isSafeInteger(expected)) {
      throw new TidemarkError(
        'internal',
        `a revision was to be stored at sequence ${revision.sequence}, not at ${expected}`,
        { subject: revision.id },
      )
    }
  })
}

export class SqlMetadataWriter extends SqlMetadataReader implements MetadataWriter {
  async append(revisions: readonly KeptRevision[]): Promise<void> {
    const last = revisions.at(-1)
    if (last === undefined) return
    checkAdjacent(await this.head(), revisions)
    const rows = revisions.map((kept) => fromKept(this.workspace, kept))
    const current = new Map(rows.map((row) => [row.id, row]))
    await this.#supersede([...current.keys()])
    await this.#insert(
      'superseded',
      rows.filter((row) => current.get(row.id) !== row),
    )
    await this.#insert('nodes', [...current.values()])
    for (const part of inParts(rows, IDS_PART)) {
      await this.alive()
        .insertInto('hashes')
        .values(part.map(({ workspace, sequence, hash }) => ({ workspace, sequence, hash })))
        .execute()
    }
    await this.alive()
      .updateTable('workspaces')
      .set({ sequence: last.revision.sequence, hash: last.hash })
      .where('id', '=', this.workspace)
      .execute()
  }

  /** All at once, before anything is inserted: names may trade places inside one batch. */
  async #supersede(ids: readonly string[]): Promise<void> {
    for (const part of inParts(ids, IDS_PART)) {
      await this.alive()
        .insertInto('superseded')
        .expression((eb) =>
          eb.selectFrom('nodes').selectAll().where('workspace', '=', this.workspace).where('id', 'in', part),
        )
        .execute()
      await this.alive().deleteFrom('nodes').where('workspace', '=', this.workspace).where('id', 'in', part).execute()
    }
  }

  async #insert(table: 'nodes' | 'superseded', rows: readonly NodeTable[]): Promise<void> {
    for (const part of inParts(rows, ROWS_PART)) await this.alive().insertInto(table).values(part).execute()
  }

  async putManifests(manifests: readonly ManifestRecord[]): Promise<void> {
    const { workspace } = this
    for (const part of inParts(manifests, IDS_PART)) {
      await this.alive()
        .insertInto('manifests')
        .values(part.map(({ digest, encoded }) => ({ workspace, digest, encoded })))
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
  }

  async putResult(principal: string, key: string, result: StoredResult, at: number): Promise<void> {
    const { digest, answer } = result
    await this.alive()
      .insertInto('results')
      .values({ workspace: this.workspace, principal, result_key: key, digest, answer, at })
      .onConflict((conflict) =>
        conflict.columns(['workspace', 'principal', 'result_key']).doUpdateSet({ digest, answer, at }),
      )
      .execute()
  }

  async putDevice(record: DeviceRecord): Promise<void> {
    const values = {
      nonce: record.nonce,
      cursor_sequence: record.cursorSequence,
      witness_sequence: record.witnessSequence,
      seen_at: record.seenAt,
    }
    await this.alive()
      .insertInto('devices')
      .values({ workspace: this.workspace, device: record.device, ...values })
      .onConflict((conflict) => conflict.columns(['workspace', 'device']).doUpdateSet(values))
      .execute()
  }

  async forget(horizon: Sequence, resultsBefore: number, keepHashes: readonly Sequence[]): Promise<void> {
    const head = await this.head()
    if (horizon > head.horizon)
      await this.alive().updateTable('workspaces').set({ horizon }).where('id', '=', this.workspace).execute()
    await this.alive()
      .deleteFrom('superseded')
      .where('workspace', '=', this.workspace)
      .where('sequence', '<=', horizon)
      .execute()
    await this.alive()
      .deleteFrom('nodes')
      .where('workspace', '=', this.workspace)
      .where('live', '=', 0)
      // tombstones at or below the earlier horizon are gone already
      .where('sequence', '>', head.horizon)
      .where('sequence', '<=', horizon)
      .execute()
    await this.alive()
      .deleteFrom('results')
      .where('workspace', '=', this.workspace)
      .where('at', '<', resultsBefore)
      .execute()
    await this.#forgetHashes(horizon, keepHashes)
  }

  async putOrphans(orphans: readonly OrphanRecord[]): Promise<void> {
    const { workspace } = this
    for (const part of inParts(orphans, ROWS_PART)) {
      await this.alive()
        .insertInto('orphans')
        .values(
          part.map(({ kind, digest, notedAt, condemnedAt }) => ({
            workspace,
            kind,
            digest,
            noted_at: notedAt,
            condemned_at: condemnedAt,
          })),
        )
        .onConflict((conflict) =>
          conflict.columns(['workspace', 'kind', 'digest']).doUpdateSet((eb) => ({
            noted_at: eb.ref('excluded.noted_at'),
            condemned_at: eb.ref('excluded.condemned_at'),
          })),
        )
        .execute()
    }
  }

  async dropOrphans(kind: OrphanKind, digests: readonly Digest[]): Promise<void> {
    const noted = await this.orphans(kind, digests)
    for (const part of inParts([...noted.keys()], IDS_PART)) {
      await this.alive()
        .deleteFrom('orphans')
        .where('workspace', '=', this.workspace)
        .where('kind', '=', kind)
        .where('digest', 'in', part)
        .execute()
    }
  }

  async dropManifests(digests: readonly Digest[]): Promise<void> {
    for (const part of inParts(digests, IDS_PART)) {
      await this.alive()
        .deleteFrom('manifests')
        .where('workspace', '=', this.workspace)
        .where('digest', 'in', part)
        .execute()
    }
  }

  async dropDevices(seenBefore: number): Promise<void> {
    await this.alive()
      .deleteFrom('devices')
      .where('workspace', '=', this.workspace)
      .where('seen_at', '<', seenBefore)
      .execute()
  }

  async renew(epoch: Epoch): Promise<void> {
    await this.alive().updateTable('workspaces').set({ epoch }).where('id', '=', this.workspace).execute()
    for (const table of ['devices', 'results', 'orphans'] as const)
      await this.alive().deleteFrom(table).where('workspace', '=', this.workspace).execute()
  }

  /** The ranges between the kept ones, so that any number of them may be kept. */
  async #forgetHashes(horizon: Sequence, keepHashes: readonly Sequence[]): Promise<void> {
    const kept = [...new Set([0, ...keepHashes])].filter((sequence) => sequence <= horizon).sort((a, b) => a - b)
    for (const [at, from] of kept.entries()) {
      const to = kept[at + 1] ?? horizon + 1
      if (to - from < 2) continue
      await this.alive()
        .deleteFrom('hashes')
        .where('workspace', '=', this.workspace)
        .where('sequence', '>', from)
        .where('sequence', '<', to)
        .execute()
    }
  }
}
